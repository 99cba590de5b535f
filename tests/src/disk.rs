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

/// A disk that fails one day: from then on the system lets nobody write on it, whoever has a file of it open.
#[derive(Debug)]
pub struct WornDisk {
    folder: TempDir,
    image: tempfile::NamedTempFile,
}

impl WornDisk {
    /// Makes and mounts it; `None` where this user may not mount.
    ///
    /// # Errors
    /// When no temporary file can be made.
    pub fn mount(mebibytes: u64) -> Result<Option<Self>> {
        let folder = tempfile::Builder::new()
            .prefix("safetalk-disk-")
            .tempdir()?;
        let image = tempfile::NamedTempFile::new()?;
        image.as_file().set_len(mebibytes << 20)?;
        let disk = Self { folder, image };
        let made = run("mkfs.ext4", &["-q", "-F"], disk.image.path());
        if made && disk.mounted() {
            Ok(Some(disk))
        } else {
            println!("no right to mount: the test on a disk that fails is left out");
            Ok(None)
        }
    }

    fn mounted(&self) -> bool {
        let image = self.image.path().display().to_string();
        run(
            "mount",
            &["-o", "loop,errors=remount-ro", &image],
            self.folder.path(),
        )
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The system meets an error on it and shuts it for writing.
    ///
    /// # Errors
    /// When the system does nothing of the kind.
    pub fn fail(&self) -> Result<()> {
        let device = Command::new("findmnt")
            .args(["-n", "-o", "SOURCE"])
            .arg(self.folder.path())
            .output()?;
        let device = String::from_utf8(device.stdout)?;
        let name = device.trim().trim_start_matches("/dev/");
        std::fs::write(format!("/sys/fs/ext4/{name}/trigger_fs_error"), "1")?;
        ensure!(
            std::fs::write(self.path().join("probe"), "1").is_err(),
            "it can be written still"
        );
        Ok(())
    }

    /// Looks through it and mounts it anew. Nobody may have a file of it open.
    ///
    /// # Errors
    /// When somebody has.
    pub fn mend(&self) -> Result<()> {
        ensure!(
            run("umount", &[], self.folder.path()),
            "somebody is on it still"
        );
        // It says by its own code that it mended something.
        run("e2fsck", &["-f", "-y"], self.image.path());
        ensure!(self.mounted(), "it is not whole");
        Ok(())
    }
}

impl Drop for WornDisk {
    fn drop(&mut self) {
        run("umount", &["-l"], self.folder.path());
    }
}

fn run(program: &str, arguments: &[&str], path: &Path) -> bool {
    Command::new(program)
        .args(arguments)
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
