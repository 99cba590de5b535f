//! A clinic of any size on real encrypted files.
//!
//! A million sessions cannot be clicked together in a minute, so they are written into both files by SQL, as copies of
//! one that was booked the ordinary way: rows, indexes and file sizes are those of a real clinic.

use anyhow::{Context as _, Result};
use safetalk_domain::intent::{Anyway, BookSession, SetUpClinic, Slot};
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_replica::Replica;
use safetalk_vault::{Key, Vault};
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;
use uuid::Uuid;

/// A session leaves its room ten minutes before the next one begins.
const SESSION_SECONDS: i64 = 3_000;
const THERAPISTS: usize = 12;
/// From here on everything is free: where the actions that are measured book.
const FREE_AFTER_HOURS: i64 = 24 * 3;

/// An open clinic.
pub struct Clinic {
    /// Where decisions become final.
    pub ledger: Ledger,
    /// What the screen shows.
    pub replica: Replica,
    /// Its therapists.
    pub therapists: Vec<TherapistId>,
    /// Its rooms.
    pub rooms: Vec<RoomId>,
    /// Its one service.
    pub service: ServiceId,
    /// The moment everything happens at.
    pub now: Moment,
    /// Its id, which names its folder.
    pub id: ClinicId,
    /// What its files are encrypted with.
    pub key: Key,
    /// This computer's data, laid out as the app expects it.
    pub data: TempDir,
    /// Its full weeks.
    pub weeks: Weeks,
    member: MemberId,
    client: ClientId,
}

/// The full weeks of a clinic.
#[derive(Clone, Copy)]
pub struct Weeks {
    /// The last one's end.
    end: Moment,
    /// How many there are.
    count: i64,
    /// How many sessions each holds at least.
    pub sessions: usize,
}

impl Weeks {
    fn of(size: u32, now: Moment) -> Self {
        const HOURS: u32 = 24 * 7;
        let lanes = THERAPISTS as u32;
        Self {
            // Midnight after three days of the hours that are booked ahead, so that even the smallest clinic fills it.
            end: now.plus_hours(FREE_AFTER_HOURS - 9),
            count: i64::from(size / lanes / HOURS).max(1),
            // The last nine hours lie behind its end.
            sessions: size.min(lanes * HOURS).saturating_sub(lanes * 9) as usize,
        }
    }

    /// The week so many weeks before the last; before the clinic's first it begins again.
    pub fn back(&self, weeks: usize) -> Result<Interval> {
        let end = self
            .end
            .plus_hours(-24 * 7 * (i64::try_from(weeks)? % self.count));
        Ok(Interval::new(end.plus_hours(-24 * 7), end))
    }
}

impl Clinic {
    /// A clinic with `size` sessions: every hour of every therapist is taken, up to three days from now.
    pub async fn booked(size: u32) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let key = Key::generate()?;
        let set_up = set_up();
        let id = set_up.clinic.id;
        let folder = data.path().join("clinics").join(id.0.to_string());
        std::fs::create_dir_all(&folder)?;
        // Monday, 23 November 2026, 09:00 in Kuala Lumpur.
        let now = Moment(1_795_395_600);
        let ledger = Ledger::create(&folder.join("ledger.db"), &key, Arc::new(move || now)).await?;
        let replica = Replica::create(&folder.join("replica.db"), &key).await?;
        let clinic = Self {
            therapists: set_up.therapists.iter().map(|row| row.id).collect(),
            rooms: set_up.rooms.iter().map(|row| row.id).collect(),
            service: set_up.services[0].id,
            member: set_up.member.id,
            client: ClientId(Uuid::now_v7()),
            ledger,
            replica,
            now,
            id,
            key,
            data,
            weeks: Weeks::of(size, now),
        };
        clinic.act(Body::SetUpClinic(set_up)).await?;
        let record = intent::ClientRecord {
            full_name: "Maya Redfern".to_owned(),
            ..intent::ClientRecord::default()
        };
        clinic
            .act(Body::AddClient(intent::AddClient {
                client: clinic.client,
                record,
            }))
            .await?;
        clinic.replica.sync_once(&clinic.ledger, now).await?;
        clinic.fill(size).await?;
        Ok(clinic)
    }

    async fn act(&self, body: Body) -> Result<()> {
        self.replica.act(body, self.member, self.now).await?;
        Ok(())
    }

    /// Books one hour in the free time to come.
    pub async fn book(&self, n: usize) -> Result<()> {
        let hour = FREE_AFTER_HOURS + 2 + i64::try_from(n / THERAPISTS)?;
        let slot = Slot {
            at: self.hour(hour),
            place: Place::Room(self.rooms[n % self.rooms.len()]),
            therapist: self.therapists[n % THERAPISTS],
            co_therapists: Vec::new(),
            place_text: None,
        };
        self.act(Body::BookSession(
            self.booking(SessionId(Uuid::now_v7()), slot),
        ))
        .await
    }

    fn booking(&self, session: SessionId, slot: Slot) -> BookSession {
        BookSession {
            session,
            client: self.client,
            more_clients: Vec::new(),
            service: self.service,
            slot,
            price: None,
            invoice: None,
            bill: None,
            notify: false,
            anyway: Anyway {
                anyway: true,
                reason: Some("measured".to_owned()),
            },
        }
    }

    fn hour(&self, hours: i64) -> Interval {
        let start = self.now.plus_hours(hours);
        Interval::new(start, start + SESSION_SECONDS)
    }

    /// The hour that begins so many hours from now.
    pub fn slot(&self, hours: i64) -> Interval {
        self.hour(hours)
    }

    /// Moves what the logs hold into the files, as the app does between a person's actions.
    pub async fn tidy(&self) -> Result<()> {
        self.replica.vault().tidy().await?;
        self.file()?.tidy().await?;
        Ok(())
    }

    fn file(&self) -> Result<&Vault> {
        self.ledger.vault().context("the ledger is kept in a file")
    }

    /// Copies one booked session over all therapists and hours, in both files.
    async fn fill(&self, size: u32) -> Result<()> {
        let slot = Slot {
            at: self.hour(FREE_AFTER_HOURS + 1),
            place: Place::Room(self.rooms[0]),
            therapist: self.therapists[0],
            co_therapists: Vec::new(),
            place_text: None,
        };
        let model = SessionId(Uuid::now_v7());
        self.act(Body::BookSession(self.booking(model, slot)))
            .await?;
        self.replica.sync_once(&self.ledger, self.now).await?;
        let session = self
            .replica
            .row::<Session>(model)
            .await?
            .context("it was just booked")?;
        let held = session.occupancy(0);
        let bodies = [
            serde_json::to_string(&session)?,
            serde_json::to_string(&held[0])?,
            serde_json::to_string(&held[1])?,
        ];
        for (vault, tables) in [
            (self.file()?, ["session", "occupancy"]),
            (self.replica.vault(), ["session_base", "occupancy_base"]),
        ] {
            let mut transaction = vault.begin().await?;
            for (n, body) in bodies.iter().enumerate() {
                let table = tables[usize::from(n > 0)];
                sqlx::query(sqlx::AssertSqlSafe(statement(table, n)))
                    .bind(size)
                    .bind(body)
                    .bind(self.now.plus_hours(FREE_AFTER_HOURS).0)
                    .bind(serde_json::to_string(&self.therapists)?)
                    .bind(serde_json::to_string(&self.rooms)?)
                    .execute(&mut *transaction)
                    .await?;
            }
            sqlx::query("analyze").execute(&mut *transaction).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// Row `i` is therapist and room `i % 12` at hour `i / 12` before the free time. `part` is the session, its therapist's
/// occupancy or its room's.
fn statement(table: &str, part: usize) -> String {
    let hour = "?3 - (i / 12 + 1) * 3600";
    let id = |kind: usize| format!("printf('{kind:08x}-0000-7000-8000-%012x', i)");
    let values = match part {
        0 => format!(
            "json_set(?2, '$.id', {}, '$.facts.at.start', {hour}, '$.facts.at.end', {hour} + 3000,
                 '$.facts.therapist', ?4 ->> ('$[' || (i % 12) || ']'),
                 '$.facts.place.id', ?5 ->> ('$[' || (i % 12) || ']'))",
            id(0)
        ),
        _ => format!(
            "json_set(?2, '$.id', {}, '$.session', {}, '$.at.start', {hour}, '$.at.end', {hour} + 3000,
                 '$.resource', {} ->> ('$[' || (i % 12) || ']'))",
            id(part),
            id(0),
            if part == 1 { "?4" } else { "?5" }
        ),
    };
    format!(
        "with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ?1)
         insert into {table} (id, position, body) select {}, 1, {values} from n",
        id(part)
    )
}

fn set_up() -> SetUpClinic {
    let id = ClinicId(Uuid::now_v7());
    let therapists: Vec<Therapist> = (0..THERAPISTS)
        .map(|n| Therapist {
            id: TherapistId(Uuid::now_v7()),
            facts: TherapistFacts {
                buffer_minutes: 0,
                archived: false,
            },
            details: TherapistDetails {
                name: Detail::new(format!("Therapist {n}")),
                hue: Hue::ALL[n % Hue::ALL.len()],
                link: None,
            },
        })
        .collect();
    let rooms = (0..THERAPISTS)
        .map(|n| Room {
            id: RoomId(Uuid::now_v7()),
            facts: RoomFacts {
                turnover_minutes: 10,
                archived: false,
            },
            details: RoomDetails {
                name: Detail::new(format!("Room {n}")),
                note: None,
            },
        })
        .collect();
    let service = Service {
        id: ServiceId(Uuid::now_v7()),
        facts: ServiceFacts {
            minutes: 50,
            price: None,
            buffer_before: 0,
            buffer_after: 0,
            may_be_online: true,
            step_minutes: 15,
            archived: false,
        },
        details: ServiceDetails {
            name: Detail::new("Individual therapy".to_owned()),
        },
    };
    SetUpClinic {
        clinic: safetalk_domain::Clinic {
            id,
            facts: ClinicFacts {
                country: "MY".to_owned(),
                zone: "Asia/Kuala_Lumpur".parse().unwrap_or(Zone::UTC),
                currency: Currency::MYR,
                first_weekday: 0,
                plan: Plan::FULL,
                mail_ready: false,
                mail_since: None,
                demo: false,
                due_days: 7,
                next_invoice: 1,
                late_cancel_hours: 0,
                late_cancel_fee: None,
                no_show_fee: None,
            },
            details: ClinicDetails {
                name: "Measured".to_owned(),
                ..ClinicDetails::default()
            },
        },
        member: Member {
            id: MemberId(Uuid::now_v7()),
            facts: MemberFacts {
                grants: BTreeSet::from(Grant::ALL),
                standing: Standing::Active,
                therapist: Some(therapists[0].id),
            },
            details: MemberDetails {
                name: "Measured".to_owned(),
            },
        },
        hours: vec![Hours {
            owner: Owner::Clinic(id),
            week: (0..7)
                .map(|weekday| WeekSpan {
                    weekday,
                    from: 0,
                    to: 1440,
                })
                .collect(),
            given_up: false,
        }],
        therapists,
        rooms,
        services: vec![service],
    }
}
