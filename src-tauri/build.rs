//! Tauri's build step: checks the configuration and the capabilities, and embeds the icon and the screens.

use std::path::Path;

fn main() {
    // The screens are built into the program, and Tauri does not watch them itself.
    println!("cargo:rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").exists() {
        println!(
            "cargo:warning=ui/dist holds no screens, the window will be empty: `cargo xtask run` builds them first"
        );
    }
    tauri_build::build();
}
