//! A real mail server on loopback for the screens' tests, which run outside Rust. For tests only; it is never shipped.
//!
//! ```text
//! mail-server --folder <folder>
//! ```
//!
//! Prints one line, its port: implicit TLS on `localhost`, user `clinic@example.org`, password `open sesame`. In the folder
//! stand `authority.pem`, the certificate to trust, and every accepted message as `1.eml`, `2.eml`, … A line on its input says how
//! it goes on: `busy` (come back later), `away` (it hangs up), `refuse` (not this sender), `behave`; each is answered `ok` once
//! it holds. It ends when its input is closed.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use tokio::sync::mpsc;

/// How long one wait for the next message lasts before the next is begun.
const PATIENCE: Duration = Duration::from_secs(3600);

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--folder"), Some(folder)) => PathBuf::from(folder),
        _ => bail!("--folder <folder> is missing"),
    };
    std::fs::create_dir_all(&folder)?;
    let sink = Sink::start(SinkOptions::default()).await?;
    std::fs::write(folder.join("authority.pem"), sink.root_pem())?;
    println!("{}", sink.port());

    let (says, mut hears) = mpsc::unbounded_channel();
    // Its end of the channel goes with the input, and the program with it.
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            if says.send(line).is_err() {
                break;
            }
        }
    });
    let mut kept = 0;
    loop {
        tokio::select! {
            line = hears.recv() => {
                match line.as_deref() {
                    Some("busy") => sink.always(Step::Mail, Act::Say("451 4.3.2 come back later")),
                    Some("away") => sink.always(Step::Greeting, Act::Cut),
                    Some("refuse") => sink.always(Step::Mail, Act::Say("550 5.7.60 not your address")),
                    Some("behave") => sink.behave(),
                    Some(_) => bail!("busy, away, refuse or behave"),
                    None => return Ok(()),
                }
                println!("ok");
            }
            received = sink.wait_for(kept + 1, PATIENCE) => {
                for message in received.unwrap_or_default().into_iter().skip(kept) {
                    kept += 1;
                    let whole = folder.join(format!("{kept}.part"));
                    std::fs::write(&whole, message.raw)?;
                    // Whoever looks for the message finds all of it or nothing.
                    std::fs::rename(&whole, folder.join(format!("{kept}.eml"))).context("kept")?;
                }
            }
        }
    }
}
