//! The key and what clients are called appear in no log, at any level. A binary of its own: the subscriber is global,
//! because sqlx logs from its own threads.

mod support;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use safetalk_vault::{
    Depth, Key, RecoveryFile, RecoveryKey, Role, Vault, backup, last_good, restore,
};
use sqlx::{ConnectOptions, Connection};
use std::io;
use std::sync::{Arc, Mutex};
use support::{CLINIC, MARKER, NOW, act, another_key, clinic, key, migrator};
use tempfile::tempdir;
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("not poisoned")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn contains(&self, needle: &[u8]) -> bool {
        let log = self.0.lock().expect("not poisoned");
        log.windows(needle.len()).any(|window| window == needle)
    }

    /// The forms in which a key could be written, and any eight bytes of it in hexadecimal.
    fn shows(&self, key: &Key) -> Vec<String> {
        let bytes = key.expose();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let debug = format!("{bytes:?}");
        let mut forms = vec![
            BASE64_STANDARD.encode(bytes),
            BASE64_URL_SAFE_NO_PAD.encode(bytes),
            debug.trim_matches(['[', ']']).to_owned(),
        ];
        for part in bytes.windows(8) {
            forms.extend([hex(part), hex(part).to_uppercase()]);
        }
        forms.retain(|form| self.contains(form.as_bytes()));
        if self.contains(bytes) {
            forms.push("raw bytes".to_owned());
        }
        forms
    }
}

#[tokio::test]
async fn no_log_at_any_level_shows_the_key_or_a_name() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .init();

    let folder = tempdir().unwrap();
    let target = tempdir().unwrap();
    let (recovery, replica, ledger) = clinic(folder.path()).await;
    for n in 0..5 {
        act(&replica, n, MARKER.as_bytes()).await.unwrap();
        act(&ledger, n, MARKER.as_bytes()).await.unwrap();
    }
    tracing::trace!(?ledger, ?recovery, key = ?key(), "what somebody may log");
    let broken = sqlx::query("insert into note values (1, 1, ?1)")
        .bind(MARKER)
        .execute(&mut *ledger.begin().await.unwrap())
        .await
        .expect_err("the row is there already");
    tracing::error!(error = %broken, debug = ?broken, "a constraint refuses");
    assert!(ledger.check(Depth::Full).await.unwrap().is_empty());
    let made = backup(&[&replica, &ledger], target.path(), NOW)
        .await
        .unwrap();
    last_good(target.path(), CLINIC).await.unwrap();
    let wrong = Vault::open(
        &folder.path().join("ledger.db"),
        &another_key(),
        &migrator(1),
        Role::Ledger,
    )
    .await;
    tracing::error!(?wrong, "locked out");
    ledger.close().await;
    drop(ledger);
    let wrong = Vault::open(
        &folder.path().join("ledger.db"),
        &another_key(),
        &migrator(1),
        Role::Ledger,
    )
    .await;
    tracing::error!(?wrong, "wrong key");
    let foreign = RecoveryKey::generate().unwrap();
    let refused = restore(&made.path, &foreign, &target.path().join("new")).await;
    tracing::error!(?refused, "wrong recovery key");
    let restored = restore(&made.path, &recovery, &target.path().join("new"))
        .await
        .unwrap();
    tracing::info!(?restored, file = ?RecoveryFile::read(folder.path()), "restored");

    // The control: without our precautions the log does show a key, so this search can find one.
    let control = Key::from_bytes([0x3c; 32]);
    let pragma = format!("\"x'{}'\"", "3c".repeat(32));
    sqlx::sqlite::SqliteConnectOptions::new()
        .filename(target.path().join("control.db"))
        .create_if_missing(true)
        .pragma("key", pragma)
        .connect()
        .await
        .unwrap()
        .close()
        .await
        .unwrap();
    assert!(
        !log.shows(&control).is_empty(),
        "sqlx logs an unguarded key"
    );

    for secret in [key(), another_key()] {
        assert_eq!(
            log.shows(&secret),
            Vec::<String>::new(),
            "a key is in the log"
        );
    }
    for group in recovery.groups() {
        assert!(
            !log.contains(group.as_bytes()),
            "a group of the recovery key is in the log"
        );
    }
    assert!(
        log.contains(b"what somebody may log"),
        "the log was really written"
    );
    assert!(
        !log.contains(MARKER.as_bytes()),
        "a client's name is in the log"
    );
    let home = folder.path().to_string_lossy();
    assert!(
        !format!("{wrong:?}{refused:?}").contains(&*home),
        "errors name no path"
    );
}
