//! This computer's name, and how far it knows the history.

use crate::{Error, rows};
use safetalk_domain::{DeviceId, Moment, Position};
use safetalk_wire::{Known, NO_MARK};
use sqlx::SqliteConnection;
use uuid::Uuid;

/// How far this computer is, and under which name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name at the ledger; another one after a fork.
    pub device: DeviceId,
    /// The position up to which it has pulled.
    pub cursor: Position,
    /// The ledger's time at the last pull, to the minute; `None` before the first.
    pub pulled_at: Option<Moment>,
}

/// The one row about this computer.
#[derive(Clone, Debug)]
pub struct Meta {
    pub device: DeviceId,
    pub next_n: i64,
    pub known: Known,
    pub scope: u32,
    pub pulled_at: Option<Moment>,
    /// Everything is to be fetched again.
    pub resync: bool,
    /// Where the ledger stood when it last answered a push, until that is pulled.
    pub acknowledged: Option<Known>,
}

impl Meta {
    pub fn status(&self) -> Status {
        Status {
            device: self.device,
            cursor: self.known.cursor,
            pulled_at: self.pulled_at,
        }
    }

    /// What the ledger is told: nothing, when everything is to be fetched again.
    pub fn told(&self) -> Known {
        if self.resync {
            Known::NOTHING
        } else {
            self.known
        }
    }
}

/// Gives a new file its name.
pub async fn begin(connection: &mut SqliteConnection) -> Result<(), Error> {
    let (device, mark) = (Uuid::new_v4().to_string(), NO_MARK.to_string());
    sqlx::query!(
        "insert into meta (one, device, next_n, cursor, mark, scope, resync)
         values (1, ?1, 1, 0, ?2, 0, 0) on conflict (one) do nothing",
        device,
        mark
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn get(connection: &mut SqliteConnection) -> Result<Meta, Error> {
    let row = sqlx::query!(
        "select device, next_n, epoch, cursor, mark, scope, pulled_at, resync,
         acknowledged_epoch, acknowledged_position, acknowledged_mark from meta where one = 1"
    )
    .fetch_one(connection)
    .await?;
    Ok(Meta {
        device: DeviceId(rows::uuid(&row.device)?),
        next_n: row.next_n,
        known: Known {
            epoch: row.epoch.as_deref().map(rows::uuid).transpose()?,
            cursor: row.cursor,
            mark: rows::uuid(&row.mark)?,
        },
        scope: u32::try_from(row.scope).map_err(|_| Error::Body { what: "scope" })?,
        pulled_at: row.pulled_at.map(Moment),
        resync: row.resync == 1,
        acknowledged: match (row.acknowledged_position, row.acknowledged_mark) {
            (Some(cursor), Some(mark)) => Some(Known {
                epoch: row
                    .acknowledged_epoch
                    .as_deref()
                    .map(rows::uuid)
                    .transpose()?,
                cursor,
                mark: rows::uuid(&mark)?,
            }),
            _ => None,
        },
    })
}

pub async fn put(connection: &mut SqliteConnection, meta: &Meta) -> Result<(), Error> {
    let device = meta.device.to_string();
    let epoch = meta.known.epoch.map(|epoch| epoch.to_string());
    let mark = meta.known.mark.to_string();
    let pulled_at = meta.pulled_at.map(|at| at.0);
    let acknowledged_epoch = meta.acknowledged.and_then(|known| known.epoch);
    let acknowledged_epoch = acknowledged_epoch.map(|epoch| epoch.to_string());
    let acknowledged_position = meta.acknowledged.map(|known| known.cursor);
    let acknowledged_mark = meta.acknowledged.map(|known| known.mark.to_string());
    sqlx::query!(
        "update meta set device = ?1, next_n = ?2, epoch = ?3, cursor = ?4, mark = ?5, scope = ?6,
         pulled_at = ?7, resync = ?8, acknowledged_epoch = ?9, acknowledged_position = ?10,
         acknowledged_mark = ?11 where one = 1",
        device,
        meta.next_n,
        epoch,
        meta.known.cursor,
        mark,
        meta.scope,
        pulled_at,
        meta.resync,
        acknowledged_epoch,
        acknowledged_position,
        acknowledged_mark
    )
    .execute(connection)
    .await?;
    Ok(())
}
