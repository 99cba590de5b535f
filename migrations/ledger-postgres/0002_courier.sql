-- One process at a time speaks for a clinic's courier: it sends, and says what came of it.
--
-- `until` is the database's time, never a process's. `fence` goes up with every change of hands: a process that lost its
-- lease without noticing is refused in the very transaction in which it would have said something.
create table courier_lease (
    clinic_id uuid primary key,
    holder uuid not null,
    fence bigint not null,
    until timestamptz not null
);
alter table courier_lease enable row level security;
alter table courier_lease force row level security;
create policy this_clinic on courier_lease using (clinic_id = this_clinic()) with check (clinic_id = this_clinic());
grant select, insert, update on courier_lease to safetalk_app;
