//! What stands on the desk beside the page: the system's own dialogs and the window as the window manager knows it, worked
//! with keys as a person works them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::page::PATIENCE;
use crate::process::{Process, until};
use crate::window::Desk;

/// GTK draws a dialog before it listens; a person does not type within this time either.
const BREATH: Duration = Duration::from_millis(400);

impl Desk {
    /// Starts a window manager, so that windows have a frame, a focus and a way to be closed. It lives as long as what is
    /// given back.
    ///
    /// # Errors
    /// When openbox does not come up.
    pub fn window_manager(&self) -> Result<Process> {
        let mut command = self.command("openbox");
        command.stderr(std::process::Stdio::null());
        let manager = Process::start(&mut command)?;
        until("the window manager", PATIENCE, || {
            // It answers this only once a window manager has said so on the display.
            self.keys_of(&["getactivewindow"]).is_ok()
                || self.keys_of(&["get_num_desktops"]).is_ok()
        })?;
        Ok(manager)
    }

    /// Whether a window with exactly this title is to be seen.
    #[must_use]
    pub fn shows(&self, title: &str) -> bool {
        self.window_called(title).is_ok()
    }

    /// Waits until a window with exactly this title is to be seen.
    ///
    /// # Errors
    /// When none comes.
    pub fn wait_for(&self, title: &str) -> Result<()> {
        until(&format!("a window called {title:?}"), PATIENCE, || {
            self.shows(title)
        })
    }

    /// Waits until no window with exactly this title is to be seen.
    ///
    /// # Errors
    /// When it stays.
    pub fn wait_for_none(&self, title: &str) -> Result<()> {
        until(&format!("{title:?} to close"), PATIENCE, || {
            !self.shows(title)
        })
    }

    /// Types this path into the file dialog with this title and accepts it.
    ///
    /// # Errors
    /// When there is no such dialog, or it does not take the path.
    pub fn answer_dialog(&self, title: &str, path: &Path) -> Result<()> {
        let path = path.to_str().context("a path of letters")?;
        let below = path.strip_prefix('/').context("a whole path")?;
        self.focus(title)?;
        // A dialog on a busy machine may be drawn before it listens: what it did not take is typed again, over what it did.
        for _ in 0..4 {
            self.keys_of(&["key", "ctrl+a"])?;
            // It opens the field where there is none yet, and what is typed meanwhile is lost.
            self.keys_of(&["key", "slash"])?;
            std::thread::sleep(BREATH);
            self.keys_of(&["type", "--delay", "15", below])?;
            // The first Return may only close the list of names that complete what was typed.
            for _ in 0..2 {
                std::thread::sleep(BREATH);
                self.keys_of(&["key", "Return"])?;
                let closed = until("it to close", 3 * BREATH, || !self.shows(title));
                if closed.is_ok() {
                    return Ok(());
                }
            }
        }
        self.picture("dialog-that-stays")?;
        self.wait_for_none(title)
    }

    /// Closes the dialog with this title without an answer.
    ///
    /// # Errors
    /// When it stays.
    pub fn dismiss_dialog(&self, title: &str) -> Result<()> {
        self.focus(title)?;
        self.keys_of(&["key", "Escape"])?;
        self.wait_for_none(title)
    }

    /// Closes the window with this title as the cross in its frame does; needs a window manager.
    ///
    /// # Errors
    /// When there is no such window.
    pub fn close(&self, title: &str) -> Result<()> {
        self.focus(title)?;
        self.keys_of(&["key", "alt+F4"])
    }

    /// Gives the keyboard to the window with this title.
    fn focus(&self, title: &str) -> Result<()> {
        self.wait_for(title)?;
        std::thread::sleep(BREATH);
        let id = self.window_called(title)?;
        self.keys_of(&["windowfocus", &id])?;
        std::thread::sleep(BREATH);
        Ok(())
    }

    fn window_called(&self, title: &str) -> Result<String> {
        let name = format!("^{title}$");
        let output = self
            .command("xdotool")
            .args(["search", "--onlyvisible", "--name", &name])
            .output()
            .context("xdotool")?;
        let found = String::from_utf8(output.stdout)?;
        let id = found.lines().last().context("no such window")?;
        Ok(id.to_owned())
    }

    fn keys_of(&self, arguments: &[&str]) -> Result<()> {
        let output = self.command("xdotool").args(arguments).output()?;
        ensure!(
            output.status.success(),
            "xdotool {arguments:?} failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }
}
