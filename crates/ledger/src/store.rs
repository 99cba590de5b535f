//! The border between the ledger and what keeps it: a few questions, a few writes, and two kinds of transaction.
//!
//! Everything that makes a ledger a ledger (push, pull, deciding, the courier's questions) is written once, on this side
//! of the border. A keeper only keeps: it knows rows, positions and answers, and no rule about them.

use crate::links::Share;
use crate::{Constraint, Error};
use async_trait::async_trait;
use safetalk_domain::{
    Intent, IntentId, Interval, Invoice, InvoiceId, Kind, Moment, Notice, NoticeId, Occupancy,
    Position, ResourceId, Row, SessionId, TimeOff,
};
use safetalk_wire::{After, Head, Mark, Verdict};
use uuid::Uuid;

/// What keeps the ledger of one clinic.
///
/// A transaction that is dropped has changed nothing. The ledger carries every transaction to its end in a task of its
/// own, so that a keeper never sees a future that is cut between two statements.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins to write, and says where the history stands. The clinic's lock is taken before anything is read, so that
    /// whatever is read stays true until the commit, however many processes write.
    async fn begin(&self) -> Result<(Head, Box<dyn Tx>), Error>;

    /// One moment of the history to be read, whole: later commits are not seen.
    async fn snapshot(&self) -> Result<(Head, Box<dyn View>), Error>;

    /// Lets `holder` speak for the clinic's courier for so many seconds, if nobody else may now; who may already goes on.
    ///
    /// What one process keeps for itself, a file, has no other who could: it always says yes.
    async fn lease(&self, holder: Uuid, _seconds: u32) -> Result<Option<Lease>, Error> {
        Ok(Some(Lease { holder, fence: 0 }))
    }

    /// Gives that back, so that nobody waits for it to run out.
    async fn release(&self, _lease: Lease) -> Result<(), Error> {
        Ok(())
    }

    /// Lets go of files and connections, cleanly.
    async fn close(&self);
}

/// Leave to speak for a clinic's courier, where several processes could: it runs out by the store's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose it is: a process has a name of its own, new at every start.
    pub holder: Uuid,
    /// Higher with every change of hands: what was begun under a lower one does not count any more.
    pub fence: i64,
}

/// Questions, answered from one moment of the history or, in a [`Tx`], from what it has written itself.
#[async_trait]
pub trait View: Send {
    /// The mark of a position that was given.
    async fn mark_of(&mut self, position: Position) -> Result<Option<Mark>, Error>;

    /// How far a device is counted; 0 for one that is not known.
    async fn last_n(&mut self, device: Uuid) -> Result<i64, Error>;

    /// Which intents a device counted from `first` to `last`, both included.
    async fn counted(
        &mut self,
        device: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, IntentId)>, Error>;

    /// The answers that these intents have already, in any order. Those that were never answered are left out.
    async fn verdicts(&mut self, intents: &[IntentId]) -> Result<Vec<Verdict>, Error>;

    /// One row with its position.
    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error>;

    /// The rows of a kind with these ids that exist, in any order.
    async fn many(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<Row>, Error>;

    /// Every row of a kind, in the order of their ids.
    async fn rows(&mut self, kind: Kind) -> Result<Vec<Row>, Error>;

    /// At most `limit` rows of a kind whose position lies after `cursor` and not after `upto`, in the order of position
    /// and id; `after` is the row before the first.
    async fn page(
        &mut self,
        kind: Kind,
        cursor: Position,
        after: Option<After>,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<(Position, Row)>, Error>;

    /// What sessions hold of `resource` and meets `window`, looking back as far as a session can reach.
    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error>;

    /// Time off of `owner` that meets `window`.
    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error>;

    /// Notices of a session.
    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error>;

    /// Invoices of a session.
    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error>;

    /// Notices of an invoice.
    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error>;

    /// Notices on hold, queued or being sent, in the order in which they were queued.
    async fn waiting(&mut self) -> Result<Vec<Notice>, Error>;

    /// Notices on hold or queued, and drafts that wait for a person, whose time has passed by `now`.
    async fn late(&mut self, now: Moment) -> Result<Vec<Notice>, Error>;

    /// The moment before which no notice that is on hold or queued may go; `None` when none is.
    async fn next_wake(&mut self) -> Result<Option<Moment>, Error>;

    /// The bytes a notice was rendered to, if it was.
    async fn rendered(&mut self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error>;

    /// How these sessions and clients concern therapists, now or once, in any order.
    async fn shares(&mut self, subjects: &[Uuid]) -> Result<Vec<Share>, Error>;

    /// A local setting.
    async fn setting(&mut self, name: &str) -> Result<Option<String>, Error>;
}

/// Writes. All of them count, or none, with [`commit`](Self::commit).
#[async_trait]
pub trait Tx: View {
    /// Writes the rows of one decision, all or none. A constraint of the schema that speaks against them is the answer;
    /// nothing of the rows is left then, and the transaction goes on.
    ///
    /// What sessions hold is taken away first and put back after, so that rows of one decision never stand in each
    /// other's way.
    async fn put_rows(
        &mut self,
        rows: &[Row],
        position: Position,
    ) -> Result<Option<Constraint>, Error>;

    /// Keeps where the history stands.
    async fn put_head(&mut self, head: &Head) -> Result<(), Error>;

    /// Keeps what a batch came to, and counts its device on; never back.
    async fn put_answers(&mut self, answers: &Answers) -> Result<(), Error>;

    /// Keeps the bytes a notice was rendered to, unless some are kept already, and returns those that are kept.
    async fn put_rendered(&mut self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error>;

    /// Keeps how sessions and clients concern therapists, each over what was kept of the two before.
    async fn put_shares(&mut self, shares: &[Share]) -> Result<(), Error>;

    /// Moves every row about one of `subjects` (and no session besides) to `position`, unchanged.
    async fn touch(&mut self, subjects: &[Uuid], position: Position) -> Result<(), Error>;

    /// Files rows that an older build wrote under what they are about, so that [`touch`](Self::touch) finds them.
    async fn file(&mut self, rows: &[(Position, Row)]) -> Result<(), Error>;

    /// Keeps a local setting.
    async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error>;

    /// Whether a lease still holds. It cannot change hands before this transaction ends.
    async fn holds(&mut self, _lease: Lease) -> Result<bool, Error> {
        Ok(true)
    }

    /// Makes it all final.
    async fn commit(self: Box<Self>) -> Result<(), Error>;
}

/// What a batch came to, besides its rows.
#[derive(Debug)]
pub struct Answers {
    /// Whose batch it is.
    pub device: Uuid,
    /// How far the device is counted now.
    pub last_n: i64,
    /// The ledger's time.
    pub at: Moment,
    /// Positions that were given, in order.
    pub given: Vec<Given>,
    /// Intents that were answered for the first time, in order.
    pub answered: Vec<Answered>,
}

impl Answers {
    /// Of a device's batch, nothing yet.
    pub(crate) fn none(device: Uuid, last_n: i64, at: Moment) -> Self {
        Self {
            device,
            last_n,
            at,
            given: Vec::new(),
            answered: Vec::new(),
        }
    }
}

/// A position, its mark, and the intent it was given to.
#[derive(Clone, Copy, Debug)]
#[expect(missing_docs, reason = "the line above names them")]
pub struct Given {
    pub position: Position,
    pub mark: Mark,
    pub intent: IntentId,
}

/// An intent with its answer.
#[derive(Debug)]
pub struct Answered {
    /// Its device's number for it.
    pub n: i64,
    /// What was wanted.
    pub intent: Intent,
    /// What came of it.
    pub verdict: Verdict,
}

impl Answered {
    /// Intent and outcome as they are kept.
    ///
    /// # Errors
    /// [`Error::Body`] if one of them cannot be written as JSON.
    pub fn texts(&self) -> Result<(String, String), Error> {
        let not_kept = |_| Error::Body { what: "intent" };
        Ok((
            serde_json::to_string(&self.intent).map_err(not_kept)?,
            serde_json::to_string(&self.verdict.outcome).map_err(not_kept)?,
        ))
    }

    /// Whether it is in force.
    pub fn accepted(&self) -> bool {
        self.verdict.outcome.refusal().is_none()
    }
}
