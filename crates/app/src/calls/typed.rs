//! What a person typed as date and time, read in the clinic's zone.

use crate::api::check::Typed;
use safetalk_domain::refusal::{Field, Invalid};
use safetalk_domain::validate::invalid;
use safetalk_domain::zone::{DAY_MINUTES, Local, is_planned};
use safetalk_domain::{Moment, Refusal, Zone};

impl Typed {
    /// What it means on that day.
    pub fn read(self, zone: Zone) -> Local {
        zone.resolve(self.date, self.minute.min(DAY_MINUTES))
    }

    /// The moment; a time that comes twice is the one the person chose.
    ///
    /// # Errors
    /// A time that never comes, or is not on the clock, is refused and names `field`.
    pub fn moment(self, zone: Zone, field: Field) -> Result<Moment, Refusal> {
        if self.minute > DAY_MINUTES || !is_planned(self.date) {
            return Err(invalid(field, Invalid::Unknown));
        }
        match self.read(zone) {
            Local::Once { at } => Ok(at),
            Local::Twice { second, .. } if self.second => Ok(second),
            Local::Twice { first, .. } => Ok(first),
            Local::Never { .. } => Err(invalid(field, Invalid::NeverComes)),
        }
    }
}
