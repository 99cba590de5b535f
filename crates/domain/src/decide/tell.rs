//! Telling the client: which notice a change needs, and which earlier ones it makes untrue.

use super::{Flag, Work};
use crate::entity::*;
use crate::id::*;
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a client is not told by a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotTold {
    /// The client cannot be reached by email.
    Reach {
        /// Why.
        why: NoReach,
    },
    /// The plan does not include email.
    Plan,
    /// What it would tell of is over.
    Past,
}

impl Work<'_> {
    /// Queues what each client has to be told of `session` as it now stands, if `notify` says so, and withdraws what
    /// waits and would tell them something else.
    pub(super) fn tell(
        &mut self,
        session: &Session,
        kind: NoticeKind,
        notify: bool,
        hold_seconds: u16,
        remark: Option<String>,
    ) -> Result<(), Refusal> {
        for client in session.facts.clients() {
            let (worth, kind) = self.worth_telling(session, client, kind, notify);
            self.tell_client(worth, session, client, kind, hold_seconds, remark.clone())?;
        }
        Ok(())
    }

    /// As [`Self::tell`], where the caller knows whether there is news (`wanted`).
    pub(super) fn tell_if(
        &mut self,
        wanted: bool,
        session: &Session,
        kind: NoticeKind,
        hold_seconds: u16,
        remark: Option<String>,
    ) -> Result<(), Refusal> {
        for client in session.facts.clients() {
            self.tell_client(wanted, session, client, kind, hold_seconds, remark.clone())?;
        }
        Ok(())
    }

    /// Tells one client. What the others know, or cannot be told, makes no difference to them.
    fn tell_client(
        &mut self,
        wanted: bool,
        session: &Session,
        client: ClientId,
        kind: NoticeKind,
        hold_seconds: u16,
        remark: Option<String>,
    ) -> Result<(), Refusal> {
        let now = session.facts.snapshot();
        let told = self.world.told_of(session.id, client);
        let told = told.map(|told| told.what.clone());
        let end = session.facts.at.end;
        let over = end.max(told.as_ref().map_or(end, |told| told.at.end));
        let why_not = self.why_not_told(client, over)?;
        let queue = wanted && why_not.is_none();
        self.withdraw_waiting(
            session.id,
            Some(client),
            if queue {
                NoticeCause::Merged
            } else {
                NoticeCause::Overtaken
            },
        );
        match why_not {
            Some(why) if wanted => self.flag_not_told(session, client, why),
            _ if queue => {
                let id = NoticeId(
                    self.intent
                        .id
                        .derive("notice", &format!("{}/{client}/email", session.id)),
                );
                let expires = if over > self.clock.now {
                    Some(over)
                } else {
                    None
                };
                self.queue(Notice {
                    id,
                    facts: NoticeFacts {
                        intent: self.intent.id,
                        client,
                        channel: Channel::Email,
                        kind,
                        session: Some(session.id),
                        invoice: None,
                        owed: false,
                        instead_of: told.filter(|told| *told != now),
                        tells: Some(now),
                        sequence: session.facts.sequence,
                        state: if hold_seconds > 0 {
                            NoticeState::OnHold
                        } else {
                            NoticeState::Queued
                        },
                        cause: None,
                        queued_at: self.clock.made_at,
                        decided_at: Some(self.clock.now),
                        not_before: self.clock.now + i64::from(hold_seconds),
                        expires,
                        attempts: 0,
                        round: 0,
                        since: self.clock.now,
                        released_at: None,
                        carries: Vec::new(),
                    },
                    details: NoticeDetails {
                        remark,
                        ..NoticeDetails::default()
                    },
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// Says that `client` is not told, by name only where the others may be.
    pub(super) fn flag_not_told(&mut self, session: &Session, client: ClientId, why: NotTold) {
        let of_one = matches!(why, NotTold::Reach { .. }) && !session.facts.more_clients.is_empty();
        self.flag(Flag::NotTold {
            why,
            client: of_one.then_some(client),
        });
    }

    /// Queues a notice and writes it into the history.
    pub(super) fn queue(&mut self, notice: Notice) {
        let facts = &notice.facts;
        let (session, client) = (facts.session, facts.client);
        let what = Happened::NoticeQueued {
            notice: notice.id,
            notice_kind: facts.kind,
            channel: facts.channel,
        };
        self.log(session, Some(client), what);
        self.put(notice);
    }

    /// Moves a notice to another state and writes it into the history.
    pub(super) fn move_notice(
        &mut self,
        mut notice: Notice,
        to: NoticeState,
        cause: Option<NoticeCause>,
    ) {
        notice.facts.state = to;
        notice.facts.cause = cause;
        notice.facts.since = self.clock.now;
        let facts = &notice.facts;
        let what = Happened::NoticeMoved {
            notice: notice.id,
            notice_kind: facts.kind,
            channel: facts.channel,
            to,
            cause,
            address: notice.details.to.clone(),
        };
        let (session, client) = (facts.session, facts.client);
        self.log(session, Some(client), what);
        self.put(notice);
    }

    /// Whether `client` would learn something of `session` as it now stands, and as what.
    ///
    /// Not if they know it; but what is on its way, or may have arrived, and says something else has to be answered.
    fn worth_telling(
        &mut self,
        session: &Session,
        client: ClientId,
        kind: NoticeKind,
        notify: bool,
    ) -> (bool, NoticeKind) {
        let now = session.facts.snapshot();
        let told = self.world.told_of(session.id, client).cloned();
        let knows = told.as_ref().is_some_and(|told| told.what == now);
        let since = told.as_ref().map(|told| told.at);
        let in_doubt = self.world.notices_to(session.id, client).any(|notice| {
            notice.facts.may_have_arrived()
                && notice
                    .facts
                    .tells
                    .as_ref()
                    .is_some_and(|tells| *tells != now)
                && since.is_none_or(|since| since <= notice.facts.since)
        });
        if !notify || (knows && !in_doubt) {
            return (false, kind);
        }
        let Some(undone) = self.intent.undoes else {
            return (true, kind);
        };
        // An undo says something only if the undone thing was said, by a message or by a person.
        let reached = told.is_some_and(|told| matches!(told.how, TellHow::Personally(_)))
            || self.world.notices_to(session.id, client).any(|notice| {
                notice.facts.intent == undone
                    && (notice.facts.state == NoticeState::Sent || notice.facts.may_have_arrived())
            });
        if reached {
            self.flag(Flag::ToldTheOpposite);
            return (true, kind);
        }
        // What the undone thing kept from being said is news again.
        let kept_back = self.world.notices_to(session.id, client).find(|notice| {
            notice.facts.state == NoticeState::Withdrawn
                && matches!(
                    notice.facts.cause,
                    Some(NoticeCause::Merged | NoticeCause::Overtaken)
                )
                && notice.facts.kind != NoticeKind::Reminder
                && notice.facts.tells.as_ref() == Some(&now)
        });
        (
            kept_back.is_some(),
            kept_back.map_or(kind, |notice| notice.facts.kind),
        )
    }

    fn why_not_told(
        &self,
        client: ClientId,
        over: crate::Moment,
    ) -> Result<Option<NotTold>, Refusal> {
        let facts = &self.world.clinic()?.facts;
        Ok(if over <= self.clock.now {
            Some(NotTold::Past)
        } else if !facts.plan.includes(Channel::Email) {
            Some(NotTold::Plan)
        } else {
            self.world
                .client(client)?
                .facts
                .reach(Channel::Email)
                .err()
                .map(|why| NotTold::Reach { why })
        })
    }

    /// Takes back what waits to tell `client` (`None` is everyone) of `session`, reminders included; invoices are about
    /// money and stay.
    pub(super) fn withdraw_waiting(
        &mut self,
        session: SessionId,
        client: Option<ClientId>,
        cause: NoticeCause,
    ) {
        let waiting: Vec<_> = self
            .world
            .notices_of(session)
            .filter(|notice| {
                client.is_none_or(|client| notice.facts.client == client)
                    && notice.facts.kind != NoticeKind::Invoice
                    && notice.facts.state.can_be_withdrawn()
                    && notice.facts.intent != self.intent.id
            })
            .cloned()
            .collect();
        for notice in waiting {
            self.move_notice(notice, NoticeState::Withdrawn, Some(cause));
        }
    }

    /// Takes back what the undone intent queued and what has not begun to leave.
    pub(super) fn withdraw_undone(&mut self) {
        let Some(undone) = self.intent.undoes else {
            return;
        };
        let waiting: Vec<_> = self
            .world
            .notices
            .values()
            .filter(|notice| notice.facts.intent == undone && notice.facts.state.can_be_withdrawn())
            .cloned()
            .collect();
        for notice in waiting {
            self.move_notice(notice, NoticeState::Withdrawn, Some(NoticeCause::Undone));
        }
    }
}
