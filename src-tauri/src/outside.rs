//! Opening addresses in other programs. An address may hold what a client reads, so that it never stands in a log.

use safetalk_app::host::{ExternalTarget, HostError};
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt as _;

/// Opens the address in its own program, or else in the browser.
pub fn open(app: &AppHandle, target: &ExternalTarget) -> Result<(), HostError> {
    let open = |uri: &str| app.opener().open_url(uri, None::<&str>).is_ok();
    if has_program(&target.app_uri) && open(&target.app_uri) {
        return Ok(());
    }
    if has_program(&target.web_uri) && open(&target.web_uri) {
        return Ok(());
    }
    Err(HostError::NoProgram)
}

/// Whether some program takes such an address. Linux starts a helper that fails out of sight, so it is asked before; the
/// other systems say it when opening fails.
fn has_program(uri: &str) -> bool {
    let Some((scheme, _)) = uri.split_once(':') else {
        return false;
    };
    #[cfg(target_os = "linux")]
    return gio::AppInfo::default_for_uri_scheme(scheme).is_some();
    #[cfg(not(target_os = "linux"))]
    return !scheme.is_empty();
}
