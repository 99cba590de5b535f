//! Mistakes that somebody could have made: each is planted here, at a border of the house, and has to be found.
//!
//! They stand in the tests and nowhere else. What is shipped has no switch that could turn one on.

/// One planted mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The ledger: nobody looks whether a slot is taken, and the schema has no constraint.
    NobodyLooks,
    /// The ledger: notices are kept outside the savepoint of the decision they tell of.
    NoticeOutsideTheSavepoint,
    /// The ledger: an intent is not known again by its id.
    NoDedupeById,
    /// The ledger: an intent is known again by its device's number, whatever its id.
    DedupeByNumber,
    /// The ledger: neither epoch nor mark is compared.
    NoHistory,
    /// The ledger: a plain sequence is the cursor, so that what commits late is passed over.
    SequenceAsCursor,
    /// The ledger: the last writer wins on time, place and person.
    LastWriterWins,
    /// The device: the cursor moves before its rows are kept.
    CursorBeforeRows,
    /// The device: what stands on the screen is not decided again after a pull.
    OverlayKept,
    /// The device: an action that was refused blocks the queue.
    RefusedBlocksTheQueue,
    /// The device: an accepted action leaves the screen before its rows have come.
    ForgottenBeforePulled,
    /// The device: a changed history empties the outbox.
    OutboxThrownAway,
    /// The device: a pull does not say what the ledger has answered.
    AnswersNotSaid,
    /// The device: what was not answered is sent again under a new id.
    NewIdOnRetry,
    /// The device: a refusal is not shown to anyone.
    RefusalSwallowed,
}

impl Fault {
    /// Every planted mistake.
    pub const ALL: [Self; 15] = [
        Self::NobodyLooks,
        Self::NoticeOutsideTheSavepoint,
        Self::NoDedupeById,
        Self::DedupeByNumber,
        Self::NoHistory,
        Self::SequenceAsCursor,
        Self::LastWriterWins,
        Self::CursorBeforeRows,
        Self::OverlayKept,
        Self::RefusedBlocksTheQueue,
        Self::ForgottenBeforePulled,
        Self::OutboxThrownAway,
        Self::AnswersNotSaid,
        Self::NewIdOnRetry,
        Self::RefusalSwallowed,
    ];
}
