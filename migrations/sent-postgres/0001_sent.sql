-- What was handed to mail servers, in a database of its own.
--
-- The ledgers' database may be put back to yesterday; this one is not. A notice that stands as queued there and as sent here
-- has been sent. It holds ids, moments and reply codes: nothing of a client.

-- Those who may serve clinics, as in the ledgers' database. Roles belong to the whole cluster, so it may be there already.
do $$
begin
    if not exists (select from pg_roles where rolname = 'safetalk_app') then
        create role safetalk_app nologin;
    end if;
exception
    when duplicate_object or unique_violation then null;
end
$$;

-- Who writes about a clinic now: the number goes up with every courier that begins, and one that is behind writes nothing
-- more about handing over.
create table sent_courier (
    clinic_id uuid primary key,
    token bigint not null
);

-- The last thing that was said about a notice in one round. `sent` is for ever.
create table sent (
    clinic_id uuid not null,
    notice text not null,
    round bigint not null,
    state text not null check (state in ('opened', 'handing', 'not_sent', 'sent')),
    at bigint,
    code integer,
    primary key (clinic_id, notice, round)
);

grant select, insert, update on sent_courier, sent to safetalk_app;
