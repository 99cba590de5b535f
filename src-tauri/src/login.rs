//! Hearing that the computer goes to sleep or that its screen is locked, so that the app locks too.
//!
//! Linux only, from systemd's login manager. The other systems tell it only to programs written for them; there `sleep.rs`
//! and the app's own timer lock.

use std::collections::HashMap;

use zbus::Message;
use zbus::blocking::fdo::DBusProxy;
use zbus::blocking::{Connection, MessageIterator, Proxy};
use zbus::zvariant::{OwnedFd, OwnedObjectPath, OwnedValue};

const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";

/// Calls `lock` whenever the person locks the screen or the computer is about to sleep, until the process ends. `lock` returns
/// once nothing is to be seen any more: the computer waits for it before it sleeps.
pub fn watch(lock: impl Fn() + Send + 'static) {
    std::thread::spawn(move || {
        let followed = Connection::system().and_then(|bus| follow(&bus, &lock));
        if let Err(error) = followed {
            // A computer without a login manager; the app's own timer still locks.
            tracing::info!(%error, "the system's lock and sleep are not heard");
        }
    });
}

/// Follows the login manager on `bus` until the bus closes.
///
/// # Errors
/// When there is no login manager.
pub fn follow(bus: &Connection, lock: &dyn Fn()) -> zbus::Result<()> {
    let manager = Proxy::new(
        bus,
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        MANAGER,
    )?;
    let own = own_session(&manager);
    let rules = DBusProxy::new(bus)?;
    let from = "type='signal',sender='org.freedesktop.login1'";
    for what in [
        format!("{from},interface='{MANAGER}',member='PrepareForSleep'"),
        format!("{from},interface='{SESSION}',member='Lock'"),
        format!(
            "{from},interface='org.freedesktop.DBus.Properties',member='PropertiesChanged',arg0='{SESSION}'"
        ),
    ] {
        rules.add_match_rule(what.as_str().try_into()?)?;
    }
    // From here on nothing is missed; a delay that is held must also be let go.
    let messages = MessageIterator::from(bus);
    let mut delay = delay_sleep(&manager);
    for message in messages {
        match meaning(&message?, own.as_ref()) {
            Meaning::Sleep => {
                lock();
                // Letting go of it is what lets the computer sleep.
                drop(delay.take());
            }
            Meaning::Woken => delay = delay_sleep(&manager),
            Meaning::Locked => lock(),
            Meaning::Nothing => {}
        }
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Sleep,
    Woken,
    Locked,
    Nothing,
}

fn meaning(message: &Message, own: Option<&OwnedObjectPath>) -> Meaning {
    let header = message.header();
    let (Some(interface), Some(member)) = (header.interface(), header.member()) else {
        return Meaning::Nothing;
    };
    // If it cannot be told which session is ours, any of them locks: too often is better than never.
    let ours = own.is_none_or(|own| header.path().is_some_and(|path| **path == ***own));
    match (interface.as_str(), member.as_str()) {
        (MANAGER, "PrepareForSleep") => match message.body().deserialize::<bool>() {
            Ok(true) => Meaning::Sleep,
            Ok(false) => Meaning::Woken,
            Err(_) => Meaning::Nothing,
        },
        (SESSION, "Lock") if ours => Meaning::Locked,
        // Desktops that lock by themselves say so by this property.
        (_, "PropertiesChanged") if ours && locked_hint(message) => Meaning::Locked,
        _ => Meaning::Nothing,
    }
}

fn locked_hint(message: &Message) -> bool {
    let body = message.body();
    let Ok((_, changed, _)) =
        body.deserialize::<(String, HashMap<String, OwnedValue>, Vec<String>)>()
    else {
        return false;
    };
    changed
        .get("LockedHint")
        .and_then(|value| bool::try_from(value.try_clone().ok()?).ok())
        .unwrap_or(false)
}

fn own_session(manager: &Proxy<'_>) -> Option<OwnedObjectPath> {
    let named = std::env::var("XDG_SESSION_ID")
        .ok()
        .and_then(|id| manager.call("GetSession", &id).ok());
    named.or_else(|| manager.call("GetSessionByPID", &std::process::id()).ok())
}

/// Asks the computer to wait with sleeping until this is dropped (a few seconds at most, the login manager sees to that).
fn delay_sleep(manager: &Proxy<'_>) -> Option<OwnedFd> {
    let asked = manager.call(
        "Inhibit",
        &("sleep", "SafeTalk", "Hides what is on the screen", "delay"),
    );
    asked
        .inspect_err(|error| tracing::info!(%error, "sleep is not delayed"))
        .ok()
}
