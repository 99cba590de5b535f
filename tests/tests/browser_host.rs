//! The browser host itself: it serves health data without a password, so it must serve nobody but its own page.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};
use safetalk_tests::process::Process;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

struct Running {
    _host: Process,
    _folder: tempfile::TempDir,
    port: u16,
    token: String,
}

fn start() -> Result<Running> {
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_browser-host"));
    command
        .arg("--data-dir")
        .arg(folder.path().join("data"))
        .stderr(Stdio::null());
    let (host, address) = Process::start_and_hear(&mut command)?;
    let rest = address
        .strip_prefix("http://127.0.0.1:")
        .context("it listens on loopback only")?;
    let (port, token) = rest
        .trim_end_matches('/')
        .split_once('/')
        .context("the address holds a token")?;
    Ok(Running {
        _host: host,
        _folder: folder,
        port: port.parse()?,
        token: token.to_owned(),
    })
}

impl Running {
    /// One request, and the whole answer as text.
    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Result<String> {
        let mut line = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        line.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        line.read_to_string(&mut answer).await?;
        Ok(answer)
    }
}

const STATE: &str = r#"{"cmd":"app.state","payload":{}}"#;

#[tokio::test]
async fn nobody_without_the_cookie_is_answered() -> Result<()> {
    let host = start()?;
    for (path, headers) in [("/rpc", ""), ("/rpc", "Cookie: safetalk=guess\r\n")] {
        let answer = host.ask("POST", path, headers, STATE).await?;
        assert!(
            answer.starts_with("HTTP/1.1 403"),
            "another page of this computer asked {path}: {answer}"
        );
    }
    for path in ["/", "/changed", "/guess/"] {
        let answer = host.ask("GET", path, "", "").await?;
        assert!(
            answer.starts_with("HTTP/1.1 403"),
            "another page of this computer asked {path}: {answer}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_page_that_was_opened_with_the_token_reaches_the_core() -> Result<()> {
    let host = start()?;
    let door = host
        .ask("GET", &format!("/{}/", host.token), "", "")
        .await?;
    assert!(
        door.starts_with("HTTP/1.1 303"),
        "the token leads to the screens: {door}"
    );
    assert!(
        door.contains("HttpOnly; SameSite=Strict"),
        "the cookie is for this page alone: {door}"
    );
    let cookie = format!("Cookie: safetalk={}\r\n", host.token);
    let state = host.ask("POST", "/rpc", &cookie, STATE).await?;
    assert!(
        state.starts_with("HTTP/1.1 200") && state.contains("first_run"),
        "a fresh folder has no clinic: {state}"
    );
    let problem = host
        .ask(
            "POST",
            "/rpc",
            &cookie,
            r#"{"cmd":"dashboard.get","payload":{}}"#,
        )
        .await?;
    assert!(
        problem.starts_with("HTTP/1.1 422"),
        "what was not done is not a success: {problem}"
    );
    let page = host.ask("GET", "/", &cookie, "").await?;
    assert!(
        page.to_lowercase().contains("content-security-policy: "),
        "the window's content policy holds here too: {page}"
    );
    Ok(())
}
