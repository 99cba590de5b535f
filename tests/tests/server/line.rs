//! What can be the matter on the way to a server, and that each has its own name.

use crate::table::*;
use safetalk_domain::Body;
use safetalk_tests::server::{Computer, TestServer, line};
use safetalk_wire::http::path;
use safetalk_wire::{Now, Remedy, Trouble};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// Somebody who answers everything with these bytes.
async fn somebody(says: &'static str) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4_096];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(says.as_bytes()).await;
        }
    });
    address
}

async fn trouble_at(address: &str) -> Trouble {
    let computer = Computer::new().unwrap();
    let time: Arc<dyn Now> = Arc::new(Hand::new());
    let line = line(&computer, address, time, None).unwrap();
    line.capabilities().await.unwrap_err()
}

#[tokio::test]
async fn a_captive_portal_or_a_foreign_server_is_known_for_what_it_is() {
    for says in [
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 5\r\n\r\nLogin",
        "HTTP/1.1 302 Found\r\nlocation: https://portal.example.org/\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
        "HTTP/1.1 511 Network Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nsafetalk-protocol: 1\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\n{}",
    ] {
        let address = somebody(says).await;
        let trouble = trouble_at(&format!("http://{address}")).await;
        assert_eq!(trouble, Trouble::Foreign, "{says}");
        assert_eq!(trouble.remedy(), Remedy::TryAgain, "portals end");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_out_of_reach_also_behind_its_proxy() {
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    assert_eq!(
        trouble_at(&format!("http://{address}")).await,
        Trouble::Unreachable
    );
    let proxy = somebody(
        "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(
        trouble_at(&format!("http://{proxy}")).await,
        Trouble::Unreachable
    );
    let mute = somebody("").await;
    assert_eq!(
        trouble_at(&format!("http://{mute}")).await,
        Trouble::Unreachable
    );
}

#[tokio::test]
async fn a_device_whose_clock_is_a_day_wrong_works_all_the_same() {
    let clock = Hand::new();
    let server = TestServer::start(Arc::new(clock.clone())).await.unwrap();
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    let computer = server.clinic(set_up, "ann@example.org").await.unwrap();
    for wrong in [-1_440, 1_440] {
        let wrong_clock = Hand::new();
        wrong_clock.forward(wrong);
        let address = format!("http://{}", server.address);
        let line = line(&computer, &address, Arc::new(wrong_clock), None).unwrap();
        assert_eq!(line.computers().await.unwrap().len(), 1, "{wrong} minutes");
    }
}

#[tokio::test]
async fn over_tls_a_trusted_server_is_spoken_to_and_no_other() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let clock = Hand::new();
    let server = TestServer::start_with(Arc::new(clock.clone()), None, Some((&certificate, &key)))
        .await
        .unwrap();
    let address = format!("https://localhost:{}", server.address.port());
    let computer = Computer::new().unwrap();
    let time: Arc<dyn Now> = Arc::new(clock);
    let trusting = Some(made.cert.der().to_vec());
    let good = line(&computer, &address, Arc::clone(&time), trusting.clone()).unwrap();
    assert_eq!(good.capabilities().await.unwrap().product, "safetalk");
    let stranger = line(&computer, &address, Arc::clone(&time), None).unwrap();
    assert_eq!(
        stranger.capabilities().await.unwrap_err(),
        Trouble::Certificate { by_clock: false }
    );
    let other_name = format!("https://127.0.0.1:{}", server.address.port());
    let misnamed = line(&computer, &other_name, Arc::clone(&time), trusting).unwrap();
    assert_eq!(
        misnamed.capabilities().await.unwrap_err(),
        Trouble::Certificate { by_clock: false }
    );
    let plain = somebody("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let no_tls = line(&computer, &format!("https://{plain}"), time, None).unwrap();
    assert_eq!(no_tls.capabilities().await.unwrap_err(), Trouble::Foreign);
}

#[tokio::test]
async fn numbers_for_the_operator_hold_no_person() {
    let clock = Hand::new();
    let server = TestServer::start(Arc::new(clock)).await.unwrap();
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    let computer = server.clinic(set_up, "ann@example.org").await.unwrap();
    let line = server.line(&computer, server.address).unwrap();
    line.computers().await.unwrap();
    let text = server.house.metrics_text().unwrap();
    assert!(
        text.contains(&format!("route=\"{}\",status=\"200\"", path::COMPUTERS)),
        "{text}"
    );
    for person in [
        "ann",
        "example",
        "Harbour",
        &CLINIC.to_string(),
        &OWNER.to_string(),
    ] {
        assert!(!text.contains(person), "{person}");
    }
}
