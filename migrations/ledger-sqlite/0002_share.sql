-- How sessions and clients (subjects) concern therapists: what a pull shows a member goes by it. `sessions` counts those a
-- therapist leads that the subject is, or comes to; `usual` is 1 for the client's usual therapist. What concerns them no
-- longer keeps its row, with 0 and 0: their computer may hold what it was told then.
create table share (
    subject text not null,
    therapist text not null,
    sessions integer not null check (sessions >= 0),
    usual integer not null check (usual in (0, 1)),
    primary key (subject, therapist)
) strict, without rowid;
