//! The keychain against a real gnome-keyring: above all, that "no entry" is never said by one that is merely closed.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::process::Command;

use anyhow::{Result, ensure};
use safetalk_app::host::{SecretError, SecretStore as _};
use safetalk_desktop::keychain::Keychain;
use safetalk_tests::login::{self, Login};

/// Names the part of a test that runs inside a login.
const PART: &str = "SAFETALK_TEST_PART";

/// Which part of a test this process is to play, if it was started inside a login.
fn part() -> Option<String> {
    std::env::var(PART).ok()
}

/// Plays one part of the named test in a process of its own inside `login`: a program finds its keychain by its environment,
/// and that can only be chosen for a process that is yet to start.
fn play(login: &Login, test: &str, part: &str) -> Result<()> {
    let mut inside: Command = login.command(std::env::current_exe()?);
    let output = inside
        .args(["--exact", test, "--nocapture"])
        .env(PART, part)
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success() && said.contains("1 passed"),
        "inside the login, {part}:\n{said}"
    );
    Ok(())
}

fn keychain() -> Keychain {
    Keychain::new("app.safetalk.test")
}

#[test]
fn a_secret_comes_back_after_the_computer_was_restarted() -> Result<()> {
    // Every byte, because a key is not text.
    let secret: Vec<u8> = (0..=255).collect();
    match part().as_deref() {
        Some("keep") => {
            let keychain = keychain();
            assert_eq!(
                keychain.get("clinic key")?,
                None,
                "an open keychain without the entry says so"
            );
            keychain.set("clinic key", &secret)?;
            keychain.set("mail password", b"open sesame")?;
        }
        Some("find") => {
            let keychain = keychain();
            assert_eq!(
                keychain.get("clinic key")?,
                Some(secret.into()),
                "the key is what opens the clinic"
            );
            keychain.set("mail password", b"changed")?;
            assert_eq!(
                keychain.get("mail password")?,
                Some(b"changed".to_vec().into()),
                "the newer one counts"
            );
            keychain.delete("mail password")?;
            keychain.delete("mail password")?;
            assert_eq!(
                keychain.get("mail password")?,
                None,
                "what was deleted is gone"
            );
            assert_eq!(
                keychain.get("probe")?,
                None,
                "probing leaves nothing behind"
            );
        }
        _ => {
            let test = "a_secret_comes_back_after_the_computer_was_restarted";
            let mut login = Login::start(login::Keychain::Open)?;
            play(&login, test, "keep")?;
            login.open_keychain()?;
            play(&login, test, "find")?;
        }
    }
    Ok(())
}

#[test]
fn a_locked_keychain_is_locked_and_neither_empty_nor_missing() -> Result<()> {
    match part().as_deref() {
        Some("keep") => keychain().set("clinic key", b"the key")?,
        Some("locked") => {
            let keychain = keychain();
            for name in ["clinic key", "an entry that never was"] {
                let said = keychain.get(name);
                assert!(
                    matches!(said, Err(SecretError::Locked)),
                    "{name}: a new key over a clinic would lose it: {said:?}"
                );
            }
            let said = keychain.set("clinic key", b"another");
            assert!(
                matches!(said, Err(SecretError::Locked)),
                "nothing can be kept in it: {said:?}"
            );
        }
        Some("found") => {
            assert_eq!(
                keychain().get("clinic key")?,
                Some(b"the key".to_vec().into()),
                "the lock changed nothing"
            );
        }
        _ => {
            let test = "a_locked_keychain_is_locked_and_neither_empty_nor_missing";
            let mut login = Login::start(login::Keychain::Open)?;
            play(&login, test, "keep")?;
            login.lock_keychain()?;
            play(&login, test, "locked")?;
            login.open_keychain()?;
            play(&login, test, "found")?;
        }
    }
    Ok(())
}

#[test]
fn a_keychain_that_was_never_set_up_does_not_say_no_entry() -> Result<()> {
    if part().is_none() {
        let login = Login::start(login::Keychain::Empty)?;
        return play(
            &login,
            "a_keychain_that_was_never_set_up_does_not_say_no_entry",
            "empty",
        );
    }
    let said = keychain().get("clinic key");
    assert!(
        matches!(said, Err(SecretError::Locked)),
        "nothing could be kept in it, so nothing is known: {said:?}"
    );
    Ok(())
}

#[test]
fn a_computer_without_a_keychain_says_that_it_is_missing() -> Result<()> {
    if part().is_none() {
        let login = Login::start(login::Keychain::None)?;
        return play(
            &login,
            "a_computer_without_a_keychain_says_that_it_is_missing",
            "none",
        );
    }
    let keychain = keychain();
    let said = keychain.get("clinic key");
    assert!(
        matches!(said, Err(SecretError::Missing)),
        "a screen of its own explains that: {said:?}"
    );
    let said = keychain.set("clinic key", b"the key");
    assert!(
        matches!(said, Err(SecretError::Missing)),
        "and nothing is kept elsewhere instead: {said:?}"
    );
    Ok(())
}
