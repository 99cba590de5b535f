//! The window of SafeTalk Desktop: the only room of the house that knows Tauri.
#![forbid(unsafe_code)]

pub mod folder;
pub mod keychain;
#[cfg(target_os = "linux")]
pub mod login;
mod outside;
mod shell;
mod sleep;
mod tray;
mod window;

use std::sync::Arc;

use anyhow::Context as _;
use safetalk_app::App;
use serde_json::Value;
use serde_json::value::RawValue;
use tauri::{Manager as _, RunEvent, State, WindowEvent};
use tokio::sync::SetOnce;

/// The core. It starts beside the window, so that the person sees a window at once; calls wait for it.
#[derive(Default)]
struct Core(SetOnce<Arc<App>>);

/// The one thing the page can ask of us; what may be asked stands in the core's router table.
#[tauri::command]
async fn rpc(core: State<'_, Core>, cmd: String, payload: Value) -> Result<Box<RawValue>, Value> {
    core.0.wait().await.rpc(&cmd, payload).await
}

/// Runs the program until the person quits it.
pub fn run() -> anyhow::Result<()> {
    start_logging();
    needs_display()?;
    let mut context = tauri::generate_context!();
    let named = folder::named();
    if let Some(named) = &named {
        let config = context.config_mut();
        config.identifier = folder::identifier(&config.identifier, named);
    }
    let app = tauri::Builder::default()
        // First of all plugins: a second start ends here, before it has touched anything.
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| window::show(app),
        ))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .manage(Core::default())
        .invoke_handler(tauri::generate_handler![rpc])
        .setup(move |app| {
            let data = match named {
                Some(named) => named,
                None => app.path().app_data_dir()?,
            };
            if let Err(error) = folder::make(&data) {
                // The core meets the same and shows a screen about it.
                tracing::warn!(kind = %error.kind(), "the data folder could not be made");
            }
            let app = app.handle().clone();
            window::open(&app)?;
            tauri::async_runtime::spawn(async move {
                let core = App::start(data, Arc::new(shell::Shell::new(app.clone()))).await;
                // Set here and nowhere else, so it cannot be set already.
                let _ = app.state::<Core>().0.set(core.clone());
                let slept = core.clone();
                sleep::watch(move || slept.suspend());
                #[cfg(target_os = "linux")]
                login::watch(move || {
                    core.suspend();
                    // The screens hear of it and need a moment to draw the lock before the computer sleeps.
                    std::thread::sleep(std::time::Duration::from_millis(300));
                });
            });
            Ok(())
        })
        .build(context)
        .context("the window could not be opened")?;
    app.run(|app, event| {
        if let RunEvent::WindowEvent {
            event: WindowEvent::CloseRequested { api, .. },
            ..
        } = event
        {
            api.prevent_close();
            ask_to_close(app.clone());
        }
    });
    Ok(())
}

/// Quits if the core has nothing to say, from the frame of the window or from the tray; else it asks the person on the screen,
/// about messages that have not gone or about what is typed and not kept, and quits by itself later.
fn ask_to_close(app: tauri::AppHandle) {
    tauri::async_runtime::spawn(async move {
        let core = app.state::<Core>().0.get().cloned();
        let may_close = match core {
            Some(core) => core.close_requested().await,
            None => true,
        };
        if may_close {
            app.exit(0);
        } else {
            // Asked from the tray, the question would stand in a window that nobody sees.
            window::show(&app);
        }
    });
}

/// Locks the screens, if a PIN is set.
fn lock(app: &tauri::AppHandle) {
    if let Some(core) = app.state::<Core>().0.get() {
        core.lock();
    }
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
