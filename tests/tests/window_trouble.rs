//! The real window when the computer around it is not as it should be: each trouble is a screen, and nothing is lost by it.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use safetalk_domain::Moment;
use safetalk_ledger::Ledger;
use safetalk_tests::login::Keychain;
use safetalk_tests::window::{Desk, Window};
use safetalk_vault::{RecoveryFile, RecoveryKey};
use safetalk_wire::Now;
use serde_json::json;
use tokio::sync::Mutex;

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

const MAYA: &str = "Maya Redfern";
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
    window.picture(&desk, "window-keychain-locked").await?;
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
    // Before anything is typed or pressed.
    window.see("This computer has no keychain").await?;
    window.see("Start or install a keychain service").await?;
    window.see_no_more(DEMO).await?;
    window.picture(&desk, "window-keychain-missing").await?;
    let violations = window.accessibility_violations().await?;
    assert_eq!(violations, Vec::<String>::new(), "readable by everyone");
    window.press("Try again").await?;
    window.see("This computer has no keychain").await?;
    let made = databases(&desk.data_folder())?;
    assert_eq!(
        made,
        Vec::<String>::new(),
        "a clinic without a kept key could never be opened again"
    );
    window.quit().await
}

#[tokio::test]
async fn a_clinic_whose_keychain_is_gone_says_so_and_opens_when_it_is_back() -> Result<()> {
    let _turn = TURN.lock().await;
    let mut desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.found_clinic().await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    window.quit().await?;
    let clinic = clinic_folder(&desk)?;
    let before = kept(&clinic)?;

    desk.login.lose_keychain();
    let window = Window::open(&desk).await?;
    window.see("This computer has no keychain").await?;
    window.see("Start or install a keychain service").await?;
    window.picture(&desk, "window-keychain-gone").await?;
    window.press("Try again").await?;
    window.see("This computer has no keychain").await?;
    window.quit().await?;
    assert_eq!(kept(&clinic)?, before, "no new key over an old file");

    desk.login.find_keychain()?;
    let window = Window::open(&desk).await?;
    window.see("Dashboard").await?;
    let found = window
        .ask("client.get", json!({ "client": client }))
        .await?;
    assert_eq!(found["record"]["full_name"], MAYA, "everything is there");
    window.quit().await
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_not_called_a_damaged_clinic_and_the_recovery_key_finds_it()
-> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let key = window.found_clinic().await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    window.quit().await?;
    let clinic = clinic_folder(&desk)?;
    let away = clinic.with_extension("away");
    std::fs::rename(&clinic, &away)?;
    let window = Window::open(&desk).await?;
    window.see("The clinic is not where it was").await?;
    window.picture(&desk, "window-missing").await?;
    std::fs::rename(&away, &clinic)?;
    window.press("Try again").await?;
    window.see("Dashboard").await?;
    window.quit().await?;

    let before = kept(&clinic)?;
    std::fs::write(desk.data_folder().join("device.json"), "{ half of")?;
    let window = Window::open(&desk).await?;
    window
        .see("The settings of this computer cannot be read")
        .await?;
    window.picture(&desk, "window-settings-damaged").await?;
    let violations = window.accessibility_violations().await?;
    assert_eq!(violations, Vec::<String>::new(), "everyone can type it");
    assert_eq!(kept(&clinic)?, before, "the clinic is whole");
    window.fill("Recovery key", &key).await?;
    window.press("Open with the recovery key").await?;
    window.see("Dashboard").await?;
    let found = window
        .ask("client.get", json!({ "client": client }))
        .await?;
    assert_eq!(found["record"]["full_name"], MAYA, "everything is there");
    window.quit().await
}

/// Each trouble with the clinic's own files: what the file then holds, the title of the screen, and words of what to do.
struct Trouble {
    name: &'static str,
    of: fn(&[u8]) -> Vec<u8>,
    title: &'static str,
    advice: &'static str,
}

const TROUBLES: &[Trouble] = &[
    Trouble {
        name: "cut-short",
        of: |good| good[..good.len() / 2 + 100].to_vec(),
        title: "The clinic's file is damaged",
        advice: "Restore the last backup with the recovery key",
    },
    Trouble {
        name: "scribbled-over",
        of: |good| {
            let mut bad = good.to_vec();
            bad[..8192].fill(0x5a);
            bad
        },
        title: "The clinic's file is damaged",
        advice: "Restore the last backup with the recovery key",
    },
    Trouble {
        name: "plain-text",
        of: |good| [b"SQLite format 3\0".as_slice(), &good[16..]].concat(),
        title: "This file cannot be opened",
        advice: "The file that is there now is kept beside it",
    },
];

#[tokio::test]
async fn each_trouble_with_the_file_says_what_to_do_and_touches_nothing_until_a_backup_is_restored()
-> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let key = window.found_clinic().await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    let backups = desk.login.home().join("backups");
    std::fs::create_dir(&backups)?;
    window.press("Settings").await?;
    window.press("Backup").await?;
    window.see("No folder chosen yet").await?;
    window.press("Choose").await?;
    desk.wait_for("Folder for backups")?;
    desk.picture("window-choose-folder")?;
    desk.answer_dialog("Folder for backups", &backups)?;
    window.see_no_more("No folder chosen yet").await?;
    window.picture(&desk, "window-backup-made").await?;
    window.quit().await?;
    let clinic = clinic_folder(&desk)?;
    let file = clinic.join("ledger.db");
    let good = std::fs::read(&file)?;

    for trouble in TROUBLES {
        std::fs::write(&file, (trouble.of)(&good))?;
        let before = kept(&clinic)?;
        let window = Window::open(&desk).await?;
        window.see(trouble.title).await?;
        window.see(trouble.advice).await?;
        window
            .picture(&desk, &format!("window-{}", trouble.name))
            .await?;
        window.press("Try again").await?;
        window.see(trouble.title).await?;
        window.quit().await?;
        assert_eq!(
            kept(&clinic)?,
            before,
            "{}: what cannot be opened is left as it is",
            trouble.name
        );
    }
    std::fs::write(&file, &good)?;
    of_tomorrow(&clinic, &key).await?;
    let before = kept(&clinic)?;
    let window = Window::open(&desk).await?;
    window.see("A newer version wrote this clinic").await?;
    window.see("install the newest version").await?;
    window.picture(&desk, "window-newer").await?;
    window.quit().await?;
    assert_eq!(
        kept(&clinic)?,
        before,
        "an older program must not touch what a newer one wrote"
    );

    // The way out that the screen names: the backup, by its file, with the recovery key.
    std::fs::write(&file, &good[..good.len() / 2])?;
    let window = Window::open(&desk).await?;
    window.fill("Recovery key", &key).await?;
    window.press("Restore from a backup").await?;
    desk.answer_dialog("Choose the backup file", &only_file(&backups)?)?;
    window.see("Dashboard").await?;
    let found = window
        .ask("client.get", json!({ "client": client }))
        .await?;
    assert_eq!(
        found["record"]["full_name"], MAYA,
        "everything of the backup is there again"
    );
    let aside = std::fs::read_dir(desk.data_folder().join("clinics"))?
        .filter_map(|entry| entry.ok().map(|entry| entry.file_name()))
        .find(|name| name.to_string_lossy().contains("set-aside"))
        .context("the damaged clinic is kept beside the restored one")?;
    assert!(
        std::fs::read(
            desk.data_folder()
                .join("clinics")
                .join(aside)
                .join("ledger.db")
        )? == good[..good.len() / 2],
        "as it was found"
    );
    window.quit().await
}

#[tokio::test]
async fn a_lost_key_is_never_replaced_by_a_new_one_and_the_recovery_key_opens_the_clinic()
-> Result<()> {
    let _turn = TURN.lock().await;
    let mut desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let key = window.found_clinic().await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    window.quit().await?;
    let clinic = clinic_folder(&desk)?;
    let before = kept(&clinic)?;

    desk.login.forget_keychain()?;
    let window = Window::open(&desk).await?;
    window.see("The key to this clinic is lost").await?;
    window.picture(&desk, "window-key-lost").await?;
    let violations = window.accessibility_violations().await?;
    assert_eq!(violations, Vec::<String>::new(), "everyone can type it");

    let mut groups: Vec<&str> = key.split(' ').collect();
    let wrong = if groups[4].starts_with('A') {
        "BAAA"
    } else {
        "AAAA"
    };
    let right = std::mem::replace(&mut groups[4], wrong);
    window.fill("Recovery key", &groups.join(" ")).await?;
    window.press("Open with the recovery key").await?;
    window.see("Group 5 is mistyped.").await?;
    window.picture(&desk, "window-key-mistyped").await?;
    window.fill("Recovery key", FOREIGN_KEY).await?;
    window.press("Open with the recovery key").await?;
    window
        .see("This is not the recovery key of this clinic.")
        .await?;
    assert_eq!(
        kept(&clinic)?,
        before,
        "no wrong key changes a byte, and no new key is made over the old file"
    );

    groups[4] = right;
    window
        .fill("Recovery key", &groups.join("-").to_lowercase())
        .await?;
    window.press("Open with the recovery key").await?;
    window.see("Dashboard").await?;
    let found = window
        .ask("client.get", json!({ "client": client }))
        .await?;
    assert_eq!(found["record"]["full_name"], MAYA, "everything is there");
    window.quit().await?;

    let window = Window::open(&desk).await?;
    window.see("Dashboard").await?;
    window.quit().await
}

#[tokio::test]
async fn a_demo_clinic_that_cannot_be_opened_can_be_thrown_away() -> Result<()> {
    let _turn = TURN.lock().await;
    let mut desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press(DEMO).await?;
    window.see("This is a demo clinic").await?;
    window.quit().await?;

    desk.login.forget_keychain()?;
    let window = Window::open(&desk).await?;
    window
        .see("This is the demo clinic, so nothing of yours is in it")
        .await?;
    window.picture(&desk, "window-demo-lost").await?;
    window.press("Throw the demo clinic away").await?;
    window.see(DEMO).await?;
    window.quit().await
}

/// Well typed, and of no clinic.
const FOREIGN_KEY: &str = "0001 0002 0003 0004 0005 0006 0007 0008";

/// Writes the trace of a migration that this program does not know.
async fn of_tomorrow(clinic: &Path, recovery_key: &str) -> Result<()> {
    let key = RecoveryFile::read(clinic)?.unwrap_key(&RecoveryKey::parse(recovery_key)?)?;
    let ledger = Ledger::open(&clinic.join("ledger.db"), &key, Arc::new(Still)).await?;
    let vault = ledger.vault().context("a file")?;
    let mut transaction = vault.begin().await?;
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of tomorrow', true, x'00', 0)",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    ledger.close().await;
    Ok(())
}

struct Still;

impl Now for Still {
    fn now(&self) -> Moment {
        Moment(0)
    }
}

/// The folder of the one clinic.
fn clinic_folder(desk: &Desk) -> Result<PathBuf> {
    only_file(&desk.data_folder().join("clinics"))
}

fn only_file(folder: &Path) -> Result<PathBuf> {
    let entries: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    ensure!(entries.len() == 1, "one thing in it: {entries:?}");
    Ok(entries[0].path())
}

/// What must never be lost, by name. The logs beside a database come and go with every opening.
fn kept(clinic: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(clinic)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|end| end == "db" || end == "json")
        {
            let name = path.file_name().context("a name")?;
            found.insert(name.to_string_lossy().into_owned(), std::fs::read(&path)?);
        }
    }
    ensure!(
        found.len() >= 3,
        "databases and recovery file: {:?}",
        found.keys()
    );
    Ok(found)
}

fn databases(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop().filter(|next| next.exists()) {
        for entry in std::fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "db") {
                found.push(path.display().to_string());
            }
        }
    }
    Ok(found)
}
