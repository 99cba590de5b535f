//! A ledger in the PostgreSQL of a real server, which every device reaches by HTTP through a bad line.

use super::line::Fate;
use super::shelf::{Shelf, gaps, given, in_force};
use crate::table::{CLINIC, Hand, set_up};
use safetalk_cluster::SUPERUSER;
use safetalk_domain::{Body, Intent, IntentId};
use safetalk_ledger::Ledger;
use safetalk_tests::postgres::Server;
use safetalk_tests::proxy::{self, Proxy};
use safetalk_tests::server::{Databases, TestServer};
use safetalk_wire::Upstream;
use safetalk_wire::http::path::{PULL, PUSH};
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const ANNS: &str = "ann@example.org";

/// A server with the clinic, and the computers that are signed in to it.
pub struct Hosted {
    clock: Hand,
    databases: Databases,
    raw: PgPool,
    standing: Option<(TestServer, Proxy)>,
    computers: BTreeMap<u64, safetalk_tests::server::Computer>,
}

/// The names of databases.
static NAMES: AtomicU64 = AtomicU64::new(0);

impl Hosted {
    pub async fn new(clock: &Hand) -> Self {
        let server = Server::shared().await.expect("PostgreSQL starts");
        let name = format!("story_{}", NAMES.fetch_add(1, Ordering::Relaxed));
        let databases = server.databases(&name).await.unwrap();
        Self {
            clock: clock.clone(),
            databases,
            raw: PgPool::connect_lazy(&server.cluster.url(SUPERUSER, &name)).unwrap(),
            standing: None,
            computers: BTreeMap::new(),
        }
    }

    fn standing(&self) -> &(TestServer, Proxy) {
        self.standing.as_ref().expect("it was opened")
    }

    async fn ledger(&self) -> Ledger {
        self.standing().0.house.ledgers.of(CLINIC).await.unwrap()
    }
}

impl Shelf for Hosted {
    async fn open(&mut self) -> Ledger {
        let time = Arc::new(self.clock.clone());
        let server = TestServer::start_on(Some(self.databases.clone()), time).await;
        let server = server.unwrap();
        let Body::SetUpClinic(set_up) = set_up() else {
            unreachable!("the table sets a clinic up");
        };
        server.clinic(set_up, ANNS).await.unwrap();
        let proxy = Proxy::before(server.address).await.unwrap();
        self.standing = Some((server, proxy));
        self.ledger().await
    }

    /// Nothing is copied here: the shelves of files and of clinics do that.
    async fn back_up(&mut self, ledger: Ledger) -> Ledger {
        ledger
    }

    /// The server is stopped and started again; its history is the same.
    async fn restore(&mut self, _: Ledger) -> (Ledger, bool) {
        let (server, _) = self.standing.take().expect("it was opened");
        let server = server.restart().await.unwrap();
        let proxy = Proxy::before(server.address).await.unwrap();
        self.standing = Some((server, proxy));
        (self.ledger().await, false)
    }

    async fn line(
        &mut self,
        computer: u64,
        _: &Ledger,
        fates: &[Fate],
    ) -> (Arc<dyn Upstream>, Vec<Fate>) {
        if !self.computers.contains_key(&computer) {
            let signed_in = self.standing().0.sign_in(ANNS).await.unwrap();
            self.computers.insert(computer, signed_in);
        }
        let (server, proxy) = self.standing();
        proxy.behave();
        // A push and a pull, in turn.
        for (fate, path) in fates.iter().zip([PUSH, PULL].into_iter().cycle()) {
            proxy.next(path, over_http(*fate));
        }
        let line = server.line(&self.computers[&computer], proxy.address);
        (line.unwrap(), Vec::new())
    }

    async fn wrong(&self, _: &Ledger, _: &BTreeMap<IntentId, Intent>) -> Option<String> {
        gaps(&given(&self.raw, CLINIC).await)
    }

    async fn in_force(&self, _: &Ledger) -> BTreeSet<IntentId> {
        in_force(&self.raw, CLINIC).await
    }
}

/// What becomes of a call, as it happens to a request.
fn over_http(fate: Fate) -> proxy::Fate {
    match fate {
        Fate::Good => proxy::Fate::Pass,
        Fate::Down => proxy::Fate::Half,
        Fate::AnswerLost => proxy::Fate::AnswerLost,
        Fate::Twice => proxy::Fate::TwiceAtOnce,
        Fate::Late => proxy::Fate::HangUp,
    }
}
