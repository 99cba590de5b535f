//! Starts SafeTalk Desktop.
#![forbid(unsafe_code)]
// No console window behind the real one.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

fn main() -> anyhow::Result<()> {
    safetalk_desktop::run()
}
