//! The real window, driven for real: the built program on a display nobody sees, with a real keychain, through WebDriver.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::login::{Keychain, Login};
use crate::page::PATIENCE;
use crate::process::{Process, until};

/// The size of the display, which is the size the screens are drawn for.
const SIZE: &str = "1280x800x24";

/// A display with no more colours than this shows nothing: text alone brings dozens of shades.
const BLANK: u32 = 16;

/// A computer with a person at it: a login and a display.
pub struct Desk {
    /// The login; its keychain can be locked or started again.
    pub login: Login,
    display: Process,
    number: String,
}

impl Desk {
    /// Logs a person in and gives them a display.
    ///
    /// # Errors
    /// When Xvfb, D-Bus or the keychain cannot be started.
    pub fn start(keychain: Keychain) -> Result<Self> {
        let login = Login::start(keychain)?;
        let mut server = login.command("Xvfb");
        server
            .args(["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp"])
            .stderr(Stdio::null());
        let (display, number) = Process::start_and_hear(&mut server)?;
        Ok(Self {
            login,
            display,
            number: format!(":{number}"),
        })
    }

    /// A command that will run on this desk.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = self.login.command(program);
        command.env("DISPLAY", &self.number);
        // One look for everybody's pictures: no desktop's own scale, theme or accessibility bus.
        command
            .env("GDK_SCALE", "1")
            .env("NO_AT_BRIDGE", "1")
            .env("LC_ALL", "C.UTF-8");
        command
    }

    /// A command that will start SafeTalk on this desk, on the desk's own data folder.
    ///
    /// # Errors
    /// When the program was not built.
    pub fn safetalk(&self) -> Result<Command> {
        let mut command = self.command(program()?);
        command.env("SAFETALK_DATA_DIR", self.data_folder());
        Ok(command)
    }

    /// A folder for the data of a clinic that only this desk has.
    pub fn data_folder(&self) -> PathBuf {
        self.login.home().join("clinic")
    }

    /// Takes a picture of the whole display into `tests/out/<name>.png`, once something is painted on it: the page is there a
    /// while before its pixels are, and a window that stays blank is a fault of web views that only a picture shows.
    ///
    /// # Errors
    /// When the display stays blank, or ImageMagick cannot take a picture.
    pub fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(name).with_extension("png");
        let mut taken = Ok(());
        until("the window to be painted", PATIENCE, || {
            taken = self.take_picture(&file);
            taken.is_err() || colours(&file).is_ok_and(|colours| colours > BLANK)
        })?;
        taken.map(|()| file)
    }

    fn take_picture(&self, file: &Path) -> Result<()> {
        let status = self
            .command("import")
            .args(["-window", "root"])
            .arg(file)
            .status()?;
        ensure!(status.success(), "no picture was taken ({status})");
        Ok(())
    }

    /// Whether the display still stands; a crashed one explains what else went wrong.
    pub fn display_stands(&mut self) -> bool {
        matches!(self.display.child().try_wait(), Ok(None))
    }
}

/// An open window of SafeTalk. Dropping it ends the program as a crash would; [`Window::quit`] as the
/// person does.
pub struct Window {
    /// The page inside the window.
    pub page: Client,
    driver: Process,
}

impl Window {
    /// Starts SafeTalk on a desk, on the desk's own data folder.
    ///
    /// # Errors
    /// When the program was not built or its window does not open.
    pub async fn open(desk: &Desk) -> Result<Self> {
        Self::open_with(desk, &[]).await
    }

    /// The same with more environment variables.
    ///
    /// # Errors
    /// As for [`Window::open`].
    pub async fn open_with(desk: &Desk, variables: &[(&str, &str)]) -> Result<Self> {
        let program = program()?;
        let port = free_port()?;
        let mut driver = desk.command("WebKitWebDriver");
        driver.arg(format!("--port={port}")).stdout(Stdio::null());
        // The driver starts the program, which inherits its variables.
        driver
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("SAFETALK_DATA_DIR", desk.data_folder());
        driver.envs(variables.iter().copied());
        let driver = Process::start(&mut driver)?;
        wait_for_port(port).await?;
        let options = json!({ "webkitgtk:browserOptions": { "binary": program, "args": [] } });
        let Value::Object(capabilities) = options else {
            unreachable!("the literal above is an object")
        };
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("the window did not open")?;
        let window = Self { page, driver };
        window.loaded().await?;
        Ok(window)
    }

    /// Waits for the first page: the driver is connected as soon as there is a web view.
    async fn loaded(&self) -> Result<()> {
        let script = "return document.readyState === 'complete' && location.protocol !== 'about:'";
        for _ in 0..1000 {
            if self.page.execute(script, vec![]).await? == Value::Bool(true) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        anyhow::bail!("no page came into the window")
    }

    /// Ends the program as a power cut would.
    pub fn kill(mut self) {
        self.driver.kill();
    }
}

/// How many colours a picture has.
fn colours(file: &Path) -> Result<u32> {
    let output = Command::new("identify")
        .args(["-format", "%k"])
        .arg(file)
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The program as cargo built it beside this test.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let target = test
        .ancestors()
        .nth(2)
        .context("a test lies two folders deep in the target folder")?;
    let program = target.join("safetalk-desktop");
    ensure!(
        program.is_file(),
        "{} is missing: build it with `cargo build --package safetalk-desktop`, or run `cargo xtask test`",
        program.display()
    );
    Ok(program)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

async fn wait_for_port(port: u16) -> Result<()> {
    for _ in 0..500 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_ok()
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    anyhow::bail!("WebKitWebDriver does not listen on port {port}")
}
