//! Where a story's ledger lies: in memory, or in whatever `keeper` keeps.

use super::faults::Fault;
use super::line::Fate;
use super::memory::{Memory, State};
#[cfg(unix)]
use crate::clinics::Keeper as Clinics;
use crate::keeper::Keeper as Files;
use crate::table::Hand;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_wire::Upstream;
#[cfg(unix)]
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
#[cfg(unix)]
use uuid::Uuid;

/// The ledger's place, with its backups.
pub trait Shelf {
    /// The ledger, new or as it was left.
    async fn open(&mut self) -> Ledger;

    /// Copies the ledger, which is closed for it and opened again.
    async fn back_up(&mut self, ledger: Ledger) -> Ledger;

    /// Puts the last copy in its place; the ledger as it is when there is none.
    async fn restore(&mut self, ledger: Ledger) -> (Ledger, bool);

    /// The line of a computer to the ledger, on which that becomes of its next calls; and what it leaves to the caller.
    async fn line(
        &mut self,
        _computer: u64,
        ledger: &Ledger,
        fates: &[Fate],
    ) -> (Arc<dyn Upstream>, Vec<Fate>) {
        (Arc::new(ledger.clone()), fates.to_vec())
    }

    /// What the ledger itself gets wrong, told from its store.
    async fn wrong(&self, ledger: &Ledger, made: &BTreeMap<IntentId, Intent>) -> Option<String>;

    /// Whether an intent was answered, and is in force.
    async fn in_force(&self, ledger: &Ledger) -> BTreeSet<IntentId>;
}

/// A ledger in memory.
pub struct InMemory {
    memory: Memory,
    clock: Hand,
    backup: Option<Arc<State>>,
}

impl InMemory {
    pub fn new(clock: &Hand, fault: Option<Fault>) -> Self {
        Self {
            memory: Memory::new(fault),
            clock: clock.clone(),
            backup: None,
        }
    }
}

impl Shelf for InMemory {
    async fn open(&mut self) -> Ledger {
        let store = Arc::new(self.memory.clone());
        Ledger::over(store, Arc::new(self.clock.clone()))
            .await
            .unwrap()
    }

    async fn back_up(&mut self, ledger: Ledger) -> Ledger {
        self.backup = Some(self.memory.now());
        ledger
    }

    async fn restore(&mut self, ledger: Ledger) -> (Ledger, bool) {
        let Some(backup) = self.backup.clone() else {
            return (ledger, false);
        };
        self.memory.put_back(backup);
        (self.open().await, true)
    }

    async fn wrong(&self, _: &Ledger, made: &BTreeMap<IntentId, Intent>) -> Option<String> {
        let state = self.memory.now();
        let once: BTreeSet<IntentId> = state.executions.iter().copied().collect();
        if once.len() != state.executions.len() {
            return Some("an intent was executed twice".to_owned());
        }
        let positions: Vec<Position> = state.positions.keys().copied().collect();
        if let Some(wrong) = gaps(&positions) {
            return Some(wrong);
        }
        for (position, (_, intent)) in &state.positions {
            let guard = made.get(intent).and_then(|made| match &made.body {
                Body::RescheduleSession(b) => Some((b.session, &b.guard)),
                Body::ModifyDuration(b) => Some((b.session, &b.guard)),
                _ => None,
            });
            let before = state.before.get(position);
            if let Some((session, guard)) = guard
                && let Some(was) = before.and_then(|all| all.iter().find(|was| was.id == session))
                && was.facts.guard() != *guard
            {
                return Some(format!(
                    "{intent:?} was done over another change of {session:?}"
                ));
            }
        }
        None
    }

    async fn in_force(&self, _: &Ledger) -> BTreeSet<IntentId> {
        let state = self.memory.now();
        let accepted = state.intents.iter();
        accepted
            .filter(|(_, verdict)| verdict.outcome.refusal().is_none())
            .map(|(id, _)| *id)
            .collect()
    }
}

/// A keeper of ledgers, each under a name.
pub trait Keeps {
    async fn create(&self, name: &str) -> Ledger;
    async fn open(&self, name: &str) -> Ledger;
    /// Copies a ledger that nobody has open.
    async fn copy(&self, from: &str, to: &str);
    async fn in_force(&self, name: &str, ledger: &Ledger) -> BTreeSet<IntentId>;
    /// Every position that was given, in order.
    async fn given(&self, name: &str, ledger: &Ledger) -> Vec<Position>;
}

impl Keeps for Files {
    async fn create(&self, name: &str) -> Ledger {
        Files::create(self, name).await
    }

    async fn open(&self, name: &str) -> Ledger {
        Files::open(self, name).await
    }

    async fn copy(&self, from: &str, to: &str) {
        Files::copy(self, from, to).await;
    }

    async fn in_force(&self, _: &str, ledger: &Ledger) -> BTreeSet<IntentId> {
        let file = ledger.vault().expect("it is a file").readers();
        let accepted = sqlx::query_scalar("select id from intent where accepted = 1");
        let ids: Vec<String> = accepted.fetch_all(file).await.unwrap();
        ids.iter().map(|id| IntentId(id.parse().unwrap())).collect()
    }

    async fn given(&self, _: &str, ledger: &Ledger) -> Vec<Position> {
        let file = ledger.vault().expect("it is a file").readers();
        let given = sqlx::query_scalar("select position from position order by position");
        given.fetch_all(file).await.unwrap()
    }
}

#[cfg(unix)]
impl Keeps for Clinics {
    async fn create(&self, name: &str) -> Ledger {
        Clinics::create(self, name).await
    }

    async fn open(&self, name: &str) -> Ledger {
        Clinics::open(self, name).await
    }

    async fn copy(&self, from: &str, to: &str) {
        Clinics::copy(self, from, to).await;
    }

    async fn in_force(&self, name: &str, _: &Ledger) -> BTreeSet<IntentId> {
        in_force(self.raw(), self.clinic(name)).await
    }

    async fn given(&self, name: &str, _: &Ledger) -> Vec<Position> {
        given(self.raw(), self.clinic(name)).await
    }
}

/// The intents of a clinic in PostgreSQL that are in force.
#[cfg(unix)]
pub async fn in_force(raw: &PgPool, clinic: ClinicId) -> BTreeSet<IntentId> {
    let accepted = sqlx::query_scalar("select id from intent where clinic_id = $1 and accepted");
    let ids: Vec<Uuid> = accepted.bind(clinic.0).fetch_all(raw).await.unwrap();
    ids.into_iter().map(IntentId).collect()
}

/// Every position that was given in a clinic in PostgreSQL, in order.
#[cfg(unix)]
pub async fn given(raw: &PgPool, clinic: ClinicId) -> Vec<Position> {
    let given =
        sqlx::query_scalar("select position from position where clinic_id = $1 order by position");
    given.bind(clinic.0).fetch_all(raw).await.unwrap()
}

/// What is wrong with positions, if they have gaps.
pub fn gaps(given: &[Position]) -> Option<String> {
    let whole = given.iter().copied().eq((1..).take(given.len()));
    (!whole).then(|| format!("positions have gaps: {given:?}"))
}

/// A ledger of a keeper.
pub struct Kept<K> {
    keeper: K,
    /// How many there were: each restore is a ledger of a new name.
    names: u32,
    backup: Option<u32>,
}

impl<K: Keeps> Kept<K> {
    pub fn by(keeper: K) -> Self {
        Self {
            keeper,
            names: 0,
            backup: None,
        }
    }

    fn name(&mut self) -> String {
        self.names += 1;
        of(self.names)
    }
}

fn of(n: u32) -> String {
    format!("ledger-{n}")
}

impl<K: Keeps> Shelf for Kept<K> {
    async fn open(&mut self) -> Ledger {
        let name = self.name();
        self.keeper.create(&name).await
    }

    async fn back_up(&mut self, ledger: Ledger) -> Ledger {
        ledger.close().await;
        let (now, copy) = (self.names, self.names + 1);
        self.names = copy;
        self.keeper.copy(&of(now), &of(copy)).await;
        self.backup = Some(now);
        self.keeper.open(&of(copy)).await
    }

    async fn restore(&mut self, ledger: Ledger) -> (Ledger, bool) {
        let Some(backup) = self.backup else {
            return (ledger, false);
        };
        ledger.close().await;
        let name = self.name();
        self.keeper.copy(&of(backup), &name).await;
        (self.keeper.open(&name).await, true)
    }

    async fn wrong(&self, ledger: &Ledger, _: &BTreeMap<IntentId, Intent>) -> Option<String> {
        gaps(&self.keeper.given(&of(self.names), ledger).await)
    }

    async fn in_force(&self, ledger: &Ledger) -> BTreeSet<IntentId> {
        self.keeper.in_force(&of(self.names), ledger).await
    }
}
