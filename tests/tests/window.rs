//! The real window: the built program under Xvfb, with a real keychain.
#![forbid(unsafe_code)]

use anyhow::Result;
use safetalk_tests::login::Keychain;
use safetalk_tests::window::{Desk, Window};
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
