//! A desktop's tray: the program on the session bus that shows other programs' icons and passes on what is chosen in their
//! menus. The real protocols (StatusNotifierItem, com.canonical.dbusmenu), without a picture.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use zbus::blocking::{Connection, Proxy, connection};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use crate::login::Login;
use crate::page::PATIENCE;
use crate::process::until;

const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

/// One entry of a menu with its properties and its own entries.
type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// Bus name and path of every icon that asked to be shown.
type Icons = Arc<Mutex<Vec<(String, String)>>>;

struct Watcher {
    icons: Icons,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str, #[zbus(header)] header: Header<'_>) {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        // Some give the path of their icon, others their name on the bus.
        let icon = if service.starts_with('/') {
            (sender, service.to_owned())
        } else {
            (service.to_owned(), "/StatusNotifierItem".to_owned())
        };
        self.icons
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(icon);
    }

    fn register_status_notifier_host(&self, _service: &str) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

/// A tray. Dropping it takes it off the desktop.
pub struct Tray {
    bus: Connection,
    icons: Icons,
}

impl Tray {
    /// Puts a tray on the desktop of this login.
    ///
    /// # Errors
    /// When the login has no session bus.
    pub fn start(login: &Login) -> Result<Self> {
        let address = login.bus_address().context("a login with a session bus")?;
        let icons = Icons::default();
        let watcher = Watcher {
            icons: Arc::clone(&icons),
        };
        let bus = connection::Builder::address(address)?
            .serve_at("/StatusNotifierWatcher", watcher)?
            .name("org.kde.StatusNotifierWatcher")?
            .build()?;
        Ok(Self { bus, icons })
    }

    /// What the menu of the one icon says, each with whether it can be chosen.
    ///
    /// # Errors
    /// When no icon comes, or it has no menu.
    pub fn menu(&self) -> Result<Vec<(String, bool)>> {
        let entries = self.entries()?;
        Ok(entries
            .into_iter()
            .map(|(_, words, enabled)| (words, enabled))
            .collect())
    }

    /// Chooses the entry with these words.
    ///
    /// # Errors
    /// When there is none.
    pub fn choose(&self, words: &str) -> Result<()> {
        let entries = self.entries()?;
        let (id, ..) = entries
            .iter()
            .find(|(_, label, _)| label == words)
            .with_context(|| format!("the menu has no {words:?}: {entries:?}"))?;
        let nothing = Value::from(0_i32);
        self.menu_proxy()?
            .call_method("Event", &(*id, "clicked", nothing, 0_u32))?;
        Ok(())
    }

    fn entries(&self) -> Result<Vec<(i32, String, bool)>> {
        let (_, (_, _, children)): (u32, Layout) = self
            .menu_proxy()?
            .call("GetLayout", &(0_i32, -1_i32, Vec::<String>::new()))?;
        children
            .into_iter()
            .map(|child| {
                let (id, properties, _): Layout = child.try_into()?;
                let words = properties
                    .get("label")
                    .and_then(|label| String::try_from(label.try_clone().ok()?).ok())
                    .unwrap_or_default();
                let enabled = properties
                    .get("enabled")
                    .and_then(|enabled| bool::try_from(enabled).ok())
                    .unwrap_or(true);
                // An underline marks the letter for the keyboard.
                Ok((id, words.replace('_', ""), enabled))
            })
            .collect()
    }

    fn menu_proxy(&self) -> Result<Proxy<'static>> {
        let mut found = None;
        until("an icon in the tray", PATIENCE, || {
            let icons = self.icons.lock().unwrap_or_else(PoisonError::into_inner);
            found = icons.last().cloned();
            found.is_some()
        })?;
        let (name, path) = found.context("just found")?;
        let item = Proxy::new(&self.bus, name.clone(), path, ITEM)?;
        let menu: OwnedObjectPath = item.get_property("Menu")?;
        Ok(Proxy::new(&self.bus, name, menu, MENU)?)
    }
}
