//! How a member likes to see the clinic on this computer: kept in its settings, because the web view keeps nothing.

use crate::api::Nothing;
use crate::api::act::Problem;
use crate::api::clinic::ViewSettings;
use crate::office::Office;

/// More lanes than any clinic has; the settings are a small file.
const MOST_HIDDEN: usize = 1_000;

/// `view.get`.
pub async fn get(office: &Office, _: Nothing) -> Result<ViewSettings, Problem> {
    let mut views = office.settings.get().views;
    Ok(views.remove(&office.member).unwrap_or_default())
}

/// `view.save`.
pub async fn save(office: &Office, mut request: ViewSettings) -> Result<Nothing, Problem> {
    request.hidden.truncate(MOST_HIDDEN);
    office
        .settings
        .change(|device| drop(device.views.insert(office.member, request)))?;
    Ok(Nothing {})
}
