//! The TCP line under a talk that starts in clear.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A line that hands out one byte at a time while it is in clear.
///
/// lettre reads through a buffer and keeps it across STARTTLS, so an attacker on the way could append
/// replies in clear to the server's "go ahead" that lettre would then take for encrypted ones, up to a false
/// "250 accepted" (the flaw known from CVE-2021-38371 and its kin). With one byte at a time nothing but the
/// line asked for is ever in that buffer; whatever was appended meets the TLS handshake and breaks it.
#[derive(Debug)]
pub(super) struct Line {
    stream: TcpStream,
    in_clear: Arc<AtomicBool>,
}

impl Line {
    /// The line, and the switch to turn off once STARTTLS has been agreed.
    pub(super) fn new(stream: TcpStream) -> (Self, Arc<AtomicBool>) {
        let in_clear = Arc::new(AtomicBool::new(true));
        let line = Self {
            stream,
            in_clear: Arc::clone(&in_clear),
        };
        (line, in_clear)
    }
}

impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.in_clear.load(Ordering::Relaxed) || buffer.remaining() <= 1 {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let mut one = [0_u8];
        let mut small = ReadBuf::new(&mut one);
        let polled = Pin::new(&mut self.stream).poll_read(context, &mut small);
        if let Poll::Ready(Ok(())) = polled {
            buffer.put_slice(small.filled());
        }
        polled
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Line {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}
