//! Listening: TLS or plain, time-outs on slow callers, and an orderly end.

use crate::{House, routes};
use anyhow::{Context as _, Result};
use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Whoever has not said what they want by then is hung up on.
const HEAD_WITHIN: Duration = Duration::from_secs(15);

/// Where and how to listen.
pub struct Serving {
    /// Bound already, so that a test knows the port.
    pub listener: TcpListener,
    /// Certificate and key as PEM files; without, the line is plain.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where Prometheus asks, if it does.
    pub metrics: Option<TcpListener>,
    /// How long requests under way may take once the server is asked to stop.
    pub drain: Duration,
}

/// Serves until `stop` ends; then takes no new request, lets those under way end, and closes every file.
///
/// # Errors
/// When the certificate cannot be used or the listener fails.
pub async fn serve(
    house: Arc<House>,
    serving: Serving,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let handle = Handle::new();
    let drained = {
        let (handle, house) = (handle.clone(), Arc::clone(&house));
        tokio::spawn(async move {
            stop.await;
            tracing::info!("the server was asked to stop");
            // Lines of events end at once; everything else may come to its end.
            house.closing.send_replace(true);
            house.post.rest();
            handle.graceful_shutdown(Some(serving.drain));
        })
    };
    let service =
        routes::router(Arc::clone(&house)).into_make_service_with_connect_info::<SocketAddr>();
    let metrics = serving
        .metrics
        .map(|listener| -> Result<_> {
            let server = axum_server::from_tcp(listener)?;
            let service = routes::metrics(Arc::clone(&house)).into_make_service();
            Ok(tokio::spawn(server.serve(service)))
        })
        .transpose()?;
    house.post.begin();
    let mut server = axum_server::from_tcp(serving.listener)?
        .handle(handle)
        .http1_only()
        .first_request_timeout(HEAD_WITHIN);
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN);
    match serving.tls {
        None => server.serve(service).await?,
        Some((certificate, key)) => {
            let config = tls(certificate, key).await?;
            let acceptor = RustlsAcceptor::new(config).handshake_timeout(HEAD_WITHIN);
            server.acceptor(acceptor).serve(service).await?;
        }
    }
    drained.abort();
    if let Some(metrics) = metrics {
        metrics.abort();
    }
    house.close().await;
    tracing::info!("the server has stopped");
    Ok(())
}

async fn tls(certificate: PathBuf, key: PathBuf) -> Result<RustlsConfig> {
    // The first provider of a process stays; that it is there already is no failure.
    let _ = rustls::crypto::ring::default_provider().install_default();
    RustlsConfig::from_pem_chain_file(&certificate, &key)
        .await
        .with_context(|| {
            format!(
                "the certificate {} or its key {} cannot be used",
                certificate.display(),
                key.display()
            )
        })
}
