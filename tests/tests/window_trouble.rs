//! The real window when the computer around it is not as it should be: each trouble is a screen, and nothing is lost by it.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::path::Path;

use anyhow::Result;
use safetalk_tests::login::Keychain;
use safetalk_tests::window::{Desk, Window};
use tokio::sync::Mutex;

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

const DEMO: &str = "Look around with a demo clinic";

#[tokio::test]
async fn a_locked_keychain_has_a_screen_of_its_own_and_the_clinic_opens_once_it_is_unlocked()
-> Result<()> {
    let _turn = TURN.lock().await;
    let mut desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press(DEMO).await?;
    window.see("This is a demo clinic").await?;
    window.quit().await?;

    desk.login.lock_keychain()?;
    let window = Window::open(&desk).await?;
    window.see("The keychain is locked").await?;
    desk.picture("window-keychain-locked")?;
    let violations = window.accessibility_violations().await?;
    assert_eq!(
        violations,
        Vec::<String>::new(),
        "a screen in trouble must be readable by everyone too"
    );

    desk.login.open_keychain()?;
    window.press("Try again").await?;
    window.see("This is a demo clinic").await?;
    window.quit().await
}

#[tokio::test]
async fn without_a_keychain_no_clinic_is_made_and_nothing_is_written_in_plain_text() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::None)?;
    let window = Window::open(&desk).await?;
    window.press(DEMO).await?;
    window.see("keychain").await?;
    desk.picture("window-keychain-missing")?;
    window.see(DEMO).await?;
    let databases = files_ending(&desk.data_folder(), "db")?;
    assert_eq!(
        databases,
        Vec::<String>::new(),
        "a clinic without a kept key could never be opened again"
    );
    window.quit().await
}

#[tokio::test]
async fn a_lost_key_is_never_replaced_by_a_new_one() -> Result<()> {
    let _turn = TURN.lock().await;
    let mut desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press(DEMO).await?;
    window.see("This is a demo clinic").await?;
    window.quit().await?;
    let before = contents(&desk.data_folder())?;

    desk.login.forget_keychain()?;
    let window = Window::open(&desk).await?;
    window.see("The key to this clinic is lost").await?;
    window.quit().await?;
    let after = contents(&desk.data_folder())?;
    for (name, bytes) in before {
        let now = after
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, bytes)| bytes);
        assert_eq!(
            now,
            Some(&bytes),
            "{name} was touched, and the recovery key must still open it"
        );
    }
    Ok(())
}

fn files_ending(folder: &Path, ending: &str) -> Result<Vec<String>> {
    let all = contents(folder)?;
    Ok(all
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| name.ends_with(&format!(".{ending}")))
        .collect())
}

/// Every file of the clinics under a folder with what is in it; the web view's own files are left out.
fn contents(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        if !next.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(&path)?;
                found.push((path.display().to_string(), bytes));
            }
        }
    }
    Ok(found)
}
