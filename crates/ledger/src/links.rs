//! Whom sessions and clients concern: kept beside the rows, with every decision that changes it.
//!
//! A pull shows a member what lies after the position their device knows. That is sound only if a row's position moves
//! whenever somebody begins or ceases to see it, whether the row was written or not. So a decision that changes whom a
//! session or a client concerns *touches* every row about it: they come again, and who may not see them any more is told
//! that they are gone.

use crate::Error;
use crate::store::{Tx, View};
use safetalk_domain::sight::{About, Held, Link, Sight};
use safetalk_domain::{Entity, Kind, Member, MemberId, Position, Row, TherapistId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Kept when the links of a ledger that is older than they are were made.
const MADE: &str = "links";
/// How many rows are read at a time when they are made.
const AT_A_TIME: usize = 1_000;

/// How one session or client concerns one therapist. One that does no longer is kept: their device may hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// The therapist.
    pub therapist: TherapistId,
    /// The session, or the client.
    pub subject: Uuid,
    /// How many sessions they lead that it is, or that it comes to.
    pub sessions: i64,
    /// They are the client's usual therapist.
    pub usual: bool,
}

impl Share {
    /// Of the two that `link` names, before there was any.
    fn none(link: &Link) -> Self {
        Self {
            therapist: link.therapist,
            subject: link.subject,
            sessions: 0,
            usual: false,
        }
    }

    fn holds(&self) -> bool {
        self.sessions > 0 || self.usual
    }
}

/// Which links a decision makes and takes away.
#[derive(Default)]
pub struct Changes {
    made: Vec<Link>,
    taken: Vec<Link>,
    /// Subjects that were not there before: nothing about them lies at an older position.
    new: BTreeSet<Uuid>,
}

impl Changes {
    /// Notes that `row` was written over `before`.
    pub fn note(&mut self, before: Option<&Row>, row: &Row) {
        let (was, is) = (before.map(Row::links).unwrap_or_default(), row.links());
        self.made.extend(is.difference(&was));
        self.taken.extend(was.difference(&is));
        if before.is_none() {
            self.new.insert(row.id());
        }
    }

    /// Whether nothing changes whom anything concerns.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty() && self.taken.is_empty()
    }

    /// Keeps the links, and touches whatever is about a subject that somebody begins or ceases to see.
    pub async fn keep(self, tx: &mut dyn Tx, position: Position) -> Result<(), Error> {
        let subjects: BTreeSet<Uuid> = self.links().map(|link| link.subject).collect();
        let subjects: Vec<Uuid> = subjects.into_iter().collect();
        let mut shares = BTreeMap::new();
        for share in tx.shares(&subjects).await? {
            shares.insert((share.subject, share.therapist), share);
        }
        let before = shares.clone();
        for (link, by) in self
            .made
            .iter()
            .map(|link| (link, 1))
            .chain(self.taken.iter().map(|link| (link, -1)))
        {
            let share = shares
                .entry((link.subject, link.therapist))
                .or_insert(Share::none(link));
            if link.usual {
                share.usual = by > 0;
            } else {
                share.sessions += by;
            }
        }
        let changed: Vec<Share> = shares
            .values()
            .filter(|share| before.get(&(share.subject, share.therapist)) != Some(share))
            .copied()
            .collect();
        tx.put_shares(&changed).await?;
        let touched: Vec<Uuid> = subjects
            .into_iter()
            .filter(|subject| {
                !self.new.contains(subject)
                    && concerns(&before, *subject) != concerns(&shares, *subject)
            })
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        tx.touch(&touched, position).await
    }

    fn links(&self) -> impl Iterator<Item = &Link> {
        self.made.iter().chain(&self.taken)
    }
}

/// Whom a subject concerns, and whether it is a session or has one: all that a sight asks of it.
fn concerns(
    shares: &BTreeMap<(Uuid, TherapistId), Share>,
    subject: Uuid,
) -> (BTreeSet<TherapistId>, bool) {
    let of = || {
        shares
            .range((subject, TherapistId(Uuid::nil()))..=(subject, TherapistId(Uuid::max())))
            .map(|(_, share)| share)
    };
    (
        of().filter(|share| share.holds())
            .map(|share| share.therapist)
            .collect(),
        of().any(|share| share.sessions > 0),
    )
}

/// How subjects concern a viewer, asked for many at once.
pub async fn held(
    view: &mut (impl View + ?Sized),
    sight: &Sight,
    about: impl IntoIterator<Item = About>,
) -> Result<BTreeMap<Uuid, Held>, Error> {
    let asked: BTreeSet<Uuid> = about
        .into_iter()
        .filter_map(|about| sight.asks(about))
        .collect();
    let mut held: BTreeMap<Uuid, Held> = BTreeMap::new();
    if asked.is_empty() {
        return Ok(held);
    }
    let asked: Vec<Uuid> = asked.into_iter().collect();
    for share in view.shares(&asked).await? {
        let one = held.entry(share.subject).or_default();
        let own = sight.own() == Some(share.therapist);
        one.own |= own && share.holds();
        one.once |= own;
        one.session |= share.sessions > 0;
    }
    Ok(held)
}

/// What a member sees, and the number of it: the position that last wrote the member's row.
pub async fn sight(
    view: &mut (impl View + ?Sized),
    member: MemberId,
) -> Result<(Sight, Position), Error> {
    let found = view.row(Kind::Member, member.uuid()).await?;
    Ok(found
        .and_then(|(row, position)| Some((Sight::of(&Member::of(row)?), position)))
        .unwrap_or((Sight::NOTHING, 0)))
}

/// Whether a ledger has its links: one that was begun before there were any does not.
pub async fn are_made(view: &mut (impl View + ?Sized)) -> Result<bool, Error> {
    Ok(view.setting(MADE).await?.is_some())
}

/// Makes the links of all rows up to `upto`, the last position.
pub async fn make(tx: &mut dyn Tx, upto: Position) -> Result<(), Error> {
    let mut shares: BTreeMap<(Uuid, TherapistId), Share> = BTreeMap::new();
    for kind in Kind::ALL.iter().copied() {
        let mut after = None;
        loop {
            let page = tx.page(kind, 0, after, upto, AT_A_TIME).await?;
            let whole = page.len() == AT_A_TIME;
            after = page
                .last()
                .map(|(position, row)| safetalk_wire::After::of(*position, row));
            for (_, row) in &page {
                for link in row.links() {
                    let share = shares
                        .entry((link.subject, link.therapist))
                        .or_insert(Share::none(&link));
                    share.usual |= link.usual;
                    share.sessions += i64::from(!link.usual);
                }
            }
            tx.file(&page).await?;
            if !whole {
                break;
            }
        }
    }
    let shares: Vec<Share> = shares.into_values().collect();
    for some in shares.chunks(AT_A_TIME) {
        tx.put_shares(some).await?;
    }
    tx.put_setting(MADE, "1").await
}
