//! A ledger that is put back to an older day, and a sent record that is not.

use crate::quay::*;
use crate::table::*;
use safetalk_cluster::SUPERUSER;
use safetalk_domain::*;
use safetalk_tests::postgres::Server;
use safetalk_tests::server::{Databases, Setup, Stopped, TestServer};
use safetalk_tests::smtp::{Sink, SinkOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A clinic with an account whose mail server is away, and one booking that Maya is to hear of: put aside like this.
async fn waiting(databases: Option<Databases>, sink: &Sink) -> (Stopped, Device) {
    let clock = Hand::new();
    let setup = Setup {
        databases,
        mail_root: Some(sink.root_der()),
        ..Setup::default()
    };
    let server = TestServer::set_up(setup, Arc::new(clock.clone()))
        .await
        .unwrap();
    let computer = server.clinic(this_clinic(), ANNS).await.unwrap();
    let ann = Device::of(&server, Arc::new(clock), computer).await;
    // Nobody listens there yet.
    ann.line.hand_over_mail(&handed(1)).await.unwrap();
    ann.act(add_maya()).await;
    ann.books(1, 30).await;
    (server.stopped().await.unwrap(), ann)
}

/// Sends what waits, and stops.
async fn sends(stopped: Stopped, ann: &Device, sink: &Sink) -> Stopped {
    let server = stopped.again().await.unwrap();
    let line = server.line(&ann.computer, server.address).unwrap();
    line.hand_over_mail(&handed(sink.port())).await.unwrap();
    sink.wait_for(1, PATIENCE).await.unwrap();
    let ledger = server.house.ledgers.of(CLINIC).await.unwrap();
    stand(&ledger, &[NoticeState::Sent]).await;
    drop(ledger);
    server.stopped().await.unwrap()
}

/// The clinic of yesterday does not write to Maya again: her message stands as sent, without having been.
async fn knows(stopped: Stopped, ann: &Device, sink: &Sink) {
    let server = stopped.again().await.unwrap();
    let ledger = server.house.ledgers.of(CLINIC).await.unwrap();
    let line = server.line(&ann.computer, server.address).unwrap();
    line.hand_over_mail(&handed(sink.port())).await.unwrap();
    stand(&ledger, &[NoticeState::Sent]).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(sink.received().len(), 1, "once");
    server.stop().await.unwrap();
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("ledger") {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_of_yesterday_beside_todays_record_sends_nothing_twice() {
    let sink = Sink::start(SinkOptions::default()).await.unwrap();
    let (stopped, ann) = waiting(None, &sink).await;
    let clinic = stopped.folder.join("clinics").join(CLINIC.to_string());
    let yesterday = tempfile::tempdir().unwrap();
    copy(&clinic, yesterday.path());
    let stopped = sends(stopped, &ann, &sink).await;
    for entry in std::fs::read_dir(&clinic).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() != "sent.log" {
            std::fs::remove_file(path).unwrap();
        }
    }
    copy(yesterday.path(), &clinic);
    knows(stopped, &ann, &sink).await;
}

#[tokio::test]
async fn a_database_of_yesterday_beside_todays_record_sends_nothing_twice() {
    let sink = Sink::start(SinkOptions::default()).await.unwrap();
    let postgres = Server::shared().await.unwrap();
    let databases = postgres.databases("harbour").await.unwrap();
    let (stopped, ann) = waiting(Some(databases), &sink).await;
    let run = |statement: &str| postgres.cluster.run(SUPERUSER, statement).unwrap();
    run("create database yesterday template harbour;");
    let stopped = sends(stopped, &ann, &sink).await;
    run("alter database harbour rename to today;");
    run("alter database yesterday rename to harbour;");
    knows(stopped, &ann, &sink).await;
}
