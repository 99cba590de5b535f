-- The ledger of one clinic in SQLite: where a decision becomes final.
--
-- One table per kind of row, named as in the domain. A row is its JSON (`body`); what queries filter on are generated
-- columns of it, so that a new field of a row changes nothing here. `position` is the decision that last wrote the row.
-- Ids are UUIDs as text, moments are seconds since 1970 UTC.

-- Where the history stands. `mark` is random and new with every position: a restored file is found out by it.
create table clinic_head (
    one integer primary key not null check (one = 1),
    epoch text not null,
    position integer not null,
    mark text not null
) strict;

-- Every position ever given, without gaps.
create table position (
    position integer primary key not null,
    mark text not null,
    intent text not null,
    at integer not null
) strict;

-- Computers that ever pushed, and how far each is counted.
create table device (
    id text primary key not null,
    last_n integer not null
) strict;

-- Every intent that was ever answered, with the answer. The id is the idempotency key for ever.
create table intent (
    id text primary key not null,
    device text not null,
    n integer not null,
    kind text not null,
    version integer not null,
    body text not null,
    verdict text not null,
    accepted integer not null check (accepted in (0, 1)),
    position integer not null,
    at integer not null,
    constraint intent_device_n unique (device, n)
) strict;

-- A notice as it was rendered once, so that a retry is byte-equal. Never leaves the ledger.
create table rendered (
    notice text primary key not null,
    bytes blob not null
) strict;

-- Local settings of this ledger. No secrets: those are in the keychain.
create table setting (
    name text primary key not null,
    value text not null
) strict;

-- The clinic itself: one row.
create table clinic (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index clinic_position on clinic (position, id);

-- People who work here.
create table member (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index member_position on member (position, id);

-- People who see clients.
create table therapist (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index therapist_position on therapist (position, id);

-- Rooms.
create table room (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index room_position on room (position, id);

-- Kinds of sessions.
create table service (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index service_position on service (position, id);

-- Weeks; the id is the owner's.
create table hours (
    id text primary key not null,
    position integer not null,
    body text not null
) strict;
create index hours_position on hours (position, id);

-- Time off, closed rooms, closed days.
create table time_off (
    id text primary key not null,
    position integer not null,
    body text not null,
    owner text generated always as (body ->> '$.facts.owner.id') virtual,
    starts integer generated always as (body ->> '$.facts.at.start') virtual,
    ends integer generated always as (body ->> '$.facts.at.end') virtual
) strict;
create index time_off_position on time_off (position, id);
create index time_off_owner on time_off (owner, ends, starts);

-- People the clinic sees. The index holds what a search looks through, so that a keystroke reads no bodies.
create table client (
    id text primary key not null,
    position integer not null,
    body text not null,
    full_name text generated always as (body ->> '$.details.full_name.value') virtual,
    called text generated always as (body ->> '$.details.called.value') virtual,
    email text generated always as (body ->> '$.details.email.value') virtual,
    phones text generated always as (body ->> '$.details.phones.value') virtual,
    archived integer generated always as (body ->> '$.facts.archived') virtual
) strict;
create index client_position on client (position, id);
create index client_search on client (archived, full_name, called, email, phones, id);

-- Booked sessions. They last 24 hours at most, so a window looks back that far and no further.
create table session (
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
create index session_position on session (position, id);
create index session_starts on session (starts, ends, status);
create index session_client on session (client, starts, ends, status, late);
create index session_therapist on session (therapist, starts);
create index session_room on session (room, starts) where room is not null;
create index session_series on session (series, starts) where series is not null;

-- What sessions hold of therapists and rooms; a row without a resource holds nothing.
create table occupancy (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    resource text generated always as (body ->> '$.resource') virtual,
    starts integer generated always as (body ->> '$.at.start') virtual,
    ends integer generated always as (body ->> '$.at.end') virtual
) strict;
create index occupancy_position on occupancy (position, id);
create index occupancy_resource on occupancy (resource, starts, ends) where resource is not null;
create index occupancy_session on occupancy (session);

-- Invoices.
create table invoice (
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
create index invoice_position on invoice (position, id);
create index invoice_client on invoice (client);
create index invoice_session on invoice (session) where session is not null;
create index invoice_status on invoice (status, due, minor);
create index invoice_drafted_by on invoice (drafted_by);
create unique index invoice_number on invoice (number) where number is not null;

-- Messages to clients.
create table notice (
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
create index notice_position on notice (position, id);
create index notice_client on notice (client, queued_at);
create index notice_session on notice (session, queued_at) where session is not null;
create index notice_invoice on notice (invoice) where invoice is not null;
create index notice_state on notice (state, queued_at, not_before);
create index notice_queued_at on notice (queued_at);

-- What clients were last told of sessions.
create table told (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual
) strict;
create index told_position on told (position, id);
create index told_session on told (session);

-- History.
create table activity (
    id text primary key not null,
    position integer not null,
    body text not null,
    session text generated always as (body ->> '$.session') virtual,
    client text generated always as (body ->> '$.client') virtual,
    at integer generated always as (body ->> '$.at') virtual
) strict;
create index activity_position on activity (position, id);
create index activity_session on activity (session, at) where session is not null;
create index activity_client on activity (client, at) where client is not null;

-- Speaks last: whatever decide overlooked, a therapist or a room is never held twice. Half-open, and looking back 26
-- hours: 24 of a session and 2 of turnover. The message is the constraint's name, matched in one place.
create trigger occupancy_no_overlap after insert on occupancy
when new.resource is not null and exists (
    select 1 from occupancy as other
    where other.resource = new.resource
        and other.starts < new.ends
        and other.starts > new.starts - 93600
        and other.ends > new.starts
        and other.id <> new.id
)
begin
    select raise(abort, 'occupancy_no_overlap');
end;

-- Rows of it are replaced, never changed in place; a change would pass the trigger above.
create trigger occupancy_no_update before update on occupancy
begin
    select raise(abort, 'occupancy_no_update');
end;
