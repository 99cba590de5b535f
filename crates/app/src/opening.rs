//! Opening a clinic's files, making new ones, and the loop that keeps a ledger and a replica of this computer in step.

use crate::api::act::Problem;
use crate::api::setup::Trouble;
use crate::calls;
use crate::home::{Here, Home, There};
use crate::host::{Host, SecretError};
use crate::keyring::Keychain;
use crate::office::Office;
use crate::settings::{Account, Settings, clinic_dir, key_name};
use crate::{line, mail};
use safetalk_courier::{Clock, Courier, FileRecord, Transport};
use safetalk_desk::LedgerDesk;
use safetalk_domain::intent::EditClinic;
use safetalk_domain::{Body, Member, MemberId, Moment, Standing};
use safetalk_ledger::Ledger;
use safetalk_remote::{Address, Patience, Remote};
use safetalk_replica::Replica;
use safetalk_vault::{Key, OpenError};
use safetalk_wire::Now;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Even with nothing to do the loop looks around this often: the day's backup, the demo's messages.
const TICK: Duration = Duration::from_secs(60);

/// The file in which decisions become final, in a clinic's folder.
const LEDGER: &str = "ledger.db";

/// The record of what was sent, in a clinic's folder and outside its backups.
pub const SENT_RECORD: &str = "sent.log";

/// What this computer holds of a clinic, in its folder.
pub const REPLICA: &str = "replica.db";

/// The shell's clock, as the ledger and the courier want it.
pub struct ShellClock(pub Arc<dyn Host>);

impl Now for ShellClock {
    fn now(&self) -> Moment {
        self.0.now()
    }
}

impl Clock for ShellClock {
    fn now(&self) -> i64 {
        self.0.now().0
    }
}

/// The files of a clinic, open.
pub struct Files {
    /// Where decisions become final.
    pub ledger: Arc<Ledger>,
    /// What this device holds.
    pub replica: Arc<Replica>,
}

impl Files {
    /// Makes both files anew. Refuses to touch anything that is there.
    pub async fn create(dir: &Path, key: &Key, host: &Arc<dyn Host>) -> Result<Self, Trouble> {
        let clock = Arc::new(ShellClock(Arc::clone(host)));
        let ledger = Ledger::create(&dir.join(LEDGER), key, clock)
            .await
            .map_err(|e| ledger_trouble(&e))?;
        let replica = Replica::create(&dir.join(REPLICA), key)
            .await
            .map_err(|e| replica_trouble(&e))?;
        Ok(Self {
            ledger: Arc::new(ledger),
            replica: Arc::new(replica),
        })
    }

    /// Opens both files.
    pub async fn open(dir: &Path, key: &Key, host: &Arc<dyn Host>) -> Result<Self, Trouble> {
        let clock = Arc::new(ShellClock(Arc::clone(host)));
        let ledger = Ledger::open(&dir.join(LEDGER), key, clock)
            .await
            .map_err(|e| ledger_trouble(&e))?;
        let replica = Replica::open(&dir.join(REPLICA), key)
            .await
            .map_err(|e| beside_whole_ledger(replica_trouble(&e)))?;
        Ok(Self {
            ledger: Arc::new(ledger),
            replica: Arc::new(replica),
        })
    }

    /// Makes a replica at `place`, out of what the ledger in `dir` knows, and leaves both closed.
    pub async fn make_replica(
        dir: &Path,
        place: &Path,
        key: &Key,
        host: &Arc<dyn Host>,
    ) -> Result<(), Problem> {
        let clock = Arc::new(ShellClock(Arc::clone(host)));
        let ledger = Ledger::open(&dir.join(LEDGER), key, clock)
            .await
            .map_err(|e| calls::setup::trouble_fault(ledger_trouble(&e)))?;
        let made = async {
            let replica = Replica::create(place, key).await?;
            let synced = replica.sync_once(&ledger, host.now()).await;
            replica.close().await;
            synced?;
            Ok(())
        }
        .await;
        ledger.close().await;
        made
    }
}

/// What cannot be read of the replica can be had again from the ledger.
fn beside_whole_ledger(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Missing | Trouble::Foreign | Trouble::Damaged | Trouble::KeyLost => {
            Trouble::Replica
        }
        other => other,
    }
}

fn ledger_trouble(error: &safetalk_ledger::Error) -> Trouble {
    match error {
        safetalk_ledger::Error::Open(error) => trouble(error),
        _ => Trouble::Other,
    }
}

fn replica_trouble(error: &safetalk_replica::Error) -> Trouble {
    match error {
        safetalk_replica::Error::Open(error) => trouble(error),
        _ => Trouble::Other,
    }
}

fn trouble(error: &OpenError) -> Trouble {
    tracing::warn!(%error, "the clinic could not be opened");
    match error {
        OpenError::NotEncrypted | OpenError::Foreign => Trouble::Foreign,
        OpenError::WrongKey => Trouble::KeyLost,
        OpenError::NotThere => Trouble::Missing,
        OpenError::Truncated | OpenError::Damaged | OpenError::WrongKeyOrDamaged => {
            Trouble::Damaged
        }
        OpenError::Newer { .. } => Trouble::Newer,
        OpenError::Locked => Trouble::InUse,
        OpenError::ReadOnly => Trouble::ReadOnly,
        OpenError::DiskFull => Trouble::DiskFull,
        _ => Trouble::Other,
    }
}

/// The key of a clinic. "No entry" and "no keychain" are different screens, and neither makes a new key.
pub fn key(host: &dyn Host, clinic: Uuid) -> Result<Key, Trouble> {
    match host.secrets().get(&key_name(clinic)) {
        Ok(Some(bytes)) => key_from(&bytes).ok_or(Trouble::KeyLost),
        Ok(None) => Err(Trouble::KeyLost),
        Err(error) => Err(secret_trouble(&error)),
    }
}

fn key_from(bytes: &[u8]) -> Option<Key> {
    let bytes: Zeroizing<[u8; 32]> = Zeroizing::new(bytes.try_into().ok()?);
    Some(Key::from_bytes(*bytes))
}

/// Puts a clinic's key into the keychain and reads it back: what cannot be read later must not encrypt anything.
pub fn keep_key(host: &dyn Host, clinic: Uuid, key: &Key) -> Result<(), Trouble> {
    let name = key_name(clinic);
    host.secrets()
        .set(&name, key.expose())
        .map_err(|error| secret_trouble(&error))?;
    match host.secrets().get(&name) {
        Ok(Some(kept)) if kept.as_slice() == key.expose() => Ok(()),
        Ok(_) => Err(Trouble::NoKeychain),
        Err(error) => Err(secret_trouble(&error)),
    }
}

/// Whether this computer can keep the key of a clinic that is not there yet, so that nobody describes a clinic that then
/// cannot be made. A keychain says that it has no such entry only when it works.
pub fn keychain(host: &dyn Host) -> Result<(), Trouble> {
    match host.secrets().get(&key_name(Uuid::nil())) {
        Ok(_) => Ok(()),
        Err(error) => match secret_trouble(&error) {
            Trouble::Other => Err(Trouble::NoKeychain),
            trouble => Err(trouble),
        },
    }
}

fn secret_trouble(error: &SecretError) -> Trouble {
    tracing::warn!(%error, "the keychain gave nothing");
    match error {
        SecretError::Missing => Trouble::NoKeychain,
        SecretError::Locked => Trouble::KeychainLocked,
        SecretError::Other(_) => Trouble::Other,
    }
}

/// Opens the clinic `id`: one of this computer with its courier, one on a server with the line to it.
pub async fn open(
    settings: &Arc<Settings>,
    host: &Arc<dyn Host>,
    id: Uuid,
    demo: bool,
) -> Result<Arc<Office>, Trouble> {
    let dir = clinic_dir(settings.data_dir(), id);
    if !dir.exists() {
        return Err(Trouble::Missing);
    }
    let key = key(host.as_ref(), id)?;
    if let Some(account) = settings.get().accounts.get(&id) {
        return open_there(settings, host, id, account, &key).await;
    }
    let files = Files::open(&dir, &key, host).await?;
    work(settings, host, id, demo, files).await
}

/// Opens what this computer holds of a clinic on a server. It waits for nobody: what there is can be worked with at once.
async fn open_there(
    settings: &Arc<Settings>,
    host: &Arc<dyn Host>,
    id: Uuid,
    account: &Account,
    key: &Key,
) -> Result<Arc<Office>, Trouble> {
    let dir = clinic_dir(settings.data_dir(), id);
    let replica = Replica::open(&dir.join(REPLICA), key)
        .await
        .map_err(|e| replica_trouble(&e))?;
    let fetched = replica.clinic().await.map_err(|e| replica_trouble(&e))?;
    let address = Address::parse(&account.server).map_err(|_| Trouble::Settings)?;
    let keychain = Arc::new(Keychain::new(Arc::clone(host), id));
    let remote = Remote::new(
        address,
        Arc::clone(&keychain) as _,
        Arc::new(ShellClock(Arc::clone(host))),
        None,
        Patience::default(),
    )
    .map_err(|error| {
        tracing::warn!(%error, "the line to the server cannot be made");
        Trouble::Other
    })?;
    let stir = Arc::new(Notify::new());
    let office = Arc::new(Office {
        id,
        dir,
        demo: false,
        member: account.member,
        home: Home::There(There::new(Arc::new(remote), keychain, fetched.is_some())),
        replica: Arc::new(replica),
        settings: Arc::clone(settings),
        host: Arc::clone(host),
        undo: Mutex::default(),
        stir: Arc::clone(&stir),
    });
    tokio::spawn(line::keep_in_touch(Arc::downgrade(&office), stir));
    Ok(office)
}

/// Makes the empty replica of a clinic on a server. Its first pull fills it.
pub async fn create_there(dir: &Path, key: &Key) -> Result<(), Trouble> {
    let replica = Replica::create(&dir.join(REPLICA), key)
        .await
        .map_err(|e| replica_trouble(&e))?;
    replica.close().await;
    Ok(())
}

/// Sets an open clinic of this computer to work.
pub async fn work(
    settings: &Arc<Settings>,
    host: &Arc<dyn Host>,
    id: Uuid,
    demo: bool,
    files: Files,
) -> Result<Arc<Office>, Trouble> {
    let dir = clinic_dir(settings.data_dir(), id);
    let Files { ledger, replica } = files;
    // A crash between push and pull is repaired here.
    if let Err(error) = replica.sync_once(ledger.as_ref(), host.now()).await {
        tracing::warn!(%error, "the clinic opens with changes that are not in its ledger yet");
    }
    let member = active_member(&replica)
        .await
        .map_err(|error| replica_trouble(&error))?
        .ok_or(Trouble::Other)?;
    let account = mail::read(&dir).map_err(|_| Trouble::Other)?;
    if account.is_none() && !demo {
        forget_mail(&replica, ledger.as_ref(), member, host.now()).await;
    }
    let transport: Option<Arc<dyn Transport>> = match (&account, demo) {
        (Some(account), false) => Some(Arc::new(mail::smtp(account.clone(), host, id))),
        _ => None,
    };
    let mail = Arc::new(Mutex::new(account));
    let record = FileRecord::open(&dir.join(SENT_RECORD)).map_err(|_| Trouble::ReadOnly)?;
    let desk = Arc::new(LedgerDesk::new(
        ledger.as_ref().clone(),
        Arc::new(ShellClock(Arc::clone(host))),
        Arc::clone(&mail),
        None,
    ));
    let courier = Courier::start(
        Arc::clone(&desk) as _,
        Arc::new(record),
        Arc::new(ShellClock(Arc::clone(host))),
        transport,
    );
    let decided = ledger.subscribe();
    let stir = Arc::new(Notify::new());
    let office = Arc::new(Office {
        id,
        dir,
        demo,
        member,
        home: Home::Here(Here {
            ledger,
            courier,
            mail,
            desk,
            told: AtomicBool::new(false),
            backups: Mutex::default(),
        }),
        replica,
        settings: Arc::clone(settings),
        host: Arc::clone(host),
        undo: Mutex::default(),
        stir: Arc::clone(&stir),
    });
    tokio::spawn(keep_in_step(Arc::downgrade(&office), stir, decided));
    Ok(office)
}

/// A clinic whose mail account is lost, or cannot be read, is one without: it says so on its screens instead of letting
/// messages wait that nobody sends, and setting it up again asks about each.
async fn forget_mail(replica: &Replica, ledger: &Ledger, member: MemberId, now: Moment) {
    match replica.clinic().await {
        Ok(Some(clinic)) if clinic.facts.mail_ready => {}
        _ => return,
    }
    let no_mail = Body::EditClinic(EditClinic {
        mail: Some(None),
        ..EditClinic::default()
    });
    if let Err(error) = replica.act(no_mail, member, now).await {
        tracing::warn!(%error, "that the mail account is lost was not written down");
        return;
    }
    if let Err(error) = replica.sync_once(ledger, now).await {
        tracing::warn!(%error, "that the mail account is lost is not in the ledger yet");
    }
}

/// Who works in the clinic of this computer: it has one active member.
pub async fn active_member(replica: &Replica) -> Result<Option<MemberId>, safetalk_replica::Error> {
    let members = replica.read().await?.all::<Member>().await?;
    Ok(members
        .iter()
        .find(|member| member.facts.standing == Standing::Active)
        .map(|member| member.id))
}

/// Pushes what a person did, pulls what was decided, makes the day's backup; ends with the office. Of a clinic of this
/// computer: see [`line`] for one on a server.
async fn keep_in_step(office: Weak<Office>, stir: Arc<Notify>, mut decided: watch::Receiver<i64>) {
    loop {
        let gone = tokio::select! {
            () = stir.notified() => false,
            changed = decided.changed() => changed.is_err(),
            () = tokio::time::sleep(TICK) => false,
        };
        let Some(office) = office.upgrade().filter(|_| !gone) else {
            return;
        };
        let Ok(here) = office.here() else {
            return;
        };
        office.catch_up().await;
        if office.demo {
            if here.desk.settle_demo().await.is_ok() {
                office.catch_up().await;
            }
        } else if let Err(problem) = calls::backup::tend(&office).await {
            tracing::warn!(?problem, "the day's backup was not made");
        }
        office.tidy().await;
    }
}
