//! A small disk of its own, for being full and for being read-only.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, ensure};
use tempfile::TempDir;

/// A file system in memory. Dropping it unmounts it.
#[derive(Debug)]
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    /// Mounts it; `None` where this user may not mount.
    ///
    /// # Errors
    /// When no temporary folder can be made.
    pub fn mount(mebibytes: u32) -> Result<Option<Self>> {
        let folder = tempfile::Builder::new()
            .prefix("safetalk-disk-")
            .tempdir()?;
        let size = format!("size={mebibytes}m,mode=0755");
        let arguments = ["-t", "tmpfs", "-o", &size, "tmpfs"];
        if run("mount", &arguments, folder.path()) {
            Ok(Some(Self { folder }))
        } else {
            println!("no right to mount: the test on a real full disk is left out");
            Ok(None)
        }
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes all the room there is.
    ///
    /// # Errors
    /// When the disk does something else than being full.
    pub fn fill(&self) -> Result<()> {
        use std::io::{ErrorKind, Write as _};
        let mut ballast = std::fs::File::create(self.ballast())?;
        for size in [1 << 16, 1 << 9, 1] {
            let piece = vec![7; size];
            let full = loop {
                if let Err(error) = ballast.write_all(&piece) {
                    break error;
                }
            };
            ensure!(full.kind() == ErrorKind::StorageFull, "not full: {full}");
        }
        Ok(())
    }

    /// Gives the room back.
    ///
    /// # Errors
    /// When it was not taken.
    pub fn make_room(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.ballast())?)
    }

    /// Lets nobody write to it, or lets them again.
    ///
    /// # Errors
    /// When the system refuses, as it does while a file is open for writing.
    pub fn set_read_only(&self, read_only: bool) -> Result<()> {
        let how = if read_only {
            "remount,ro"
        } else {
            "remount,rw"
        };
        ensure!(run("mount", &["-o", how], self.path()), "{how} was refused");
        Ok(())
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.path());
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    Command::new(program)
        .args(arguments)
        .arg(path)
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
