//! The real window: the built program under Xvfb, with a real keychain.
#![forbid(unsafe_code)]

use std::time::Duration;

use anyhow::Result;
use safetalk_tests::login::Keychain;
use safetalk_tests::process::Process;
use safetalk_tests::window::{Desk, Window};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

#[tokio::test]
async fn the_window_opens_on_its_own_page_and_names_no_client() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    assert_eq!(
        window.page.current_url().await?.scheme(),
        "tauri",
        "the page comes from inside the program"
    );
    assert_eq!(
        window.page.title().await?,
        "SafeTalk",
        "a title shows in task bars and on shared screens"
    );
    desk.picture("window-first-start")?;
    assert_eq!(
        window.accessibility_violations().await?,
        Vec::<String>::new(),
        "everyone can use the first screen"
    );
    window.close().await
}

#[tokio::test]
async fn the_page_may_call_the_core_and_nothing_else_of_the_computer() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let core = invoke(&window, "rpc", json!({ "cmd": "app.state", "payload": {} })).await?;
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
        let said = invoke(&window, command, arguments).await?;
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
    window.close().await
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
    window.close().await
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
    window.close().await
}

/// Calls a command of Tauri's from inside the page.
async fn invoke(window: &Window, command: &str, arguments: Value) -> Result<Value> {
    let script = "const done = arguments[arguments.length - 1];
        window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(
            (said) => done({ ok: true, said }),
            (said) => done({ ok: false, said: typeof said === 'string' ? said : JSON.stringify(said) }));";
    Ok(window
        .page
        .execute_async(script, vec![json!(command), arguments])
        .await?)
}
