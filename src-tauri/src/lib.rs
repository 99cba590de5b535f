//! The window of SafeTalk Desktop: the only room of the house that knows Tauri.
#![forbid(unsafe_code)]

pub mod folder;
pub mod keychain;
mod window;

use anyhow::Context as _;

/// Runs the program until the person quits it.
pub fn run() -> anyhow::Result<()> {
    start_logging();
    needs_display()?;
    let mut context = tauri::generate_context!();
    if let Some(named) = folder::named() {
        let config = context.config_mut();
        config.identifier = folder::identifier(&config.identifier, &named);
    }
    tauri::Builder::default()
        // First of all plugins: a second start ends here, before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| window::show(app),
        ))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .setup(move |app| {
            window::open(app.handle())?;
            Ok(())
        })
        .run(context)
        .context("the window could not be opened")
}

/// Messages for whoever looks into a fault, on stderr; `SAFETALK_LOG` chooses how many. No message carries personal data.
fn start_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SAFETALK_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

/// GTK panics without a display; a sentence is kinder.
fn needs_display() -> anyhow::Result<()> {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    anyhow::ensure!(
        !cfg!(target_os = "linux") || has("DISPLAY") || has("WAYLAND_DISPLAY"),
        "SafeTalk opens a window, and this terminal has no display (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    );
    Ok(())
}
