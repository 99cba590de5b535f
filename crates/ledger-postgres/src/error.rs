//! What can break around the database. Never holds a row's contents, an address or a password.

/// What can break around the database. What breaks inside a ledger is the ledger's own error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is not one of PostgreSQL's. It is not repeated: it may hold a password.
    #[error("the database's address is not understood")]
    Address,
    /// The database failed, or is out of reach.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The schema is older than this program.
    #[error("the database's schema is at {found}, this program needs {needed}: migrate first")]
    Schema {
        /// The newest migration in the database; 0 for none.
        found: i64,
        /// The newest this program knows.
        needed: i64,
    },
    /// The role would see every clinic's rows.
    #[error("the database's role bypasses row security; serve with a member of safetalk_app")]
    Bypasses,
    /// No ledger was made for this clinic.
    #[error("no such clinic")]
    NoClinic,
    /// What the clinic keeps was sealed under another key.
    #[error("this key does not open the clinic's ledger")]
    Key,
    /// A ledger failed.
    #[error(transparent)]
    Ledger(#[from] safetalk_ledger::Error),
}
