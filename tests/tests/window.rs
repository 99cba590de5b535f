//! The real window: the built program under Xvfb, with a real keychain.
#![forbid(unsafe_code)]

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use safetalk_tests::login::Keychain;
use safetalk_tests::process::Process;
use safetalk_tests::window::{Desk, Window};
use serde_json::json;
use tokio::sync::Mutex;

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn the_first_start_offers_three_ways_and_names_no_client() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    for way in [
        "Use on this computer",
        "Look around with a demo clinic",
        "Restore from a backup",
    ] {
        window.see(way).await?;
    }
    let address = window.page.current_url().await?;
    assert_eq!(
        address.scheme(),
        "tauri",
        "the page comes from inside the program"
    );
    let title = window.page.title().await?;
    assert_eq!(
        title, "SafeTalk",
        "a title shows in task bars and on shared screens"
    );
    window.picture(&desk, "window-first-start").await?;
    let violations = window.accessibility_violations().await?;
    assert_eq!(
        violations,
        Vec::<String>::new(),
        "everyone can use the first screen"
    );
    window.quit().await
}

#[tokio::test]
async fn a_demo_clinic_is_there_again_after_quitting_and_no_file_tells_who_is_in_it() -> Result<()>
{
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press("Look around with a demo clinic").await?;
    window.see("Demo clinic").await?;
    window.see("Dashboard").await?;
    let clients = window
        .ask(
            "client.list",
            json!({ "query": "", "archived": true, "most": 100 }),
        )
        .await?;
    let names: Vec<String> = clients
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|row| row["client"]["name"].as_str().map(ToOwned::to_owned))
        .collect();
    assert!(
        names.len() >= 50,
        "the demo clinic has 60 clients, so names are there to be found: {}",
        names.len()
    );
    window.picture(&desk, "window-dashboard").await?;
    window.quit().await?;
    let told = files_that_hold(desk.login.home(), &names)?;
    assert_eq!(
        told,
        Vec::<String>::new(),
        "whoever finds the computer must not learn who sees a therapist"
    );
    let window = Window::open(&desk).await?;
    window.see("Demo clinic").await?;
    window.quit().await
}

/// The files under a folder that hold one of these names in plain text.
fn files_that_hold(folder: &Path, names: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    let mut read = 0;
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                open.push(entry.path());
            } else if entry.file_type()?.is_file() {
                let text = String::from_utf8_lossy(&std::fs::read(entry.path())?).into_owned();
                read += 1;
                if names.iter().any(|name| text.contains(name.as_str())) {
                    found.push(entry.path().display().to_string());
                }
            }
        }
    }
    anyhow::ensure!(
        read > 3,
        "a clinic is several files; only {read} were found"
    );
    Ok(found)
}

#[tokio::test]
async fn the_page_may_call_the_core_and_nothing_else_of_the_computer() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let core = window
        .invoke("rpc", json!({ "cmd": "app.state", "payload": {} }))
        .await?;
    assert_eq!(
        core["ok"], true,
        "the screens live on this one command: {core}"
    );
    let beyond = [
        ("plugin:dialog|open", json!({ "options": {} })),
        ("plugin:dialog|save", json!({ "options": {} })),
        (
            "plugin:opener|open_url",
            json!({ "url": "https://example.org/" }),
        ),
        ("plugin:opener|open_path", json!({ "path": "/etc/passwd" })),
        (
            "plugin:event|emit",
            json!({ "event": "changed", "payload": null }),
        ),
        (
            "plugin:window|set_title",
            json!({ "label": "main", "value": "Maya" }),
        ),
        (
            "plugin:webview|create_webview_window",
            json!({ "options": { "label": "other" } }),
        ),
        ("plugin:path|resolve_directory", json!({ "directory": 1 })),
        ("plugin:app|version", json!({})),
    ];
    for (command, arguments) in beyond {
        let said = window.invoke(command, arguments).await?;
        assert_eq!(
            said["ok"], false,
            "a page that was tricked could use {command}: {said}"
        );
        let why = said["said"].as_str().unwrap_or_default();
        assert!(
            why.contains("not allowed"),
            "{command} must be closed to the page, not merely fail: {why}"
        );
    }
    window.quit().await
}

#[tokio::test]
async fn a_second_start_shows_the_first_window_and_ends() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let mut second = Process::start(&mut desk.safetalk()?)?;
    let ended = second.wait(Duration::from_secs(10))?;
    assert!(
        ended.success(),
        "two programs on one clinic would each believe to be the only one: {ended}"
    );
    let title = window.page.title().await?;
    assert_eq!(title, "SafeTalk", "the first one is still there");
    window.quit().await
}

#[tokio::test]
async fn programs_on_two_folders_run_side_by_side() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let other = desk.login.home().join("other clinic");
    let mut second = Process::start(desk.safetalk()?.env("SAFETALK_DATA_DIR", other))?;
    let ended = second.wait(Duration::from_secs(3));
    assert!(
        ended.is_err(),
        "the demo of one clinic is not a second start of another: {ended:?}"
    );
    window.quit().await
}
