//! PostgreSQL goes away under a server, and comes back.

use crate::door::client;
use crate::table::*;
use safetalk_domain::*;
use safetalk_replica::Replica;
use safetalk_tests::postgres::{DATABASE, SERVER, Server};
use safetalk_tests::server::{Databases, TestServer};
use safetalk_wire::Now as _;
use std::sync::Arc;

#[tokio::test]
async fn while_postgresql_is_away_the_server_says_so_and_nothing_is_lost_or_doubled() {
    let postgres = Server::start().await.unwrap();
    let clock = Hand::new();
    let url = postgres.cluster.url(SERVER, DATABASE);
    let databases = Databases {
        ledgers: url,
        sent: None,
    };
    let server = TestServer::start_on(Some(databases), Arc::new(clock.clone()))
        .await
        .unwrap();
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    let computer = server.clinic(set_up, "ann@example.org").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let replica = Replica::create(&folder.path().join("first.db"), &key())
        .await
        .unwrap();
    let line = server.line(&computer, server.address).unwrap();
    replica.sync_once(line.as_ref(), clock.now()).await.unwrap();
    let ready = async || {
        let url = format!("http://{}/readyz", server.address);
        client().get(url).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ready().await, 200);
    replica.act(add_maya(), OWNER, clock.now()).await.unwrap();
    let body = book(session(1), with_ann(hour(30)));
    replica.act(body, OWNER, clock.now()).await.unwrap();

    postgres.cluster.down().unwrap();
    assert_eq!(ready().await, 503, "a balancer sends nobody here");
    let away = replica.sync_once(line.as_ref(), clock.now()).await;
    assert!(away.is_err(), "nothing was acknowledged: {away:?}");

    postgres.cluster.up().unwrap();
    assert_eq!(ready().await, 200, "the same process goes on");
    let synced = replica.sync_once(line.as_ref(), clock.now()).await.unwrap();
    assert_eq!(synced.pushed, 2, "what waited is sent");
    let ledger = server.house.ledgers.of(CLINIC).await.unwrap();
    assert_eq!(ledger.all::<Session>().await.unwrap().len(), 1);
    assert_eq!(screen(&replica).await, ledger_rows(&ledger).await);
    server.stop().await.unwrap();
}
