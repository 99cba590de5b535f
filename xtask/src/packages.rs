//! What the system itself must have, and getting it on Debian and its children.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::shell;

/// Something the system must have.
pub struct Need {
    /// The Debian package.
    package: &'static str,
    /// What it is for.
    why: &'static str,
    /// How to tell that it is there on a system without Debian's packages.
    sign: Sign,
}

enum Sign {
    Library(&'static str),
    Program(&'static str),
    /// Nothing tells; such a system is believed to have it.
    None,
}

use Sign::{Library, Program};

const fn need(package: &'static str, why: &'static str, sign: Sign) -> Need {
    Need { package, why, sign }
}

/// To build the window.
pub const BUILD: &[Need] = &[
    need(
        "build-essential",
        "a C compiler, for the encrypted database",
        Program("cc"),
    ),
    need(
        "pkg-config",
        "finds the libraries below",
        Program("pkg-config"),
    ),
    need("file", "recognises files while bundling", Program("file")),
    need(
        "libwebkit2gtk-4.1-dev",
        "the web view that draws the screens",
        Library("webkit2gtk-4.1"),
    ),
    need("libxdo-dev", "keyboard access of the window", Sign::None),
    need(
        "libssl-dev",
        "headers the window's libraries ask for",
        Library("openssl"),
    ),
    need(
        "libayatana-appindicator3-dev",
        "the tray",
        Library("ayatana-appindicator3-0.1"),
    ),
    need("librsvg2-dev", "draws the icons", Library("librsvg-2.0")),
];

/// To run it.
pub const RUN: &[Need] = &[
    need(
        "dbus",
        "the session bus over which the keychain is asked",
        Program("dbus-run-session"),
    ),
    need(
        "gnome-keyring",
        "the keychain that holds the database key",
        Program("gnome-keyring-daemon"),
    ),
    need("libsecret-1-0", "the keychain's client library", Sign::None),
];

/// To test it: a display nobody sees, a driver for the window, a browser, a database.
pub const TEST: &[Need] = &[
    need("xvfb", "a display without a screen", Program("Xvfb")),
    need(
        "webkit2gtk-driver",
        "drives the real window",
        Program("WebKitWebDriver"),
    ),
    need(
        "xdotool",
        "types into the system's own dialogs",
        Program("xdotool"),
    ),
    need(
        "openbox",
        "a window manager, to close a window as a person does",
        Program("openbox"),
    ),
    need(
        "imagemagick",
        "takes pictures of the display",
        Program("import"),
    ),
    need(
        "fonts-dejavu-core",
        "a font for the screens under test",
        Sign::None,
    ),
    need(
        "chromium",
        "the browser of the end-to-end tests",
        Program("chromium"),
    ),
    need(
        "postgresql",
        "the database under the server's ledgers",
        Program("initdb"),
    ),
];

/// Makes sure that all of this is there: says what lacks and why, installs it where that is possible, and fails plainly where
/// it is not. Systems other than Linux bring the web view and the keychain themselves.
pub fn ensure_installed(sets: &[&[Need]]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let needs: Vec<&Need> = sets.iter().copied().flatten().collect();
    let missing = missing(&needs);
    if missing.is_empty() {
        return Ok(());
    }
    let mut list = String::from("This system lacks:\n");
    for need in &missing {
        let _ = writeln!(list, "  {:<30} {}", need.package, need.why);
    }
    ensure!(
        shell::has_program("apt-get"),
        "{list}They are named as Debian names them. Install what your system calls the same, then run this again."
    );
    println!("{list}");
    install(&missing)
}

fn missing<'a>(needs: &[&'a Need]) -> Vec<&'a Need> {
    if !shell::has_program("dpkg-query") {
        return needs
            .iter()
            .copied()
            .filter(|need| !shows_itself(&need.sign))
            .collect();
    }
    // dpkg-query fails as soon as one name is unknown, and still prints the others.
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\n"])
        .args(needs.iter().map(|need| need.package))
        .output();
    let listed = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    let installed = installed(&listed);
    needs
        .iter()
        .copied()
        .filter(|need| !installed.contains(&need.package))
        .collect()
}

/// The packages that a listing of `name status` lines calls installed.
fn installed(listed: &str) -> Vec<&str> {
    listed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| *status == "installed")
        .map(|(name, _)| name)
        .collect()
}

fn shows_itself(sign: &Sign) -> bool {
    match sign {
        Library(name) => {
            shell::answer(Command::new("pkg-config").args(["--exists", name])).is_some()
        }
        Program(name) => shell::has_program(name),
        Sign::None => true,
    }
}

fn install(missing: &[&Need]) -> Result<()> {
    let names: Vec<&str> = missing.iter().map(|need| need.package).collect();
    let by_hand = format!(
        "sudo apt-get install --no-install-recommends {}",
        names.join(" ")
    );
    let root = shell::answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let prefix: &[&str] = if root {
        &[]
    } else if !shell::has_program("sudo") {
        bail!("Only an administrator can install them:\n  {by_hand}");
    } else if shell::in_ci() || !std::io::stdin().is_terminal() {
        // Nobody is there to type a password.
        &["sudo", "--non-interactive"]
    } else {
        ensure!(
            agreed("Install them now with sudo?")?,
            "Nothing was installed. By hand:\n  {by_hand}"
        );
        &["sudo"]
    };
    let apt = |arguments: &[&str]| {
        let mut words = prefix
            .iter()
            .chain(&["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .chain(arguments);
        let mut command = Command::new(words.next().copied().unwrap_or_default());
        command.args(words);
        command
    };
    shell::must(&mut apt(&["update", "--quiet"]))
        .and_then(|()| {
            // Without the timeout two installations at once fail instead of waiting for each other.
            let flags = [
                "install",
                "--yes",
                "--quiet",
                "--no-install-recommends",
                "--option",
                "DPkg::Lock::Timeout=300",
            ];
            shell::must(&mut apt(&[&flags[..], &names[..]].concat()))
        })
        .with_context(|| format!("The packages could not be installed. By hand:\n  {by_hand}"))
}

fn agreed(question: &str) -> Result<bool> {
    print!("{question} [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(
        answer.trim().to_ascii_lowercase().as_str(),
        "" | "y" | "yes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_was_removed_but_left_its_settings_is_missing() {
        let listed = "xvfb installed\nchromium config-files\ngnome-keyring installed\n";
        assert_eq!(
            installed(listed),
            ["xvfb", "gnome-keyring"],
            "only whole packages count"
        );
    }

    #[test]
    fn no_package_is_named_twice() {
        let mut names: Vec<_> = [BUILD, RUN, TEST]
            .into_iter()
            .flatten()
            .map(|need| need.package)
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all, "one list is the place for a package");
    }
}
