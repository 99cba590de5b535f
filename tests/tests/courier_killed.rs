//! The courier killed at every step of a delivery: no notice is lost, none goes twice.
//!
//! The courier runs in a process of its own (this same test program, started again), with its desk and its
//! record on disk and a real server in this one, and that process dies for real.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use safetalk_courier::{
    Clock, Courier, FileRecord, Password, Patience, Security, SmtpAccount, SmtpTransport, Status,
};
use safetalk_tests::desk::{Hook, HookedRecord, PaperDesk, Slip, Standing};
use safetalk_tests::smtp::{Act, Protection, Sink, SinkOptions, Step};
use tokio::process::{Child, Command};

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> i64 {
        1_795_000_000
    }
}

/// Not a test: the process that is killed. It delivers what the desk holds and dies at the step named.
#[tokio::test]
#[ignore = "started by the tests of this file, with its folder in the environment"]
async fn the_process_that_delivers() {
    let Ok(folder) = std::env::var("COURIER_FOLDER") else {
        return;
    };
    let folder = Path::new(&folder);
    let die_at = std::env::var("COURIER_DIES_AT").unwrap_or_default();
    let hook: Hook = Arc::new(move |step| {
        if step == die_at {
            std::process::abort();
        }
    });
    let desk = PaperDesk::open(&folder.join("desk.json"), Arc::clone(&hook)).expect("the desk");
    let record = FileRecord::open(&folder.join("sent.log")).expect("the record");
    let port = std::env::var("COURIER_PORT")
        .expect("a port")
        .parse()
        .expect("a number");
    let transport = SmtpTransport::new(
        SmtpAccount {
            host: "localhost".to_owned(),
            port,
            security: Security::ImplicitTls,
            user: Some("clinic@example.org".to_owned()),
            from_name: "Clinic".to_owned(),
            from_address: "clinic@example.org".to_owned(),
        },
        Some(Password::new("open sesame")),
    )
    .trusting(std::fs::read(folder.join("root.der")).expect("the certificate"))
    .with_patience(Patience {
        before: Duration::from_secs(10),
        reply: Duration::from_secs(30),
    });
    let courier = Courier::start(
        Arc::new(desk),
        Arc::new(HookedRecord { record, hook }),
        Arc::new(Fixed),
        Some(Arc::new(transport)),
    );
    let rest = courier.send_waiting(Duration::from_secs(60)).await;
    assert_eq!(rest, Status::Idle, "everything that can go has gone");
    courier.stop().await;
}

struct Table {
    folder: tempfile::TempDir,
    sink: Sink,
}

impl Table {
    /// Two notices of one session and one of another.
    async fn set() -> Self {
        let sink = Sink::start(SinkOptions {
            protection: Protection::Implicit,
            ..SinkOptions::default()
        })
        .await
        .expect("a sink");
        let folder = tempfile::tempdir().expect("a folder");
        let slips = [
            Slip::due("a1", "a"),
            Slip::due("a2", "a"),
            Slip::due("b1", "b"),
        ];
        PaperDesk::create(&folder.path().join("desk.json"), &slips).expect("a desk");
        std::fs::write(folder.path().join("root.der"), sink.root_der()).expect("the certificate");
        Self { folder, sink }
    }

    fn deliver(&self, dies_at: &str) -> Child {
        Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "the_process_that_delivers", "--ignored"])
            .env("COURIER_FOLDER", self.folder.path())
            .env("COURIER_PORT", self.sink.port().to_string())
            .env("COURIER_DIES_AT", dies_at)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("a process")
    }

    async fn deliver_to_the_end(&self) {
        let done = self.deliver("").wait().await.expect("it ends");
        assert!(done.success(), "the courier came to rest: {done}");
    }

    fn standing(&self) -> Vec<(String, Standing)> {
        PaperDesk::open(&self.folder.path().join("desk.json"), Arc::new(|_| ()))
            .expect("the desk")
            .slips()
            .into_iter()
            .map(|slip| (slip.notice.id, slip.standing))
            .collect()
    }

    fn arrived(&self, id: &str) -> usize {
        let wanted = format!("<{id}@example.org>");
        self.sink
            .received()
            .iter()
            .filter(|message| message.header("Message-ID").as_deref() == Some(&wanted))
            .count()
    }

    /// What holds after every crash: each notice is sent and arrived once, or stands in front of a person,
    /// or waits for one that does.
    fn none_lost_none_twice(&self, when: &str) {
        let standing = self.standing();
        for (id, stands) in &standing {
            let arrived = self.arrived(id);
            assert!(arrived <= 1, "{id} arrived {arrived} times, killed {when}");
            match stands {
                Standing::Sent => assert_eq!(arrived, 1, "{id} says sent, killed {when}"),
                Standing::Uncertain => {}
                Standing::Queued(_) => {
                    assert_eq!(arrived, 0, "{id} still waits, killed {when}");
                    assert!(
                        id == "a2" && standing[0].1 == Standing::Uncertain,
                        "{id} may only wait for the doubt about the one before it, killed {when}"
                    );
                }
                other => panic!("{id} is {other:?}, killed {when}"),
            }
        }
        assert_eq!(
            standing[2].1,
            Standing::Sent,
            "the other session's notice is not held up, killed {when}"
        );
    }
}

#[tokio::test]
async fn killed_at_every_step_of_its_own() {
    // Where the first notice ends up: sent, or in front of a person because nobody can know.
    let table = [
        ("claimed", Standing::Uncertain, 0),
        ("opening", Standing::Uncertain, 0),
        ("opened", Standing::Sent, 1),
        ("before handing", Standing::Sent, 1),
        ("handing", Standing::Uncertain, 0),
        ("recording", Standing::Uncertain, 1),
        ("recorded", Standing::Sent, 1),
        ("settling", Standing::Sent, 1),
        ("settled", Standing::Sent, 1),
    ];
    for (step, expected, arrived) in table {
        let table = Table::set().await;
        let died = table.deliver(step).wait().await.expect("it ends");
        assert!(!died.success(), "the process must die at {step}");
        table.deliver_to_the_end().await;
        table.none_lost_none_twice(&format!("at {step}"));
        assert_eq!(table.standing()[0].1, expected, "killed at {step}");
        assert_eq!(table.arrived("a1"), arrived, "killed at {step}");

        let before = table.sink.received().len();
        table.deliver_to_the_end().await;
        assert_eq!(
            table.sink.received().len(),
            before,
            "nothing goes again at a third start, killed at {step}"
        );
    }
}

#[tokio::test]
async fn killed_while_the_server_has_the_word() {
    let table = [
        (Step::Greeting, Standing::Sent, 1),
        (Step::Auth, Standing::Sent, 1),
        (Step::Rcpt, Standing::Sent, 1),
        (Step::Data, Standing::Sent, 1),
        (Step::BeforeKeeping, Standing::Uncertain, 0),
        (Step::Reply, Standing::Uncertain, 1),
    ];
    for (step, expected, arrived) in table {
        let table = Table::set().await;
        table.sink.once(step, Act::Hang);
        let mut process = table.deliver("");
        table
            .sink
            .wait_for_step(step, Duration::from_secs(20))
            .await
            .expect("the courier comes this far");
        process.kill().await.expect("killed");
        table.deliver_to_the_end().await;
        table.none_lost_none_twice(&format!("while the server is at {step:?}"));
        assert_eq!(table.standing()[0].1, expected, "killed at {step:?}");
        assert_eq!(table.arrived("a1"), arrived, "killed at {step:?}");
    }
}

#[tokio::test]
async fn a_restored_database_sends_nothing_again() {
    let table = Table::set().await;
    let desk = table.folder.path().join("desk.json");
    let backup = std::fs::read(&desk).expect("a backup of the desk");
    table.deliver_to_the_end().await;
    assert_eq!(table.sink.received().len(), 3, "everything went");

    std::fs::write(&desk, backup).expect("restored: everything stands as queued again");
    table.deliver_to_the_end().await;
    assert_eq!(
        table.sink.received().len(),
        3,
        "the record outside the database knows better"
    );
    for (id, standing) in table.standing() {
        assert_eq!(standing, Standing::Sent, "{id} is known as sent again");
    }
}
