//! A real server on a free port, in this process, and computers that are signed in to it.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use safetalk_domain::intent::SetUpClinic;
use safetalk_domain::{ClinicId, MemberId};
use safetalk_ledger_postgres::{Database, Sent};
use safetalk_remote::{Address, Credentials, DeviceKey, Keyring, Patience, Remote};
use safetalk_server::{House, Mailer, Rate, ServerKey, Serving, Setting, serve};
use safetalk_wire::Now;
use safetalk_wire::http::{AcceptInvite, SignIn, SignInAnswer};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

/// Connections of one server to its database.
const CONNECTIONS: u32 = 5;

/// A password that is long enough.
pub const PASSWORD: &str = "correct horse battery staple";

/// The addresses of a server's databases.
#[derive(Clone, Debug)]
pub struct Databases {
    /// Of its ledgers.
    pub ledgers: String,
    /// Of its sent record; a server without sends nothing for its clinics.
    pub sent: Option<String>,
}

/// How a server is set up, where that matters.
#[derive(Default)]
pub struct Setup<'s> {
    /// Where its files are; in a folder of its own, if not said.
    pub folder: Option<PathBuf>,
    /// Where its ledgers are; in files, if not said.
    pub databases: Option<Databases>,
    /// "Forgot password" goes through it.
    pub mailer: Option<Mailer>,
    /// Its certificate and key.
    pub tls: Option<(&'s Path, &'s Path)>,
    /// The certificate of its clinics' mail servers.
    pub mail_root: Option<Vec<u8>>,
    /// Seconds until another takes over from one that died; half a minute and more, if not said.
    pub mail_lease: Option<u32>,
}

/// A server that runs.
pub struct TestServer {
    /// What it has open.
    pub house: Arc<House>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Where its files are.
    pub folder: PathBuf,
    temporary: Option<Arc<TempDir>>,
    databases: Option<Databases>,
    mail_root: Option<Vec<u8>>,
    time: Arc<dyn Now>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<()>>,
}

impl TestServer {
    /// A server without a clinic, whose ledgers will be in files.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(time: Arc<dyn Now>) -> Result<Self> {
        Self::start_on(None, time).await
    }

    /// A server without a clinic, whose ledgers will be in these databases, if there are any.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_on(databases: Option<Databases>, time: Arc<dyn Now>) -> Result<Self> {
        let setup = Setup {
            databases,
            ..Setup::default()
        };
        Self::set_up(setup, time).await
    }

    /// A server with a certificate, or one that sends mail.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_with(
        time: Arc<dyn Now>,
        mailer: Option<Mailer>,
        tls: Option<(&Path, &Path)>,
    ) -> Result<Self> {
        let setup = Setup {
            mailer,
            tls,
            ..Setup::default()
        };
        Self::set_up(setup, time).await
    }

    /// A server that is set up like this.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn set_up(setup: Setup<'_>, time: Arc<dyn Now>) -> Result<Self> {
        match &setup.folder {
            Some(folder) => {
                let folder = folder.clone();
                Self::over(folder, None, setup, time).await
            }
            None => {
                let temporary = Arc::new(tempfile::tempdir()?);
                let folder = temporary.path().join("data");
                Self::over(folder, Some(temporary), setup, time).await
            }
        }
    }

    async fn over(
        folder: PathBuf,
        temporary: Option<Arc<TempDir>>,
        setup: Setup<'_>,
        time: Arc<dyn Now>,
    ) -> Result<Self> {
        let Setup {
            databases,
            mailer,
            tls,
            mail_root,
            mail_lease,
            ..
        } = setup;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        // Nobody in a test waits for a limit that is not what the test is about.
        let unlimited = Rate {
            burst: 100_000,
            every: Duration::from_millis(1),
        };
        let house = House::open(Setting {
            folder: folder.clone(),
            key: ServerKey::from_bytes([7; 32]),
            database: match &databases {
                Some(urls) => Some(Database::connect(&urls.ledgers, CONNECTIONS).await?),
                None => None,
            },
            sent: match databases.as_ref().and_then(|urls| urls.sent.as_ref()) {
                Some(url) => Some(Sent::connect(url).await?),
                None => None,
            },
            // Mail servers of tests are on this computer.
            mail_inside: true,
            mail_root: mail_root.clone(),
            mail_lease: mail_lease.unwrap_or(45),
            time: Arc::clone(&time),
            public_address: "https://sync.example.org".to_owned(),
            mailer,
            behind_proxy: false,
            stoves: 2,
            per_address: unlimited,
            per_account: Rate {
                burst: 10,
                every: Duration::from_secs(3_600),
            },
        })
        .await?;
        let house = Arc::new(house);
        let (stop, stopped) = oneshot::channel();
        let serving = Serving {
            listener,
            tls: tls.map(|(certificate, key)| (certificate.to_owned(), key.to_owned())),
            metrics: None,
            drain: Duration::from_secs(10),
        };
        let served = tokio::spawn(serve(Arc::clone(&house), serving, async move {
            // A dropped test stops its server too.
            let _ = stopped.await;
        }));
        Ok(Self {
            house,
            address,
            folder,
            temporary,
            databases,
            mail_root,
            time,
            stop,
            served,
        })
    }

    /// Stops it as SIGTERM does, and starts another on the same files.
    ///
    /// # Errors
    /// When it does not end or not begin again.
    pub async fn restart(self) -> Result<Self> {
        let restarts = self.stopped().await?;
        restarts.again().await
    }

    /// Stops it as SIGTERM does. What comes back starts another on the same files.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stopped(self) -> Result<Stopped> {
        let stopped = Stopped {
            folder: self.folder.clone(),
            temporary: self.temporary.clone(),
            databases: self.databases.clone(),
            mail_root: self.mail_root.clone(),
            time: Arc::clone(&self.time),
        };
        self.stop().await?;
        Ok(stopped)
    }

    /// Stops it as SIGTERM does.
    ///
    /// # Errors
    /// When it did not end well.
    pub async fn stop(self) -> Result<()> {
        let _ = self.stop.send(());
        self.served.await??;
        Ok(())
    }

    /// Makes a clinic, a login for its first member at this address, and a computer that is signed in.
    ///
    /// # Errors
    /// When one of that does not work.
    pub async fn clinic(&self, set_up: SetUpClinic, email: &str) -> Result<Computer> {
        let (clinic, member) = (set_up.clinic.id, set_up.member.id);
        self.house.found(set_up).await?;
        self.login(clinic, member, email).await?;
        self.sign_in(email).await
    }

    /// Makes a login for a member.
    ///
    /// # Errors
    /// When the server says no.
    pub async fn login(&self, clinic: ClinicId, member: MemberId, email: &str) -> Result<()> {
        let accounts = &self.house.accounts;
        let invite = accounts
            .invite(clinic, member, accounts.mark(email), self.house.now())
            .await?;
        let nobody = Computer::new()?;
        self.line(&nobody, self.address)?
            .accept_invite(&AcceptInvite {
                invite: invite.text.to_string(),
                email: email.to_owned(),
                password: PASSWORD.to_owned(),
            })
            .await?;
        Ok(())
    }

    /// A new computer, signed in.
    ///
    /// # Errors
    /// When the server says no.
    pub async fn sign_in(&self, email: &str) -> Result<Computer> {
        let computer = Computer::new()?;
        let line = self.line(&computer, self.address)?;
        computer.sign_in(&line, email, PASSWORD, None).await?;
        Ok(computer)
    }

    /// The line of a computer to this server, by way of `via`.
    ///
    /// # Errors
    /// When there is no TLS.
    pub fn line(&self, computer: &Computer, via: SocketAddr) -> Result<Arc<Remote>> {
        line(
            computer,
            &format!("http://{via}"),
            Arc::clone(&self.time),
            None,
        )
    }
}

/// A server that was stopped.
pub struct Stopped {
    /// Where its files are.
    pub folder: PathBuf,
    temporary: Option<Arc<TempDir>>,
    /// Where its ledgers are, if not in files.
    pub databases: Option<Databases>,
    mail_root: Option<Vec<u8>>,
    time: Arc<dyn Now>,
}

impl Stopped {
    /// Starts another on its files.
    ///
    /// # Errors
    /// When it does not begin again.
    pub async fn again(self) -> Result<TestServer> {
        let setup = Setup {
            databases: self.databases,
            mail_root: self.mail_root,
            ..Setup::default()
        };
        TestServer::over(self.folder, self.temporary, setup, self.time).await
    }
}

/// The line of a computer to an address.
///
/// # Errors
/// When there is no TLS or the address is none.
pub fn line(
    computer: &Computer,
    address: &str,
    time: Arc<dyn Now>,
    extra_root: Option<Vec<u8>>,
) -> Result<Arc<Remote>> {
    let patience = Patience {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(20),
        silence: Duration::from_secs(40),
        poll: Duration::from_secs(1),
    };
    let remote = Remote::new(
        Address::parse(address)?,
        Arc::new(computer.clone()),
        time,
        extra_root,
        patience,
    )?;
    Ok(Arc::new(remote))
}

/// A computer: its key, and its token once it is signed in. Clones are the same computer.
#[derive(Clone)]
pub struct Computer(Arc<Inner>);

struct Inner {
    key: Vec<u8>,
    token: Mutex<Option<String>>,
}

impl Computer {
    /// A computer where nobody is signed in.
    ///
    /// # Errors
    /// When there are no random numbers.
    pub fn new() -> Result<Self> {
        Ok(Self(Arc::new(Inner {
            key: DeviceKey::generate()?.expose().to_owned(),
            token: Mutex::default(),
        })))
    }

    /// Its key.
    ///
    /// # Errors
    /// Never, as it was made by [`new`](Self::new).
    pub fn key(&self) -> Result<DeviceKey> {
        Ok(DeviceKey::from_document(&self.0.key)?)
    }

    /// Its token.
    pub fn token(&self) -> Option<String> {
        let token = self.0.token.lock().unwrap_or_else(PoisonError::into_inner);
        token.clone()
    }

    /// Takes a token, as from its keychain.
    pub fn take(&self, token: Option<String>) {
        let mut kept = self.0.token.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = token;
    }

    /// Signs in over a line, and keeps the token.
    ///
    /// # Errors
    /// What the server says.
    pub async fn sign_in(
        &self,
        line: &Remote,
        email: &str,
        password: &str,
        code: Option<&str>,
    ) -> Result<()> {
        let key = self.key()?;
        let answer = line
            .sign_in(
                &SignIn {
                    email: email.to_owned(),
                    password: password.to_owned(),
                    code: code.map(str::to_owned),
                    clinic: None,
                    public_key: key.public(),
                    label: "a computer".to_owned(),
                },
                &key,
            )
            .await?;
        let SignInAnswer::SignedIn { token, .. } = answer else {
            bail!("this login works in several clinics");
        };
        self.take(Some(token));
        Ok(())
    }

    /// The token and a signature for a request made by hand: header names and values.
    ///
    /// # Errors
    /// When its key is none.
    pub fn sign(
        &self,
        method: &str,
        path: &str,
        body: &[u8],
        at: i64,
    ) -> Result<Vec<(&'static str, String)>> {
        use base64::Engine as _;
        use safetalk_wire::http::{SIGNATURE_HEADER, TIME_HEADER, signed_text};
        let token = self.token().unwrap_or_default();
        let digest = |bytes: &[u8]| {
            let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
            digest
                .as_ref()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let text = signed_text(
            method,
            path,
            safetalk_domain::Moment(at),
            &digest(body),
            &digest(token.as_bytes()),
        );
        let pair = ring::signature::Ed25519KeyPair::from_pkcs8(&self.0.key)
            .ok()
            .context("a key")?;
        let signature =
            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(pair.sign(text.as_bytes()));
        let mut headers = vec![(TIME_HEADER, at.to_string()), (SIGNATURE_HEADER, signature)];
        if !token.is_empty() {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        Ok(headers)
    }
}

#[async_trait]
impl Keyring for Computer {
    async fn credentials(&self) -> Option<Credentials> {
        Some(Credentials {
            token: Zeroizing::new(self.token()?),
            key: self.key().ok()?,
        })
    }
}
