//! Going on without a window, so that messages can still leave.

use safetalk_app::api::act::TrayWords;
use tauri::AppHandle;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;

use crate::window;

const ICON: &str = "safetalk";
const OPEN: &str = "open";
const LOCK: &str = "lock";
const QUIT: &str = "quit";

/// Hides the window behind an icon in the tray. `false`, with the window as it was, where there is no tray: a window that
/// nobody can bring back must not be hidden.
pub fn keep(app: &AppHandle, words: &TrayWords, can_lock: bool) -> bool {
    if !has_tray() {
        return false;
    }
    if let Err(error) = show(app, words, can_lock) {
        tracing::warn!(%error, "the tray took no icon");
        return false;
    }
    window::hide(app)
}

/// The icon with its menu; one that is there already gets the menu of now, for language and lock may have changed.
fn show(app: &AppHandle, words: &TrayWords, can_lock: bool) -> tauri::Result<()> {
    let item = |id, text, enabled| MenuItem::with_id(app, id, text, enabled, None::<&str>);
    let menu = Menu::with_items(
        app,
        &[
            &item(OPEN, &words.open, true)?,
            &item(LOCK, &words.lock, can_lock)?,
            &item(QUIT, &words.quit, true)?,
        ],
    )?;
    if let Some(icon) = app.tray_by_id(ICON) {
        return icon.set_menu(Some(menu));
    }
    let mut icon = TrayIconBuilder::with_id(ICON)
        .menu(&menu)
        .tooltip("SafeTalk");
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    icon.on_menu_event(|app, chosen| match chosen.id().as_ref() {
        LOCK => crate::lock(app),
        // Quitting asks first if something has not been sent yet, and the question is in the window.
        QUIT => crate::ask_to_close(app.clone()),
        _ => window::show(app),
    })
    .build(app)?;
    Ok(())
}

/// Whether the desktop shows tray icons: on Linux some program must have taken the watcher's name on the session bus.
#[cfg(target_os = "linux")]
fn has_tray() -> bool {
    let asked = || -> zbus::Result<bool> {
        let bus = zbus::blocking::Connection::session()?;
        let name = zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher")?;
        Ok(zbus::blocking::fdo::DBusProxy::new(&bus)?.name_has_owner(name)?)
    };
    asked().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
fn has_tray() -> bool {
    true
}
