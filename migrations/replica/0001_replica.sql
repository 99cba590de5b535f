-- A replica: what one computer keeps of the ledger's rows, and what it wants of it.
--
-- Per kind of row there are three names. `<kind>_base` is the ledger's rows as last pulled. `<kind>_overlay` is what
-- the outbox, decided again on the base, makes of them. The view `<kind>` is what the screen shows: base, shadowed by
-- overlay. Neither table has a constraint against overlaps: the ledger alone speaks last.
-- Bodies, ids and moments are as in the ledger.

-- This computer, and how far it has pulled: one row.
create table meta (
    one integer primary key not null check (one = 1),
    device text not null,
    next_n integer not null,
    epoch text,
    cursor integer not null,
    mark text not null,
    scope integer not null,
    -- The ledger's own time at the last pull.
    pulled_at integer,
    -- The history has changed: the next pull fetches everything again and replaces the base.
    resync integer not null check (resync in (0, 1))
) strict;

-- Every intent this computer made, in order. It is never thrown away before it was answered and, if refused, closed.
create table outbox (
    seq integer primary key autoincrement not null,
    -- The computer's name and running number under which it is sent; both are new after a fork.
    device text not null,
    n integer not null,
    intent text not null,
    body text not null,
    made_at integer not null,
    -- The ledger's time at the last pull before it was made: a clock that goes wrong cannot make it older.
    pulled_at integer,
    -- Still to be sent.
    due integer not null check (due in (0, 1)),
    -- Its rows are in the base, so that it is no longer decided again on top.
    in_base integer not null check (in_base in (0, 1)),
    -- Why it would be refused on the rows known here. Not final.
    doubt text,
    -- The ledger's answer, and the position at which it was given. Final.
    verdict text,
    accepted integer check (accepted in (0, 1)),
    position integer,
    acknowledged_at integer,
    -- A person has seen the refusal and closed it.
    closed integer not null check (closed in (0, 1)),
    constraint outbox_intent unique (intent),
    constraint outbox_device_n unique (device, n)
) strict;
create index outbox_due on outbox (seq) where due = 1;
create index outbox_accepted on outbox (position) where accepted = 1 and in_base = 0;
create index outbox_refused on outbox (seq) where closed = 0 and (accepted = 0 or doubt is not null);
create index outbox_unanswered on outbox (seq) where verdict is null;

-- Pages of a pull, until all of them are there.
create table staging (
    kind text not null,
    id text not null,
    position integer not null,
    body text not null,
    primary key (kind, id)
) strict;

-- The clinic itself: one row.
create table clinic_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table clinic_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view clinic as
    select id, position, body from clinic_overlay
    union all
    select base.id, base.position, base.body from clinic_base as base
    where not exists (select 1 from clinic_overlay as over where over.id = base.id);

-- People who work here.
create table member_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table member_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view member as
    select id, position, body from member_overlay
    union all
    select base.id, base.position, base.body from member_base as base
    where not exists (select 1 from member_overlay as over where over.id = base.id);

-- People who see clients.
create table therapist_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table therapist_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view therapist as
    select id, position, body from therapist_overlay
    union all
    select base.id, base.position, base.body from therapist_base as base
    where not exists (select 1 from therapist_overlay as over where over.id = base.id);

-- Rooms.
create table room_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table room_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view room as
    select id, position, body from room_overlay
    union all
    select base.id, base.position, base.body from room_base as base
    where not exists (select 1 from room_overlay as over where over.id = base.id);

-- Kinds of sessions.
create table service_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table service_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view service as
    select id, position, body from service_overlay
    union all
    select base.id, base.position, base.body from service_base as base
    where not exists (select 1 from service_overlay as over where over.id = base.id);

-- Weeks; the id is the owner's.
create table hours_base (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create table hours_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null
) strict;
create view hours as
    select id, position, body from hours_overlay
    union all
    select base.id, base.position, base.body from hours_base as base
    where not exists (select 1 from hours_overlay as over where over.id = base.id);

-- Time off, closed rooms, closed days.
create table time_off_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    owner text generated always as (body ->> '$.facts.owner.id') virtual,
    starts integer generated always as (body ->> '$.facts.at.start') virtual,
    ends integer generated always as (body ->> '$.facts.at.end') virtual
) strict;
create index time_off_base_owner on time_off_base (owner, ends, starts);
create table time_off_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    owner text generated always as (body ->> '$.facts.owner.id') virtual,
    starts integer generated always as (body ->> '$.facts.at.start') virtual,
    ends integer generated always as (body ->> '$.facts.at.end') virtual
) strict;
create index time_off_overlay_owner on time_off_overlay (owner, ends, starts);
create view time_off as
    select id, position, body, owner, starts, ends from time_off_overlay
    union all
    select base.id, base.position, base.body, base.owner, base.starts, base.ends from time_off_base as base
    where not exists (select 1 from time_off_overlay as over where over.id = base.id);

-- People the clinic sees. The index holds what a search looks through, so that a keystroke reads no bodies.
create table client_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    full_name text generated always as (body ->> '$.details.full_name.value') virtual,
    called text generated always as (body ->> '$.details.called.value') virtual,
    email text generated always as (body ->> '$.details.email.value') virtual,
    phones text generated always as (body ->> '$.details.phones.value') virtual,
    archived integer generated always as (body ->> '$.facts.archived') virtual
) strict;
create index client_base_search on client_base (archived, full_name, called, email, phones, id);
create table client_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    full_name text generated always as (body ->> '$.details.full_name.value') virtual,
    called text generated always as (body ->> '$.details.called.value') virtual,
    email text generated always as (body ->> '$.details.email.value') virtual,
    phones text generated always as (body ->> '$.details.phones.value') virtual,
    archived integer generated always as (body ->> '$.facts.archived') virtual
) strict;
create index client_overlay_search on client_overlay (archived, full_name, called, email, phones, id);
create view client as
    select id, position, body, full_name, called, email, phones, archived from client_overlay
    union all
    select base.id, base.position, base.body, base.full_name, base.called, base.email, base.phones, base.archived from client_base as base
    where not exists (select 1 from client_overlay as over where over.id = base.id);

-- Booked sessions. They last 24 hours at most, so a window looks back that far and no further.
create table session_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    therapist text generated always as (body ->> '$.facts.therapist') virtual,
    room text generated always as (body ->> '$.facts.place.id') virtual,
    series text generated always as (body ->> '$.facts.series.series') virtual,
    status text generated always as (body ->> '$.facts.status') virtual,
    late integer generated always as (body ->> '$.facts.cancelled.late') virtual,
    starts integer generated always as (body ->> '$.facts.at.start') virtual,
    ends integer generated always as (body ->> '$.facts.at.end') virtual
) strict;
create index session_base_starts on session_base (starts, ends, status);
create index session_base_client on session_base (client, starts, ends, status, late);
create index session_base_therapist on session_base (therapist, starts);
create index session_base_room on session_base (room, starts) where room is not null;
create index session_base_series on session_base (series, starts) where series is not null;
create table session_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    therapist text generated always as (body ->> '$.facts.therapist') virtual,
    room text generated always as (body ->> '$.facts.place.id') virtual,
    series text generated always as (body ->> '$.facts.series.series') virtual,
    status text generated always as (body ->> '$.facts.status') virtual,
    late integer generated always as (body ->> '$.facts.cancelled.late') virtual,
    starts integer generated always as (body ->> '$.facts.at.start') virtual,
    ends integer generated always as (body ->> '$.facts.at.end') virtual
) strict;
create index session_overlay_starts on session_overlay (starts, ends, status);
create index session_overlay_client on session_overlay (client, starts, ends, status, late);
create index session_overlay_therapist on session_overlay (therapist, starts);
create index session_overlay_room on session_overlay (room, starts) where room is not null;
create index session_overlay_series on session_overlay (series, starts) where series is not null;
create view session as
    select id, position, body, client, therapist, room, series, status, late, starts, ends from session_overlay
    union all
    select base.id, base.position, base.body, base.client, base.therapist, base.room, base.series, base.status, base.late, base.starts, base.ends from session_base as base
    where not exists (select 1 from session_overlay as over where over.id = base.id);

-- Who comes to a session beside its first client, so that the sessions of each of them are found by an index. Written by
-- triggers alone.
create table session_more_base (
    client text not null,
    session text not null,
    primary key (client, session)
) strict, without rowid;
create index session_more_base_session on session_more_base (session);
create trigger session_more_base_added after insert on session_base
when new.body ->> '$.facts.more_clients' is not null
begin
    insert into session_more_base (client, session)
    select value, new.id from json_each(new.body, '$.facts.more_clients');
end;
create trigger session_more_base_changed after update on session_base
when old.body ->> '$.facts.more_clients' is not new.body ->> '$.facts.more_clients'
begin
    delete from session_more_base where session = new.id;
    insert into session_more_base (client, session)
    select value, new.id from json_each(new.body, '$.facts.more_clients');
end;
create trigger session_more_base_gone after delete on session_base
when old.body ->> '$.facts.more_clients' is not null
begin
    delete from session_more_base where session = old.id;
end;
create table session_more_overlay (
    client text not null,
    session text not null,
    primary key (client, session)
) strict, without rowid;
create index session_more_overlay_session on session_more_overlay (session);
create trigger session_more_overlay_added after insert on session_overlay
when new.body ->> '$.facts.more_clients' is not null
begin
    insert into session_more_overlay (client, session)
    select value, new.id from json_each(new.body, '$.facts.more_clients');
end;
create trigger session_more_overlay_changed after update on session_overlay
when old.body ->> '$.facts.more_clients' is not new.body ->> '$.facts.more_clients'
begin
    delete from session_more_overlay where session = new.id;
    insert into session_more_overlay (client, session)
    select value, new.id from json_each(new.body, '$.facts.more_clients');
end;
create trigger session_more_overlay_gone after delete on session_overlay
when old.body ->> '$.facts.more_clients' is not null
begin
    delete from session_more_overlay where session = old.id;
end;

-- What sessions hold of therapists and rooms; a row without a resource holds nothing.
create table occupancy_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    resource text generated always as (body ->> '$.resource') virtual,
    starts integer generated always as (body ->> '$.at.start') virtual,
    ends integer generated always as (body ->> '$.at.end') virtual
) strict;
create index occupancy_base_resource on occupancy_base (resource, starts, ends) where resource is not null;
create index occupancy_base_session on occupancy_base (session);
create table occupancy_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    session text generated always as (body ->> '$.session') virtual,
    resource text generated always as (body ->> '$.resource') virtual,
    starts integer generated always as (body ->> '$.at.start') virtual,
    ends integer generated always as (body ->> '$.at.end') virtual
) strict;
create index occupancy_overlay_resource on occupancy_overlay (resource, starts, ends) where resource is not null;
create index occupancy_overlay_session on occupancy_overlay (session);
create view occupancy as
    select id, position, body, session, resource, starts, ends from occupancy_overlay
    union all
    select base.id, base.position, base.body, base.session, base.resource, base.starts, base.ends from occupancy_base as base
    where not exists (select 1 from occupancy_overlay as over where over.id = base.id);

-- Invoices.
create table invoice_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    session text generated always as (body ->> '$.facts.session') virtual,
    status text generated always as (body ->> '$.facts.status') virtual,
    due text generated always as (body ->> '$.facts.due') virtual,
    minor integer generated always as (body ->> '$.facts.amount.minor') virtual,
    number text generated always as (body ->> '$.facts.number') virtual,
    drafted_by text generated always as (body ->> '$.facts.made_by') virtual
) strict;
create index invoice_base_client on invoice_base (client);
create index invoice_base_session on invoice_base (session) where session is not null;
create index invoice_base_status on invoice_base (status, due, minor);
create index invoice_base_drafted_by on invoice_base (drafted_by);
create table invoice_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    session text generated always as (body ->> '$.facts.session') virtual,
    status text generated always as (body ->> '$.facts.status') virtual,
    due text generated always as (body ->> '$.facts.due') virtual,
    minor integer generated always as (body ->> '$.facts.amount.minor') virtual,
    number text generated always as (body ->> '$.facts.number') virtual,
    drafted_by text generated always as (body ->> '$.facts.made_by') virtual
) strict;
create index invoice_overlay_client on invoice_overlay (client);
create index invoice_overlay_session on invoice_overlay (session) where session is not null;
create index invoice_overlay_status on invoice_overlay (status, due, minor);
create index invoice_overlay_drafted_by on invoice_overlay (drafted_by);
create view invoice as
    select id, position, body, client, session, status, due, minor, number, drafted_by from invoice_overlay
    union all
    select base.id, base.position, base.body, base.client, base.session, base.status, base.due, base.minor, base.number, base.drafted_by from invoice_base as base
    where not exists (select 1 from invoice_overlay as over where over.id = base.id);

-- Messages to clients.
create table notice_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    session text generated always as (body ->> '$.facts.session') virtual,
    invoice text generated always as (body ->> '$.facts.invoice') virtual,
    state text generated always as (body ->> '$.facts.state') virtual,
    queued_at integer generated always as (body ->> '$.facts.queued_at') virtual,
    not_before integer generated always as (body ->> '$.facts.not_before') virtual
) strict;
create index notice_base_client on notice_base (client, queued_at);
create index notice_base_session on notice_base (session, queued_at) where session is not null;
create index notice_base_invoice on notice_base (invoice) where invoice is not null;
create index notice_base_state on notice_base (state, queued_at, not_before);
create index notice_base_queued_at on notice_base (queued_at);
create table notice_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    client text generated always as (body ->> '$.facts.client') virtual,
    session text generated always as (body ->> '$.facts.session') virtual,
    invoice text generated always as (body ->> '$.facts.invoice') virtual,
    state text generated always as (body ->> '$.facts.state') virtual,
    queued_at integer generated always as (body ->> '$.facts.queued_at') virtual,
    not_before integer generated always as (body ->> '$.facts.not_before') virtual
) strict;
create index notice_overlay_client on notice_overlay (client, queued_at);
create index notice_overlay_session on notice_overlay (session, queued_at) where session is not null;
create index notice_overlay_invoice on notice_overlay (invoice) where invoice is not null;
create index notice_overlay_state on notice_overlay (state, queued_at, not_before);
create index notice_overlay_queued_at on notice_overlay (queued_at);
create view notice as
    select id, position, body, client, session, invoice, state, queued_at, not_before from notice_overlay
    union all
    select base.id, base.position, base.body, base.client, base.session, base.invoice, base.state, base.queued_at, base.not_before from notice_base as base
    where not exists (select 1 from notice_overlay as over where over.id = base.id);

-- What clients were last told of sessions.
create table told_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual,
    believes integer generated always as (body ->> '$.what.at.start') virtual
) strict;
create index told_base_session on told_base (session);
-- When the client believes the session to be: someone may wait at the door for one that was moved.
create index told_base_believes on told_base (believes);
create table told_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual,
    believes integer generated always as (body ->> '$.what.at.start') virtual
) strict;
create index told_overlay_session on told_overlay (session);
create index told_overlay_believes on told_overlay (believes);
create view told as
    select id, position, body, session, client, believes from told_overlay
    union all
    select base.id, base.position, base.body, base.session, base.client, base.believes from told_base as base
    where not exists (select 1 from told_overlay as over where over.id = base.id);

-- History.
create table activity_base (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual,
    at integer generated always as (body ->> '$.at') virtual
) strict;
create index activity_base_session on activity_base (session, at) where session is not null;
create index activity_base_client on activity_base (client, at) where client is not null;
create table activity_overlay (
    id text primary key not null,
    position integer not null,
    body text not null,
    made_by integer not null,
    changed_by integer not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual,
    at integer generated always as (body ->> '$.at') virtual
) strict;
create index activity_overlay_session on activity_overlay (session, at) where session is not null;
create index activity_overlay_client on activity_overlay (client, at) where client is not null;
create view activity as
    select id, position, body, session, client, at from activity_overlay
    union all
    select base.id, base.position, base.body, base.session, base.client, base.at from activity_base as base
    where not exists (select 1 from activity_overlay as over where over.id = base.id);
