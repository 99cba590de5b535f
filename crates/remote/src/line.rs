//! One request and its answer, and what can be the matter in between.

use crate::{Credentials, DeviceKey, NoTls, Remote};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, Response, StatusCode, redirect};
use ring::digest::{SHA256, digest};
use safetalk_domain::Moment;
use safetalk_wire::Trouble;
use safetalk_wire::http::{
    Code, MOST_ANSWER_BYTES, PROTOCOL_HEADER, Problem, SIGNATURE_HEADER, TIME_HEADER, signed_text,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::error::Error;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a line to the server.
    pub connect: Duration,
    /// For a whole answer.
    pub answer: Duration,
    /// For the next sign of life on the line of events; the server gives one every 15 s.
    pub silence: Duration,
    /// Between two looks while there is no line of events.
    pub poll: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            silence: Duration::from_secs(40),
            poll: Duration::from_secs(30),
        }
    }
}

pub fn client(tls: rustls::ClientConfig, patience: Patience) -> Result<Client, NoTls> {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .connect_timeout(patience.connect)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_keepalive(Duration::from_secs(30))
        .user_agent(concat!("SafeTalk/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| NoTls(Box::new(error)))
}

/// Who signs a request.
pub enum Signer<'a> {
    /// Nobody: what anyone may ask.
    Nobody,
    /// A computer that is about to be signed in.
    Key(&'a DeviceKey),
    /// A computer that is signed in.
    Computer(&'a Credentials),
}

impl Remote {
    /// Asks as the computer that is signed in.
    pub(crate) async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, Trouble> {
        let credentials = self.credentials().await?;
        let signer = Signer::Computer(&credentials);
        self.call(Method::POST, path, Some(question), &signer).await
    }

    pub(crate) async fn credentials(&self) -> Result<Credentials, Trouble> {
        self.keyring.credentials().await.ok_or(Trouble::SignedOut)
    }

    /// Asks, reads the whole answer and understands it.
    pub(crate) async fn call<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        question: Option<&Q>,
        signer: &Signer<'_>,
    ) -> Result<A, Trouble> {
        let body = question
            .map(serde_json::to_vec)
            .transpose()
            .map_err(|_| Trouble::NotUnderstood)?
            .unwrap_or_default();
        let whole = async {
            let response = self.send(method, path, body, signer).await?;
            read(response).await
        };
        tokio::time::timeout(self.patience.answer, whole)
            .await
            .map_err(|_| Trouble::TimedOut)?
    }

    /// Sends, and looks at the head of the answer: it is from a SafeTalk server, and it is no refusal.
    ///
    /// The server measures a signature by its own clock. Where that of this computer is wrong, the server's is learnt
    /// from its refusal, once.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        signer: &Signer<'_>,
    ) -> Result<Response, Trouble> {
        let mut learnt = false;
        loop {
            let response = self
                .request(method.clone(), path, body.clone(), signer)
                .send()
                .await
                .map_err(|error| class(&error))?;
            let ours = response.headers().contains_key(PROTOCOL_HEADER);
            let status = response.status();
            if !ours {
                return Err(foreign(status));
            }
            if status.is_success() {
                return Ok(response);
            }
            let problem: Problem = read(response).await?;
            match problem.now {
                Some(now) if problem.code == Code::Clock && !learnt => {
                    self.ahead.store(now - self.time.now().0, Ordering::Relaxed);
                    learnt = true;
                }
                _ => return Err(problem.trouble()),
            }
        }
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
        signer: &Signer<'_>,
    ) -> reqwest::RequestBuilder {
        let url = self.address.at(path);
        let mut request = self
            .client
            .request(method.clone(), url)
            .header(CONTENT_TYPE, "application/json");
        let (token, key) = match signer {
            Signer::Nobody => (None, None),
            Signer::Key(key) => (None, Some(*key)),
            Signer::Computer(credentials) => (Some(&credentials.token), Some(&credentials.key)),
        };
        if let Some(key) = key {
            let at = self.server_now();
            let signed = sign(
                key,
                &method,
                path,
                at,
                &body,
                token.map(|token| token.as_str()),
            );
            request = request
                .header(TIME_HEADER, at.0)
                .header(SIGNATURE_HEADER, signed);
        }
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {}", token.as_str()));
        }
        request.body(body)
    }
}

/// The path below the server's own address is what is signed: a proxy may put it under another.
fn sign(
    key: &DeviceKey,
    method: &Method,
    path: &str,
    at: Moment,
    body: &[u8],
    token: Option<&str>,
) -> String {
    let text = signed_text(
        method.as_str(),
        path,
        at,
        &hex(body),
        &hex(token.unwrap_or_default().as_bytes()),
    );
    key.sign(&text)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Reads a bounded answer of JSON.
async fn read<A: DeserializeOwned>(mut response: Response) -> Result<A, Trouble> {
    if !is(response.headers(), "application/json") {
        return Err(Trouble::Foreign);
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| class(&error))? {
        if bytes.len() + chunk.len() > MOST_ANSWER_BYTES {
            return Err(Trouble::Foreign);
        }
        bytes.extend_from_slice(&chunk);
    }
    // What exactly was not understood is not repeated: it may hold a client's name.
    serde_json::from_slice(&bytes).map_err(|_| Trouble::NotUnderstood)
}

/// Whether an answer says that it is of this type.
pub fn is(headers: &HeaderMap, wanted: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value
                .split(';')
                .next()
                .is_some_and(|kind| kind.trim() == wanted)
        })
}

/// An answer that is not of a SafeTalk server: of a proxy before one that is down, or of anybody.
fn foreign(status: StatusCode) -> Trouble {
    match status {
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Trouble::Unreachable
        }
        _ => Trouble::Foreign,
    }
}

/// The class of what reqwest reports.
pub fn class(error: &reqwest::Error) -> Trouble {
    if let Some(trouble) = of_tls(error) {
        return trouble;
    }
    if error.is_timeout() {
        Trouble::TimedOut
    } else if error.is_decode() {
        Trouble::Foreign
    } else {
        Trouble::Unreachable
    }
}

/// What TLS has to say, wherever in the chain it says it.
fn of_tls(error: &reqwest::Error) -> Option<Trouble> {
    use rustls::CertificateError as C;
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref::<rustls::Error>() {
            Some(rustls::Error::InvalidCertificate(certificate)) => {
                let by_clock = matches!(
                    certificate,
                    C::Expired
                        | C::ExpiredContext { .. }
                        | C::NotValidYet
                        | C::NotValidYetContext { .. }
                );
                return Some(Trouble::Certificate { by_clock });
            }
            // Something listens there that does not speak TLS, or not ours.
            Some(_) => return Some(Trouble::Foreign),
            None => {}
        }
        // An io error passes over what it wraps when it is asked for its source.
        cause = match error.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    None
}
