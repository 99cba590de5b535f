//! Nothing of what is kept is seen outside: neither in logs, nor on disk, nor in errors.

use crate::table::*;
use safetalk_domain::*;
use safetalk_replica::Replica;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn neither_the_key_nor_a_name_is_logged_at_the_finest_level_or_lies_readable_on_disk() {
    let log = Kept::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    // For every thread: SQLite has its own.
    tracing::subscriber::set_global_default(subscriber).expect("one test of this binary does so");
    let run = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    run.block_on(async {
        tracing::info!("the log is listened to");
        let (table, first) = Table::with_clinic().await;
        table
            .act(&first, book(session(1), with_ann(hour(30))))
            .await;
        table.act(&first, remark(session(1), MAYAS_NAME)).await;
        table.sync(&first).await;
        first.act(add_maya(), OWNER, table.now()).await.unwrap_err();
        let debug = format!("{:?} {:?}", table.ledger, first);
        quit(first).await;
        table.ledger.close().await;
        let opened = Replica::open(&table.path("first"), &key()).await.unwrap();
        opened.close().await;
        drop(opened);
        let another = safetalk_replica::Key::from_bytes([9; 32]);
        let wrong = Replica::open(&table.path("first"), &another)
            .await
            .unwrap_err();
        let seen = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
        assert!(
            seen.contains("the log is listened to"),
            "or this test cannot fail"
        );
        for text in [&seen, &debug, &format!("{wrong:?} {wrong}")] {
            assert!(
                !text.to_lowercase().contains(&hex(key().expose())[..16]),
                "the key was written"
            );
            assert!(!text.contains("Rosenbaum"), "a name was written");
        }
        for file in std::fs::read_dir(table.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(
                !bytes.windows(9).any(|part| part == b"Rosenbaum"),
                "a name lies readable on disk"
            );
        }
    });
}

#[tokio::test]
async fn a_body_that_is_not_understood_is_not_repeated_in_the_error() {
    let (table, first) = Table::with_clinic().await;
    let mut transaction = first.vault().begin().await.unwrap();
    sqlx::query("update client_base set body = json_set(body, '$.facts.language', ?1)")
        .bind(MAYAS_NAME)
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
    let error = first.row::<Client>(MAYA).await.unwrap_err();
    let said = format!("{error} {error:?}");
    assert!(said.contains("client"), "it says where: {said}");
    assert!(!said.contains("Rosenbaum"), "and not what: {said}");
    drop(table);
}
