//! Tauri's build step: checks the configuration and the capabilities, and embeds the icon and the screens.

use std::path::Path;

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    // The screens are built into the program, and Tauri does not watch them itself.
    println!("cargo:rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").exists() {
        println!(
            "cargo:warning=ui/dist holds no screens, the window will be empty: `cargo xtask run` builds them first"
        );
    }
    // Naming our command puts it under the same permissions as Tauri's own: capabilities/main.json must allow it.
    let manifest = tauri_build::AppManifest::new().commands(&["rpc"]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .context("the configuration of the window is not right")
}
