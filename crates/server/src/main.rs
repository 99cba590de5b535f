//! `safetalk-server`: the command line.
#![forbid(unsafe_code)]

use anyhow::{Context as _, Result};
use clap::Parser as _;
use safetalk_server::admin::{self, Command};
use safetalk_server::config::{Cli, Task};
use safetalk_server::{House, Serving, serve};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> Result<()> {
    let mut cli = Cli::parse();
    let filter = EnvFilter::try_from_env("SAFETALK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match cli.task.take() {
        None | Some(Task::Serve) => run(cli).await,
        Some(Task::Migrate) => migrate(&cli).await,
        Some(Task::Admin { command }) => ask(&cli, command.into()).await,
    }
}

async fn run(mut cli: Cli) -> Result<()> {
    cli.listen.check()?;
    let listener = bind(cli.listen.listen)?;
    // Port 0 is any free one; what is said from here on is the real one.
    cli.listen.listen = listener.local_addr()?;
    let cli = &cli;
    let metrics = cli.listen.metrics_listen.map(bind).transpose()?;
    let house = Arc::new(cli.open().await?);
    welcome(cli, &house).await?;
    #[cfg(unix)]
    let _socket = {
        let (folder, house) = (cli.place.data.clone(), Arc::clone(&house));
        tokio::spawn(async move {
            if let Err(error) = safetalk_server::socket::listen(&folder, house).await {
                tracing::error!(%error, "the socket for `admin` commands is not there");
            }
        })
    };
    let tls = cli.listen.tls_cert.clone().zip(cli.listen.tls_key.clone());
    let serving = Serving {
        listener,
        tls,
        metrics,
        drain: Duration::from_secs(cli.listen.drain_seconds),
    };
    serve(house, serving, asked_to_stop()).await
}

fn bind(at: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(at).with_context(|| format!("cannot listen on {at}"))
}

/// What a person at a fresh machine needs to know next.
async fn welcome(cli: &Cli, house: &House) -> Result<()> {
    println!("SafeTalk server on {}", cli.public_address());
    println!("Data: {}", cli.place.data.display());
    println!(
        "Key:  {} (without it the data cannot be read: keep a copy elsewhere)",
        cli.key_file().display()
    );
    if house.ledgers.all().await?.is_empty() {
        println!("\nThere is no clinic yet. In another terminal, with the same --data:");
        println!(
            "  safetalk-server admin create-clinic --name \"Harbour Clinic\" --owner \"Ann\" --email ann@example.org"
        );
        println!(
            "It prints an invite. In SafeTalk: \"Sign in to your clinic\", \"I have an invite\"."
        );
    }
    Ok(())
}

async fn migrate(cli: &Cli) -> Result<()> {
    cli.migrate_database().await?;
    let house = cli.open().await?;
    let clinics = house.ledgers.all().await?;
    for clinic in &clinics {
        // Opening brings the schema up to date.
        house
            .ledgers
            .of(*clinic)
            .await
            .with_context(|| format!("the ledger of clinic {clinic}"))?;
    }
    house.close().await;
    println!("the accounts and {} ledgers are up to date", clinics.len());
    Ok(())
}

async fn ask(cli: &Cli, command: Command) -> Result<()> {
    #[cfg(unix)]
    if let Some(answer) = safetalk_server::socket::ask(&cli.place.data, &command).await? {
        println!("{answer}");
        return Ok(());
    }
    let house = cli.open().await?;
    let answer = admin::run(&house, command).await;
    house.close().await;
    println!("{}", answer?);
    Ok(())
}

/// SIGTERM from a supervisor, Ctrl+C from a person.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            },
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
}
