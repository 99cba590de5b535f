//! A ledger's store in memory: the same border as the encrypted file and PostgreSQL, and nothing under it.

use super::faults::Fault;
use async_trait::async_trait;
use safetalk_domain::gather::Lookup as _;
use safetalk_domain::*;
use safetalk_ledger::{Answers, Constraint, Error, Share, Store, Tx, View};
use safetalk_wire::{After, Head, Mark, NO_MARK, Verdict};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// What the store holds at one moment.
#[derive(Clone)]
pub struct State {
    pub head: Head,
    pub rows: crate::naive::Naive,
    pub positions: BTreeMap<Position, (Mark, IntentId)>,
    pub intents: BTreeMap<IntentId, Verdict>,
    /// Every answer ever given to an intent for the first time, as it was given.
    pub executions: Vec<IntentId>,
    /// Sessions as they stood before a position was written.
    pub before: BTreeMap<Position, Vec<Session>>,
    counted: BTreeMap<(Uuid, i64), IntentId>,
    devices: BTreeMap<Uuid, i64>,
    rendered: BTreeMap<NoticeId, Vec<u8>>,
    shares: BTreeMap<(Uuid, TherapistId), Share>,
    settings: BTreeMap<String, String>,
}

/// One clinic in memory. Cloning gives the same one.
#[derive(Clone)]
pub struct Memory {
    state: Arc<Mutex<Arc<State>>>,
    writer: Arc<tokio::sync::Mutex<()>>,
    fault: Option<Fault>,
}

impl Memory {
    pub fn new(fault: Option<Fault>) -> Self {
        let state = State {
            head: Head {
                epoch: Uuid::new_v4(),
                position: 0,
                mark: NO_MARK,
            },
            rows: crate::naive::Naive::default(),
            positions: BTreeMap::new(),
            intents: BTreeMap::new(),
            executions: Vec::new(),
            before: BTreeMap::new(),
            counted: BTreeMap::new(),
            devices: BTreeMap::new(),
            rendered: BTreeMap::new(),
            shares: BTreeMap::new(),
            settings: BTreeMap::new(),
        };
        Self {
            state: Arc::new(Mutex::new(Arc::new(state))),
            writer: Arc::default(),
            fault,
        }
    }

    /// What it holds now.
    pub fn now(&self) -> Arc<State> {
        self.state.lock().unwrap().clone()
    }

    /// Holds what it held then.
    pub fn put_back(&self, state: Arc<State>) {
        *self.state.lock().unwrap() = state;
    }
}

#[async_trait]
impl Store for Memory {
    async fn begin(&self) -> Result<(Head, Box<dyn Tx>), Error> {
        let writer = self.writer.clone().lock_owned().await;
        let state = State::clone(&self.now());
        let head = state.head;
        let open = Open {
            state,
            fault: self.fault,
            writes: Some((self.clone(), writer)),
        };
        Ok((head, Box::new(open)))
    }

    async fn snapshot(&self) -> Result<(Head, Box<dyn View>), Error> {
        let state = State::clone(&self.now());
        let head = state.head;
        let open = Open {
            state,
            fault: self.fault,
            writes: None,
        };
        Ok((head, Box::new(open)))
    }

    async fn close(&self) {}
}

/// A transaction.
struct Open {
    state: State,
    fault: Option<Fault>,
    writes: Option<(Memory, OwnedMutexGuard<()>)>,
}

impl Open {
    fn notices(&self, which: impl Fn(&NoticeFacts) -> bool) -> Vec<Notice> {
        let rows = self.state.rows.rows.values();
        rows.filter_map(|(row, _)| match row {
            Row::Notice(notice) if which(&notice.facts) => Some(notice.clone()),
            _ => None,
        })
        .collect()
    }
}

/// What cannot fail, as the store's own answer.
fn sure<T>(answer: Result<T, std::convert::Infallible>) -> Result<T, Error> {
    let Ok(answer) = answer;
    Ok(answer)
}

#[async_trait]
impl View for Open {
    async fn mark_of(&mut self, position: Position) -> Result<Option<Mark>, Error> {
        Ok(self.state.positions.get(&position).map(|(mark, _)| *mark))
    }

    async fn last_n(&mut self, device: Uuid) -> Result<i64, Error> {
        Ok(self.state.devices.get(&device).copied().unwrap_or(0))
    }

    async fn counted(
        &mut self,
        device: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<(i64, IntentId)>, Error> {
        let counted = self.state.counted.range((device, first)..=(device, last));
        Ok(counted.map(|((_, n), id)| (*n, *id)).collect())
    }

    async fn verdicts(&mut self, intents: &[IntentId]) -> Result<Vec<Verdict>, Error> {
        if self.fault == Some(Fault::NoDedupeById) {
            return Ok(Vec::new());
        }
        let known = &self.state.intents;
        Ok(intents
            .iter()
            .filter_map(|id| known.get(id))
            .cloned()
            .collect())
    }

    async fn row(&mut self, kind: Kind, id: Uuid) -> Result<Option<(Row, Position)>, Error> {
        Ok(self.state.rows.rows.get(&(kind, id)).cloned())
    }

    async fn many(&mut self, kind: Kind, ids: &[Uuid]) -> Result<Vec<Row>, Error> {
        let rows = &self.state.rows.rows;
        let found = ids.iter().filter_map(|id| rows.get(&(kind, *id)));
        Ok(found.map(|(row, _)| row.clone()).collect())
    }

    async fn rows(&mut self, kind: Kind) -> Result<Vec<Row>, Error> {
        let all = self
            .state
            .rows
            .rows
            .range((kind, Uuid::nil())..=(kind, Uuid::max()));
        Ok(all.map(|(_, (row, _))| row.clone()).collect())
    }

    async fn page(
        &mut self,
        kind: Kind,
        cursor: Position,
        after: Option<After>,
        upto: Position,
        limit: usize,
    ) -> Result<Vec<(Position, Row)>, Error> {
        let begin = match after {
            Some(after) => (after.position, after.id),
            None => (cursor, Uuid::max()),
        };
        let all = self
            .state
            .rows
            .rows
            .range((kind, Uuid::nil())..=(kind, Uuid::max()));
        let mut page: Vec<(Position, Row)> = all
            .filter(|((_, id), (_, at))| (*at, *id) > begin && *at <= upto)
            .map(|(_, (row, at))| (*at, row.clone()))
            .collect();
        page.sort_by_key(|(at, row)| (*at, row.id()));
        page.truncate(limit);
        Ok(page)
    }

    async fn occupancy(
        &mut self,
        resource: ResourceId,
        window: Interval,
    ) -> Result<Vec<Occupancy>, Error> {
        if matches!(
            self.fault,
            Some(Fault::NobodyLooks | Fault::NoticeOutsideTheSavepoint)
        ) {
            return Ok(Vec::new());
        }
        sure(self.state.rows.occupancy(resource, window).await)
    }

    async fn time_off(
        &mut self,
        owner: Uuid,
        window: Interval,
    ) -> Result<Vec<(TimeOff, Position)>, Error> {
        sure(self.state.rows.time_off(owner, window).await)
    }

    async fn notices_of(&mut self, session: SessionId) -> Result<Vec<Notice>, Error> {
        sure(self.state.rows.notices_of(session).await)
    }

    async fn invoices_of(&mut self, session: SessionId) -> Result<Vec<Invoice>, Error> {
        sure(self.state.rows.invoices_of(session).await)
    }

    async fn notices_of_invoice(&mut self, invoice: InvoiceId) -> Result<Vec<Notice>, Error> {
        sure(self.state.rows.notices_of_invoice(invoice).await)
    }

    async fn waiting(&mut self) -> Result<Vec<Notice>, Error> {
        use NoticeState::{OnHold, Queued, Sending};
        let mut waiting = self.notices(|facts| matches!(facts.state, OnHold | Queued | Sending));
        waiting.sort_by_key(|notice| {
            let decided = self.state.intents.get(&notice.facts.intent);
            (decided.map(|verdict| verdict.position), notice.id)
        });
        Ok(waiting)
    }

    async fn late(&mut self, now: Moment) -> Result<Vec<Notice>, Error> {
        use NoticeState::{Draft, OnHold, Opened, Queued};
        Ok(self.notices(|facts| {
            matches!(facts.state, OnHold | Queued | Draft | Opened)
                && facts.expires.is_some_and(|at| at <= now)
        }))
    }

    async fn next_wake(&mut self) -> Result<Option<Moment>, Error> {
        use NoticeState::{OnHold, Queued};
        let waiting = self.notices(|facts| matches!(facts.state, OnHold | Queued));
        Ok(waiting.iter().map(|notice| notice.facts.not_before).min())
    }

    async fn rendered(&mut self, notice: NoticeId) -> Result<Option<Vec<u8>>, Error> {
        Ok(self.state.rendered.get(&notice).cloned())
    }

    async fn shares(&mut self, subjects: &[Uuid]) -> Result<Vec<Share>, Error> {
        let all = self.state.shares.values();
        let found = all.filter(|share| subjects.contains(&share.subject));
        Ok(found.copied().collect())
    }

    async fn setting(&mut self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.state.settings.get(name).cloned())
    }
}

#[async_trait]
impl Tx for Open {
    async fn put_rows(
        &mut self,
        rows: &[Row],
        position: Position,
    ) -> Result<Option<Constraint>, Error> {
        let found = if self.fault == Some(Fault::NobodyLooks) {
            None
        } else {
            against(&self.state, rows)
        };
        let outside = self.fault == Some(Fault::NoticeOutsideTheSavepoint);
        for row in rows {
            if let Some((Row::Session(was), _)) = self.state.rows.rows.get(&(row.kind(), row.id()))
            {
                let before = self.state.before.entry(position).or_default();
                before.push(was.clone());
            }
            if found.is_none() || (outside && row.kind() == Kind::Notice) {
                self.state.rows.put(row.clone(), position);
            }
        }
        Ok(found)
    }

    async fn put_head(&mut self, head: &Head) -> Result<(), Error> {
        self.state.head = *head;
        Ok(())
    }

    async fn put_answers(&mut self, answers: &Answers) -> Result<(), Error> {
        let state = &mut self.state;
        for given in &answers.given {
            state
                .positions
                .insert(given.position, (given.mark, given.intent));
        }
        for answered in &answers.answered {
            let id = answered.intent.id;
            state.intents.insert(id, answered.verdict.clone());
            state.counted.insert((answers.device, answered.n), id);
            state.executions.push(id);
        }
        let last = state.devices.entry(answers.device).or_default();
        *last = answers.last_n.max(*last);
        Ok(())
    }

    async fn put_rendered(&mut self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let kept = self.state.rendered.entry(notice);
        Ok(kept.or_insert_with(|| bytes.to_vec()).clone())
    }

    async fn put_shares(&mut self, shares: &[Share]) -> Result<(), Error> {
        for share in shares {
            let of = (share.subject, share.therapist);
            self.state.shares.insert(of, *share);
        }
        Ok(())
    }

    async fn touch(&mut self, subjects: &[Uuid], position: Position) -> Result<(), Error> {
        for (row, at) in self.state.rows.rows.values_mut() {
            if row
                .about()
                .subject()
                .is_some_and(|of| subjects.contains(&of))
            {
                *at = position;
            }
        }
        Ok(())
    }

    async fn file(&mut self, _: &[(Position, Row)]) -> Result<(), Error> {
        Ok(())
    }

    async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        self.state
            .settings
            .insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), Error> {
        if let Some((memory, _writer)) = &self.writes {
            memory.put_back(Arc::new(self.state.clone()));
        }
        Ok(())
    }
}

/// What the schema would say against these rows.
fn against(state: &State, rows: &[Row]) -> Option<Constraint> {
    let written =
        |kind: Kind, id: Uuid| rows.iter().any(|row| row.kind() == kind && row.id() == id);
    let standing = state.rows.rows.iter();
    let others = standing.filter(|((kind, id), _)| !written(*kind, *id));
    let all: Vec<&Row> = others.map(|(_, (row, _))| row).chain(rows).collect();
    for row in rows {
        for other in all.iter().filter(|other| other.id() != row.id()) {
            match (row, other) {
                (Row::Occupancy(a), Row::Occupancy(b))
                    if a.resource.is_some() && a.resource == b.resource && a.at.meets(b.at) =>
                {
                    return Some(Constraint::NoOverlap);
                }
                (Row::Invoice(a), Row::Invoice(b))
                    if a.facts.number.is_some() && a.facts.number == b.facts.number =>
                {
                    return Some(Constraint::InvoiceNumber);
                }
                _ => {}
            }
        }
    }
    None
}
