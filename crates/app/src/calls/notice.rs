//! Messages: the list, what each says, and what a person does with them.

use super::letter::{Letter, letters};
use super::named::Named;
use crate::api::Nothing;
use crate::api::act::{Acted, Problem};
use crate::api::notice::*;
use crate::directory::Directory;
use crate::host::ExternalTarget;
use crate::office::Office;
use safetalk_desk::render::{self, Material, Saying, Telling, Unsayable};
use safetalk_domain::decide::too_late;
use safetalk_domain::intent::*;
use safetalk_domain::refusal::{Field, Thing};
use safetalk_domain::*;
use std::cmp::Reverse;

/// The notices with names and times, newest first.
pub async fn notice_briefs(
    office: &Office,
    directory: &Directory,
    mut notices: Vec<Notice>,
) -> Result<Vec<NoticeBrief>, Problem> {
    // Moments are whole seconds; within one, those of a session stand in the order of its changes.
    notices.sort_by_key(|notice| Reverse((notice.facts.queued_at, notice.facts.sequence)));
    // One that could not leave for the line or the account goes when that is tried again.
    let again = super::mail::hold(office, &notices)
        .and_then(|hold| hold.until)
        .filter(|until| *until > directory.now);
    let Named { clients, sessions } = Named::read(
        office,
        notices.iter().map(|notice| notice.facts.client),
        notices.iter().filter_map(|notice| notice.facts.session),
    )
    .await?;
    Ok(letters(notices)
        .into_iter()
        .map(
            |Letter {
                 first: notice,
                 with,
             }| {
                let facts = &notice.facts;
                let client = clients.get(&facts.client);
                let would_go = client
                    .and_then(|client| {
                        client
                            .details
                            .address(client.facts.guardian_receives, facts.channel)
                    })
                    .map(str::to_owned);
                let at = facts.tells.as_ref().map(|tells| tells.at).or_else(|| {
                    facts
                        .session
                        .and_then(|id| sessions.get(&id))
                        .map(|s| s.facts.at)
                });
                NoticeBrief {
                    id: notice.id,
                    with: with
                        .iter()
                        .map(|other| AlsoInMail {
                            notice: other.id,
                            session: other.facts.session,
                        })
                        .collect(),
                    kind: facts.kind,
                    channel: facts.channel,
                    state: facts.state,
                    cause: facts.cause,
                    queued: directory.stamp(facts.queued_at),
                    since: directory.stamp(facts.since),
                    // What waits is written anew if the address was put right since.
                    to: if facts.state.waits() {
                        would_go.or(notice.details.to)
                    } else {
                        notice.details.to.or(would_go)
                    },
                    client: facts.client,
                    client_name: client
                        .map(|client| client.details.full_name.value.clone())
                        .unwrap_or_default(),
                    phone: client.and_then(super::told::phone),
                    session: facts.session,
                    session_when: at.map(|at| directory.when(at)),
                    invoice: facts.invoice,
                    next_try: Some(facts.not_before)
                        .filter(|at| facts.state.waits() && *at > directory.now)
                        .or(again.filter(|_| {
                            facts.state == NoticeState::Queued && facts.cause.is_some()
                        }))
                        .map(|at| directory.stamp(at)),
                }
            },
        )
        .collect())
}

/// `notice.list`.
pub async fn list(office: &Office, request: NoticesRequest) -> Result<NoticesView, Problem> {
    let directory = Directory::read(office).await?;
    let most = request.most.clamp(1, 500);
    let notices = if request.open_only {
        use NoticeState::{Draft, Expired, Failed, OnHold, Opened, Queued, Sending, Uncertain};
        office
            .replica
            .read()
            .await?
            .notices_in(
                &[
                    OnHold, Queued, Draft, Opened, Sending, Failed, Uncertain, Expired,
                ],
                most.into(),
            )
            .await?
    } else {
        office
            .replica
            .read()
            .await?
            .newest_notices(most.into())
            .await?
    };
    Ok(NoticesView {
        notices: notice_briefs(office, &directory, notices).await?,
        mail_ready: directory.clinic.facts.mail_ready,
        choose: super::mail::waiting(office, &directory).await?.choose,
    })
}

/// `notice.choose`.
pub async fn choose(office: &Office, request: ChooseRequest) -> Result<Nothing, Problem> {
    let drop = request
        .drop
        .into_iter()
        .map(|notice| Body::DropNotice(DropNotice { notice }));
    let send = request
        .send
        .into_iter()
        .map(|notice| Body::RetryNotice(RetryNotice { notice }));
    let done = all(office, drop.chain(send)).await;
    office.catch_up().await;
    office.retry_now();
    done.map(|_| Nothing {})
}

/// `notice.retry`.
pub async fn retry(office: &Office, request: LetterRequest) -> Result<Acted, Problem> {
    let acted = each(office, &request, |notice| {
        Body::RetryNotice(RetryNotice { notice })
    })
    .await;
    office.catch_up().await;
    office.retry_now();
    acted
}

/// `notice.drop`.
pub async fn drop_it(office: &Office, request: LetterRequest) -> Result<Acted, Problem> {
    each(office, &request, |notice| {
        Body::DropNotice(DropNotice { notice })
    })
    .await
}

/// Does the same with every notice of a message. What is answered is the last of it.
async fn each(
    office: &Office,
    request: &LetterRequest,
    body: impl Fn(NoticeId) -> Body,
) -> Result<Acted, Problem> {
    let notices = request.with.iter().chain(std::iter::once(&request.notice));
    let last = all(office, notices.map(|notice| body(*notice))).await?;
    last.ok_or_else(|| Problem::internal(&"a message is made of at least one notice"))
}

/// Does all of it, and answers the last. One that is refused keeps nothing from the others; the first refusal is the answer
/// then.
async fn all(
    office: &Office,
    bodies: impl Iterator<Item = Body>,
) -> Result<Option<Acted>, Problem> {
    let (mut last, mut refused) = (None, None);
    for body in bodies {
        match office.act(body).await {
            Ok(acted) => last = Some(acted),
            Err(problem @ Problem::Refused { .. }) => {
                refused.get_or_insert(problem);
            }
            Err(problem) => return Err(problem),
        }
    }
    refused.map_or(Ok(last), Err)
}

/// `notice.record_whatsapp`.
pub async fn record_whatsapp(office: &Office, request: WhatsappRequest) -> Result<Acted, Problem> {
    office
        .act(Body::RecordWhatsapp(RecordWhatsapp {
            notice: request.notice,
            became: request.became,
            rendered: None,
        }))
        .await
}

/// Rows that a notice is made of.
struct Rows {
    notice: Notice,
    client: Client,
    session: Option<Session>,
    invoice: Option<Invoice>,
}

async fn rows(office: &Office, id: NoticeId) -> Result<Rows, Problem> {
    let replica = &office.replica;
    let notice = replica.row::<Notice>(id).await?.ok_or(Refusal::NotFound {
        what: Thing::Notice,
    })?;
    let client = replica
        .row::<Client>(notice.facts.client)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?;
    let session = match notice.facts.session {
        Some(id) => replica.row::<Session>(id).await?,
        None => None,
    };
    let invoice = match notice.facts.invoice {
        Some(id) => replica.row::<Invoice>(id).await?,
        None => None,
    };
    Ok(Rows {
        notice,
        client,
        session,
        invoice,
    })
}

impl Rows {
    fn telling<'a>(&'a self, directory: &'a Directory) -> Telling<'a> {
        let leads = self.session.as_ref().map(|session| session.facts.therapist);
        let facts = &self.notice.facts;
        Telling {
            material: Material {
                clinic: &directory.clinic,
                client: &self.client,
                session: self.session.as_ref(),
                therapist: leads.and_then(|id| directory.therapists.get(&id)),
                invoice: self.invoice.as_ref(),
            },
            saying: Saying {
                kind: facts.kind,
                tells: facts.tells.clone(),
                instead_of: facts.instead_of.clone(),
                remark: self.notice.details.remark.as_deref(),
            },
            sequence: facts.sequence,
        }
    }
}

/// What one message says; `others` go in the same mail.
fn written(
    first: &Telling<'_>,
    others: &[Telling<'_>],
    channel: Channel,
) -> Result<NoticeText, Problem> {
    let unsayable = |error: Unsayable| Problem::internal(&error);
    let to = render::address(&first.material, channel).ok();
    Ok(match channel {
        Channel::Email => {
            let text = render::preview(first, others).map_err(unsayable)?;
            NoticeText {
                to,
                subject: text.subject,
                text: text.body_text,
            }
        }
        Channel::Whatsapp => NoticeText {
            to,
            subject: String::new(),
            text: render::whatsapp(&first.material, &first.saying).map_err(unsayable)?,
        },
    })
}

/// `notice.text`: as it went, or as it would go.
pub async fn text(office: &Office, request: LetterRequest) -> Result<NoticeText, Problem> {
    let first = rows(office, request.notice).await?;
    let details = &first.notice.details;
    let state = first.notice.facts.state;
    // A draft is written anew whenever it is opened, also after one that could not be.
    if !state.waits()
        && state != NoticeState::Draft
        && let (Some(subject), Some(text)) = (&details.subject, &details.text)
    {
        return Ok(NoticeText {
            to: details.to.clone(),
            subject: subject.clone(),
            text: text.clone(),
        });
    }
    let mut others = Vec::with_capacity(request.with.len());
    for notice in request.with {
        others.push(rows(office, notice).await?);
    }
    let directory = Directory::read(office).await?;
    let others: Vec<Telling<'_>> = others.iter().map(|one| one.telling(&directory)).collect();
    written(
        &first.telling(&directory),
        &others,
        first.notice.facts.channel,
    )
}

/// `notice.preview`: what the client would be told of a change that is not made yet.
pub async fn preview(office: &Office, request: PreviewRequest) -> Result<NoticeText, Problem> {
    let directory = Directory::read(office).await?;
    let client = office
        .replica
        .row::<Client>(request.client)
        .await?
        .ok_or(Refusal::NotFound {
            what: Thing::Client,
        })?;
    let session = match request.session {
        Some(id) => office.replica.row::<Session>(id).await?,
        None => None,
    };
    let told = match &session {
        Some(session) => {
            office
                .replica
                .row::<Told>(Told::id_of(session.id, client.id))
                .await?
        }
        None => None,
    };
    let tells = would_stand(&directory, &request, session.as_ref())?;
    let material = Material {
        clinic: &directory.clinic,
        client: &client,
        session: session.as_ref(),
        // The one it is moved to, where it is: a preview tells of what is not yet so.
        therapist: tells
            .as_ref()
            .and_then(|tells| directory.therapists.get(&tells.therapist)),
        invoice: None,
    };
    let saying = Saying {
        kind: request.kind,
        tells,
        instead_of: told.map(|told| told.what).or(session
            .as_ref()
            .filter(|_| request.start.is_some())
            .map(|s| s.facts.snapshot())),
        remark: request.remark.as_deref(),
    };
    let telling = Telling {
        material,
        saying,
        sequence: 0,
    };
    written(&telling, &[], request.channel)
}

/// The session as it would stand after the change that is previewed.
fn would_stand(
    directory: &Directory,
    request: &PreviewRequest,
    session: Option<&Session>,
) -> Result<Option<Snapshot>, Problem> {
    let known = session.map(|session| session.facts.snapshot());
    let at = match request.start {
        Some(start) => {
            let start = start.moment(directory.zone(), Field::Start)?;
            let minutes = request
                .minutes
                .map(i64::from)
                .or(known.as_ref().map(|known| known.at.minutes()))
                .unwrap_or(60);
            Some(Interval::new(start, start.plus_minutes(minutes)))
        }
        None => known.as_ref().map(|known| match request.minutes {
            Some(minutes) => {
                Interval::new(known.at.start, known.at.start.plus_minutes(minutes.into()))
            }
            None => known.at,
        }),
    };
    let therapist = request
        .therapist
        .or(known.as_ref().map(|known| known.therapist));
    Ok(at.zip(therapist).map(|(at, therapist)| Snapshot {
        at,
        place: request
            .place
            .or(known.as_ref().map(|known| known.place))
            .unwrap_or(Place::Elsewhere),
        therapist,
        co_therapists: known
            .as_ref()
            .map(|known| known.co_therapists.clone())
            .unwrap_or_default(),
        stands: request.kind != NoticeKind::Cancelled,
    }))
}

/// `notice.open_whatsapp`.
pub async fn open_whatsapp(
    office: &Office,
    request: NoticeRequest,
) -> Result<WhatsappOpened, Problem> {
    let directory = Directory::read(office).await?;
    let rows = rows(office, request.notice).await?;
    let facts = &rows.notice.facts;
    if too_late(facts, office.now()).is_some() {
        return Err(Refusal::NoticeState {
            state: NoticeState::Expired,
        }
        .into());
    }
    let text = written(&rows.telling(&directory), &[], facts.channel)?;
    let rendered = Rendered {
        to: text.to.clone().unwrap_or_default(),
        subject: text.subject.clone(),
        text: text.text.clone(),
    };
    let became = |became, rendered| {
        Body::RecordWhatsapp(RecordWhatsapp {
            notice: request.notice,
            became,
            rendered,
        })
    };
    let opened = || became(WhatsappBecame::Opened, Some(rendered.clone()));
    if office.demo {
        office.act(opened()).await?;
        office.catch_up().await;
        office
            .here()?
            .desk
            .shown(request.notice, rendered)
            .await
            .map_err(|error| Problem::internal(&error))?;
        office.catch_up().await;
        return Ok(WhatsappOpened {
            shown_instead: Some(text),
        });
    }
    let phone = text.to.as_deref().ok_or(Refusal::NoReach {
        channel: Channel::Whatsapp,
        why: NoReach::NoAddress,
    })?;
    let draft = safetalk_documents::whatsapp_draft(phone, &text.text)?;
    // Decided first: what may not go is not shown to WhatsApp at all.
    office.act(opened()).await?;
    let handed = office.host.open_external(&ExternalTarget {
        app_uri: draft.app_uri,
        web_uri: draft.web_uri,
    });
    if let Err(error) = handed {
        // One that was opened before may have been sent then.
        if facts.state != NoticeState::Opened {
            office.act(became(WhatsappBecame::NotOpened, None)).await?;
        }
        return Err(error.into());
    }
    Ok(WhatsappOpened {
        shown_instead: None,
    })
}
