//! A computer that is a folder, and the app running on it in a process of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use safetalk_app::App;
use safetalk_tests::outside::Outside;
use safetalk_tests::process::Process;
use safetalk_tests::smtp::Sink;
use serde_json::{Value, json};

/// Long enough for a busy machine; nothing here waits for it unless something is wrong.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Marks the app's answers among what the test program itself prints.
const MARK: &str = "> ";

/// A computer. It outlives the app.
pub struct Computer {
    folder: tempfile::TempDir,
    root: Option<PathBuf>,
    listening: bool,
}

impl Computer {
    /// A new one with nothing on it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the computer");
        std::fs::create_dir_all(folder.path().join("outside"))
            .expect("the computer around the app");
        Self {
            folder,
            root: None,
            listening: false,
        }
    }

    /// Trusts the sink's certificate as a person's computer trusts their provider's.
    pub fn trusting(mut self, sink: &Sink) -> Self {
        let file = self.folder.path().join("root.pem");
        std::fs::write(&file, sink.root_pem()).expect("the certificate");
        self.root = Some(file);
        self
    }

    /// Writes down everything the app logs, however fine.
    pub fn listening(mut self) -> Self {
        self.listening = true;
        self
    }

    /// Everything the app logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).expect("the log")
    }

    /// Where the app keeps its files.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of the one clinic on it.
    pub fn clinic_folder(&self) -> PathBuf {
        let clinics = std::fs::read_dir(self.data().join("clinics")).expect("the clinics");
        let mut folders = clinics.map(|entry| entry.expect("a folder").path());
        let folder = folders.next().expect("one clinic");
        assert_eq!(folders.next(), None, "there is only one clinic here");
        folder
    }

    /// What surrounds the app; see [`safetalk_tests::outside`].
    pub fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    /// Sets the clock to so many seconds after the real one.
    pub fn set_clock(&self, ahead: i64) {
        std::fs::write(self.outside().join("clock"), ahead.to_string()).expect("the clock");
    }

    /// Starts the app.
    pub fn start(&self) -> Running {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--exact", "computer::the_app_itself", "--ignored"])
            .args(["--nocapture", "--quiet"])
            .env("OFFICE_COMPUTER", self.folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(root) = &self.root {
            command.env("SSL_CERT_FILE", root);
        }
        if self.listening {
            command.env("OFFICE_LOG", self.folder.path().join("log"));
        }
        let mut process = Process::start(&mut command).expect("the app starts");
        let to = process.child().stdin.take().expect("its input");
        let from = process.child().stdout.take().expect("its output");
        let mut running = Running {
            process,
            to,
            from: BufReader::new(from),
        };
        let runs = running.hear().expect("the app says that it runs");
        assert_eq!(runs, Ok(json!("running")));
        running
    }
}

/// The app while it runs. Dropping it ends it as a crash would.
pub struct Running {
    process: Process,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Running {
    /// Asks without waiting for the answer. An app that is dead already does not mind.
    pub fn send(&mut self, cmd: &str, payload: &Value) {
        let line = json!({ "cmd": cmd, "payload": payload });
        let _ = writeln!(self.to, "{line}").and_then(|()| self.to.flush());
    }

    /// The next answer; `None` when the app ended.
    pub fn hear(&mut self) -> Option<Result<Value, Value>> {
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            // The test program may have begun the line with the name of the test.
            let Some((_, said)) = line.split_once(MARK) else {
                continue;
            };
            let mut said: Value = serde_json::from_str(said).ok()?;
            return Some(match said.get_mut("no") {
                Some(no) => Err(no.take()),
                None => Ok(said["ok"].take()),
            });
        }
    }

    /// Asks and waits.
    pub fn ask(&mut self, cmd: &str, payload: Value) -> Result<Value, Value> {
        self.send(cmd, &payload);
        self.hear()
            .unwrap_or_else(|| panic!("the app ended instead of answering {cmd}"))
    }

    /// Asks for what must be done.
    pub fn ok(&mut self, cmd: &str, payload: Value) -> Value {
        self.ask(cmd, payload)
            .unwrap_or_else(|problem| panic!("{cmd} was not done: {problem}"))
    }

    /// Asks for what the clinic's rules must refuse; answers the refusal.
    pub fn refused(&mut self, cmd: &str, payload: Value) -> Value {
        let mut problem = self.problem(cmd, payload);
        assert_eq!(
            problem["kind"], "refused",
            "{cmd} is refused, not broken: {problem}"
        );
        problem["refusal"].take()
    }

    /// Asks for what must not be done; answers the problem.
    pub fn problem(&mut self, cmd: &str, payload: Value) -> Value {
        match self.ask(cmd, payload) {
            Ok(done) => panic!("{cmd} must not be done, but was: {done}"),
            Err(problem) => problem,
        }
    }

    /// Asks until the answer is as wanted.
    pub fn until(
        &mut self,
        what: &str,
        cmd: &str,
        payload: Value,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let began = Instant::now();
        loop {
            let answer = self.ok(cmd, payload.clone());
            if wanted(&answer) {
                return answer;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "waited {PATIENCE:?} for {what}; last: {answer:#}"
            );
            std::thread::sleep(Duration::from_millis(15));
        }
    }

    /// Ends it without a chance to tidy up.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Quits as a person does, and waits for its end.
    pub fn quit(&mut self) {
        self.ok("app.quit", json!({ "how": "quit" }));
        let status = self.process.wait(PATIENCE).expect("it ends");
        assert!(status.success(), "quitting is no crash: {status}");
    }
}

/// Not a test: the app, driven by lines on its input.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "started by the tests of this file, with its folder in the environment"]
async fn the_app_itself() {
    let Ok(folder) = std::env::var("OFFICE_COMPUTER") else {
        return;
    };
    if let Ok(log) = std::env::var("OFFICE_LOG") {
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .expect("the log");
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(std::sync::Mutex::new(file))
            .init();
    }
    let folder = Path::new(&folder);
    let outside = Arc::new(Outside::new(&folder.join("outside")).expect("the computer"));
    let app = App::start(folder.join("data"), Arc::clone(&outside) as Arc<_>).await;
    let (asked, mut asking) = tokio::sync::mpsc::unbounded_channel::<String>();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if asked.send(line).is_err() {
                return;
            }
        }
    });
    println!("{MARK}{}", json!({ "ok": "running" }));
    loop {
        let line = tokio::select! {
            line = asking.recv() => line,
            () = outside.over() => None,
        };
        let Some(line) = line else { break };
        let mut call: Value = serde_json::from_str(&line).expect("a call");
        let payload = call["payload"].take();
        let answer = match call["cmd"].as_str().expect("a command") {
            // What the system says, not the screen.
            "the computer sleeps" => {
                app.suspend();
                Ok(Value::Null)
            }
            "the window closes" => Ok(json!(app.close_requested().await)),
            "many at once" => Ok(many_at_once(&app, payload).await),
            cmd => app.rpc(cmd, payload).await.map(|answer| json!(answer)),
        };
        let said = match answer {
            Ok(done) => json!({ "ok": done }),
            Err(problem) => json!({ "no": problem }),
        };
        println!("{MARK}{said}");
    }
}

/// Asks the same so often at once as several screens do after a change; answers how many were answered.
async fn many_at_once(app: &Arc<App>, mut call: Value) -> Value {
    let mut asked = tokio::task::JoinSet::new();
    let cmd = call["cmd"].as_str().expect("a command").to_owned();
    let payload = call["payload"].take();
    for _ in 0..call["times"].as_u64().expect("how often") {
        let (app, cmd, payload) = (Arc::clone(app), cmd.clone(), payload.clone());
        asked.spawn(async move { app.rpc(&cmd, payload).await.is_ok() });
    }
    let answered = asked.join_all().await;
    json!(answered.into_iter().filter(|done| *done).count())
}
