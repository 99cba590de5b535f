//! Which data folder this program works in. That one process at a time works in it is the vault's business.

use std::io;
use std::path::{Path, PathBuf};

/// Names another data folder, for tests and for a second clinic kept apart on purpose.
pub const VARIABLE: &str = "SAFETALK_DATA_DIR";

/// The folder that [`VARIABLE`] names; `None` means the operating system's own place for this application.
pub fn named() -> Option<PathBuf> {
    std::env::var_os(VARIABLE)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// The application's identifier for a data folder of its own, so that programs on different folders do not take each other
/// for a second start of themselves (D-Bus name, named mutex and socket are all made from it).
pub fn identifier(base: &str, folder: &Path) -> String {
    // FNV-1a: stable between builds, unlike the standard library's hasher. It tells folders apart, it keeps nothing secret.
    let hash = folder
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{base}.d{hash:016x}")
}

/// Makes the folder, for its owner only, before anything else makes it for everybody.
pub fn make(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_closed_to_other_people() {
        use std::os::unix::fs::PermissionsExt as _;
        let home = tempfile::tempdir().expect("the test may write to the temporary folder");
        let folder = home.path().join("clinic");
        make(&folder).expect("a fresh folder can be made");
        make(&folder).expect("one that is there already is fine");
        let mode = std::fs::metadata(&folder)
            .expect("it was just made")
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(
            mode, 0o700,
            "health data is not for the computer's other users"
        );
    }

    #[test]
    fn folders_have_identifiers_of_their_own_that_never_change() {
        let one = identifier("app.safetalk.desktop", Path::new("/a"));
        let two = identifier("app.safetalk.desktop", Path::new("/b"));
        assert_ne!(one, two, "two folders are two programs");
        assert_eq!(
            one, "app.safetalk.desktop.d07d66707b49cd92d",
            "an update must still find the running older version"
        );
    }
}
