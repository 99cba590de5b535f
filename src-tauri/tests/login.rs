//! The system's own lock and sleep, from a login manager that speaks on a bus of the test's own.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::os::fd::OwnedFd as StdFd;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::Result;
use safetalk_desktop::login::follow;
use safetalk_tests::login::{Keychain, Login};
use zbus::blocking::{Connection, connection};
use zbus::zvariant::{ObjectPath, OwnedFd, Value};

const OWN: &str = "/org/freedesktop/login1/session/_31";
const FOREIGN: &str = "/org/freedesktop/login1/session/_32";
const SOON: Duration = Duration::from_secs(5);
const NEVER: Duration = Duration::from_millis(300);

struct Manager {
    delays: std::sync::mpsc::Sender<()>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    #[zbus(name = "GetSessionByPID")]
    fn session_by_pid(&self, _pid: u32) -> ObjectPath<'static> {
        ObjectPath::from_static_str_unchecked(OWN)
    }

    fn inhibit(
        &self,
        what: &str,
        _who: &str,
        _why: &str,
        mode: &str,
    ) -> zbus::fdo::Result<OwnedFd> {
        assert_eq!(
            (what, mode),
            ("sleep", "delay"),
            "anything else would forbid sleeping or do nothing"
        );
        let file = std::fs::File::open("/dev/null")
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        let _ = self.delays.send(());
        Ok(StdFd::from(file).into())
    }
}

struct Scene {
    _login: Login,
    manager: Connection,
    locks: Receiver<()>,
    delays: Receiver<()>,
}

/// A login manager on a bus of its own, and ourselves following it.
fn scene() -> Result<Scene> {
    let login = Login::start(Keychain::Empty)?;
    let address = login
        .bus_address()
        .expect("this login has a bus")
        .to_owned();
    let (delayed, delays) = channel();
    let manager = connection::Builder::address(address.as_str())?
        .serve_at("/org/freedesktop/login1", Manager { delays: delayed })?
        .name("org.freedesktop.login1")?
        .build()?;
    let (locked, locks) = channel();
    let bus = connection::Builder::address(address.as_str())?.build()?;
    std::thread::spawn(move || {
        follow(&bus, &|| {
            let _ = locked.send(());
        })
    });
    delays.recv_timeout(SOON)?;
    Ok(Scene {
        _login: login,
        manager,
        locks,
        delays,
    })
}

impl Scene {
    fn sleep(&self, start: bool) -> Result<()> {
        let path = "/org/freedesktop/login1";
        Ok(self.manager.emit_signal(
            None::<&str>,
            path,
            "org.freedesktop.login1.Manager",
            "PrepareForSleep",
            &start,
        )?)
    }

    fn ask_to_lock(&self, session: &str) -> Result<()> {
        Ok(self.manager.emit_signal(
            None::<&str>,
            session,
            "org.freedesktop.login1.Session",
            "Lock",
            &(),
        )?)
    }

    fn say_locked(&self, session: &str, locked: bool) -> Result<()> {
        let changed = HashMap::from([("LockedHint", Value::from(locked))]);
        let body = (
            "org.freedesktop.login1.Session",
            changed,
            Vec::<String>::new(),
        );
        let interface = "org.freedesktop.DBus.Properties";
        Ok(self.manager.emit_signal(
            None::<&str>,
            session,
            interface,
            "PropertiesChanged",
            &body,
        )?)
    }

    fn locks(&self) -> bool {
        self.locks.recv_timeout(SOON).is_ok()
    }

    fn stays_open(&self) -> bool {
        self.locks.recv_timeout(NEVER).is_err()
    }
}

#[test]
fn the_app_locks_before_the_computer_sleeps_and_is_ready_for_the_next_time() -> Result<()> {
    let scene = scene()?;
    scene.sleep(true)?;
    assert!(
        scene.locks(),
        "whoever wakes the computer must not see the calendar"
    );
    scene.sleep(false)?;
    assert!(
        scene.delays.recv_timeout(SOON).is_ok(),
        "after waking the next sleep is delayed again"
    );
    assert!(scene.stays_open(), "waking is no reason to lock");
    scene.sleep(true)?;
    assert!(scene.locks(), "and it locks the second time too");
    Ok(())
}

#[test]
fn the_app_locks_with_the_screen_of_its_own_person_only() -> Result<()> {
    let scene = scene()?;
    scene.ask_to_lock(FOREIGN)?;
    scene.say_locked(FOREIGN, true)?;
    scene.say_locked(OWN, false)?;
    assert!(
        scene.stays_open(),
        "another person's screen, or an unlocked one, is no reason"
    );
    scene.ask_to_lock(OWN)?;
    assert!(scene.locks(), "the login manager was asked to lock");
    scene.say_locked(OWN, true)?;
    assert!(scene.locks(), "the desktop has locked by itself");
    Ok(())
}
