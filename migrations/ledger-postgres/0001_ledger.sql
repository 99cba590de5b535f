-- The ledgers of many clinics in PostgreSQL: where a decision becomes final.
--
-- The same ledger as `migrations/ledger-sqlite`, with `clinic_id` on every row and in every key: foreign keys, unique and
-- exclusion checks look past row security, so a key without it would let one clinic stand in another's way. A row is its
-- JSON, byte for byte what SQLite keeps and what a pull carries, sealed under the clinic's key and bound to its table and
-- id: no file, dump or backup of this database tells a name. What queries filter on stands beside it in columns, written
-- by the same statement. Moments are seconds since 1970 UTC.
--
-- Every transaction says whose rows it is about with `set local safetalk.clinic = '<id>'`; row security, forced also for
-- the owner, shows it no others. Nothing here bypasses it.

-- Compares what is held with `=` inside an exclusion constraint.
create extension if not exists btree_gist;

-- Those who may serve clinics: a role without a login that servers' roles are members of. It may not change the schema,
-- and takes nothing away but what sessions hold. Roles belong to the whole cluster, so it may be there already.
do $$
begin
    if not exists (select from pg_roles where rolname = 'safetalk_app') then
        create role safetalk_app nologin;
    end if;
exception
    -- Another database of the cluster was faster.
    when duplicate_object or unique_violation then null;
end
$$;

-- Whose rows this transaction is about; null, and so nobody's, when it does not say.
create function this_clinic() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('safetalk.clinic', true), '')::uuid;

-- Where each history stands. Its row is the clinic's lock: whoever writes takes it first, and nothing refers to it.
-- `mark` is random and new with every position: a restored database is found out by it. `proof` is nothing, sealed: it
-- opens under the clinic's key alone.
create table clinic_head (
    clinic_id uuid primary key,
    epoch uuid not null,
    position bigint not null,
    mark uuid not null,
    proof bytea not null
);

-- Every position ever given, without gaps.
create table position (
    clinic_id uuid not null,
    position bigint not null,
    mark uuid not null,
    intent uuid not null,
    at bigint not null,
    primary key (clinic_id, position)
);

-- Computers that ever pushed, and how far each is counted.
create table device (
    clinic_id uuid not null,
    id uuid not null,
    last_n bigint not null,
    primary key (clinic_id, id)
);

-- Every intent that was ever answered, with the answer. The id is the idempotency key for ever.
create table intent (
    clinic_id uuid not null,
    id uuid not null,
    device uuid not null,
    n bigint not null,
    kind text not null,
    version integer not null,
    body bytea not null,
    verdict bytea not null,
    accepted boolean not null,
    position bigint not null,
    at bigint not null,
    primary key (clinic_id, id),
    constraint intent_device_n unique (clinic_id, device, n)
);

-- A notice as it was rendered once, so that a retry is byte-equal. Never leaves the ledger.
create table rendered (
    clinic_id uuid not null,
    notice uuid not null,
    bytes bytea not null,
    primary key (clinic_id, notice)
);

-- Local settings of a ledger. No secrets.
create table setting (
    clinic_id uuid not null,
    name text not null,
    value text not null,
    primary key (clinic_id, name)
);

-- The clinic itself: one row.
create table clinic (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index clinic_position on clinic (clinic_id, position, id);

-- People who work here.
create table member (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index member_position on member (clinic_id, position, id);

-- People who see clients.
create table therapist (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index therapist_position on therapist (clinic_id, position, id);

-- Rooms.
create table room (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index room_position on room (clinic_id, position, id);

-- Kinds of sessions.
create table service (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index service_position on service (clinic_id, position, id);

-- Weeks; the id is the owner's.
create table hours (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index hours_position on hours (clinic_id, position, id);

-- Time off, closed rooms, closed days.
create table time_off (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    owner uuid not null,
    starts bigint not null,
    ends bigint not null,
    primary key (clinic_id, id)
);
create index time_off_position on time_off (clinic_id, position, id);
create index time_off_owner on time_off (clinic_id, owner, ends, starts);

-- People the clinic sees.
create table client (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index client_position on client (clinic_id, position, id);

-- Booked sessions. They last 24 hours at most.
create table session (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index session_position on session (clinic_id, position, id);

-- What sessions hold of therapists and rooms; a row without a resource holds nothing.
--
-- The constraint speaks last: whatever decide overlooked, a therapist or a room is never held twice. It is immediate, and
-- half-open as a session is. Its name is matched in one place of the ledger.
create table occupancy (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    session uuid not null,
    resource uuid,
    starts bigint not null,
    ends bigint not null,
    primary key (clinic_id, id),
    constraint occupancy_no_overlap exclude using gist (
        clinic_id with =,
        resource with =,
        int8range(starts, ends) with &&
    ) where (resource is not null)
);
create index occupancy_position on occupancy (clinic_id, position, id);
create index occupancy_resource on occupancy (clinic_id, resource, starts, ends) where resource is not null;

-- Invoices. A number never names two of them.
create table invoice (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    session uuid,
    number text,
    primary key (clinic_id, id),
    constraint invoice_number unique (clinic_id, number)
);
create index invoice_position on invoice (clinic_id, position, id);
create index invoice_session on invoice (clinic_id, session) where session is not null;

-- Messages to clients. `open` is one that waits or is being sent; `due` the moment before which a waiting one may not
-- go; `expires` the moment after which one that has not gone, or a draft that nobody sent, is of no use any more.
create table notice (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    session uuid,
    invoice uuid,
    intent uuid not null,
    open boolean not null,
    due bigint,
    expires bigint,
    primary key (clinic_id, id)
);
create index notice_position on notice (clinic_id, position, id);
create index notice_session on notice (clinic_id, session) where session is not null;
create index notice_invoice on notice (clinic_id, invoice) where invoice is not null;
create index notice_open on notice (clinic_id, intent) where open;
create index notice_due on notice (clinic_id, due) where due is not null;
create index notice_expires on notice (clinic_id, expires) where expires is not null;

-- What clients were last told of sessions.
create table told (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index told_position on told (clinic_id, position, id);

-- History.
create table activity (
    clinic_id uuid not null,
    id uuid not null,
    position bigint not null,
    body bytea not null,
    primary key (clinic_id, id)
);
create index activity_position on activity (clinic_id, position, id);

-- One rule for every table: rows of this transaction's clinic, to be read and to be written, and no others. Servers may
-- not empty a table and may not take a row away, except from `occupancy`, where rows are replaced.
do $$
declare
    name text;
begin
    foreach name in array array[
        'clinic_head', 'position', 'device', 'intent', 'rendered', 'setting',
        'clinic', 'member', 'therapist', 'room', 'service', 'hours', 'time_off', 'client', 'session', 'occupancy',
        'invoice', 'notice', 'told', 'activity'
    ]
    loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format(
            'create policy this_clinic on %I using (clinic_id = this_clinic()) with check (clinic_id = this_clinic())',
            name
        );
        execute format('grant select, insert, update on %I to safetalk_app', name);
    end loop;
end
$$;
grant delete on occupancy to safetalk_app;

-- Which clinics there are is asked by the id of none, and told by their heads alone.
create policy every_head on clinic_head for select
    using (this_clinic() = '00000000-0000-0000-0000-000000000000');
