//! Tauri's build step: checks the configuration and the capabilities, and embeds the icon.

fn main() {
    tauri_build::build();
}
