//! The screens in an ordinary browser, on the real core: what Playwright drives. For tests only; it is never shipped.
//!
//! ```text
//! browser-host --data-dir <folder> [--outside <folder>] [--ui <folder>] [--port <number>] [--tethered yes]
//! ```
//!
//! Prints one line, the address to open: `http://127.0.0.1:<port>/<token>/`. That page sets a cookie and leads to the
//! screens; without the cookie nothing is answered, so that no other page and no other person of this computer can ask.
//! `POST /close` is the cross in the window's frame: `{"closes"}` says whether the program ends by it or asks first.
//! Then `POST /rpc` with `{"cmd","payload"}` answers the command (422 and the problem if it was not done), and
//! `GET /changed` tells what changed as server-sent events. `--outside` is the computer around the app; see
//! [`safetalk_tests::outside`]. The program ends when the app quits, and with
//! `--tethered yes` also when its input is closed, that is, with the test that started it, however that ended.
#![forbid(unsafe_code)]

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use safetalk_app::App;
use safetalk_app::host::Host as _;
use safetalk_tests::outside::Outside;
use serde::Deserialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::broadcast::error::RecvError;
use tower_http::services::ServeDir;
use uuid::Uuid;

struct Table {
    app: Arc<App>,
    outside: Arc<Outside>,
    token: String,
    policy: HeaderValue,
}

#[derive(Deserialize)]
struct Call {
    cmd: String,
    payload: Value,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::read()?;
    let outside = Arc::new(Outside::new(&arguments.outside)?);
    let app = App::start(arguments.data, Arc::clone(&outside) as Arc<_>).await;
    let token = Uuid::new_v4().simple().to_string();
    let table = Arc::new(Table {
        app,
        outside: Arc::clone(&outside),
        token: token.clone(),
        policy: content_policy()?,
    });
    // Loopback only: this is health data without a password.
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await?;
    let port = listener.local_addr()?.port();
    let routes = Router::new()
        .route("/rpc", post(rpc))
        .route("/changed", get(changed))
        .route("/close", post(close))
        .fallback_service(ServeDir::new(&arguments.ui))
        .layer(middleware::from_fn_with_state(Arc::clone(&table), guard))
        .with_state(table);
    println!("http://127.0.0.1:{port}/{token}/");
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        () = outside.over() => {}
        () = input_closed(), if arguments.tethered => {}
    }
    Ok(())
}

struct Arguments {
    data: PathBuf,
    outside: PathBuf,
    ui: PathBuf,
    port: u16,
    tethered: bool,
}

impl Arguments {
    fn read() -> Result<Self> {
        let (mut data, mut outside, mut port, mut tethered) = (None, None, 0, false);
        let mut ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/dist");
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let value = words
                .next()
                .with_context(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--data-dir" => data = Some(PathBuf::from(value)),
                "--outside" => outside = Some(PathBuf::from(value)),
                "--ui" => ui = PathBuf::from(value),
                "--port" => port = value.parse().context("--port needs a number")?,
                "--tethered" => tethered = value == "yes",
                _ => bail!("unknown argument {word}"),
            }
        }
        let data = data.context("--data-dir is missing")?;
        let outside = outside.unwrap_or_else(|| data.with_extension("outside"));
        Ok(Self {
            data,
            outside,
            ui,
            port,
            tethered,
        })
    }
}

/// The window's own content policy, so that what it would block fails here too; only the way to the core differs.
fn content_policy() -> Result<HeaderValue> {
    let config: Value = serde_json::from_str(include_str!("../../../src-tauri/tauri.conf.json"))?;
    let policy = config
        .pointer("/app/security/csp")
        .and_then(Value::as_object)
        .context("tauri.conf.json has no CSP")?;
    let directives = policy.iter().map(|(name, value)| match name.as_str() {
        "connect-src" => "connect-src 'self'".to_owned(),
        _ => format!("{name} {}", value.as_str().unwrap_or_default()),
    });
    Ok(HeaderValue::from_str(
        &directives.collect::<Vec<_>>().join("; "),
    )?)
}

/// Lets in who has the cookie, gives it to who knows the token, and turns everybody else away.
async fn guard(State(table): State<Arc<Table>>, request: Request, next: Next) -> Response {
    if request.uri().path() == format!("/{}/", table.token) {
        let cookie = format!(
            "safetalk={}; HttpOnly; SameSite=Strict; Path=/",
            table.token
        );
        return ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response();
    }
    if !has_cookie(request.headers(), &table.token) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static("content-security-policy"),
        table.policy.clone(),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn has_cookie(headers: &HeaderMap, token: &str) -> bool {
    let wanted = format!("safetalk={token}");
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split("; "))
        .any(|cookie| cookie == wanted)
}

async fn rpc(State(table): State<Arc<Table>>, Json(call): Json<Call>) -> Response {
    match table.app.rpc(&call.cmd, call.payload).await {
        Ok(answer) => Json(answer).into_response(),
        Err(problem) => (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response(),
    }
}

async fn close(State(table): State<Arc<Table>>) -> Json<Value> {
    let closes = table.app.close_requested().await;
    if closes {
        // Whoever asked hears the answer first.
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(100)).await;
            table.outside.quit();
        });
    }
    Json(serde_json::json!({ "closes": closes }))
}

async fn changed(State(table): State<Arc<Table>>) -> impl axum::response::IntoResponse {
    let changes = table.outside.changes();
    let events = futures_util::stream::unfold(changes, |mut changes| async move {
        loop {
            match changes.recv().await {
                Ok(change) => {
                    let event = Event::default().json_data(&change).unwrap_or_default();
                    return Some((Ok::<_, Infallible>(event), changes));
                }
                // A screen that fell behind has later ones to hear.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn input_closed() {
    let (told, closed) = tokio::sync::oneshot::channel();
    // A thread of its own: the runtime would wait for one of its own threads before it ends.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = told.send(());
    });
    let _ = closed.await;
}
