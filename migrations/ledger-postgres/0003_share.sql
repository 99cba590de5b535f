-- How sessions and clients (subjects) concern therapists: what a pull shows a member goes by it. `sessions` counts those a
-- therapist leads that the subject is, or comes to; `usual` says that they are the client's usual therapist. What
-- concerns them no longer keeps its row, with 0 and false: their computer may hold what it was told then.
create table share (
    clinic_id uuid not null,
    subject uuid not null,
    therapist uuid not null,
    sessions bigint not null,
    usual boolean not null,
    primary key (clinic_id, subject, therapist),
    constraint share_sessions check (sessions >= 0)
);
alter table share enable row level security;
alter table share force row level security;
create policy this_clinic on share using (clinic_id = this_clinic()) with check (clinic_id = this_clinic());
grant select, insert, update on share to safetalk_app;

-- What a row is about: its session, else its client. Bodies are sealed, so rows that were there before are filed by the
-- ledger itself when it is opened.
alter table invoice add column about uuid;
alter table notice add column about uuid;
alter table told add column about uuid;
alter table activity add column about uuid;
create index invoice_about on invoice (clinic_id, about);
create index notice_about on notice (clinic_id, about);
create index told_about on told (clinic_id, about);
create index activity_about on activity (clinic_id, about);
