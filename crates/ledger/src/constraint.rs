//! The schemas' own constraints that speak last, matched by name in this one place for both stores.

/// A constraint of the schema that became a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A therapist or a room would be held twice.
    NoOverlap,
    /// An invoice number would name two invoices.
    InvoiceNumber,
}

impl Constraint {
    /// The constraint that refused a statement, if one of ours did. PostgreSQL names it; in SQLite the message is or
    /// ends with the name.
    pub fn of(error: &sqlx::Error) -> Option<Self> {
        let sqlx::Error::Database(error) = error else {
            return None;
        };
        match error.constraint().unwrap_or_else(|| error.message()) {
            "occupancy_no_overlap" => Some(Self::NoOverlap),
            name if name.contains("invoice_number") || name.ends_with("invoice.number") => {
                Some(Self::InvoiceNumber)
            }
            _ => None,
        }
    }
}
