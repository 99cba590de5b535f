//! What a member may see, computed from all rows at once: without links, positions or scopes, and without the house's rule.

use safetalk_domain::*;
use std::collections::BTreeSet;

/// What `who` may see of all rows, computed from nothing but the rows.
pub fn may_see(all: &[Row], who: MemberId) -> Vec<Row> {
    let me = all.iter().find_map(|row| match row {
        Row::Member(member) if member.id == who => Some(member),
        _ => None,
    });
    let Some(me) = me.filter(|me| me.facts.standing == Standing::Active) else {
        return Vec::new();
    };
    let has = |grant| me.facts.grants.contains(&grant);
    let everyones = has(Grant::OrganisationSessions);
    let mine =
        |therapist| (everyones || has(Grant::OwnSessions)) && me.facts.therapist == Some(therapist);
    let mut sessions = BTreeSet::new();
    let mut clients = BTreeSet::new();
    for row in all {
        match row {
            Row::Session(s) if everyones || s.facts.therapists().any(mine) => {
                sessions.insert(s.id);
                clients.extend(s.facts.clients());
            }
            Row::Client(c)
                if has(Grant::ViewClients)
                    || has(Grant::ManageClients)
                    || c.facts.usual_therapist.is_some_and(mine) =>
            {
                clients.insert(c.id);
            }
            _ => {}
        }
    }
    let of = |session: Option<SessionId>, client: Option<ClientId>| match session {
        Some(session) => sessions.contains(&session),
        None => client.is_some_and(|client| clients.contains(&client)),
    };
    let mut seen = Vec::new();
    for row in all {
        let (shown, mut row) = (
            match row {
                Row::Session(s) => sessions.contains(&s.id),
                Row::Client(c) => clients.contains(&c.id),
                Row::Invoice(i) => of(i.facts.session, Some(i.facts.client)),
                Row::Notice(n) => of(n.facts.session, Some(n.facts.client)),
                Row::Told(t) => of(Some(t.session), None),
                Row::Activity(a) if a.session.is_none() && a.client.is_none() => {
                    has(Grant::ManageMembers)
                }
                Row::Activity(a) => of(a.session, a.client),
                _ => true,
            },
            row.clone(),
        );
        match &mut row {
            Row::Member(m) if m.id != who && !has(Grant::ManageMembers) => {
                m.facts.grants = BTreeSet::new();
            }
            Row::TimeOff(off) if !everyones && !has(Grant::ManageClinic) => {
                if let Owner::Therapist(therapist) = off.facts.owner
                    && !mine(therapist)
                {
                    off.details.label = String::new();
                }
            }
            _ => {}
        }
        if shown {
            seen.push(row);
        }
    }
    seen
}
