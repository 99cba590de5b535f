//! Lets Tauri prepare what its macro reads.
fn main() {
    tauri_build::build();
}
