//! The one window.

use tauri::{AppHandle, Manager, WebviewWindow, WebviewWindowBuilder};

const LABEL: &str = "main";

/// Opens the window that `tauri.conf.json` describes.
///
/// The web view keeps nothing on disk: no cache, cookies or local storage, for what the screens show is health data. That
/// also rules out driving a released build from outside (`TAURI_WEBVIEW_AUTOMATION`), which needs a web view that keeps a
/// profile; builds with debug assertions allow it, for the tests of the real window.
pub fn open(app: &AppHandle) -> anyhow::Result<()> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == LABEL)
        .ok_or_else(|| anyhow::anyhow!("tauri.conf.json describes no window `{LABEL}`"))?
        .clone();
    let driven = cfg!(debug_assertions)
        && std::env::var("TAURI_WEBVIEW_AUTOMATION").as_deref() == Ok("true");
    WebviewWindowBuilder::from_config(app, &config)?
        .incognito(!driven)
        .on_navigation(is_own_page)
        .build()?;
    Ok(())
}

/// The window, unless it is going away.
pub fn main(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// Brings the window to the front, for a second start of the program.
pub fn show(app: &AppHandle) {
    let Some(window) = main(app) else {
        return;
    };
    // Each step is only a courtesy of the window system; a refused one must not keep the next from being tried.
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::warn!(%error, "the window system did not bring the window forward");
        }
    }
}

/// Hides the window; `false` if the window system does not.
pub fn hide(app: &AppHandle) -> bool {
    main(app).is_some_and(|window| window.hide().is_ok())
}

/// Opens the system's print dialog on what the window shows.
pub fn print(app: &AppHandle) -> tauri::Result<()> {
    main(app).ok_or(tauri::Error::WindowNotFound)?.print()
}

/// The web view only ever shows SafeTalk's own pages: a link in a text must not turn the window into a browser.
fn is_own_page(url: &tauri::Url) -> bool {
    let own_scheme = url.scheme() == "tauri";
    let own_host = matches!(url.host_str(), Some("tauri.localhost"));
    let dev_server = cfg!(dev) && url.host_str() == Some("localhost");
    own_scheme || own_host || dev_server
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(url: &str) -> bool {
        is_own_page(&url.parse().expect("the test's own address parses"))
    }

    #[test]
    fn the_window_stays_on_its_own_pages() {
        assert!(allowed("tauri://localhost/index.html"), "Linux and macOS");
        assert!(allowed("http://tauri.localhost/"), "Windows");
        assert!(
            !allowed("https://example.org/"),
            "a foreign page would run inside the window"
        );
        assert!(
            !allowed("https://tauri.localhost.example.org/"),
            "a name that only begins like ours is foreign"
        );
        assert!(
            !allowed("file:///etc/passwd"),
            "files are not pages of ours"
        );
    }
}
