//! A clinic lost with its computer and brought back on another one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use safetalk_domain::{Kind, Moment};
use safetalk_ledger::Ledger;
use safetalk_replica::Replica;
use safetalk_tests::smtp::{Sink, SinkOptions};
use safetalk_vault::Key;
use safetalk_wire::Now;
use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};

use crate::clinic::{Clinic, PASSWORD, a_while, account, at, busy, nth_mail, text};
use crate::computer::{Computer, Running};

/// Every row by table and id.
type Rows = BTreeMap<(String, String), Value>;

struct Still;

impl Now for Still {
    fn now(&self) -> Moment {
        Moment(crate::clinic::now())
    }
}

/// The key of the one clinic, from the computer's keychain.
pub fn key_of(computer: &Computer) -> Key {
    let id = computer.clinic_folder();
    let id = id
        .file_name()
        .and_then(|name| name.to_str())
        .expect("an id")
        .to_owned();
    let name: String = format!("clinic/{id}/key")
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect();
    let bytes = std::fs::read(computer.outside().join("keychain").join(name)).expect("the key");
    Key::from_bytes(bytes.try_into().expect("32 bytes"))
}

pub async fn ledger_of(computer: &Computer) -> Ledger {
    let file = computer.clinic_folder().join("ledger.db");
    Ledger::open(&file, &key_of(computer), Arc::new(Still))
        .await
        .expect("the ledger opens")
}

/// What a ledger keeps beside the rows: every answer, every position, every message as it was written.
const OF_THE_LEDGER: &[(&str, &str)] = &[
    (
        "intent",
        "select id, json_object('device', device, 'n', n, 'kind', kind, 'version', version, 'body', body,
             'verdict', verdict, 'accepted', accepted, 'position', position, 'at', at) from intent",
    ),
    (
        "position",
        "select cast(position as text), json_object('mark', mark, 'intent', intent, 'at', at) from position",
    ),
    (
        "rendered",
        "select notice, json_object('bytes', hex(bytes)) from rendered",
    ),
];

/// What a replica keeps beside the rows: what was wanted here, and the answers. (Under which name and number it is sent is
/// another thing after a restore.)
const OF_THE_REPLICA: &[(&str, &str)] = &[(
    "outbox",
    "select intent, json_object('seq', seq, 'body', body, 'made_at', made_at, 'pulled_at', pulled_at,
         'verdict', verdict, 'accepted', accepted, 'position', position, 'closed', closed) from outbox",
)];

async fn others(pool: &sqlx::SqlitePool, tables: &[(&str, &'static str)]) -> Rows {
    let mut rows = Rows::new();
    for (table, sql) in tables {
        let found: Vec<(String, String)> = sqlx::query_as(*sql)
            .fetch_all(pool)
            .await
            .expect("a table that is not of a kind");
        rows.extend(found.into_iter().map(|(id, row)| {
            let row = serde_json::from_str(&row).expect("a row");
            (((*table).to_owned(), id), row)
        }));
    }
    rows
}

/// Everything both files hold. The app must not be running.
pub async fn rows_of(computer: &Computer) -> (Rows, Rows) {
    let ledger = ledger_of(computer).await;
    let replica = Replica::open(
        &computer.clinic_folder().join("replica.db"),
        &key_of(computer),
    )
    .await;
    let replica = replica.expect("the replica opens");
    let mut kept = (Rows::new(), Rows::new());
    for kind in Kind::ALL {
        let table = kind.table();
        let there: Vec<(String, String)> =
            sqlx::query_as(AssertSqlSafe(format!("select id, body from {table}")))
                .fetch_all(ledger.vault().expect("a file").readers())
                .await
                .expect("the ledger's rows");
        let here: Vec<(String, String)> =
            sqlx::query_as(AssertSqlSafe(format!("select id, body from {table}")))
                .fetch_all(replica.vault().readers())
                .await
                .expect("the replica's rows");
        let read = |rows: Vec<(String, String)>| {
            rows.into_iter().map(move |(id, body)| {
                (
                    (table.to_owned(), id),
                    serde_json::from_str(&body).expect("a row"),
                )
            })
        };
        kept.0.extend(read(there));
        kept.1.extend(read(here));
    }
    kept.0
        .extend(others(ledger.vault().expect("a file").readers(), OF_THE_LEDGER).await);
    kept.1
        .extend(others(replica.vault().readers(), OF_THE_REPLICA).await);
    ledger.close().await;
    replica.close().await;
    kept
}

/// Holds what was restored against what was there: every row of both files is as it was but for the clinic's mail
/// account, and nothing is there besides but that one change of it.
fn nothing_is_changed(before: (Rows, Rows), after: (Rows, Rows)) {
    for (whose, mut before, mut after) in [
        ("ledger", before.0, after.0),
        ("replica", before.1, after.1),
    ] {
        for rows in [&mut before, &mut after] {
            for (_, clinic) in rows.iter_mut().filter(|((table, _), _)| table == "clinic") {
                // A restored clinic has no mail account until it is set up again.
                clinic["facts"]["mail_ready"] = Value::Null;
                clinic["facts"]["mail_since"] = Value::Null;
                clinic["details"]["from_address"] = Value::Null;
            }
        }
        for (id, row) in &before {
            assert_eq!(after.get(id), Some(row), "{whose}: {id:?} is as it was");
        }
        let more: Vec<_> = after
            .iter()
            .filter(|(id, _)| !before.contains_key(id))
            .filter(|((table, _), row)| !of_the_mail_account(table, row, &after))
            .collect();
        assert!(
            more.is_empty(),
            "{whose}: nothing came from nowhere: {more:?}"
        );
    }
}

/// Whether a row beside those of a kind belongs to the one action of a restore: that there is no mail account.
fn of_the_mail_account(table: &str, row: &Value, all: &Rows) -> bool {
    let body = match table {
        "position" => {
            let intent = text(&row["intent"]);
            &all[&("intent".to_owned(), intent)]["body"]
        }
        "intent" | "outbox" => &row["body"],
        _ => return false,
    };
    let intent: Value = serde_json::from_str(&text(body)).expect("an intent");
    intent["body"]["kind"] == "edit_clinic"
}

/// The one backup in the folder that was chosen.
fn backup_of(computer: &Computer) -> PathBuf {
    let folder = std::fs::read_dir(computer.outside().join("backups")).expect("the folder");
    let mut files = folder.map(|entry| entry.expect("a file").path());
    files.next().expect("a backup")
}

/// The person finds this file in the dialog.
fn choose(computer: &Computer, file: &Path) {
    let chosen = file.to_str().expect("a path of letters");
    std::fs::write(computer.outside().join("chosen-file"), chosen).expect("a choice");
}

fn restore(app: &mut Running, key: &str) -> Value {
    app.ok("setup.restore", json!({ "recovery_key": key }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_on_another_computer_every_row_is_there_and_not_one_mail_goes_again() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    let first = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.notice_becomes(&first, "sent");
    clinic.reschedule(&first, &at(4, 11, 0), 1);
    clinic.notice_becomes(&first, "sent");
    let second = clinic.book(&client, 0, &at(5, 10, 0), true);
    clinic.notice_becomes(&second, "sent");
    clinic.app.ok(
        "session.remark",
        json!({ "session": second, "text": "brings a friend" }),
    );
    clinic.app.ok(
        "invoice.draft",
        json!({ "client": client, "session": second, "amount": { "minor": 500, "currency": "MYR" }, "due": null, "text": "Form" }),
    );
    // One message waits when the backup is made, and goes afterwards.
    busy(&sink);
    let third = clinic.book(&client, 0, &at(6, 10, 0), true);
    clinic.held_back(&third);
    let view = clinic.app.ok("backup.choose", json!({}));
    assert_eq!(
        (&view["old"], &view["trouble"]),
        (&json!(false), &Value::Null),
        "{view}"
    );
    clinic.app.kill();
    let before = rows_of(&clinic.computer).await;
    assert_eq!(
        before
            .0
            .keys()
            .filter(|(table, _)| table == "session")
            .count(),
        3,
        "the dump sees rows"
    );

    sink.behave();
    clinic.app = clinic.computer.start();
    nth_mail(&sink, 4).await;
    clinic.notice_becomes(&third, "sent");
    let backup = backup_of(&clinic.computer);
    clinic.app.kill();

    // Another computer; of the first one only the backup and the recovery key are left.
    let other = Computer::new().trusting(&sink);
    let carried = other.outside().join("carried.stbackup");
    std::fs::copy(&backup, &carried).expect("carried over");
    drop(std::mem::replace(&mut clinic.computer, other));
    clinic.computer.set_clock(3600);
    choose(&clinic.computer, &carried);
    clinic.app = clinic.computer.start();
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "restored" })
    );
    let state = clinic.app.ok("app.state", json!({}));
    assert_eq!(state["phase"]["kind"], "open", "{state}");
    assert_eq!(
        clinic.session(&second)["remarks"][0]["text"],
        "brings a friend"
    );
    clinic.app.kill();
    let after = rows_of(&clinic.computer).await;
    assert!(
        before.0.keys().any(|(table, _)| table == "rendered")
            && before
                .1
                .keys()
                .filter(|(table, _)| table == "outbox")
                .count()
                > 5,
        "answers and letters are compared too"
    );
    nothing_is_changed(before, after);

    // Mail is set up again: what waited in the backup is not sent unasked, since it may have gone after all.
    clinic.app = clinic.computer.start();
    clinic.set_up_mail(&sink, PASSWORD);
    a_while().await;
    assert_eq!(sink.received().len(), 4, "not one mail goes out again");
    let list = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 100 }));
    assert_eq!(list["choose"], true, "the person is asked: {list}");
    let waiting = text(&list["notices"][0]["id"]);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [waiting] }));
    let fresh = clinic.book(&client, 0, &at(7, 10, 0), true);
    nth_mail(&sink, 5).await;
    clinic.notice_becomes(&fresh, "sent");
}

/// Keeps a ledger's file busy, as another program that looks through the disk may, so that nothing is pushed to it.
async fn hold(computer: &Computer) -> sqlx::SqliteConnection {
    let key: String = key_of(computer)
        .expose()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut connection = SqliteConnectOptions::new()
        .filename(computer.clinic_folder().join("ledger.db"))
        .pragma("key", format!("\"x'{key}'\""))
        .disable_statement_logging()
        .connect()
        .await
        .expect("the file opens with its key");
    sqlx::query("begin immediate")
        .execute(&mut connection)
        .await
        .expect("nobody writes now");
    connection
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_had_not_reached_the_ledger_when_the_backup_was_made_is_in_force_after_a_restore() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    let pushed = clinic.book(&client, 0, &at(3, 10, 0), false);
    let busy = hold(&clinic.computer).await;
    let booking = clinic.booking(&client, 0, &at(4, 11, 0), false);
    let waits = text(&clinic.app.ok("session.book", booking)["sessions"][0]);
    clinic.app.ok(
        "session.remark",
        json!({ "session": pushed, "text": "kept on this computer" }),
    );
    clinic.app.ok("backup.choose", json!({}));
    clinic.app.kill();
    drop(busy);
    let before = rows_of(&clinic.computer).await;
    let unanswered = |rows: &Rows| {
        rows.iter()
            .filter(|((table, _), row)| table == "outbox" && row["verdict"].is_null())
            .count()
    };
    assert!(unanswered(&before.1) >= 2, "neither reached the ledger");

    let backup = backup_of(&clinic.computer);
    let other = Computer::new();
    let carried = other.outside().join("carried.stbackup");
    std::fs::copy(&backup, &carried).expect("carried over");
    drop(std::mem::replace(&mut clinic.computer, other));
    choose(&clinic.computer, &carried);
    clinic.app = clinic.computer.start();
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "restored" })
    );
    assert_eq!(clinic.session(&waits)["status"], "scheduled");
    assert_eq!(
        clinic.session(&pushed)["remarks"][0]["text"],
        "kept on this computer"
    );
    clinic.app.kill();
    let after = rows_of(&clinic.computer).await;
    assert_eq!(unanswered(&after.1), 0, "all was answered");
    for (table, id) in before.1.keys().filter(|(table, _)| table == "outbox") {
        let answer = &after.1[&(table.clone(), id.clone())];
        assert_eq!(answer["accepted"], 1, "{answer}");
        assert!(
            after.0.contains_key(&("intent".to_owned(), id.clone())),
            "the ledger has decided it"
        );
    }
    // What the ledger had before is as it was; what it decided since is theirs alone.
    for (id, row) in &before.0 {
        if !matches!(id.0.as_str(), "clinic" | "session") {
            assert_eq!(after.0.get(id), Some(row), "{id:?}");
        }
    }
    for (id, row) in &before.1 {
        let now = after.1.get(id).unwrap_or_else(|| panic!("{id:?} is gone"));
        if id.0 == "outbox" && row["verdict"].is_null() {
            assert_eq!(now["body"], row["body"], "as it was wanted");
        } else if id.0 != "clinic" {
            assert_eq!(now, row, "{id:?}");
        }
    }
}

#[test]
fn a_restore_says_plainly_what_is_wrong_and_leaves_the_computer_free() {
    let mut clinic = Clinic::found();
    let client = clinic.client();
    clinic.book(&client, 0, &at(3, 10, 0), false);
    clinic.app.ok("backup.choose", json!({}));
    clinic.app.quit();
    let backup = backup_of(&clinic.computer);
    clinic.app = clinic.computer.start();
    choose(&clinic.computer, &backup);
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "occupied" }),
        "a clinic is never written over"
    );

    let other = Computer::new();
    let mut app = other.start();
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "no_file" }),
        "the dialog was closed"
    );
    choose(&other, &backup);
    let mut groups: Vec<String> = clinic.key.split('-').map(str::to_owned).collect();
    let last = groups[4].pop().expect("a letter");
    groups[4].push(if last == '3' { '4' } else { '3' });
    assert_eq!(
        restore(&mut app, &groups.join("-")),
        json!({ "kind": "mistyped", "group": 5 }),
        "the group that was mistyped is named"
    );
    let stranger = Clinic::found();
    assert_eq!(
        restore(&mut app, &stranger.key),
        json!({ "kind": "wrong_key" }),
        "another clinic's key"
    );

    let whole = std::fs::read(&backup).expect("the backup");
    let hurt = other.outside().join("hurt.stbackup");
    choose(&other, &hurt);
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x55;
    for (what, bytes) in [
        ("cut short", whole[..whole.len() * 2 / 3].to_vec()),
        ("one byte wrong", flipped),
        ("something else", b"a letter to the bank".to_vec()),
        ("nothing", Vec::new()),
    ] {
        std::fs::write(&hurt, bytes).expect("the damage");
        assert_eq!(
            restore(&mut app, &clinic.key),
            json!({ "kind": "damaged" }),
            "{what}"
        );
        assert_eq!(
            app.ok("app.state", json!({}))["phase"]["kind"],
            "first_run",
            "{what}"
        );
    }
    choose(&other, &backup);
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "restored" }),
        "after all that it still works"
    );
    let found = app.ok("client.get", json!({ "client": client }));
    assert_eq!(found["sessions"].as_array().expect("a list").len(), 1);
}

#[test]
fn the_dashboard_warns_of_an_old_backup_and_quitting_makes_a_new_one() {
    let mut clinic = Clinic::found();
    assert_eq!(
        clinic.attention("old_backup").len(),
        1,
        "there never was one"
    );
    clinic.app.ok("backup.choose", json!({}));
    assert_eq!(clinic.attention("old_backup").len(), 0, "now there is");
    std::fs::remove_dir_all(clinic.computer.outside().join("backups"))
        .expect("the drive is pulled out");
    let view = clinic.app.ok("backup.now", json!({}));
    assert_eq!(view["trouble"], "folder_missing", "{view}");
    assert_eq!(
        view["old"], false,
        "the one of a moment ago is as good as the disk it lies on: {view}"
    );
    let made_at = view["last_good"].clone();
    assert!(!made_at.is_null(), "it is remembered: {view}");
    clinic.computer.set_clock(4 * 86_400);
    clinic.app.ok("backup.now", json!({}));
    let old = clinic.attention("old_backup");
    assert_eq!(old.len(), 1, "four days later it is old");
    assert_eq!(old[0]["trouble"], "folder_missing", "{old:?}");
    assert_eq!(old[0]["last_good"], made_at, "{old:?}");
    clinic.computer.set_clock(0);
    std::fs::create_dir(clinic.computer.outside().join("backups")).expect("and put back");
    clinic.app.quit();
    let made = std::fs::read_dir(clinic.computer.outside().join("backups"))
        .expect("the folder")
        .count();
    assert_eq!(made, 1, "quitting made one");
    clinic.computer.set_clock(4 * 86_400);
    clinic.app = clinic.computer.start();
    assert_eq!(
        clinic.attention("old_backup").len(),
        1,
        "four days later it is old"
    );
}

/// A clinic whose message went after its backup was made: a restore must not send it again.
async fn lost(sink: &Sink) -> (PathBuf, String, tempfile::TempDir) {
    let mut clinic = Clinic::with_mail(sink);
    let client = clinic.client();
    busy(sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    clinic.app.ok("backup.choose", json!({}));
    sink.behave();
    let list = clinic
        .app
        .ok("notice.list", json!({ "open_only": true, "most": 1 }));
    let waiting = &list["notices"][0]["id"];
    clinic.app.ok("notice.retry", json!({ "notice": waiting }));
    clinic.notice_becomes(&session, "sent");
    clinic.app.kill();
    let carried = tempfile::tempdir().expect("a drive");
    let file = carried.path().join("carried.stbackup");
    std::fs::copy(backup_of(&clinic.computer), &file).expect("carried over");
    (file, clinic.key.clone(), carried)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restored_on_the_same_computer_what_it_knows_it_sent_is_not_sent_again_even_if_a_person_says_send()
 {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let mut clinic = Clinic::with_mail(&sink);
    let client = clinic.client();
    busy(&sink);
    let session = clinic.book(&client, 0, &at(3, 10, 0), true);
    clinic.held_back(&session);
    clinic.app.ok("backup.choose", json!({}));
    sink.behave();
    clinic
        .app
        .ok("notice.choose", json!({ "send": [], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
    clinic.app.kill();
    std::fs::write(clinic.computer.clinic_folder().join("ledger.db"), "").expect("the damage");
    choose(&clinic.computer, &backup_of(&clinic.computer));
    clinic.app = clinic.computer.start();
    assert_eq!(
        restore(&mut clinic.app, &clinic.key),
        json!({ "kind": "restored" })
    );
    clinic.set_up_mail(&sink, PASSWORD);
    let waiting = text(&clinic.session(&session)["notices"][0]["id"]);
    clinic
        .app
        .ok("notice.choose", json!({ "send": [waiting], "drop": [] }));
    clinic.notice_becomes(&session, "sent");
    a_while().await;
    assert_eq!(sink.received().len(), 1, "the client is told once");
}

#[test]
fn a_restore_that_could_not_keep_the_key_can_be_tried_again() {
    let mut clinic = Clinic::found();
    clinic.app.ok("backup.choose", json!({}));
    clinic.app.kill();
    let other = Computer::new();
    let mut app = other.start();
    choose(&other, &backup_of(&clinic.computer));
    let locked = other.outside().join("keychain/locked");
    std::fs::write(&locked, "").expect("a lock");
    let problem = app.problem("setup.restore", json!({ "recovery_key": clinic.key }));
    assert_eq!(problem["code"], "keychain", "{problem}");
    std::fs::remove_file(locked).expect("unlocked");
    assert_eq!(
        restore(&mut app, &clinic.key),
        json!({ "kind": "restored" }),
        "what the first try left is not in the way"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_of_a_restore_it_can_be_done_again_and_sends_nothing_unasked() {
    let sink = Sink::start(SinkOptions::default()).await.expect("a sink");
    let (backup, key, _drive) = lost(&sink).await;
    let mut began_again = 0;
    for round in 0..7 {
        let other = Computer::new().trusting(&sink);
        other.set_clock(3600);
        choose(&other, &backup);
        let mut app = other.start();
        app.send("setup.restore", &json!({ "recovery_key": key }));
        std::thread::sleep(std::time::Duration::from_millis(60 * round));
        app.kill();
        let mut app = other.start();
        let state = app.ok("app.state", json!({}));
        if state["phase"]["kind"] == "first_run" {
            began_again += 1;
            assert_eq!(
                restore(&mut app, &key),
                json!({ "kind": "restored" }),
                "round {round}"
            );
        } else {
            assert_eq!(
                state["phase"]["kind"], "open",
                "round {round}: whole or not at all: {state}"
            );
        }
        app.ok("mail.save", account(&sink, PASSWORD));
        a_while().await;
        assert_eq!(
            sink.received().len(),
            1,
            "round {round}: the old message does not go again"
        );
        let list = app.ok("notice.list", json!({ "open_only": true, "most": 9 }));
        assert_eq!(list["choose"], true, "round {round}: the person is asked");
    }
    assert!(began_again > 0, "at least the first was killed in time");
}
