//! Going on without a window, so that messages can still leave.

use tauri::AppHandle;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;

use crate::window;

const ICON: &str = "safetalk";

/// Hides the window behind an icon in the tray. `false`, with the window as it was, where there is no tray: a window that
/// nobody can bring back must not be hidden.
pub fn keep(app: &AppHandle) -> bool {
    if !has_tray() {
        return false;
    }
    if app.tray_by_id(ICON).is_none()
        && let Err(error) = build(app)
    {
        tracing::warn!(%error, "the tray took no icon");
        return false;
    }
    window::hide(app)
}

fn build(app: &AppHandle) -> tauri::Result<()> {
    let show = MenuItem::with_id(app, "show", "SafeTalk", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&show])?;
    let mut icon = TrayIconBuilder::with_id(ICON)
        .menu(&menu)
        .tooltip("SafeTalk");
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    // Quitting is the window's business: it knows what has not been sent yet.
    icon.on_menu_event(|app, _chosen| window::show(app))
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
