//! A whole working day in the real window: the first start, a mail account, a client, and a session through every change,
//! with a real keychain and real mail on loopback. Whatever a person does here is done by clicks and keys.
#![forbid(unsafe_code)]
#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use mail_parser::MessageParser;
use safetalk_tests::login::Keychain;
use safetalk_tests::smtp::{Received, Sink, SinkOptions};
use safetalk_tests::window::{Desk, Window};
use serde_json::{Value, json};

/// A mail may wait for its turn and the machine may be building beside it.
const PATIENCE: Duration = Duration::from_secs(120);

const MAYA: &str = "Maya Redfern";
const ADDRESS: &str = "maya@example.org";
const REMARK: &str = "Quarrelled with her sister";

#[tokio::test]
async fn a_clinic_made_by_hand_mails_each_change_of_a_session_once_and_remembers_all_of_it()
-> Result<()> {
    let sink = Sink::start(SinkOptions::default()).await?;
    let desk = Desk::start(Keychain::Open)?;
    let trusted = desk.login.home().join("authority.pem");
    std::fs::write(&trusted, sink.root_pem())?;
    let trusted = trusted.to_str().context("a plain path")?.to_owned();
    let trust = [("SSL_CERT_FILE", trusted.as_str())];

    let window = Window::open_with(&desk, &trust).await?;
    make_the_clinic(&desk, &window).await?;
    set_up_mail(&desk, &window, sink.port()).await?;
    window.press("Availability").await?;
    window.press("Add therapist").await?;
    window.fill("Name", "Bea Low").await?;
    window.press("Save").await?;
    window.see_no_more("Online link").await?;
    add_client(&window, MAYA, Some(ADDRESS)).await?;
    add_client(&window, "Noah Finch", None).await?;

    let day = wednesday(&window, 2).await?;
    let last_week = wednesday(&window, -1).await?;
    miss_a_session(&desk, &window, &last_week).await?;
    book(&window, "Noah Finch", Some("Bea Low"), &day, "14:00").await?;
    ensure!(
        sink.received().is_empty(),
        "neither a past session nor a client without an address is a reason to mail"
    );

    book(&window, MAYA, None, &day, "10:00").await?;
    let session = session_on_screen(&window).await?;
    window.picture(&desk, "journey-session").await?;
    let booked = read(&sink, 1).await?;
    assert!(
        booked.subject.starts_with("Appointment on Wed"),
        "the booking is told: {}",
        booked.subject
    );
    assert!(
        booked.text.contains("10:00"),
        "the client reads when it is: {}",
        booked.text
    );

    reschedule(&desk, &window).await?;
    let moved = read(&sink, 2).await?;
    assert!(
        moved.subject.starts_with("Appointment moved to"),
        "the move is told: {}",
        moved.subject
    );
    assert!(
        moved.text.contains("11:30") && moved.text.contains("10:00"),
        "the client reads from when to when: {}",
        moved.text
    );

    find_on_the_calendar(&desk, &window, &day, &session).await?;
    extend_with_an_invoice(&desk, &window).await?;
    let invoice = mail_with(&sink, 4, "Invoice").await?;
    assert!(
        invoice.text.contains("45.50"),
        "the client reads the amount that was typed: {}",
        invoice.text
    );
    let longer = mail_with(&sink, 4, "new end time").await?;
    assert!(
        longer.text.contains("12:50"),
        "the client reads the new end: {}",
        longer.text
    );

    cancel(&desk, &window).await?;
    let cancelled = read(&sink, 5).await?;
    assert!(
        cancelled.subject.ends_with("cancelled"),
        "the cancellation is told: {}",
        cancelled.subject
    );
    assert!(
        !cancelled.whole.contains("sister"),
        "a remark stays in the clinic: {}",
        cancelled.whole
    );
    all_are_sent(&window, &session).await?;
    window.quit().await?;

    let window = Window::open_with(&desk, &trust).await?;
    window.press("Clients").await?;
    window.press(MAYA).await?;
    // In the list of the client's sessions the one at half past eleven is the one that was moved.
    window.press("11:30").await?;
    for told in [
        "Restore Session",
        REMARK,
        "You booked the session",
        "You moved it from",
        "You changed the time from",
        "You cancelled the session",
        "Cancellation notice (Email): Sent to maya@example.org",
        "Invoice (Email): Sent to maya@example.org",
    ] {
        window.see(told).await?;
    }
    assert_eq!(
        texts(&window, ".title .pill").await?,
        ["Cancelled"],
        "it is as it was left"
    );
    window.picture(&desk, "journey-reopened").await?;
    assert_eq!(
        session_on_screen(&window).await?,
        session,
        "it is the same session that was left"
    );

    // What would go twice goes before anything newer: the next mail to come is the next thing that was done.
    book(&window, MAYA, None, &day, "16:00").await?;
    let next = read(&sink, 6).await?;
    assert!(
        next.text.contains("16:00"),
        "nothing but the new booking left after the restart: {}",
        next.text
    );
    each_once(&sink)?;
    window.quit().await
}

async fn make_the_clinic(desk: &Desk, window: &Window) -> Result<()> {
    window.press("Use on this computer").await?;
    window.fill("Clinic name", "Harbour Practice").await?;
    window.fill("Your name", "Ann Berry").await?;
    // A computer that is set to UTC says nothing of where it stands: the country is asked for.
    window.fill("Country", "Malaysia").await?;
    window.keys("\u{e007}").await?;
    window.picture(desk, "journey-clinic").await?;
    window.press("Next").await?;
    window.see("When are you open?").await?;
    window.picture(desk, "journey-hours").await?;
    window.press("Next").await?;
    window.see("Your rooms").await?;
    window.fill("Name", "Blue room").await?;
    window.press("Next").await?;
    window.see("What do you offer?").await?;
    window.fill("Name", "Talk").await?;
    window.fill("Price", "120").await?;
    window.press("Create the clinic").await?;
    window.see("Your recovery key").await?;
    let groups = texts(window, ".groups code").await?;
    ensure!(groups.len() >= 8, "the key stands on the screen in groups");
    window.picture(desk, "journey-recovery-key").await?;
    window.press("I wrote it down").await?;
    window.press("Next").await?;
    window.see("type two of its groups").await?;
    for label in texts(window, "form label").await? {
        let n: usize = label
            .strip_prefix("Group ")
            .with_context(|| format!("{label:?} asks for no group"))?
            .parse()?;
        window.fill(&label, &groups[n - 1]).await?;
    }
    window.press("Done").await?;
    window.see("No sessions today").await?;
    window.picture(desk, "journey-dashboard").await.map(drop)
}

async fn set_up_mail(desk: &Desk, window: &Window, port: u16) -> Result<()> {
    window.press("Settings").await?;
    window.press("Mail").await?;
    window.press("Another").await?;
    window
        .fill("Name of the sender", "Harbour Practice")
        .await?;
    window
        .fill("Address of the sender", "clinic@example.org")
        .await?;
    window.fill("User name", "clinic@example.org").await?;
    window.fill("Password", "open sesame").await?;
    window.fill("Server", "localhost").await?;
    window.fill("Port", &port.to_string()).await?;
    window.press("Save").await?;
    window.see("One is in the keychain").await?;
    window.picture(desk, "journey-mail").await?;
    let kept = window.ask("mail.get", json!({})).await?;
    ensure!(
        kept["port"] == port && !kept.to_string().contains("open sesame"),
        "the account is kept and its password never comes back: {kept}"
    );
    Ok(())
}

async fn add_client(window: &Window, name: &str, address: Option<&str>) -> Result<()> {
    window.press("Clients").await?;
    window.press("New client").await?;
    window.fill("Full name", name).await?;
    if let Some(address) = address {
        window.fill("Email", address).await?;
        window.press("May be emailed").await?;
    }
    window.press("Save").await?;
    // The form is gone, and the page of the client stands there.
    window.see("No sessions yet").await?;
    window.see_no_more("May be emailed").await?;
    window.see(name).await
}

/// Books a session in the only room and leaves it on the screen.
async fn book(
    window: &Window,
    client: &str,
    therapist: Option<&str>,
    day: &str,
    time: &str,
) -> Result<()> {
    fill_in_booking(window, client, therapist, day, time).await?;
    window.box_says(&["Slot Available"]).await?;
    window.press(&format!("Book {time}")).await?;
    window.see("Quick Actions").await
}

async fn fill_in_booking(
    window: &Window,
    client: &str,
    therapist: Option<&str>,
    day: &str,
    time: &str,
) -> Result<()> {
    window.press("Dashboard").await?;
    window.see("Today").await?;
    window.press("Quick Create").await?;
    window.see("New session").await?;
    window.fill("Client", client).await?;
    window.press(client).await?;
    if let Some(therapist) = therapist {
        window.press("Therapist:").await?;
        window.press(therapist).await?;
    }
    window.press("Date:").await?;
    window.press_day(day).await?;
    window.fill("Start time", time).await
}

/// A session last week, written down afterwards, to which the client did not come.
async fn miss_a_session(desk: &Desk, window: &Window, day: &str) -> Result<()> {
    book(window, MAYA, None, day, "09:00").await?;
    window.see("Completed").await?;
    window.press("No Show").await?;
    window.see("The session stays on the calendar.").await?;
    window.press("No Show").await?;
    window.see("Undo No Show").await?;
    window.see("You marked No Show").await?;
    window.picture(desk, "journey-no-show").await.map(drop)
}

async fn reschedule(desk: &Desk, window: &Window) -> Result<()> {
    window.press("Reschedule Session").await?;
    window.see("Keep current time").await?;
    window.fill("Start time", "14:00").await?;
    window.box_says(&["Room is not available"]).await?;
    window.picture(desk, "journey-room-taken").await?;
    window.fill("Start time", "11:30").await?;
    window.box_says(&["Slot Available"]).await?;
    window.picture(desk, "journey-slot-available").await?;
    window.press("Reschedule").await?;
    window.see_no_more("Keep current time").await?;
    window.see("You moved it from").await
}

/// From the Dashboard to the week of the session, and into it by its block.
async fn find_on_the_calendar(
    desk: &Desk,
    window: &Window,
    day: &str,
    session: &str,
) -> Result<()> {
    window.press("Dashboard").await?;
    window.see("Needs attention").await?;
    window.press("My Calendar").await?;
    window.see("New session").await?;
    let mut shown = window.days_in_view().await?;
    let began = std::time::Instant::now();
    while !shown.iter().any(|other| other == day) {
        window.press("Next week").await?;
        let before = std::mem::take(&mut shown);
        while shown.is_empty() || shown == before {
            ensure!(began.elapsed() < PATIENCE, "no week after {before:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
            shown = window.days_in_view().await?;
        }
    }
    window.picture(desk, "journey-calendar").await?;
    window.press_block(session).await?;
    window.see("Quick Actions").await?;
    ensure!(
        session_on_screen(window).await? == session,
        "the block leads to its session"
    );
    Ok(())
}

async fn extend_with_an_invoice(desk: &Desk, window: &Window) -> Result<()> {
    window.press("Modify Duration").await?;
    window.see("Keep duration").await?;
    // Typed: the dialog grows when the first answer comes, and a click at that moment misses its button.
    window.fill("End Time", "12:50").await?;
    window.box_says(&["Slot Available"]).await?;
    window.press("Invoice the extension").await?;
    window.fill("Amount", "45.50").await?;
    window.see("The invoice goes by Email.").await?;
    window.picture(desk, "journey-extension").await?;
    window.press("Modify").await?;
    window.see_no_more("Keep duration").await?;
    window.see("You changed the time from").await
}

async fn cancel(desk: &Desk, window: &Window) -> Result<()> {
    window.press("Cancel Session").await?;
    window.see("Keep session").await?;
    window.fill("Remark", REMARK).await?;
    window.picture(desk, "journey-cancel").await?;
    window.press("Cancel this Session").await?;
    window.see_no_more("Keep session").await?;
    window.see("You cancelled the session").await
}

/// A mail as its reader's program shows it.
struct Mail {
    subject: String,
    text: String,
    /// Every part that can be read, the calendar file included.
    whole: String,
}

/// The `n`-th mail, when that many have come and not one more.
async fn read(sink: &Sink, n: usize) -> Result<Mail> {
    let all = sink.wait_for(n, PATIENCE).await?;
    ensure!(all.len() == n, "{} mails came instead of {n}", all.len());
    parse(&all[n - 1])
}

/// The one among `n` mails whose subject says this.
async fn mail_with(sink: &Sink, n: usize, subject: &str) -> Result<Mail> {
    let all = sink.wait_for(n, PATIENCE).await?;
    ensure!(all.len() == n, "{} mails came instead of {n}", all.len());
    let mut found = Vec::new();
    for one in &all {
        let mail = parse(one)?;
        if mail.subject.contains(subject) {
            found.push(mail);
        }
    }
    ensure!(
        found.len() == 1,
        "{} mails say {subject:?} in their subject",
        found.len()
    );
    found.pop().context("one was counted")
}

fn parse(received: &Received) -> Result<Mail> {
    ensure!(received.to == [ADDRESS], "it goes to the client alone");
    ensure!(
        received.encrypted && received.user.as_deref() == Some("clinic@example.org"),
        "it came over TLS from the account of the form"
    );
    let mail = MessageParser::default()
        .parse(&received.raw)
        .context("a mail that can be read")?;
    let parts: Vec<&str> = mail
        .parts
        .iter()
        .filter_map(|p| p.text_contents())
        .collect();
    Ok(Mail {
        subject: mail.subject().context("a subject")?.to_owned(),
        text: mail.body_text(0).context("a text")?.into_owned(),
        whole: parts.join("\n"),
    })
}

fn each_once(sink: &Sink) -> Result<()> {
    let all = sink.received();
    let ids: BTreeSet<_> = all.iter().map(|one| one.header("Message-ID")).collect();
    ensure!(
        ids.len() == all.len() && !ids.contains(&None),
        "a message came twice, or has no id: {ids:?}"
    );
    Ok(())
}

/// Waits until the core knows of every mail of the session that it went.
async fn all_are_sent(window: &Window, session: &str) -> Result<()> {
    let began = std::time::Instant::now();
    loop {
        let detail = window
            .ask("session.get", json!({ "session": session }))
            .await?;
        let notices = detail["notices"].as_array().context("a list")?;
        if notices.len() >= 5 && notices.iter().all(|one| one["state"] == "sent") {
            return Ok(());
        }
        ensure!(
            began.elapsed() < PATIENCE,
            "not every mail is known to have gone: {notices:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn session_on_screen(window: &Window) -> Result<String> {
    let address = window.page.current_url().await?;
    let id = address
        .fragment()
        .and_then(|hash| hash.strip_prefix("/session/"))
        .context("Session Details is on the screen")?;
    Ok(id.to_owned())
}

/// A Wednesday so many weeks from this one, by the clinic's clock.
async fn wednesday(window: &Window, weeks: i64) -> Result<String> {
    let clinic = window.ask("clinic.get", json!({})).await?;
    let script = "const date = new Date(Date.parse(arguments[0] + 'T00:00:00Z'));
        const past = (date.getUTCDay() + 4) % 7;
        date.setUTCDate(date.getUTCDate() - past + 7 * arguments[1]);
        return date.toISOString().slice(0, 10)";
    let day = window
        .page
        .execute(script, vec![clinic["now"]["date"].clone(), json!(weeks)])
        .await?;
    Ok(day.as_str().context("a day")?.to_owned())
}

async fn texts(window: &Window, css: &str) -> Result<Vec<String>> {
    let script =
        "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim())";
    let found: Value = window.page.execute(script, vec![json!(css)]).await?;
    Ok(serde_json::from_value(found)?)
}
