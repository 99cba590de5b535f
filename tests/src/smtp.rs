//! An SMTP server on loopback that keeps what it is given, and misbehaves on request.
//!
//! It is real as far as a mail client can tell: real sockets, real TLS with a certificate of its own
//! authority, real AUTH. Tests trust it by handing [`Sink::root_der`] to the client; a test that leaves
//! it out gets an untrusted certificate. Nothing ever leaves the machine.
//!
//! Faults are a script: at a [`Step`] of the talk the sink does one [`Act`] instead of the usual answer.
//! Each act is used once, so that a retry meets a healthy server, unless it was added with [`Sink::always`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// How the sink's line is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// No TLS at all.
    Plain,
    /// Plain until the client says STARTTLS.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// A point of the talk between client and server, named by what the server is about to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The server's first line.
    Greeting,
    /// EHLO.
    Ehlo,
    /// The command STARTTLS.
    StartTls,
    /// AUTH, once the password is there.
    Auth,
    /// MAIL FROM.
    Mail,
    /// RCPT TO.
    Rcpt,
    /// The command DATA, before its 354.
    Data,
    /// The message is being received; its final dot is not read yet.
    Body,
    /// The final dot was read and nothing kept yet.
    BeforeKeeping,
    /// The message is kept; the reply is not sent yet.
    Reply,
}

/// What the sink does at a step instead of the usual answer.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers with this line (several lines: separate them with `\r\n`) and goes on.
    Say(&'static str),
    /// Answers as usual, with these lines appended in the same breath: what an attacker on the way does.
    Append(&'static str),
    /// Waits, then answers as usual.
    Wait(Duration),
    /// Never answers and keeps the line open.
    Hang,
    /// Closes the line.
    Cut,
}

/// A message the sink accepted.
#[derive(Clone, Debug)]
pub struct Received {
    /// The address of MAIL FROM.
    pub from: String,
    /// The addresses of RCPT TO.
    pub to: Vec<String>,
    /// The message as it came, dot-stuffing removed.
    pub raw: Vec<u8>,
    /// Whether the line was encrypted when it came.
    pub encrypted: bool,
    /// The user who had signed in, if AUTH is on.
    pub user: Option<String>,
}

impl Received {
    /// The value of a header of one line, for looking up Message-ID or Subject.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.raw);
        let head = text.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name)
                .then(|| value.trim().to_owned())
        })
    }
}

/// How to start a sink.
#[derive(Clone, Debug)]
pub struct SinkOptions {
    /// How the line is protected.
    pub protection: Protection,
    /// The one user and password that may sign in; `None` asks for no AUTH.
    pub user: Option<(String, String)>,
    /// The port to listen on; 0 takes a free one.
    pub port: u16,
}

impl Default for SinkOptions {
    fn default() -> Self {
        Self {
            protection: Protection::Implicit,
            user: Some(("clinic@example.org".to_owned(), "open sesame".to_owned())),
            port: 0,
        }
    }
}

struct Shared {
    options: SinkOptions,
    acceptor: TlsAcceptor,
    received: Mutex<Vec<Received>>,
    count: watch::Sender<usize>,
    connections: watch::Sender<usize>,
    reached: watch::Sender<Vec<Step>>,
    script: Mutex<Vec<(Step, Act, bool)>>,
}

/// The running server. Dropping it closes the port and every line.
pub struct Sink {
    shared: Arc<Shared>,
    port: u16,
    root_der: Vec<u8>,
    listening: JoinHandle<()>,
}

impl Sink {
    /// Starts a sink on 127.0.0.1.
    ///
    /// # Errors
    /// When the port is taken or no certificate can be made.
    pub async fn start(options: SinkOptions) -> anyhow::Result<Self> {
        let made = rcgen::generate_simple_self_signed(vec![
            "localhost".to_owned(),
            "127.0.0.1".to_owned(),
        ])?;
        let root_der = made.cert.der().to_vec();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let tls = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![CertificateDer::from(root_der.clone())], key.into())?;
        let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            options,
            acceptor: TlsAcceptor::from(Arc::new(tls)),
            received: Mutex::default(),
            count: watch::Sender::new(0),
            connections: watch::Sender::new(0),
            reached: watch::Sender::new(Vec::new()),
            script: Mutex::default(),
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Ok(Self {
            shared,
            port,
            root_der,
            listening,
        })
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate to trust, DER.
    #[must_use]
    pub fn root_der(&self) -> Vec<u8> {
        self.root_der.clone()
    }

    /// The same certificate as PEM text, for programs that read a file.
    #[must_use]
    pub fn root_pem(&self) -> String {
        let body = BASE64.encode(&self.root_der);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        for line in body.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// Misbehaves once at this step.
    pub fn once(&self, step: Step, act: Act) {
        lock(&self.shared.script).push((step, act, true));
    }

    /// Misbehaves at this step until [`Sink::behave`].
    pub fn always(&self, step: Step, act: Act) {
        lock(&self.shared.script).push((step, act, false));
    }

    /// Forgets the script.
    pub fn behave(&self) {
        lock(&self.shared.script).clear();
    }

    /// Forgets which steps were reached, so that the next is waited for.
    pub fn forget_steps(&self) {
        self.shared.reached.send_replace(Vec::new());
    }

    /// Everything accepted so far, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// How many connections have come so far.
    #[must_use]
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// Waits until at least `n` messages have been accepted and returns them.
    ///
    /// # Errors
    /// When they have not come within `patience`.
    pub async fn wait_for(&self, n: usize, patience: Duration) -> anyhow::Result<Vec<Received>> {
        let mut count = self.shared.count.subscribe();
        tokio::time::timeout(patience, count.wait_for(|have| *have >= n))
            .await
            .with_context(|| format!("{n} messages within {patience:?}"))??;
        Ok(self.received())
    }

    /// Waits until some client has reached this step.
    ///
    /// # Errors
    /// When none has within `patience`.
    pub async fn wait_for_step(&self, step: Step, patience: Duration) -> anyhow::Result<()> {
        let mut reached = self.shared.reached.subscribe();
        tokio::time::timeout(patience, reached.wait_for(|steps| steps.contains(&step)))
            .await
            .with_context(|| format!("{step:?} within {patience:?}"))??;
        Ok(())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // The set is dropped with the listener's task, and every open line with it.
    let mut lines = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        shared.connections.send_modify(|n| *n += 1);
        lines.spawn(async move {
            // A line that breaks is the client's business: the test looks at what it made of it.
            let _ = serve(stream, &shared).await;
        });
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> anyhow::Result<()> {
    if shared.options.protection == Protection::Implicit {
        let tls = shared.acceptor.accept(stream).await?;
        Talk::new(BufReader::new(tls), shared, true).run().await?;
        return Ok(());
    }
    let mut plain = Talk::new(BufReader::new(stream), shared, false);
    if plain.run().await? == Ended::StartTls {
        let stream = plain.line.into_inner();
        let tls = shared.acceptor.accept(stream).await?;
        let mut talk = Talk::new(BufReader::new(tls), shared, true);
        talk.greeted = true;
        talk.run().await?;
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Ended {
    Quit,
    StartTls,
}

struct Talk<'a, S> {
    line: BufReader<S>,
    shared: &'a Shared,
    encrypted: bool,
    greeted: bool,
    user: Option<String>,
    from: String,
    to: Vec<String>,
    appended: Option<&'static str>,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Talk<'a, S> {
    fn new(line: BufReader<S>, shared: &'a Shared, encrypted: bool) -> Self {
        Self {
            line,
            shared,
            encrypted,
            greeted: false,
            user: None,
            from: String::new(),
            to: Vec::new(),
            appended: None,
        }
    }

    async fn say(&mut self, text: &str) -> anyhow::Result<()> {
        self.line
            .get_mut()
            .write_all(format!("{text}\r\n").as_bytes())
            .await?;
        self.line.get_mut().flush().await?;
        Ok(())
    }

    async fn hear(&mut self) -> anyhow::Result<String> {
        let mut text = String::new();
        if self.line.read_line(&mut text).await? == 0 {
            bail!("the client hung up");
        }
        Ok(text.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Plays the script at a step. True when the usual answer is still to be given.
    async fn play(&mut self, step: Step) -> anyhow::Result<bool> {
        self.shared.reached.send_modify(|steps| steps.push(step));
        let act = {
            let mut script = lock(&self.shared.script);
            match script.iter().position(|(at, _, _)| *at == step) {
                Some(found) if script[found].2 => Some(script.remove(found).1),
                Some(found) => Some(script[found].1.clone()),
                None => None,
            }
        };
        match act {
            None => Ok(true),
            Some(Act::Append(text)) => {
                self.appended = Some(text);
                Ok(true)
            }
            Some(Act::Say(text)) => {
                self.say(text).await?;
                Ok(false)
            }
            Some(Act::Wait(time)) => {
                tokio::time::sleep(time).await;
                Ok(true)
            }
            Some(Act::Hang) => std::future::pending().await,
            Some(Act::Cut) => {
                // A reset, not a goodbye: nothing that is still unsent may reach the client.
                bail!("cut at {step:?}")
            }
        }
    }

    async fn answer(&mut self, step: Step, usual: &str) -> anyhow::Result<bool> {
        let usual_given = self.play(step).await?;
        if usual_given {
            match self.appended.take() {
                None => self.say(usual).await?,
                Some(more) => self.say(&format!("{usual}\r\n{more}")).await?,
            }
        }
        Ok(usual_given)
    }

    async fn run(&mut self) -> anyhow::Result<Ended> {
        if !self.greeted {
            self.answer(Step::Greeting, "220 sink.test ESMTP").await?;
        }
        loop {
            let heard = self.hear().await?;
            let verb = heard
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let usual = self.capabilities();
                    self.answer(Step::Ehlo, &usual).await?;
                }
                "STARTTLS" => {
                    if self.answer(Step::StartTls, "220 go ahead").await? {
                        return Ok(Ended::StartTls);
                    }
                }
                "AUTH" => self.auth(&heard).await?,
                "MAIL" => {
                    self.from = address(&heard);
                    self.to.clear();
                    if self.shared.options.user.is_some() && self.user.is_none() {
                        self.say("530 5.7.0 Authentication required").await?;
                    } else {
                        self.answer(Step::Mail, "250 2.1.0 ok").await?;
                    }
                }
                "RCPT" => {
                    if self.answer(Step::Rcpt, "250 2.1.5 ok").await? {
                        self.to.push(address(&heard));
                    }
                }
                "DATA" => {
                    if self.answer(Step::Data, "354 go ahead").await? {
                        self.message().await?;
                    }
                }
                "RSET" | "NOOP" => self.say("250 ok").await?,
                "QUIT" => {
                    self.say("221 bye").await?;
                    return Ok(Ended::Quit);
                }
                _ => self.say("500 5.5.2 what?").await?,
            }
        }
    }

    fn capabilities(&self) -> String {
        let mut lines = vec!["sink.test", "8BITMIME", "ENHANCEDSTATUSCODES"];
        if self.shared.options.protection == Protection::StartTls && !self.encrypted {
            lines.push("STARTTLS");
        } else if self.shared.options.user.is_some() {
            lines.push("AUTH PLAIN LOGIN");
        }
        let last = lines.len() - 1;
        lines
            .iter()
            .enumerate()
            .map(|(n, line)| format!("250{}{line}", if n == last { ' ' } else { '-' }))
            .collect::<Vec<_>>()
            .join("\r\n")
    }

    async fn auth(&mut self, heard: &str) -> anyhow::Result<()> {
        let mut words = heard.split_whitespace().skip(1);
        let mechanism = words.next().unwrap_or_default().to_ascii_uppercase();
        let first = words.next().map(ToOwned::to_owned);
        let (user, password) = if mechanism == "PLAIN" {
            let given = match first {
                Some(given) => given,
                None => self.ask("334 ").await?,
            };
            let clear = String::from_utf8(BASE64.decode(given)?)?;
            let mut parts = clear.split('\0').skip(1).map(ToOwned::to_owned);
            (
                parts.next().unwrap_or_default(),
                parts.next().unwrap_or_default(),
            )
        } else {
            let user = match first {
                Some(given) => given,
                None => self.ask("334 VXNlcm5hbWU6").await?,
            };
            let password = self.ask("334 UGFzc3dvcmQ6").await?;
            (
                String::from_utf8(BASE64.decode(user)?)?,
                String::from_utf8(BASE64.decode(password)?)?,
            )
        };
        let right = self.shared.options.user == Some((user.clone(), password));
        if !right {
            self.answer(Step::Auth, "535 5.7.8 Authentication failed")
                .await?;
        } else if self.answer(Step::Auth, "235 2.7.0 ok").await? {
            self.user = Some(user);
        }
        Ok(())
    }

    async fn ask(&mut self, challenge: &str) -> anyhow::Result<String> {
        self.say(challenge).await?;
        self.hear().await
    }

    async fn message(&mut self) -> anyhow::Result<()> {
        self.play(Step::Body).await?;
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.line.read_until(b'\n', &mut line).await? == 0 {
                bail!("the client hung up inside the message");
            }
            if line == b".\r\n" {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        if !self.play(Step::BeforeKeeping).await? {
            return Ok(());
        }
        let message = Received {
            from: self.from.clone(),
            to: self.to.clone(),
            raw,
            encrypted: self.encrypted,
            user: self.user.clone(),
        };
        lock(&self.shared.received).push(message);
        self.shared.count.send_modify(|n| *n += 1);
        self.answer(Step::Reply, "250 2.0.0 kept").await?;
        Ok(())
    }
}

/// The address between the angle brackets of MAIL FROM and RCPT TO.
fn address(heard: &str) -> String {
    heard
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map(|(inside, _)| inside.to_owned())
        .unwrap_or_default()
}
