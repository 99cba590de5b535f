//! A bad line to a real server: a proxy that passes on one request per connection, and drops, delays, doubles or cuts
//! it as the test has said for the next request of that path.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes through.
    Pass,
    /// It never arrives, and the line is cut.
    Drop,
    /// Half of it arrives, and the line is cut.
    Half,
    /// It arrives, its answer is lost, and the line is cut.
    AnswerLost,
    /// It arrives, and the line is cut before the server has answered.
    HangUp,
    /// So many bytes of the answer come back before the line is cut.
    Cut(usize),
    /// It arrives late.
    Late(Duration),
    /// It arrives, and again after its answer; the second answer comes back.
    Twice,
    /// It arrives twice at once; one of the answers comes back.
    TwiceAtOnce,
}

/// The line. Ends when dropped.
pub struct Proxy {
    /// Where to ask.
    pub address: SocketAddr,
    fates: Arc<Mutex<VecDeque<(String, Fate)>>>,
    down: watch::Sender<bool>,
    running: AbortHandle,
}

impl Proxy {
    /// A line to `server`; good until told otherwise.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let fates: Arc<Mutex<VecDeque<(String, Fate)>>> = Arc::default();
        let known = Arc::clone(&fates);
        let down = watch::Sender::new(false);
        let cut = down.subscribe();
        let running = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (known, mut cut) = (Arc::clone(&known), cut.clone());
                // A cut line is an error on both sides, and what the test wanted.
                tokio::spawn(async move {
                    tokio::select! {
                        biased;
                        _ = cut.wait_for(|down| *down) => {}
                        _ = carry(client, server, &known) => {}
                    }
                });
            }
        })
        .abort_handle();
        Ok(Self {
            address,
            fates,
            down,
            running,
        })
    }

    /// The next request of `path` meets this fate; several are met in the order of these calls.
    pub fn next(&self, path: &str, fate: Fate) {
        let mut fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
        fates.push_back((path.to_owned(), fate));
    }

    /// Pulls the cable, also from under what is on the line already; or puts it back.
    pub fn cut(&self, down: bool) {
        self.down.send_replace(down);
    }

    /// From now on the line is good.
    pub fn behave(&self) {
        let mut fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
        fates.clear();
    }

    /// How many fates were not met yet.
    pub fn left(&self) -> usize {
        let fates = self.fates.lock().unwrap_or_else(PoisonError::into_inner);
        fates.len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn carry(
    mut client: TcpStream,
    server: SocketAddr,
    fates: &Mutex<VecDeque<(String, Fate)>>,
) -> Result<()> {
    let request = Request::read(&mut client).await?;
    let fate = {
        let mut fates = fates.lock().unwrap_or_else(PoisonError::into_inner);
        fates
            .iter()
            .position(|(path, _)| *path == request.path)
            .and_then(|at| fates.remove(at))
            .map_or(Fate::Pass, |(_, fate)| fate)
    };
    match fate {
        Fate::Pass => request.pass(server, &mut client).await,
        Fate::Drop => Ok(()),
        Fate::Half => {
            let mut line = TcpStream::connect(server).await?;
            let bytes = request.bytes();
            line.write_all(&bytes[..bytes.len() - request.body.len() / 2 - 1])
                .await?;
            line.flush().await?;
            tokio::time::sleep(Duration::from_millis(20)).await;
            Ok(())
        }
        Fate::AnswerLost => request.ask(server).await.map(drop),
        Fate::HangUp => {
            let mut line = TcpStream::connect(server).await?;
            line.write_all(&request.bytes()).await?;
            line.flush().await?;
            Ok(())
        }
        Fate::Cut(bytes) => {
            let answer = request.ask(server).await?;
            client.write_all(&answer[..bytes.min(answer.len())]).await?;
            Ok(())
        }
        Fate::Late(by) => {
            tokio::time::sleep(by).await;
            request.pass(server, &mut client).await
        }
        Fate::Twice => {
            request.ask(server).await?;
            let answer = request.ask(server).await?;
            Ok(client.write_all(&answer).await?)
        }
        Fate::TwiceAtOnce => {
            let (one, other) = tokio::join!(request.ask(server), request.ask(server));
            one?;
            Ok(client.write_all(&other?).await?)
        }
    }
}

/// A whole request. Good enough for what our own client sends: a head and a counted body.
struct Request {
    head: String,
    path: String,
    body: Vec<u8>,
}

impl Request {
    async fn read(from: &mut TcpStream) -> Result<Self> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end;
            }
            ensure!(bytes.len() < 64 << 10, "a head that does not end");
            ensure!(from.read_buf(&mut bytes).await? > 0, "hung up");
        };
        let head = String::from_utf8(bytes[..end].to_vec())?;
        let path = head
            .split(' ')
            .nth(1)
            .context("a request line has a path")?
            .to_owned();
        let length = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .map_or(Ok(0), |(_, length)| length.trim().parse::<usize>())?;
        let mut body = bytes.split_off(end + 4);
        while body.len() < length {
            ensure!(from.read_buf(&mut body).await? > 0, "hung up");
        }
        Ok(Self { head, path, body })
    }

    /// As it goes to the server: one request for one connection.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{}\r\nConnection: close\r\n\r\n", self.head).into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }

    async fn ask(&self, server: SocketAddr) -> Result<Vec<u8>> {
        let mut line = TcpStream::connect(server).await?;
        line.write_all(&self.bytes()).await?;
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).await?;
        Ok(answer)
    }

    /// Passes the answer on as it comes: a line of events never ends.
    async fn pass(&self, server: SocketAddr, client: &mut TcpStream) -> Result<()> {
        let mut line = TcpStream::connect(server).await?;
        line.write_all(&self.bytes()).await?;
        tokio::io::copy_bidirectional(client, &mut line).await?;
        Ok(())
    }
}
