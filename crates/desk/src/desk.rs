//! The courier's counter: what is due, looked at again, rendered once, and what became of it.

use crate::render::{self, Material, Saying, Telling, Unsayable};
use async_trait::async_trait;
use safetalk_courier::{Claim, Desk, DeskError, Envelope, NoticeRef, Settled, SmtpAccount};
use safetalk_domain::decide::{Look, look_again, needs_choice, too_late};
use safetalk_domain::intent::{RecordDelivery, Rendered};
use safetalk_domain::*;
use safetalk_ledger::{Candidate, Error, Lease, Ledger};
use safetalk_wire::{Now, Outcome};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// The ledger's side of the counter.
pub struct LedgerDesk {
    ledger: Ledger,
    time: Arc<dyn Now>,
    mail: Arc<Mutex<Option<SmtpAccount>>>,
    /// What this process speaks for the courier under, where others could too.
    lease: Option<Lease>,
}

impl LedgerDesk {
    /// The counter of one clinic.
    pub fn new(
        ledger: Ledger,
        time: Arc<dyn Now>,
        mail: Arc<Mutex<Option<SmtpAccount>>>,
        lease: Option<Lease>,
    ) -> Self {
        Self {
            ledger,
            time,
            mail,
            lease,
        }
    }

    /// A demo clinic sends nothing: whatever waits is shown instead, and the client counts as told.
    pub async fn settle_demo(&self) -> Result<(), DeskError> {
        let candidates = self.ledger.candidates().await.map_err(store)?;
        let mut shown: BTreeSet<NoticeId> = BTreeSet::new();
        for (place, candidate) in candidates.iter().enumerate() {
            let now = self.time.now();
            if shown.contains(&candidate.notice.id) {
                continue;
            }
            let mut others: Vec<&Candidate> = Vec::new();
            let (state, cause) = match self.look(candidate, now) {
                Look::Wait(_) => continue,
                Look::Settle(state, cause) => (state, cause),
                Look::Send => {
                    others.extend(self.of_one_click(&candidates, place, now));
                    (NoticeState::Withdrawn, NoticeCause::Demo)
                }
            };
            let with: Vec<NoticeId> = others.iter().map(|other| other.notice.id).collect();
            shown.extend(&with);
            let others: Vec<Telling<'_>> = others.into_iter().map(telling).collect();
            let text = render::preview(&telling(candidate), &others).ok();
            let rendered = text.map(|text| Rendered {
                to: render::address(&material(candidate), Channel::Email).unwrap_or_default(),
                subject: text.subject,
                text: text.body_text,
            });
            self.record(
                RecordDelivery {
                    rendered,
                    with,
                    ..became(candidate.notice.id, state, Some(cause))
                },
                now,
            )
            .await?;
        }
        Ok(())
    }

    /// A draft of a demo clinic was shown: that is all that becomes of it.
    pub async fn shown(&self, notice: NoticeId, rendered: Rendered) -> Result<(), DeskError> {
        let withdrawn = became(notice, NoticeState::Withdrawn, Some(NoticeCause::Demo));
        let delivery = RecordDelivery {
            rendered: Some(rendered),
            ..withdrawn
        };
        self.record(delivery, self.time.now()).await.map(drop)
    }

    /// The others that may go in the mail of the candidate at `place`. Those of one click stand beside each other: nothing
    /// between them could hold one of them back.
    fn of_one_click<'c>(
        &self,
        candidates: &'c [Candidate],
        place: usize,
        now: Moment,
    ) -> impl Iterator<Item = &'c Candidate> {
        let first = &candidates[place].notice.facts;
        candidates[place + 1..]
            .iter()
            .take_while(|other| other.notice.facts.intent == first.intent)
            .filter(|other| first.goes_with(&other.notice.facts))
            .filter(move |other| self.look(other, now) == Look::Send)
    }

    fn look(&self, candidate: &Candidate, now: Moment) -> Look {
        if candidate.notice.facts.state == NoticeState::Sending {
            return Look::Wait(now);
        }
        look_again(
            &candidate.notice.facts,
            candidate.session.as_ref().map(|session| &session.facts),
            candidate.told.as_ref(),
            &candidate.client.facts,
            candidate.invoice.as_ref().map(|invoice| &invoice.facts),
            candidate.later_waits,
            now,
        )
    }

    async fn record(&self, delivery: RecordDelivery, now: Moment) -> Result<bool, DeskError> {
        let verdict = self
            .ledger
            .record(Body::RecordDelivery(delivery), self.lease, now)
            .await
            .map_err(store)?;
        Ok(!matches!(verdict.outcome, Outcome::Refused { .. }))
    }

    /// Renders the notice unless it was rendered so before, marks it as being sent, and hands it out. `others` go in the same mail.
    async fn claim(
        &self,
        candidate: &Candidate,
        others: &[&Candidate],
        account: &SmtpAccount,
        now: Moment,
    ) -> Result<Option<Claim>, DeskError> {
        let notice = &candidate.notice;
        let with: Vec<NoticeId> = others.iter().map(|other| other.notice.id).collect();
        let (bytes, said) = match self.render(candidate, others, account, now) {
            Ok(rendered) => rendered,
            // It waits for the ledger to give the invoice a number.
            Err(Unsayable::NoNumber) => return Ok(None),
            Err(error) => {
                let cause = match error {
                    Unsayable::NoAddress => NoticeCause::MayNotBeReached,
                    _ => NoticeCause::MessageRefused,
                };
                let failed = became(notice.id, NoticeState::Failed, Some(cause));
                self.record(RecordDelivery { with, ..failed }, now).await?;
                return Ok(None);
            }
        };
        // Bytes may stand already, from before it was put off, or if the process ended between keeping them and this mark:
        // as long as they say the same, the first ones go.
        let message = self
            .ledger
            .put_rendered(letter(notice.id, &with, &said, sender(account)), &bytes)
            .await
            .map_err(store)?;
        let details = &notice.details;
        let written_down = notice.facts.carries == with
            && details.to.as_ref() == Some(&said.to)
            && details.subject.as_ref() == Some(&said.subject)
            && details.text.as_ref() == Some(&said.text);
        let to = said.to.clone();
        let rendered = (!written_down).then_some(said);
        let sending = RecordDelivery {
            rendered,
            with,
            ..became(notice.id, NoticeState::Sending, None)
        };
        if !self.record(sending, now).await? {
            return Ok(None);
        }
        Ok(Some(Claim {
            notice: reference(notice),
            attempts: notice.facts.attempts,
            envelope: Envelope {
                from: account.from_address.clone(),
                to,
            },
            message,
        }))
    }

    fn render(
        &self,
        candidate: &Candidate,
        others: &[&Candidate],
        account: &SmtpAccount,
        now: Moment,
    ) -> Result<(Vec<u8>, Rendered), Unsayable> {
        let from = sender(account);
        let others: Vec<Telling<'_>> = others.iter().map(|other| telling(other)).collect();
        let notice = candidate.notice.id;
        let (bytes, mail) = render::mail(&telling(candidate), &others, notice, from, now)?;
        Ok((
            bytes,
            Rendered {
                to: mail.to_address,
                subject: mail.text.subject,
                text: mail.text.body_text,
            },
        ))
    }
}

fn material(candidate: &Candidate) -> Material<'_> {
    Material {
        clinic: &candidate.clinic,
        client: &candidate.client,
        session: candidate.session.as_ref(),
        therapist: candidate.therapist.as_ref(),
        invoice: candidate.invoice.as_ref(),
    }
}

fn saying(candidate: &Candidate) -> Saying<'_> {
    let facts = &candidate.notice.facts;
    Saying {
        kind: facts.kind,
        tells: facts.tells.clone(),
        instead_of: facts.instead_of.clone(),
        remark: candidate.notice.details.remark.as_deref(),
    }
}

/// Whom a client reads as the sender.
fn sender(account: &SmtpAccount) -> (&str, &str) {
    (&account.from_name, &account.from_address)
}

/// The name its bytes are kept under: by what is read in it. What goes in one mail may be less the next time, because a date
/// fell away; an address may have been put right since, or the language, a link, the clinic's number: then it is another
/// mail, and the one that never left is not sent. One that was interrupted, with nothing changed, goes again with the very
/// bytes of before.
pub fn letter(
    first: NoticeId,
    with: &[NoticeId],
    said: &Rendered,
    (from_name, from_address): (&str, &str),
) -> NoticeId {
    let with: Vec<String> = with.iter().map(NoticeId::to_string).collect();
    let with = with.join("/");
    // None but the text, which is the last, holds a line break.
    let key = [
        with.as_str(),
        &said.to,
        from_name,
        from_address,
        &said.subject,
        &said.text,
    ];
    NoticeId(id::derive(first.0, "letter", &key.join("\n")))
}

fn telling(candidate: &Candidate) -> Telling<'_> {
    Telling {
        material: material(candidate),
        saying: saying(candidate),
        sequence: candidate.notice.facts.sequence,
    }
}

fn became(notice: NoticeId, state: NoticeState, cause: Option<NoticeCause>) -> RecordDelivery {
    RecordDelivery {
        notice,
        state,
        cause,
        not_before: None,
        counted: false,
        rendered: None,
        with: Vec::new(),
    }
}

fn reference(notice: &Notice) -> NoticeRef {
    NoticeRef {
        id: notice.id.to_string(),
        round: notice.facts.round,
    }
}

fn store(error: Error) -> DeskError {
    if matches!(error, Error::NotLeased) {
        tracing::info!("another process speaks for this clinic's courier now");
        return DeskError::Closed;
    }
    tracing::warn!(%error, "the store of notices did not answer");
    DeskError::Unavailable
}

#[async_trait]
impl Desk for LedgerDesk {
    async fn settle_late(&self, now: i64) -> Result<(), DeskError> {
        let now = Moment(now);
        for notice in self.ledger.late(now).await.map_err(store)? {
            if let Some(cause) = too_late(&notice.facts, now) {
                self.record(became(notice.id, NoticeState::Expired, Some(cause)), now)
                    .await?;
            }
        }
        Ok(())
    }

    async fn interrupted(&self) -> Result<Vec<NoticeRef>, DeskError> {
        let mut sending = self.ledger.candidates().await.map_err(store)?;
        sending.retain(|c| c.notice.facts.state == NoticeState::Sending);
        // What went in another one's mail is settled with that one.
        let carried: BTreeSet<NoticeId> = sending
            .iter()
            .flat_map(|c| c.notice.facts.carries.iter().copied())
            .collect();
        Ok(sending
            .iter()
            .filter(|c| !carried.contains(&c.notice.id))
            .map(|c| reference(&c.notice))
            .collect())
    }

    async fn next_due(&self, now: i64) -> Result<Option<Claim>, DeskError> {
        let now = Moment(now);
        let Some(account) = self
            .mail
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
        else {
            return Ok(None);
        };
        // Notices of one session to one client leave in order: whatever waits holds back what was queued after it. What
        // cannot be sent to one of a couple keeps nothing from the other.
        let mut held: BTreeSet<(SessionId, ClientId)> = BTreeSet::new();
        let candidates = self.ledger.candidates().await.map_err(store)?;
        // An account whose setting up is not decided yet, or was not, lets nothing go: since when it stands says what a
        // person is asked about first.
        if !candidates
            .iter()
            .all(|candidate| candidate.clinic.facts.mail_ready)
        {
            return Ok(None);
        }
        for (place, candidate) in candidates.iter().enumerate() {
            let facts = &candidate.notice.facts;
            let of = facts.session.map(|session| (session, facts.client));
            let behind = of.is_some_and(|of| held.contains(&of));
            let free =
                |other: &Candidate| !needs_choice(&other.notice.facts, &other.clinic.facts, now);
            match self.look(candidate, now) {
                Look::Settle(state, cause) => {
                    self.record(became(candidate.notice.id, state, Some(cause)), now)
                        .await?;
                    continue;
                }
                Look::Send if !behind && free(candidate) => {
                    let others: Vec<&Candidate> = self
                        .of_one_click(&candidates, place, now)
                        .filter(|other| {
                            let other = &other.notice.facts;
                            let of = other.session.map(|session| (session, other.client));
                            !of.is_some_and(|of| held.contains(&of))
                        })
                        .filter(|other| free(other))
                        .collect();
                    if let Some(claim) = self.claim(candidate, &others, &account, now).await? {
                        return Ok(Some(claim));
                    }
                }
                Look::Send | Look::Wait(_) => {}
            }
            held.extend(of);
        }
        Ok(None)
    }

    async fn settle(
        &self,
        notice: &NoticeRef,
        settled: Settled,
        now: i64,
    ) -> Result<(), DeskError> {
        // An id that is not one of ours cannot have come from this desk.
        let Ok(id) = Uuid::parse_str(&notice.id) else {
            return Ok(());
        };
        let id = NoticeId(id);
        let delivery = match settled {
            Settled::Sent { .. } => became(id, NoticeState::Sent, None),
            Settled::Again {
                not_before,
                counted,
                cause,
            } => RecordDelivery {
                not_before: Some(Moment(not_before)),
                counted,
                ..became(id, NoticeState::Queued, cause.map(crate::cause))
            },
            Settled::Failed { cause } => became(id, NoticeState::Failed, Some(crate::cause(cause))),
            Settled::Uncertain => became(
                id,
                NoticeState::Uncertain,
                Some(NoticeCause::CutWhileSending),
            ),
        };
        let with = self.ledger.carried_by(id).await.map_err(store)?;
        // A refusal means that it stands so already: settling twice is the same as once.
        self.record(RecordDelivery { with, ..delivery }, Moment(now))
            .await?;
        Ok(())
    }

    async fn next_wake(&self, now: i64) -> Result<Option<i64>, DeskError> {
        let wake = self.ledger.next_wake().await.map_err(store)?;
        Ok(wake.map(|at| at.0).filter(|at| *at > now))
    }
}
