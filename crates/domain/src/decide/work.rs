//! The workbench of one decision: the rows as they were, the rows as they become.

use super::{Decision, Flag};
use crate::entity::*;
use crate::id::*;
use crate::intent::Intent;
use crate::row::{Kind, Row};
use crate::time::Clock;
use crate::world::World;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The state of one decision while it is being made.
pub struct Work<'i> {
    /// What is wanted.
    pub intent: &'i Intent,
    /// When.
    pub clock: &'i Clock,
    /// The rows, with every change made so far.
    pub world: World,
    changed: BTreeMap<(Kind, Uuid), Row>,
    flags: Vec<Flag>,
    activities: u32,
}

impl<'i> Work<'i> {
    /// Begins with the rows as they are.
    pub fn new(intent: &'i Intent, world: &World, clock: &'i Clock) -> Self {
        Self {
            intent,
            clock,
            world: world.clone(),
            changed: BTreeMap::new(),
            flags: Vec::new(),
            activities: 0,
        }
    }

    /// Changes a row; later rules of the same decision see it changed.
    pub fn put(&mut self, row: impl Into<Row>) {
        let row = row.into();
        self.changed.insert((row.kind(), row.id()), row.clone());
        self.world.put(row, 0);
    }

    /// Changes a session and with it what the session holds.
    pub fn put_session(&mut self, session: Session) {
        // All, changed or not: which rows a decision has must not depend on how much was gathered.
        let before = self.world.sessions.get(&session.id);
        let places = before.map_or(0, |session| session.facts.co_therapists.len());
        for held in session.occupancy(places) {
            self.put(held);
        }
        self.put(session);
    }

    /// Tells the author something.
    pub fn flag(&mut self, flag: Flag) {
        if !self.flags.contains(&flag) {
            self.flags.push(flag);
        }
    }

    /// Writes a line of history.
    pub fn log(&mut self, session: Option<SessionId>, client: Option<ClientId>, what: Happened) {
        let id = ActivityId(
            self.intent
                .id
                .derive("activity", &self.activities.to_string()),
        );
        self.activities += 1;
        let by = self.intent.actor.member();
        self.put(Activity {
            id,
            at: self.clock.made_at,
            by,
            intent: self.intent.id,
            session,
            client,
            what,
        });
    }

    /// Writes a line of a session's history.
    pub fn log_session(&mut self, session: &Session, what: Happened) {
        self.log(Some(session.id), Some(session.facts.client), what);
    }

    /// What came of it.
    pub fn finish(self) -> Decision {
        Decision {
            rows: self.changed.into_values().collect(),
            flags: self.flags,
        }
    }
}
