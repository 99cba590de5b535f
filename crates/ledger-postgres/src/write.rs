//! Writes to the database. Rows of one kind go in one statement, so that a decision costs a few round trips whatever it
//! changes.

use crate::keeper::{Open, over};
use crate::seal::Seal;
use async_trait::async_trait;
use safetalk_domain::{
    Entity, Invoice, Kind, Notice, NoticeId, NoticeState, Occupancy, Position, Row, TimeOff,
};
use safetalk_ledger::{Answers, Constraint, Error, Lease, Share, Tx, View as _, kept};
use safetalk_wire::Head;
use sqlx::{Acquire as _, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

#[async_trait]
impl Tx for Open {
    async fn put_rows(
        &mut self,
        rows: &[Row],
        position: Position,
    ) -> Result<Option<Constraint>, Error> {
        let by_kind = Batch::of(rows, &self.seal)?;
        // Only these tables have constraints that can speak against a decision.
        if !by_kind.contains_key(&Kind::Occupancy) && !by_kind.contains_key(&Kind::Invoice) {
            write(&mut self.transaction, self.clinic, &by_kind, position).await?;
            return Ok(None);
        }
        let mut savepoint = self.transaction.begin().await?;
        match write(&mut savepoint, self.clinic, &by_kind, position).await {
            Ok(()) => {
                savepoint.commit().await?;
                Ok(None)
            }
            Err(error) => {
                let Some(constraint) = Constraint::of(&error) else {
                    return Err(error.into());
                };
                savepoint.rollback().await?;
                Ok(Some(constraint))
            }
        }
    }

    async fn put_head(&mut self, head: &Head) -> Result<(), Error> {
        sqlx::query!(
            "update clinic_head set epoch = $2, position = $3, mark = $4 where clinic_id = $1",
            self.clinic,
            head.epoch,
            head.position,
            head.mark
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn put_answers(&mut self, answers: &Answers) -> Result<(), Error> {
        positions(&mut self.transaction, self.clinic, answers).await?;
        intents(&mut self.transaction, self.clinic, &self.seal, answers).await?;
        sqlx::query!(
            "insert into device (clinic_id, id, last_n) values ($1, $2, $3)
             on conflict (clinic_id, id) do update set last_n = excluded.last_n
             where device.last_n < excluded.last_n",
            self.clinic,
            answers.device,
            answers.last_n
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn put_rendered(&mut self, notice: NoticeId, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        sqlx::query!(
            "insert into rendered (clinic_id, notice, bytes) values ($1, $2, $3)
             on conflict (clinic_id, notice) do nothing",
            self.clinic,
            notice.uuid(),
            self.seal.close("rendered", notice.uuid(), bytes)
        )
        .execute(&mut *self.transaction)
        .await?;
        let kept = self.rendered(notice).await?;
        kept.ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    async fn put_shares(&mut self, shares: &[Share]) -> Result<(), Error> {
        if shares.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into share (clinic_id, subject, therapist, sessions, usual)
             select $1, one.subject, one.therapist, one.sessions, one.usual
             from unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::boolean[])
                 as one(subject, therapist, sessions, usual)
             on conflict (clinic_id, subject, therapist) do update
             set sessions = excluded.sessions, usual = excluded.usual",
            self.clinic,
            &column(shares, |one| one.subject)[..],
            &column(shares, |one| one.therapist.uuid())[..],
            &column(shares, |one| one.sessions)[..],
            &column(shares, |one| one.usual)[..]
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn touch(&mut self, subjects: &[Uuid], position: Position) -> Result<(), Error> {
        for kind in Kind::ALL.iter().copied() {
            let column = match kind {
                Kind::Client | Kind::Session => "id",
                kind if is_filed(kind) => "about",
                _ => continue,
            };
            let statement = format!(
                "update {{table}} set position = $3 where clinic_id = $1 and {column} = any($2)"
            );
            sqlx::query(over(kind, &statement))
                .bind(self.clinic)
                .bind(subjects)
                .bind(position)
                .execute(&mut *self.transaction)
                .await?;
        }
        Ok(())
    }

    async fn file(&mut self, rows: &[(Position, Row)]) -> Result<(), Error> {
        let mut kinds: BTreeMap<Kind, (Vec<Uuid>, Vec<Option<Uuid>>)> = BTreeMap::new();
        for (_, row) in rows.iter().filter(|(_, row)| is_filed(row.kind())) {
            let (ids, about) = kinds.entry(row.kind()).or_default();
            ids.push(row.id());
            about.push(row.about().subject());
        }
        for (kind, (ids, about)) in kinds {
            sqlx::query(over(
                kind,
                "update {table} set about = one.about
                 from unnest($2::uuid[], $3::uuid[]) as one(id, about)
                 where {table}.clinic_id = $1 and {table}.id = one.id",
            ))
            .bind(self.clinic)
            .bind(ids)
            .bind(about)
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(())
    }

    async fn put_setting(&mut self, name: &str, value: &str) -> Result<(), Error> {
        sqlx::query!(
            "insert into setting (clinic_id, name, value) values ($1, $2, $3)
             on conflict (clinic_id, name) do update set value = excluded.value",
            self.clinic,
            name,
            value
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    async fn holds(&mut self, lease: Lease) -> Result<bool, Error> {
        let held = sqlx::query_scalar!(
            "select fence from courier_lease
             where clinic_id = $1 and holder = $2 and fence = $3 and until > clock_timestamp() for share",
            self.clinic,
            lease.holder,
            lease.fence
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        Ok(held.is_some())
    }

    async fn commit(self: Box<Self>) -> Result<(), Error> {
        Ok(self.transaction.commit().await?)
    }
}

/// Whether rows of a kind are filed under what they are about.
fn is_filed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Invoice | Kind::Notice | Kind::Told | Kind::Activity
    )
}

/// Positions that were given.
async fn positions(
    connection: &mut PgConnection,
    clinic: Uuid,
    answers: &Answers,
) -> Result<(), Error> {
    if answers.given.is_empty() {
        return Ok(());
    }
    let given = &answers.given;
    sqlx::query!(
        "insert into position (clinic_id, position, mark, intent, at)
         select $1, one.position, one.mark, one.intent, $5
         from unnest($2::bigint[], $3::uuid[], $4::uuid[]) as one(position, mark, intent)",
        clinic,
        &column(given, |one| one.position)[..],
        &column(given, |one| one.mark)[..],
        &column(given, |one| one.intent.uuid())[..],
        answers.at.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Intents with their answers.
async fn intents(
    connection: &mut PgConnection,
    clinic: Uuid,
    seal: &Seal,
    answers: &Answers,
) -> Result<(), Error> {
    if answers.answered.is_empty() {
        return Ok(());
    }
    let answered = &answers.answered;
    let mut bodies = Vec::with_capacity(answered.len());
    let mut outcomes = Vec::with_capacity(answered.len());
    for one in answered {
        let (body, outcome) = one.texts()?;
        let id = one.intent.id.uuid();
        bodies.push(seal.close("intent", id, body.as_bytes()));
        outcomes.push(seal.close("verdict", id, outcome.as_bytes()));
    }
    let kinds: Vec<String> = column(answered, |one| one.intent.body.name().to_owned());
    sqlx::query!(
        "insert into intent (clinic_id, id, device, n, kind, version, body, verdict, accepted, position, at)
         select $1, one.id, $2, one.n, one.kind, one.version, one.body, one.verdict, one.accepted, one.position, $3
         from unnest($4::uuid[], $5::bigint[], $6::text[], $7::integer[], $8::bytea[], $9::bytea[], $10::boolean[],
             $11::bigint[]) as one(id, n, kind, version, body, verdict, accepted, position)",
        clinic,
        answers.device,
        answers.at.0,
        &column(answered, |one| one.intent.id.uuid())[..],
        &column(answered, |one| one.n)[..],
        &kinds[..],
        &column(answered, |one| i32::from(one.intent.version))[..],
        &bodies[..],
        &outcomes[..],
        &column(answered, |one| one.accepted())[..],
        &column(answered, |one| one.verdict.position)[..]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// One column of many rows.
fn column<R, T>(rows: &[R], of: impl Fn(&R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

/// Rows of one kind, as columns.
#[derive(Default)]
struct Batch<'r> {
    ids: Vec<Uuid>,
    bodies: Vec<Vec<u8>>,
    rows: Vec<&'r Row>,
}

impl<'r> Batch<'r> {
    /// The rows of a decision by kind. A row that is there twice counts as it is the last time: one statement cannot
    /// write a row twice.
    fn of(rows: &'r [Row], seal: &Seal) -> Result<BTreeMap<Kind, Self>, Error> {
        let last: BTreeMap<(Kind, Uuid), &Row> = rows
            .iter()
            .map(|row| ((row.kind(), row.id()), row))
            .collect();
        let mut batches: BTreeMap<Kind, Self> = BTreeMap::new();
        for ((kind, id), row) in last {
            let batch = batches.entry(kind).or_default();
            batch.ids.push(id);
            let body = kept::body(row)?;
            batch
                .bodies
                .push(seal.close(kind.table(), id, body.as_bytes()));
            batch.rows.push(row);
        }
        Ok(batches)
    }

    /// What each of the rows is about.
    fn about(&self) -> Vec<Option<Uuid>> {
        column(&self.rows, |row| row.about().subject())
    }

    /// The rows as what they are.
    fn each<E: Entity>(&self) -> Vec<E> {
        self.rows
            .iter()
            .filter_map(|row| E::of((*row).clone()))
            .collect()
    }
}

/// Writes the rows of one decision.
async fn write(
    connection: &mut PgConnection,
    clinic: Uuid,
    batches: &BTreeMap<Kind, Batch<'_>>,
    position: Position,
) -> Result<(), sqlx::Error> {
    for (kind, batch) in batches {
        match kind {
            Kind::TimeOff => time_off(connection, clinic, batch, position).await?,
            Kind::Occupancy => occupancy(connection, clinic, batch, position).await?,
            Kind::Invoice => invoices(connection, clinic, batch, position).await?,
            Kind::Notice => notices(connection, clinic, batch, position).await?,
            Kind::Told | Kind::Activity => {
                filed(connection, clinic, *kind, batch, position).await?;
            }
            _ => plain(connection, clinic, *kind, batch, position).await?,
        }
    }
    Ok(())
}

/// Rows that are only ever found by their id.
async fn plain(
    connection: &mut PgConnection,
    clinic: Uuid,
    kind: Kind,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    sqlx::query(over(
        kind,
        "insert into {table} (clinic_id, id, position, body)
         select $1, one.id, $2, one.body from unnest($3::uuid[], $4::bytea[]) as one(id, body)
         on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body",
    ))
    .bind(clinic)
    .bind(position)
    .bind(&batch.ids)
    .bind(&batch.bodies)
    .execute(connection)
    .await?;
    Ok(())
}

/// Rows that are found by their id, or by what they are about.
async fn filed(
    connection: &mut PgConnection,
    clinic: Uuid,
    kind: Kind,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    sqlx::query(over(
        kind,
        "insert into {table} (clinic_id, id, position, body, about)
         select $1, one.id, $2, one.body, one.about
         from unnest($3::uuid[], $4::bytea[], $5::uuid[]) as one(id, body, about)
         on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body,
             about = excluded.about",
    ))
    .bind(clinic)
    .bind(position)
    .bind(&batch.ids)
    .bind(&batch.bodies)
    .bind(batch.about())
    .execute(connection)
    .await?;
    Ok(())
}

async fn time_off(
    connection: &mut PgConnection,
    clinic: Uuid,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    let rows = batch.each::<TimeOff>();
    sqlx::query!(
        "insert into time_off (clinic_id, id, position, body, owner, starts, ends)
         select $1, one.id, $2, one.body, one.owner, one.starts, one.ends
         from unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::bigint[], $7::bigint[])
             as one(id, body, owner, starts, ends)
         on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body,
             owner = excluded.owner, starts = excluded.starts, ends = excluded.ends",
        clinic,
        position,
        &batch.ids[..],
        &batch.bodies[..],
        &column(&rows, |row| row.facts.owner.uuid())[..],
        &column(&rows, |row| row.facts.at.start.0)[..],
        &column(&rows, |row| row.facts.at.end.0)[..]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What sessions hold is taken away first and put back after, so that rows of one decision never stand in each other's
/// way: a swap of two rooms is two rows that each want what the other has.
async fn occupancy(
    connection: &mut PgConnection,
    clinic: Uuid,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from occupancy where clinic_id = $1 and id = any($2)",
        clinic,
        &batch.ids[..]
    )
    .execute(&mut *connection)
    .await?;
    let rows = batch.each::<Occupancy>();
    let resources: Vec<Option<Uuid>> = column(&rows, |row| row.resource.map(|resource| resource.0));
    sqlx::query!(
        "insert into occupancy (clinic_id, id, position, body, session, resource, starts, ends)
         select $1, one.id, $2, one.body, one.session, one.resource, one.starts, one.ends
         from unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::uuid[], $7::bigint[], $8::bigint[])
             as one(id, body, session, resource, starts, ends)",
        clinic,
        position,
        &batch.ids[..],
        &batch.bodies[..],
        &column(&rows, |row| row.session.uuid())[..],
        &resources as &[Option<Uuid>],
        &column(&rows, |row| row.at.start.0)[..],
        &column(&rows, |row| row.at.end.0)[..]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn invoices(
    connection: &mut PgConnection,
    clinic: Uuid,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    let rows = batch.each::<Invoice>();
    let sessions: Vec<Option<Uuid>> = column(&rows, |row| row.facts.session.map(Into::into));
    let numbers: Vec<Option<String>> = column(&rows, |row| row.facts.number.clone());
    sqlx::query!(
        "insert into invoice (clinic_id, id, position, body, session, number, about)
         select $1, one.id, $2, one.body, one.session, one.number, one.about
         from unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::text[], $7::uuid[])
             as one(id, body, session, number, about)
         on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body,
             session = excluded.session, number = excluded.number, about = excluded.about",
        clinic,
        position,
        &batch.ids[..],
        &batch.bodies[..],
        &sessions as &[Option<Uuid>],
        &numbers as &[Option<String>],
        &batch.about() as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn notices(
    connection: &mut PgConnection,
    clinic: Uuid,
    batch: &Batch<'_>,
    position: Position,
) -> Result<(), sqlx::Error> {
    let rows = batch.each::<Notice>();
    let sessions: Vec<Option<Uuid>> = column(&rows, |row| row.facts.session.map(Into::into));
    let invoices: Vec<Option<Uuid>> = column(&rows, |row| row.facts.invoice.map(Into::into));
    let open: Vec<bool> = column(&rows, |row| {
        row.facts.state.waits() || row.facts.state == NoticeState::Sending
    });
    let due: Vec<Option<i64>> = column(&rows, |row| {
        row.facts.state.waits().then_some(row.facts.not_before.0)
    });
    let expires: Vec<Option<i64>> = column(&rows, |row| {
        let may_go = row.facts.state.waits()
            || matches!(row.facts.state, NoticeState::Draft | NoticeState::Opened);
        row.facts.expires.filter(|_| may_go).map(|at| at.0)
    });
    sqlx::query!(
        "insert into notice (clinic_id, id, position, body, session, invoice, intent, open, due, expires, about)
         select $1, one.id, $2, one.body, one.session, one.invoice, one.intent, one.open, one.due, one.expires, one.about
         from unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::uuid[], $7::uuid[], $8::boolean[], $9::bigint[],
             $10::bigint[], $11::uuid[]) as one(id, body, session, invoice, intent, open, due, expires, about)
         on conflict (clinic_id, id) do update set position = excluded.position, body = excluded.body,
             session = excluded.session, invoice = excluded.invoice, intent = excluded.intent,
             open = excluded.open, due = excluded.due, expires = excluded.expires, about = excluded.about",
        clinic,
        position,
        &batch.ids[..],
        &batch.bodies[..],
        &sessions as &[Option<Uuid>],
        &invoices as &[Option<Uuid>],
        &column(&rows, |row| row.facts.intent.uuid())[..],
        &open[..],
        &due as &[Option<i64>],
        &expires as &[Option<i64>],
        &batch.about() as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
