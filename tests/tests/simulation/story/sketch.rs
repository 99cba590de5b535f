//! A device in memory: the protocol of `docs/SYNC.md`, written down as plainly as it can be.
//!
//! It decides by the same `decide` as everything else. What a replica does in transactions over tables it does in one step.

use super::faults::Fault;
use crate::naive::Naive;
use safetalk_domain::gather::gather;
use safetalk_domain::intent::{Actor, VERSION};
use safetalk_domain::*;
use safetalk_replica::Draft;
use safetalk_wire::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How often one sync begins again before it gives up.
const MOST_BEGINNINGS: u32 = 4;

/// A device.
#[derive(Clone)]
pub struct Sketch {
    name: DeviceId,
    next_n: i64,
    known: Known,
    acknowledged: Option<Known>,
    scope: u32,
    pulled_at: Option<Moment>,
    resync: bool,
    base: Naive,
    screen: Naive,
    /// Who made a row that the base does not know.
    makers: BTreeMap<(Kind, Uuid), IntentId>,
    pub outbox: Vec<Item>,
    /// Ids in the order of a seed, so that the same seed is the same story.
    ids: Ids,
    fault: Option<Fault>,
    /// An intent whose verdict changed although the history did not.
    pub contradicted: Option<IntentId>,
}

/// Ids that follow from a number.
#[derive(Clone, Debug)]
pub struct Ids(pub u64, pub u64);

impl Ids {
    pub fn next(&mut self) -> Uuid {
        self.1 += 1;
        Uuid::from_u64_pair(self.0, self.1)
    }
}

/// One thing that was wanted.
#[derive(Clone)]
pub struct Item {
    n: i64,
    pub intent: Intent,
    pulled_at: Option<Moment>,
    due: bool,
    pub verdict: Option<Verdict>,
    in_base: bool,
    pub doubt: Option<Refusal>,
}

impl Item {
    pub fn refused(&self) -> bool {
        let said = self.verdict.as_ref().map(|v| v.outcome.refusal().is_some());
        said.unwrap_or(self.doubt.is_some())
    }

    fn accepted(&self) -> bool {
        let said = self.verdict.as_ref();
        said.is_some_and(|verdict| verdict.outcome.refusal().is_none())
    }
}

/// What cut a sync off.
pub struct Cut;

impl Sketch {
    pub fn new(mut ids: Ids, fault: Option<Fault>) -> Self {
        Self {
            name: DeviceId(ids.next()),
            next_n: 1,
            known: Known::NOTHING,
            acknowledged: None,
            scope: 0,
            pulled_at: None,
            resync: false,
            base: Naive::default(),
            screen: Naive::default(),
            makers: BTreeMap::new(),
            outbox: Vec::new(),
            ids,
            fault,
            contradicted: None,
        }
    }

    /// The same disk in another computer: what it makes from now on has ids of its own.
    pub fn with_ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    pub fn rows(&self) -> Vec<Row> {
        self.screen
            .rows
            .values()
            .map(|(row, _)| row.clone())
            .collect()
    }

    pub fn row<E: Entity>(&self, id: E::Id) -> Option<E> {
        let found = self.screen.rows.get(&(E::KIND, id.into()));
        found.and_then(|(row, _)| E::of(row.clone()))
    }

    /// What could not be done, and whether the ledger said so.
    pub fn put_before_a_person(&self) -> Vec<(IntentId, bool)> {
        if self.fault == Some(Fault::RefusalSwallowed) {
            return Vec::new();
        }
        let refused = self.outbox.iter().filter(|item| item.refused());
        refused
            .map(|item| (item.intent.id, item.verdict.is_some()))
            .collect()
    }

    fn item(&self, id: IntentId) -> Option<&Item> {
        self.outbox.iter().find(|item| item.intent.id == id)
    }

    /// A click. The intent, unless the rules say no.
    pub async fn act(&mut self, draft: Draft, actor: MemberId, now: Moment) -> Option<Intent> {
        let mut intent = Intent {
            id: IntentId(self.ids.next()),
            version: VERSION,
            actor: Actor::Member(actor),
            made_at: now,
            seen: self.known.cursor,
            depends: Vec::new(),
            undoes: draft.undoes,
            body: draft.body,
        };
        let undone = intent.undoes.and_then(|id| self.item(id));
        if undone.is_some_and(Item::refused) {
            return None;
        }
        self.screen.asked.clear();
        let Ok(world) = gather(&intent, &mut self.screen).await;
        let decision = decide(&intent, &world, &Clock { made_at: now, now }).ok()?;
        let asked = std::mem::take(&mut self.screen.asked);
        let makers: BTreeSet<IntentId> = asked
            .iter()
            .filter(|(kind, _)| {
                use Kind::{Activity, Hours, Occupancy, Told};
                !matches!(kind, Hours | Told | Occupancy | Activity)
            })
            .filter_map(|row| self.makers.get(row).copied())
            .collect();
        // In the order in which they were wanted.
        let outbox = self.outbox.iter().filter(|item| item.verdict.is_none());
        let unanswered = outbox.map(|item| item.intent.id);
        intent.depends = unanswered.filter(|id| makers.contains(id)).collect();
        self.outbox.push(Item {
            n: self.next_n,
            intent: intent.clone(),
            pulled_at: self.pulled_at,
            due: true,
            verdict: None,
            in_base: false,
            doubt: None,
        });
        self.next_n += 1;
        self.show(intent.id, decision.rows);
        Some(intent)
    }

    fn show(&mut self, by: IntentId, rows: Vec<Row>) {
        for row in rows {
            let at = (row.kind(), row.id());
            if !self.base.rows.contains_key(&at) {
                self.makers.entry(at).or_insert(by);
            }
            self.screen.put(row, 0);
        }
    }

    /// Pushes all that waits, and pulls until it has caught up.
    pub async fn sync(&mut self, line: &dyn Upstream, now: Moment) -> Result<Vec<Verdict>, Cut> {
        let mut verdicts = Vec::new();
        for _ in 0..MOST_BEGINNINGS {
            if !self.push_all(line, now, &mut verdicts).await? {
                continue;
            }
            match self.pull(line, now).await? {
                None => return Ok(verdicts),
                Some(Changed::History) => self.begin_again(),
                Some(Changed::Scope(scope)) => {
                    self.scope = scope;
                    self.resync = true;
                }
            }
        }
        Err(Cut)
    }

    async fn push_all(
        &mut self,
        line: &dyn Upstream,
        now: Moment,
        heard: &mut Vec<Verdict>,
    ) -> Result<bool, Cut> {
        loop {
            let due = self.outbox.iter().filter(|item| item.due);
            let batch: Vec<Numbered> = due
                .take(MOST_INTENTS)
                .map(|item| Numbered {
                    n: item.n,
                    pulled_at: item.pulled_at,
                    intent: item.intent.clone(),
                })
                .collect();
            if batch.is_empty() {
                return Ok(true);
            }
            let answered = self.outbox.iter().filter(|item| !item.due);
            let request = PushRequest {
                protocol: PROTOCOL,
                device: self.name,
                known: self.told(),
                acknowledged_n: answered.map(|item| item.n).max().unwrap_or(0),
                batch,
            };
            let Ok(answer) = line.push(request).await else {
                self.not_answered();
                return Err(Cut);
            };
            match answer {
                PushAnswer::Answered { verdicts, head } => {
                    self.acknowledged = Some(Known {
                        epoch: Some(head.epoch),
                        cursor: head.position,
                        mark: head.mark,
                    });
                    if !self.answered(&verdicts, now).await {
                        return Ok(true);
                    }
                    heard.extend(verdicts);
                }
                PushAnswer::Fork => {
                    self.rename();
                    return Ok(false);
                }
                PushAnswer::Gap { .. } | PushAnswer::ChangedHistory { .. } => {
                    self.begin_again();
                    return Ok(false);
                }
            }
        }
    }

    fn not_answered(&mut self) {
        if self.fault == Some(Fault::NewIdOnRetry) {
            for item in self.outbox.iter_mut().filter(|item| item.due) {
                item.intent.id = IntentId(self.ids.next());
            }
        }
    }

    /// Keeps answers; false when it is stuck with them.
    async fn answered(&mut self, verdicts: &[Verdict], now: Moment) -> bool {
        let mut again = false;
        for verdict in verdicts {
            let refused = verdict.outcome.refusal().is_some();
            if refused && self.fault == Some(Fault::RefusedBlocksTheQueue) {
                return false;
            }
            again |= refused;
            let fault = self.fault;
            let found = self
                .outbox
                .iter_mut()
                .find(|item| item.intent.id == verdict.intent);
            if let Some(item) = found {
                if item
                    .verdict
                    .as_ref()
                    .is_some_and(|was| was.outcome != verdict.outcome)
                    && !self.resync
                {
                    self.contradicted = Some(verdict.intent);
                }
                item.verdict = Some(verdict.clone());
                item.due = false;
                item.doubt = None;
                if fault == Some(Fault::ForgottenBeforePulled) && !refused {
                    item.in_base = true;
                    again = true;
                }
            }
        }
        if again {
            self.decide_again(now).await;
        }
        true
    }

    /// What the ledger is told of the history.
    fn told(&self) -> Known {
        if self.resync {
            Known::NOTHING
        } else {
            self.known
        }
    }

    fn rename(&mut self) {
        self.name = DeviceId(self.ids.next());
        let mut n = 0;
        for item in self.outbox.iter_mut().filter(|item| item.due) {
            n += 1;
            item.n = n;
        }
        // Numbers of what was answered belong to the old name.
        for item in self.outbox.iter_mut().filter(|item| !item.due) {
            item.n = 0;
        }
        self.next_n = n + 1;
    }

    fn begin_again(&mut self) {
        if self.fault == Some(Fault::OutboxThrownAway) {
            self.outbox.clear();
        }
        for item in &mut self.outbox {
            item.due |= item.accepted();
        }
        self.rename();
        self.resync = true;
        self.acknowledged = None;
    }

    async fn pull(&mut self, line: &dyn Upstream, now: Moment) -> Result<Option<Changed>, Cut> {
        let mut known = self.told();
        let (mut scope, mut staged) = (self.scope, Vec::new());
        loop {
            let (mut upto, mut after) = (None, None);
            loop {
                let request = PullRequest {
                    protocol: PROTOCOL,
                    device: self.name,
                    known,
                    acknowledged: self
                        .acknowledged
                        .filter(|_| self.fault != Some(Fault::AnswersNotSaid)),
                    scope,
                    upto,
                    after,
                    limit: MOST_ROWS,
                };
                let page = match line.pull(request).await.map_err(|_| Cut)? {
                    PullAnswer::Page(page) => page,
                    PullAnswer::ChangedHistory => return Ok(Some(Changed::History)),
                    PullAnswer::ChangedScope { scope } => return Ok(Some(Changed::Scope(scope))),
                };
                scope = page.scope;
                let (whole, next) = (page.done && after.is_none(), page.after());
                let at = Known {
                    epoch: Some(page.epoch),
                    cursor: page.upto,
                    mark: page.mark,
                };
                staged.extend(page.rows);
                if self.fault == Some(Fault::CursorBeforeRows) && !self.resync {
                    self.known = at;
                }
                if whole {
                    self.known = at;
                    self.scope = page.scope;
                    self.pulled_at = Some(page.ledger_now);
                    self.apply(staged, now).await;
                    return Ok(None);
                }
                if page.done {
                    known = at;
                    break;
                }
                (upto, after) = (Some(page.upto), next);
            }
        }
    }

    async fn apply(&mut self, rows: Rows, now: Moment) {
        let cursor = self.known.cursor;
        self.acknowledged = self.acknowledged.filter(|at| at.cursor > cursor);
        if self.resync {
            self.base = Naive::default();
            self.resync = false;
        }
        for (position, row) in rows {
            self.base.put(row, position);
        }
        for item in &mut self.outbox {
            let arrived = item.verdict.as_ref();
            item.in_base |=
                item.accepted() && arrived.is_some_and(|v| v.position <= self.known.cursor);
        }
        self.decide_again(now).await;
    }

    /// Base, and the outbox decided again on top, in order.
    async fn decide_again(&mut self, now: Moment) {
        let before = std::mem::replace(&mut self.screen, self.base.clone());
        if self.fault == Some(Fault::OverlayKept) {
            let kept = before
                .rows
                .into_values()
                .filter(|(_, position)| *position == 0);
            for (row, position) in kept {
                self.screen.put(row, position);
            }
            return;
        }
        self.makers.clear();
        for at in 0..self.outbox.len() {
            let item = &self.outbox[at];
            if item.in_base || (item.verdict.is_some() && !item.accepted()) {
                continue;
            }
            let intent = item.intent.clone();
            let mut needs = intent.depends.iter().chain(&intent.undoes);
            let not_done = needs.any(|id| self.item(*id).is_some_and(Item::refused));
            let Ok(world) = gather(&intent, &mut self.screen).await;
            let clock = Clock {
                made_at: intent.made_at,
                now: now.max(intent.made_at),
            };
            let decided = if not_done {
                Err(Refusal::NotDone)
            } else {
                decide(&intent, &world, &clock)
            };
            let item = &mut self.outbox[at];
            match decided {
                Ok(decision) => {
                    item.doubt = None;
                    self.show(intent.id, decision.rows);
                }
                Err(refusal) if item.verdict.is_none() => item.doubt = Some(refusal),
                Err(_) => {}
            }
        }
    }
}

/// What made a pull begin again.
enum Changed {
    History,
    Scope(u32),
}
