//! A full disk and one that nobody may write, under the real window: each is said plainly, and nothing is lost by it.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use anyhow::Result;
use safetalk_tests::disk::{SmallDisk, WornDisk};
use safetalk_tests::login::Keychain;
use safetalk_tests::window::{Desk, Window};
use serde_json::json;
use tokio::sync::Mutex;

/// Room for a clinic with its logs; the web view's own files lie elsewhere.
const MEBIBYTES: u32 = 48;

const MAYA: &str = "Maya Redfern";
const NOAH: &str = "Noah Finch";

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn a_full_or_read_only_disk_is_said_plainly_loses_nothing_and_is_over_when_it_is_over()
-> Result<()> {
    let _turn = TURN.lock().await;
    let Some(disk) = SmallDisk::mount(MEBIBYTES)? else {
        return Ok(());
    };
    let data = disk.path().join("clinic");
    let folder = data.to_str().unwrap_or_default();
    let here = [("SAFETALK_DATA_DIR", folder)];
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open_with(&desk, &here).await?;
    window.found_clinic().await?;
    window.add_client(MAYA, "maya@example.org").await?;

    disk.fill()?;
    fill_in_client(&window).await?;
    window.press("Save").await?;
    window.see("The disk is full").await?;
    window.picture(&desk, "disk-full").await?;
    let typed = "return [...document.querySelectorAll('[role=dialog] input')].some((e) => e.value === arguments[0])";
    let kept = window.page.execute(typed, vec![json!(NOAH)]).await?;
    assert_eq!(kept, true, "what was typed stands there still");
    assert_eq!(clients(&window).await?, [MAYA], "nothing half done is seen");

    disk.make_room()?;
    window.press("Save").await?;
    window.see("No sessions yet").await?;
    assert_eq!(
        clients(&window).await?,
        [MAYA, NOAH],
        "with room it is done"
    );
    window.quit().await?;

    disk.fill()?;
    let window = Window::open_with(&desk, &here).await?;
    window.see("The disk is full").await?;
    window.picture(&desk, "disk-full-at-start").await?;
    disk.make_room()?;
    window.quit().await?;

    disk.set_read_only(true)?;
    let window = Window::open_with(&desk, &here).await?;
    window.see("The folder cannot be written").await?;
    window.see("Check the rights of the folder").await?;
    window.picture(&desk, "disk-read-only").await?;
    disk.set_read_only(false)?;
    window.press("Try again").await?;
    window.see("Dashboard").await?;
    assert_eq!(clients(&window).await?, [MAYA, NOAH], "all is there");
    window.quit().await
}

#[tokio::test]
async fn a_disk_that_fills_up_during_a_quick_action_keeps_the_dialog_and_the_session_as_they_are()
-> Result<()> {
    let _turn = TURN.lock().await;
    let Some(disk) = SmallDisk::mount(MEBIBYTES)? else {
        return Ok(());
    };
    let data = disk.path().join("clinic");
    let here = [("SAFETALK_DATA_DIR", data.to_str().unwrap_or_default())];
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open_with(&desk, &here).await?;
    let session = booked(&window).await?;

    disk.fill()?;
    cancel_in_vain(&window, &session, "The disk is full").await?;
    window.picture(&desk, "disk-full-in-a-quick-action").await?;
    disk.make_room()?;
    window.press("Cancel this Session").await?;
    window.see_no_more("Keep session").await?;
    window.see("You cancelled the session").await?;
    assert_eq!(status(&window, &session).await?, "cancelled");
    window.quit().await
}

#[tokio::test]
async fn a_disk_that_fails_during_a_quick_action_is_said_and_everything_answered_is_there_once_it_is_mended()
-> Result<()> {
    let _turn = TURN.lock().await;
    let Some(disk) = WornDisk::mount(MEBIBYTES.into())? else {
        return Ok(());
    };
    let data = disk.path().join("clinic");
    let here = [("SAFETALK_DATA_DIR", data.to_str().unwrap_or_default())];
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open_with(&desk, &here).await?;
    let session = booked(&window).await?;

    disk.fail()?;
    cancel_in_vain(&window, &session, "The data folder cannot be written").await?;
    window
        .picture(&desk, "disk-failed-in-a-quick-action")
        .await?;
    window.quit().await?;

    disk.mend()?;
    let window = Window::open_with(&desk, &here).await?;
    window.see("Dashboard").await?;
    assert_eq!(clients(&window).await?, [MAYA], "all is there");
    assert_eq!(status(&window, &session).await?, "scheduled");
    look_at(&window, &session).await?;
    window.press("Cancel Session").await?;
    window.press("The clinic").await?;
    window.press("Cancel this Session").await?;
    window.see("You cancelled the session").await?;
    window.quit().await
}

/// A clinic with a session, and its page in front.
async fn booked(window: &Window) -> Result<String> {
    window.found_clinic().await?;
    let client = window.add_client(MAYA, "maya@example.org").await?;
    let session = window.book_for(&client, 1).await?;
    look_at(window, &session).await?;
    Ok(session)
}

/// Cancels, and is told why that cannot be: the dialog stays, and what was there can be read as it was.
async fn cancel_in_vain(window: &Window, session: &str, why: &str) -> Result<()> {
    window.press("Cancel Session").await?;
    window.see("Keep session").await?;
    window.press("The clinic").await?;
    window.press("Cancel this Session").await?;
    window.see(why).await?;
    window.see("Keep session").await?;
    assert_eq!(
        status(window, session).await?,
        "scheduled",
        "nothing half done is seen"
    );
    Ok(())
}

async fn look_at(window: &Window, session: &str) -> Result<()> {
    let go = "location.hash = '#/session/' + arguments[0]";
    window.page.execute(go, vec![json!(session)]).await?;
    window.see("Quick Actions").await
}

async fn status(window: &Window, session: &str) -> Result<String> {
    let found = window
        .ask("session.get", json!({ "session": session }))
        .await?;
    Ok(found["status"].as_str().unwrap_or_default().to_owned())
}

async fn fill_in_client(window: &Window) -> Result<()> {
    window.press("Clients").await?;
    window.see(MAYA).await?;
    window.press("New client").await?;
    window.fill("Full name", NOAH).await
}

/// The full names of all clients, in order.
async fn clients(window: &Window) -> Result<Vec<String>> {
    let request = json!({ "query": "", "archived": true, "most": 100 });
    let rows = window.ask("client.list", request).await?;
    let mut names: Vec<String> = rows
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["client"]["name"].as_str().map(ToOwned::to_owned))
        .collect();
    names.sort();
    Ok(names)
}
