//! The schema's own constraints that speak last, matched by name in this one place.

/// A constraint of the schema that became a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint {
    /// A therapist or a room would be held twice.
    NoOverlap,
    /// An invoice number would name two invoices.
    InvoiceNumber,
}

/// The constraint that refused a statement, if one of ours did.
pub fn of(error: &sqlx::Error) -> Option<Constraint> {
    let sqlx::Error::Database(error) = error else {
        return None;
    };
    match error.message() {
        "occupancy_no_overlap" => Some(Constraint::NoOverlap),
        message if message.contains("invoice_number") || message.ends_with("invoice.number") => {
            Some(Constraint::InvoiceNumber)
        }
        _ => None,
    }
}
