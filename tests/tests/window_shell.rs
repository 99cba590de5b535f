//! What the window does with the desktop around it: its dialogs, the printer, the tray, the lock, the dark.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use safetalk_tests::login::Keychain;
use safetalk_tests::smtp::{Act, Sink, SinkOptions, Step};
use safetalk_tests::tray::Tray;
use safetalk_tests::window::{Desk, Window};
use serde_json::{Value, json};
use tokio::sync::Mutex;

/// One window at a time: two on two cores make each other late.
static TURN: Mutex<()> = Mutex::const_new(());

/// A message may wait for its turn and the machine may be building beside it.
const PATIENCE: Duration = Duration::from_secs(90);

const UNSENT: &str = "Messages are not sent yet";

#[tokio::test]
async fn the_recovery_key_is_saved_where_the_person_says_for_their_eyes_only_and_can_be_printed()
-> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    let key = window.begin_clinic().await?;

    window.press("Save to a file").await?;
    desk.dismiss_dialog("Keep the recovery key")?;
    window.see("Your recovery key").await?;
    ensure!(
        !is_enabled(&window, "Next").await?,
        "a closed dialog kept nothing, so that nobody may go on"
    );
    let file = desk.login.home().join("my key.html");
    window.press("Save to a file").await?;
    desk.wait_for("Keep the recovery key")?;
    desk.picture("window-save-key")?;
    desk.answer_dialog("Keep the recovery key", &file)?;
    until_true(&window, "Next").await?;
    let sheet = std::fs::read_to_string(&file)?;
    for group in key.split(' ') {
        ensure!(sheet.contains(group), "the sheet lacks a group");
    }
    let mode = std::fs::metadata(&file)?.permissions().mode() & 0o777;
    assert_eq!(mode, 0o600, "whoever reads it opens every backup");

    window.press("Print").await?;
    desk.wait_for("Print")?;
    desk.picture("window-print")?;
    desk.dismiss_dialog("Print")?;
    window.see("Your recovery key").await?;
    window.quit().await
}

#[tokio::test]
async fn closing_with_unsent_messages_asks_and_each_of_the_three_answers_does_what_it_says()
-> Result<()> {
    let _turn = TURN.lock().await;
    let sink = Sink::start(SinkOptions::default()).await?;
    let desk = Desk::start(Keychain::Open)?;
    let _manager = desk.window_manager()?;
    let trusted = desk.login.home().join("authority.pem");
    std::fs::write(&trusted, sink.root_pem())?;
    let trusted = trusted.to_str().context("a plain path")?.to_owned();
    let trust = [("SSL_CERT_FILE", trusted.as_str())];
    let window = Window::open_with(&desk, &trust).await?;
    window.found_clinic().await?;
    window.set_up_mail(&sink).await?;
    sink.always(Step::Greeting, Act::Say("421 4.3.2 come back later"));
    let client = window
        .add_client("Maya Redfern", "maya@example.org")
        .await?;
    window.book_for(&client, 3).await?;

    // Quit: it waits on this computer and nowhere else.
    desk.close("SafeTalk")?;
    window.see(UNSENT).await?;
    window.picture(&desk, "window-unsent").await?;
    window.press("Quit").await?;
    gone(&window).await?;
    drop(window);
    ensure!(sink.received().is_empty(), "nothing left");

    // Keep running in the tray: only where there is one, for a window that nobody can bring back must not be hidden.
    let window = Window::open_with(&desk, &trust).await?;
    window.see("Dashboard").await?;
    desk.close("SafeTalk")?;
    window.see(UNSENT).await?;
    window.press("Keep running in the tray").await?;
    window.see("This computer has no tray").await?;
    window.picture(&desk, "window-no-tray").await?;
    ensure!(desk.shows("SafeTalk"), "the window stays where it is");
    let tray = Tray::start(&desk.login)?;
    window.press("Keep running in the tray").await?;
    desk.wait_for_none("SafeTalk")?;
    assert_eq!(
        tray.menu()?,
        [
            ("Open SafeTalk".to_owned(), true),
            ("Lock".to_owned(), false),
            ("Quit".to_owned(), true)
        ],
        "without a PIN there is nothing to lock"
    );
    tray.choose("Open SafeTalk")?;
    desk.wait_for("SafeTalk")?;
    window.see_no_more(UNSENT).await?;

    // From the tray quitting asks as well, and with a PIN the tray locks.
    window
        .ask("lock.set_pin", json!({ "old": null, "new": "2468" }))
        .await?;
    desk.close("SafeTalk")?;
    window.see(UNSENT).await?;
    window.press("Keep running in the tray").await?;
    desk.wait_for_none("SafeTalk")?;
    tray.choose("Lock")?;
    window.see("SafeTalk is locked").await?;
    tray.choose("Open SafeTalk")?;
    desk.wait_for("SafeTalk")?;
    window.picture(&desk, "window-locked-from-tray").await?;
    window.fill("PIN", "2468").await?;
    window.press("Unlock").await?;
    window.see("Dashboard").await?;
    desk.close("SafeTalk")?;
    window.see(UNSENT).await?;
    window.press("Keep running in the tray").await?;
    desk.wait_for_none("SafeTalk")?;
    tray.choose("Quit")?;
    desk.wait_for("SafeTalk")?;
    window.see(UNSENT).await?;

    // Send and quit.
    sink.behave();
    window.press("Send and quit").await?;
    gone(&window).await?;
    let mails = sink.wait_for(1, PATIENCE).await?;
    assert_eq!(mails.len(), 1, "it was sent once, and then it was quit");
    Ok(())
}

#[tokio::test]
async fn what_is_typed_waits_behind_the_lock_and_the_window_does_not_close_over_it_unasked()
-> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let _manager = desk.window_manager()?;
    let window = Window::open(&desk).await?;
    window.press("Look around with a demo clinic").await?;
    window.see("This is a demo clinic").await?;
    window
        .ask("lock.set_pin", json!({ "old": null, "new": "2468" }))
        .await?;
    window.press("Rooms").await?;
    window.press("New room").await?;
    window.fill("Name", "Blue").await?;

    window.ask("lock.now", json!({})).await?;
    window.see("SafeTalk is locked").await?;
    window.see_no_more("New room").await?;
    window.picture(&desk, "window-locked-over-a-form").await?;
    desk.close("SafeTalk")?;
    window.see("Something that was typed is not saved").await?;
    window.press("Do not quit").await?;
    window.fill("PIN", "2468").await?;
    window.press("Unlock").await?;
    window.see("New room").await?;

    desk.close("SafeTalk")?;
    window.see("Throw away what you typed?").await?;
    window.picture(&desk, "window-closing-over-a-form").await?;
    window.press("Keep editing").await?;
    window.press("Save").await?;
    window.see("Saved.").await?;
    window.see("Blue").await?;
    // Now nothing is held, and nothing is asked.
    desk.close("SafeTalk")?;
    gone(&window).await
}

#[tokio::test]
async fn dark_density_hidden_lanes_and_the_chosen_view_are_as_they_were_left() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press("Look around with a demo clinic").await?;
    window.see("This is a demo clinic").await?;
    window.press("Settings").await?;
    window.press("Appearance").await?;
    window.press("Dark").await?;
    window.press("Compact").await?;
    window.press("My Calendar").await?;
    window.see("New session").await?;
    window.press("Day").await?;
    let therapist = first_text(&window, ".who .ell").await?;
    window.press(&therapist).await?;
    is_left(&window).await?;
    window.quit().await?;

    let window = Window::open(&desk).await?;
    window.see("This is a demo clinic").await?;
    window.picture(&desk, "window-dark-dashboard").await?;
    window.press("My Calendar").await?;
    window.see("New session").await?;
    is_left(&window).await?;
    window.picture(&desk, "window-dark-day").await?;
    window.press("Week").await?;
    window.press(&therapist).await?;
    window.picture(&desk, "window-dark-calendar").await?;
    let session = "document.querySelector('[data-session], .ev, .block')";
    let _ = window
        .page
        .execute(&format!("{session}?.click()"), vec![])
        .await?;
    window.see("Quick Actions").await?;
    window.picture(&desk, "window-dark-session").await?;
    window.quit().await
}

#[tokio::test]
async fn zoom_enlarges_everything_and_the_page_still_fits_the_window() -> Result<()> {
    let _turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press("Look around with a demo clinic").await?;
    window.see("This is a demo clinic").await?;
    let ordinary = width(&window).await?;
    window.press("Settings").await?;
    window.press("Appearance").await?;
    window.fill("Zoom", "150").await?;
    let began = Instant::now();
    while (width(&window).await? * 1.5 - ordinary).abs() > 3.0 {
        ensure!(
            began.elapsed() < PATIENCE,
            "the page has {} of {ordinary} pixels",
            width(&window).await?
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    window.picture(&desk, "window-zoomed-settings").await?;
    // The driver reckons where to point without the zoom.
    let calendar = "document.querySelector('nav a[href=\"#/calendar\"]').click()";
    window.page.execute(calendar, vec![]).await?;
    window.see("New session").await?;
    window.picture(&desk, "window-zoomed-calendar").await?;
    // A third of a pixel is rounded up on one side and down on the other.
    let over = "return document.documentElement.scrollWidth - window.innerWidth";
    let over = window.page.execute(over, vec![]).await?;
    ensure!(
        over.as_f64().is_some_and(|over| over <= 1.0),
        "{over} pixels stand out of the window"
    );
    window.quit().await
}

/// How many pixels of its own the page has from side to side.
async fn width(window: &Window) -> Result<f64> {
    let width = window.page.execute("return window.innerWidth", vec![]);
    width.await?.as_f64().context("a width")
}

/// Dark, compact, one day, one lane switched off.
async fn is_left(window: &Window) -> Result<()> {
    let script = "const root = document.documentElement.dataset;
        return [root.theme, root.density, document.querySelectorAll('.who input:not(:checked)').length,
            document.querySelector('.bar [aria-checked=true], .bar [aria-pressed=true]')?.textContent ?? '']";
    let wanted = json!(["dark", "compact", 1, "Day"]);
    let began = Instant::now();
    loop {
        let found = window.page.execute(script, vec![]).await?;
        if found == wanted {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "{found} instead of {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn the_shade_hides_names_and_the_lock_hides_everything_also_when_nobody_is_there()
-> Result<()> {
    let turn = TURN.lock().await;
    let desk = Desk::start(Keychain::Open)?;
    let window = Window::open(&desk).await?;
    window.press("Look around with a demo clinic").await?;
    window.see("This is a demo clinic").await?;
    let everybody = json!({ "query": "", "archived": false, "most": 1 });
    let rows = window.ask("client.list", everybody.clone()).await?;
    let name = rows[0]["client"]["name"].as_str().context("a name")?;
    window.press("Clients").await?;
    window.see(name).await?;
    window.press("Privacy shade").await?;
    window.see_no_more(name).await?;
    window.picture(&desk, "window-shade").await?;
    window.press("Privacy shade").await?;
    window.see(name).await?;

    window.press("Settings").await?;
    window.press("Lock").await?;
    window.fill("PIN", "2468").await?;
    window.fill("PIN again", "2468").await?;
    window.press("Set the PIN").await?;
    window.see("Old PIN").await?;
    window.press("Lock by itself").await?;
    window.fill("After", "1").await?;
    window.keys("\t").await?;
    let began = Instant::now();
    window.press("Clients").await?;
    window.see(name).await?;
    // Nobody touches it; another test may have its turn meanwhile.
    drop(turn);
    window.see("SafeTalk is locked").await?;
    let waited = began.elapsed();
    ensure!(
        waited > Duration::from_secs(50),
        "it locked after {waited:?} instead of a minute"
    );
    window.see_no_more(name).await?;
    window.picture(&desk, "window-locked").await?;
    let refused = window.ask("client.list", everybody).await;
    ensure!(
        refused.is_err(),
        "behind the lock the core answers no screen"
    );
    window.fill("PIN", "1357").await?;
    window.press("Unlock").await?;
    window.see("This is not the PIN.").await?;
    window.fill("PIN", "2468").await?;
    window.press("Unlock").await?;
    window.see(name).await?;
    window.quit().await
}

/// Waits until the program has ended.
async fn gone(window: &Window) -> Result<()> {
    let began = Instant::now();
    while window.page.execute("return 1", vec![]).await.is_ok() {
        ensure!(began.elapsed() < PATIENCE, "it still runs");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn first_text(window: &Window, css: &str) -> Result<String> {
    let script = "return document.querySelector(arguments[0])?.innerText.trim() ?? ''";
    let began = Instant::now();
    loop {
        let found: Value = window.page.execute(script, vec![json!(css)]).await?;
        let found = found.as_str().unwrap_or_default();
        if !found.is_empty() {
            return Ok(found.to_owned());
        }
        ensure!(began.elapsed() < PATIENCE, "nothing is at {css}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn is_enabled(window: &Window, button: &str) -> Result<bool> {
    let script = "const found = [...document.querySelectorAll('button')].find((b) => b.innerText.trim() === arguments[0]);
        return found !== undefined && !found.disabled && found.getAttribute('aria-disabled') !== 'true'";
    let found = window.page.execute(script, vec![json!(button)]).await?;
    Ok(found == Value::Bool(true))
}

async fn until_true(window: &Window, button: &str) -> Result<()> {
    let began = Instant::now();
    while !is_enabled(window, button).await? {
        ensure!(began.elapsed() < PATIENCE, "{button} stays closed");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
