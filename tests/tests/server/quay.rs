//! A clinic's computer and its mail account, for tests of a server's courier.

use crate::table::*;
use safetalk_domain::intent::SetUpClinic;
use safetalk_domain::*;
use safetalk_ledger::Ledger;
use safetalk_remote::Remote;
use safetalk_replica::Replica;
use safetalk_tests::server::{Computer, TestServer};
use safetalk_wire::Now;
use safetalk_wire::http::{HandOverMail, MailAccount, MailSecurity};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Long enough for a busy machine; nothing here waits for it unless something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const ANNS: &str = "ann@example.org";
pub const PASSWORD: &str = "open sesame";

pub fn account(port: u16) -> MailAccount {
    MailAccount {
        host: "localhost".to_owned(),
        port,
        security: MailSecurity::ImplicitTls,
        user: "clinic@example.org".to_owned(),
        from_name: "Harbour".to_owned(),
        from_address: "clinic@example.org".to_owned(),
    }
}

pub fn handed(port: u16) -> HandOverMail {
    HandOverMail {
        account: account(port),
        password: Some(PASSWORD.to_owned()),
    }
}

pub fn this_clinic() -> SetUpClinic {
    let Body::SetUpClinic(set_up) = set_up() else {
        unreachable!("the table sets a clinic up")
    };
    set_up
}

/// A computer with what it holds of its clinic.
pub struct Device {
    pub computer: Computer,
    pub line: Arc<Remote>,
    pub replica: Replica,
    clock: Arc<dyn Now>,
    _folder: TempDir,
}

impl Device {
    pub async fn of(server: &TestServer, clock: Arc<dyn Now>, computer: Computer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("replica.db");
        let device = Self {
            line: server.line(&computer, server.address).unwrap(),
            replica: Replica::create(&path, &key()).await.unwrap(),
            clock,
            computer,
            _folder: folder,
        };
        device.sync().await;
        device
    }

    /// The same computer, now that the server is somewhere else.
    pub fn moved_to(self, server: &TestServer) -> Self {
        let line = server.line(&self.computer, server.address).unwrap();
        Self { line, ..self }
    }

    pub async fn sync(&self) {
        let now = self.clock.now();
        self.replica.sync_once(&*self.line, now).await.unwrap();
    }

    pub async fn act(&self, body: Body) {
        self.replica
            .act(body, OWNER, self.clock.now())
            .await
            .unwrap();
    }

    /// Has the server book the first session with Maya, so many hours from the beginning.
    pub async fn books(&self, n: u128, hours: i64) {
        self.act(book(session(n), with_ann(hour(hours)))).await;
        self.sync().await;
    }
}

pub async fn states(ledger: &Ledger) -> Vec<NoticeState> {
    let notices = ledger.all::<Notice>().await.unwrap();
    notices.iter().map(|notice| notice.facts.state).collect()
}

/// Waits until the clinic's notices stand like this.
pub async fn stand(ledger: &Ledger, wanted: &[NoticeState]) {
    let began = Instant::now();
    loop {
        let now = states(ledger).await;
        if now == wanted {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{now:?} is not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
