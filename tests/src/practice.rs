//! A small practice in the window, for tests that are about something else: set up by asking the core, as its screens would.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::smtp::Sink;
use crate::window::Window;

impl Window {
    /// Founds a clinic with a room, a service and hours, and gives back its recovery key, which is typed back.
    ///
    /// # Errors
    /// When there is a clinic already.
    pub async fn found_clinic(&self) -> Result<String> {
        let key = self.begin_clinic().await?;
        let state = self.ask("app.state", json!({})).await?;
        let groups: Vec<&str> = key.split(' ').collect();
        let mut typed = Vec::new();
        for asked in state["phase"]["ask"].as_array().context("two groups")? {
            let place = usize::try_from(asked.as_u64().context("a number")?)?;
            typed.push(groups[place]);
        }
        self.ask("setup.confirm_recovery", json!({ "groups": typed }))
            .await?;
        // Whoever answers this stands on the screen that asked, which then looks again by itself.
        self.page.refresh().await?;
        self.see("Dashboard").await?;
        Ok(key)
    }

    /// The same up to where the recovery key stands on the screen.
    ///
    /// # Errors
    /// When there is a clinic already.
    pub async fn begin_clinic(&self) -> Result<String> {
        let defaults = self
            .ask("setup.defaults", json!({ "country": "MY" }))
            .await?;
        let form = json!({
            "clinic_name": "Harbour Practice", "your_name": "Ann Berry", "phone": null, "country": "MY",
            "zone": defaults["zone"], "currency": defaults["currency"], "first_weekday": defaults["first_weekday"],
            "week": defaults["week"],
            "rooms": [{ "name": "Blue room", "turnover_minutes": 0 }],
            "services": [{ "name": "Talk", "minutes": 50, "price_minor": 12_000, "may_be_online": true }],
        });
        let state = self.ask("setup.create", form).await?;
        let groups: Vec<String> = serde_json::from_value(state["phase"]["groups"].clone())?;
        self.see("Your recovery key").await?;
        Ok(groups.join(" "))
    }

    /// Adds a client who may be mailed, and gives back the id.
    ///
    /// # Errors
    /// When the core says no.
    pub async fn add_client(&self, name: &str, address: &str) -> Result<String> {
        let record = json!({
            "full_name": name, "called": name, "email": address, "phones": [], "guardian": null,
            "guardian_receives": false, "may_email": true, "may_whatsapp": false, "do_not_contact": false,
            "language": "en", "usual_therapist": null, "usual_service": null, "usual_room": null, "archived": false,
        });
        let revisions = json!({ "full_name": 0, "called": 0, "email": 0, "phones": 0, "guardian": 0,
        "facts": { "guardian_receives": 0, "may_email": 0, "may_whatsapp": 0, "do_not_contact": 0, "language": 0, "usual_therapist": 0, "usual_service": 0, "usual_room": 0 } });
        let request = json!({ "client": null, "record": record, "before": null, "revisions": revisions, "duplicates_seen": true });
        let saved = self.ask("client.save", request).await?;
        Ok(saved["client"].as_str().context("an id")?.to_owned())
    }

    /// The account of the practice at this mail server; its certificate must be trusted.
    ///
    /// # Errors
    /// When the core says no.
    pub async fn set_up_mail(&self, sink: &Sink) -> Result<()> {
        let account = json!({
            "host": "localhost", "port": sink.port(), "security": "implicit_tls", "user": "clinic@example.org",
            "from_name": "Harbour Practice", "from_address": "clinic@example.org", "password": "open sesame", "test_to": null,
        });
        self.ask("mail.save", account).await.map(drop)
    }

    /// Books the client online at ten o'clock on a day from now and lets the client be told.
    ///
    /// # Errors
    /// When the core says no.
    pub async fn book_for(&self, client: &str, days: i64) -> Result<String> {
        let clinic = self.ask("clinic.get", json!({})).await?;
        let script = "const date = new Date(Date.parse(arguments[0] + 'T00:00:00Z'));
            date.setUTCDate(date.getUTCDate() + arguments[1]);
            return date.toISOString().slice(0, 10)";
        let day = self
            .page
            .execute(script, vec![clinic["now"]["date"].clone(), json!(days)])
            .await?;
        let first = |of: &'static str| -> Value { clinic[of][0]["id"].clone() };
        let request = json!({
            "client": client, "service": first("services"), "therapist": first("therapists"), "place": { "kind": "online" },
            "place_text": null, "start": { "date": day, "minute": 600, "second": false }, "minutes": 50,
            "price": null, "invoice": false, "notify": true,
            "anyway": { "anyway": true, "reason": null }, "repeat": null,
        });
        let booked = self.ask("session.book", request).await?;
        Ok(booked["sessions"][0].as_str().context("an id")?.to_owned())
    }
}
