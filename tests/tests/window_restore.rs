//! A practice whose computer is lost, brought back on another one, in the real window with its real dialogs, keychain and mail.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use safetalk_tests::login::Keychain;
use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use safetalk_tests::window::{Desk, Window};
use serde_json::json;

/// A message may wait for its turn and the machine may be building beside it.
const PATIENCE: Duration = Duration::from_secs(90);

/// In this time a courier that meant to send would have.
const A_WHILE: Duration = Duration::from_secs(2);

const MAYA: &str = "Maya Redfern";

#[tokio::test]
async fn a_clinic_comes_back_on_another_computer_and_not_one_message_goes_out_again() -> Result<()>
{
    let sink = Sink::start(SinkOptions::default()).await?;
    let lost = Desk::start(Keychain::Open)?;
    let trusted = authority(&lost, &sink)?;
    let window = Window::open_with(&lost, &[("SSL_CERT_FILE", &trusted)]).await?;
    let key = window.found_clinic().await?;
    window.set_up_mail(&sink).await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    window.book_for(&client, 3).await?;
    sink.wait_for(1, PATIENCE).await?;
    // One message waits when the backup is made, and goes afterwards.
    sink.always(Step::Greeting, Act::Say("421 4.3.2 come back later"));
    let waiting = window.book_for(&client, 4).await?;
    let backups = lost.login.home().join("my backups");
    std::fs::create_dir(&backups)?;
    window.press("Settings").await?;
    window.press("Backup").await?;
    window.press("Choose").await?;
    lost.answer_dialog("Folder for backups", &backups)?;
    window.see("my backups").await?;
    window.see_no_more("Never").await?;
    let carried = carry_away(&backups)?;
    sink.behave();
    let notices = window
        .ask("session.get", json!({ "session": waiting }))
        .await?;
    let notice = notices["notices"][0]["id"].clone();
    window
        .ask("notice.retry", json!({ "notice": notice }))
        .await
        .ok();
    sink.wait_for(2, PATIENCE).await?;
    window.kill();
    drop(lost);

    let desk = Desk::start(Keychain::Open)?;
    let trusted = authority(&desk, &sink)?;
    let window = Window::open_with(&desk, &[("SSL_CERT_FILE", &trusted)]).await?;
    window.press("Restore from a backup").await?;
    window.fill("Recovery key", &key).await?;
    window.picture(&desk, "restore-key").await?;
    window.press("Choose the backup file").await?;
    desk.wait_for("Choose the backup file")?;
    desk.picture("restore-dialog")?;
    desk.answer_dialog("Choose the backup file", &carried)?;
    window.see("Dashboard").await?;
    window.press("Clients").await?;
    window.see(MAYA).await?;
    window.picture(&desk, "restore-clients").await?;

    // Mail is set up again: what waited in the backup has gone since, and only a person may know that.
    window.set_up_mail(&sink).await?;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(sink.received().len(), 2, "not one message goes out again");
    window.press("Messages").await?;
    window.picture(&desk, "restore-messages").await?;
    // What is done now goes, and alone.
    window.book_for(&client, 5).await?;
    sink.wait_for(3, PATIENCE).await?;
    tokio::time::sleep(A_WHILE).await;
    let all = sink.received();
    let ids: BTreeSet<_> = all.iter().map(|one| one.header("Message-ID")).collect();
    assert_eq!(
        (all.len(), ids.len()),
        (3, 3),
        "three bookings were told once each"
    );
    quit(window).await
}

/// The program may ask about the message that waits for a person; here it is told to quit.
async fn quit(window: Window) -> Result<()> {
    let began = Instant::now();
    window.quit().await?;
    ensure!(began.elapsed() < PATIENCE, "it took its time");
    Ok(())
}

/// What a person carries on a stick: the one file of the folder, under a name of their own.
fn carry_away(backups: &Path) -> Result<tempfile::TempPath> {
    let files: Vec<PathBuf> = std::fs::read_dir(backups)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    ensure!(files.len() == 1, "one backup: {files:?}");
    let stick = tempfile::Builder::new()
        .prefix("carried-")
        .suffix(".stbackup")
        .tempfile()?
        .into_temp_path();
    std::fs::copy(&files[0], &stick)?;
    Ok(stick)
}

fn authority(desk: &Desk, sink: &Sink) -> Result<String> {
    // Out of sight, so that the file dialog has nothing to offer but what is typed.
    let folder = desk.login.home().join(".authority");
    std::fs::create_dir(&folder)?;
    let file = folder.join("authority.pem");
    std::fs::write(&file, sink.root_pem())?;
    Ok(file.to_str().context("a plain path")?.to_owned())
}
