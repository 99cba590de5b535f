//! Signing in and out, and what that leaves where.

use crate::desk::{CLIENT, Computer, EMAIL, PASSWORD, Town, wall_clock};
use safetalk_domain::MemberId;
use serde_json::{Value, json};
use std::path::Path;

fn trouble(answer: &Value) -> &str {
    assert_eq!(answer["kind"], "trouble", "{answer}");
    answer["trouble"].as_str().expect("a class")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_cannot_be_let_in_is_told_why_in_a_class_of_its_own() {
    let town = Town::found().await;
    let computer = Computer::new().await;
    // Somebody who answers, and is not SafeTalk.
    let stranger = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let stranger = stranger.expect("a port");
    let foreign = stranger.local_addr().expect("an address");
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut line, _)) = stranger.accept().await {
            let mut request = [0; 4096];
            let _ = line.read(&mut request).await;
            let _ = line
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
                .await;
        }
    });
    // A port where somebody listened a moment ago.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    for (what, typed, class) in [
        ("address", json!("two words"), "address"),
        ("address", json!("http://sync.example.org"), "not_secure"),
        ("address", json!(format!("http://{nobody}")), "unreachable"),
        ("address", json!(format!("http://{foreign}")), "foreign"),
        ("password", json!("not the password"), "wrong"),
        ("email", json!("nobody@example.org"), "wrong"),
    ] {
        let mut asked = town.sign_in();
        asked[what] = typed;
        let answer = computer.ok("setup.sign_in", asked).await;
        assert_eq!(trouble(&answer), class);
    }
    for (link, password, class) in [
        ("an invite".to_owned(), PASSWORD, "no_invite"),
        (format!("{}x", town.invite_link()), PASSWORD, "link_gone"),
        (town.invite_link(), "short", "weak_password"),
    ] {
        let asked = json!({ "link": link, "email": EMAIL, "password": password });
        let answer = computer.ok("setup.accept_invite", asked).await;
        assert_eq!(trouble(&answer), class);
    }
    assert_eq!(computer.phase().await["kind"], "first_run");
    let left = std::fs::read_dir(computer.keychain()).expect("the keychain");
    assert_eq!(left.count(), 0, "nothing is left of trying");
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(std::fs::read(path).expect("a file"));
        }
    }
    found
}

fn holds(file: &[u8], what: &[u8]) -> bool {
    file.windows(what.len()).any(|window| window == what)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_signs_a_computer_in_is_in_its_keychain_and_in_no_file() {
    let town = Town::found().await;
    let first = town.first().await;
    let secrets = files(&first.keychain());
    assert_eq!(
        secrets.len(),
        3,
        "the file's key, the token, the computer's key"
    );
    let kept = files(&first.data());
    assert!(
        kept.iter()
            .any(|file| holds(file, town.address().as_bytes())),
        "the files were read: the settings know the server"
    );
    let secrets = secrets.iter().map(Vec::as_slice);
    let never = [EMAIL, PASSWORD, CLIENT, "Harbour Clinic"].map(str::as_bytes);
    for what in secrets.chain(never) {
        assert!(kept.iter().all(|file| !holds(file, what)));
    }
    let folder = std::fs::read_dir(first.data().join("clinics")).expect("the clinics");
    let folder = folder.last().expect("one clinic").expect("a folder").path();
    assert!(folder.join("replica.db").exists());
    for of_a_clinic_here in ["ledger.db", "sent.log", "mail.json", "clinic.recovery.json"] {
        assert!(!folder.join(of_a_clinic_here).exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_keeper_of_a_clinic_does_is_refused_on_its_devices() {
    let town = Town::found().await;
    let first = town.first().await;
    for cmd in ["backup.get", "backup.choose", "backup.now"] {
        let problem = first.ask(cmd, json!({})).await.expect_err(cmd);
        assert_eq!(problem["code"], "on_server", "{cmd}: {problem}");
    }
    assert_eq!(first.attention("old_backup").await.len(), 0);
    assert_eq!(
        first.ok("account.get", json!({})).await["member"],
        "Ann Berry"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_sends_what_waits_first_and_takes_the_clinic_off_the_computer() {
    let town = Town::found().await;
    let (first, second) = (town.first().await, town.second().await);
    let session = first.book(7, 600).await;
    let answer = first
        .ok("account.sign_out", json!({ "anyway": false }))
        .await;
    assert_eq!(answer["kind"], "done", "{answer}");
    assert_eq!(first.phase().await["kind"], "first_run");
    let left = std::fs::read_dir(first.data().join("clinics")).expect("the clinics");
    assert_eq!(left.count(), 0, "its file is gone");
    let left = std::fs::read_dir(first.keychain()).expect("the keychain");
    assert_eq!(left.count(), 0, "and all keys with it");
    second.shows(&session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_with_what_cannot_be_sent_says_so_and_keeps_it_for_the_same_person() {
    let town = Town::found().await;
    let (first, second) = (town.first().await, town.second().await);
    town.cable.cut(true);
    let session = first.book(8, 600).await;
    let answer = first
        .ok("account.sign_out", json!({ "anyway": false }))
        .await;
    assert_eq!(
        answer,
        json!({ "kind": "waits", "changes": 1, "refused": 0 }),
        "it is offered to stay"
    );
    assert_eq!(first.phase().await["kind"], "open");
    let answer = first
        .ok("account.sign_out", json!({ "anyway": true }))
        .await;
    assert_eq!(answer["kind"], "done", "{answer}");
    assert_eq!(first.phase().await["kind"], "first_run");

    town.cable.cut(false);
    let answer = first.ok("setup.sign_in", town.sign_in()).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    first.opens().await;
    first.in_step().await;
    second.shows(&session).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_for_one_person_is_not_given_to_another() {
    let town = Town::found().await;
    let first = town.first().await;
    town.cable.cut(true);
    first.book(9, 600).await;
    first
        .ok("account.sign_out", json!({ "anyway": true }))
        .await;
    // Somebody else worked here before.
    let settings = first.data().join("device.json");
    let text = std::fs::read_to_string(&settings).expect("the settings");
    let mut device: Value = serde_json::from_str(&text).expect("JSON");
    device["accounts"][town.clinic.to_string()]["member"] = json!(uuid::Uuid::from_u128(7));
    std::fs::write(&settings, device.to_string()).expect("the settings");
    let first = first.restart().await;
    let before = files(&first.keychain());

    let answer = first.ok("setup.sign_in", town.sign_in()).await;
    assert_eq!(trouble(&answer), "other_member");
    assert_eq!(first.phase().await["kind"], "first_run");
    assert_eq!(files(&first.keychain()), before, "nothing of it is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_with_a_second_step_is_asked_for_its_six_digits() {
    let town = Town::found().await;
    let first = town.first().await;
    let view = first.ok("clinic.get", json!({})).await;
    let member = view["member"]["id"].as_str().expect("an id");
    let member = MemberId(member.parse().expect("an id"));
    let accounts = &town.server.house.accounts;
    let login = accounts.login_of(town.clinic, member).await;
    let login = login.expect("accounts").expect("a login");
    let secret = accounts.begin_totp(login).await.expect("a secret");
    let app = totp_rs::Builder::new()
        .with_secret(totp_rs::Secret::try_from_base32(&secret).expect("a secret"))
        .build()
        .expect("an authenticator");
    let digits = |at: i64| {
        let at = u64::try_from(at).expect("after 1970");
        app.generate(at).to_string()
    };
    let now = wall_clock();
    let turned_on = accounts.confirm_totp(login, &digits(now.0), now).await;
    turned_on.expect("the second step is on");

    let second = Computer::new().await;
    let mut asked = town.sign_in();
    let answer = second.ok("setup.sign_in", asked.clone()).await;
    assert_eq!(trouble(&answer), "code_wanted");
    asked["code"] = json!("000000");
    let answer = second.ok("setup.sign_in", asked.clone()).await;
    assert_eq!(trouble(&answer), "wrong");
    // A code is good once, and the first one is used.
    asked["code"] = json!(digits(now.0 + 30));
    let answer = second.ok("setup.sign_in", asked).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    second.opens().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinic_whose_key_is_lost_here_is_put_aside_and_fetched_again() {
    let town = Town::found().await;
    let first = town.first().await;
    let session = first.book(10, 600).await;
    first.in_step().await;
    for entry in std::fs::read_dir(first.keychain()).expect("the keychain") {
        std::fs::remove_file(entry.expect("an entry").path()).expect("it is lost");
    }
    let first = first.restart().await;
    assert_eq!(
        first.phase().await,
        json!({ "kind": "trouble", "trouble": "key_lost", "demo": false, "connected": true })
    );
    let key = json!({ "recovery_key": "none" });
    let occupied = first.ok("setup.restore", key).await;
    assert_eq!(occupied["kind"], "occupied", "a backup is no way out here");
    let state = first.ok("account.start_over", json!({})).await;
    assert_eq!(state["phase"]["kind"], "first_run");
    let answer = first.ok("setup.sign_in", town.sign_in()).await;
    assert_eq!(answer["kind"], "done", "{answer}");
    first.opens().await;
    first.shows(&session).await;
    let folders = std::fs::read_dir(first.data().join("clinics")).expect("the clinics");
    assert_eq!(folders.count(), 2, "what was there is kept beside it");
}
