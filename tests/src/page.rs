//! Doing with the page in the window what a person does: seeing words, pressing what bears them, filling what they label.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use fantoccini::Locator;
use fantoccini::elements::Element;
use serde_json::{Value, json};

use crate::window::{Desk, Window};

/// How long is waited before a test calls it broken: a machine that builds beside the test is slow, not wrong.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

impl Window {
    /// Waits until the page shows these words.
    ///
    /// # Errors
    /// When it does not; the message holds what it shows instead.
    pub async fn see(&self, words: &str) -> Result<()> {
        let script =
            "return document.body.innerText.toLowerCase().includes(arguments[0].toLowerCase())";
        self.wait(&format!("to see {words:?}"), script, words).await
    }

    /// Waits until the page no longer shows these words.
    ///
    /// # Errors
    /// When it still does.
    pub async fn see_no_more(&self, words: &str) -> Result<()> {
        let script =
            "return !document.body.innerText.toLowerCase().includes(arguments[0].toLowerCase())";
        self.wait(&format!("to see {words:?} no more"), script, words)
            .await
    }

    /// Presses the first visible button, link, tab, switch or menu item that bears these words, or is called so.
    ///
    /// # Errors
    /// When there is none, or it cannot be pressed now.
    pub async fn press(&self, words: &str) -> Result<()> {
        let script = format!("{FIND} return pressable(arguments[0]) !== undefined");
        self.wait(
            &format!("for something to press that says {words:?}"),
            &script,
            words,
        )
        .await?;
        let script = format!(
            "{FIND} const found = pressable(arguments[0]); found.scrollIntoView({{ block: 'nearest' }}); return found"
        );
        self.press_found(&script, words).await
    }

    /// Chooses a day, `YYYY-MM-DD`, on the calendar page that is open for choosing one, turning to its month first.
    ///
    /// # Errors
    /// When no such page is open.
    pub async fn press_day(&self, day: &str) -> Result<()> {
        let open = format!("{FIND} return days().length > 0");
        self.wait("for a calendar page", &open, day).await?;
        let there = format!(
            "{FIND} return days().some((e) => e.dataset.day === arguments[0]) ? '' : days()[15].dataset.day < arguments[0] ? 'Next month' : 'Previous month'"
        );
        // Two years either way are further than any test goes.
        for _ in 0..24 {
            let turn = self.page.execute(&there, vec![json!(day)]).await?;
            match turn.as_str() {
                Some("") => break,
                Some(button) => self.press(button).await?,
                None => bail!("the calendar page did not say which days it shows"),
            }
        }
        let script = format!("{FIND} return days().find((e) => e.dataset.day === arguments[0])");
        self.press_found(&script, day).await
    }

    /// Presses the block of a session on the calendar that is open; it may be too narrow to bear words.
    ///
    /// # Errors
    /// When the calendar does not show it.
    pub async fn press_block(&self, session: &str) -> Result<()> {
        let script = "return document.querySelector(`.grid [data-id='${arguments[0]}']`)";
        self.wait(
            "for the block of a session",
            &format!("{script} !== null"),
            session,
        )
        .await?;
        self.press_found(script, session).await
    }

    /// The days that the open calendar shows, as the page of the month beside it marks them.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn days_in_view(&self) -> Result<Vec<String>> {
        let script = "return [...document.querySelectorAll('.mini tr.cur [data-day]')].map((e) => e.dataset.day)";
        let days = self.page.execute(script, vec![]).await?;
        Ok(serde_json::from_value(days)?)
    }

    /// A list that is just being filled, or a dialog that is just opening, moves away under the pointer: what was not pressed is
    /// pressed again.
    async fn press_found(&self, script: &str, words: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let pressed = match self.element(script, words).await {
                Ok(found) => found.click().await.map_err(anyhow::Error::from),
                Err(gone) => Err(gone),
            };
            if pressed.is_ok() || began.elapsed() > PATIENCE {
                return pressed.with_context(|| format!("pressing {words:?}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the message box of the open dialog says exactly these lines, and means what stands in the fields now.
    ///
    /// # Errors
    /// When it says something else.
    pub async fn box_says(&self, lines: &[&str]) -> Result<()> {
        let script = "const box = document.querySelector('.dlg .msg');
            return box !== null && box.getAttribute('aria-busy') !== 'true'
                && JSON.stringify([...box.querySelectorAll('b')].map((b) => b.textContent)) === arguments[0]";
        let wanted = serde_json::to_string(lines)?;
        self.wait(
            &format!("for the message box to say {wanted}"),
            script,
            &wanted,
        )
        .await
    }

    /// Empties the field that these words label and types `value` into it.
    ///
    /// # Errors
    /// When there is no such field.
    pub async fn fill(&self, label: &str, value: &str) -> Result<()> {
        let script = format!("{FIND} return field(arguments[0]) !== undefined");
        self.wait(&format!("for the field {label:?}"), &script, label)
            .await?;
        let script = format!(
            "{FIND} const found = field(arguments[0]); found.scrollIntoView({{ block: 'nearest' }}); found.focus(); found.select?.(); return found"
        );
        let began = Instant::now();
        loop {
            let filled = self.type_into(&script, label, value).await;
            if filled.is_ok() || began.elapsed() > PATIENCE {
                return filled.with_context(|| format!("filling {label:?}"));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn type_into(&self, script: &str, label: &str, value: &str) -> Result<()> {
        let field = self.element(script, label).await?;
        field.clear().await.context("emptying it")?;
        field.send_keys(value).await.context("typing into it")
    }

    /// Takes a picture of the desk into `tests/out/<name>.png`, with what the page says now painted on it: on a busy machine the
    /// pixels come a while after the page.
    ///
    /// # Errors
    /// As for [`Desk::picture`].
    pub async fn picture(&self, desk: &Desk, name: &str) -> Result<PathBuf> {
        // The second frame begins when the first is drawn; a moment later it is on the display too.
        let painted = "const done = arguments[arguments.length - 1];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 60)))";
        self.page.execute_async(painted, vec![]).await?;
        desk.picture(name)
    }

    /// Sends keys to whatever has the focus.
    ///
    /// # Errors
    /// When nothing has it.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        Ok(self.page.active_element().await?.send_keys(keys).await?)
    }

    /// Asks the core as the page does; a problem is an error that holds it.
    ///
    /// # Errors
    /// When the core says no.
    pub async fn ask(&self, command: &str, payload: Value) -> Result<Value> {
        let said = self
            .invoke("rpc", json!({ "cmd": command, "payload": payload }))
            .await?;
        if said["ok"] != true {
            bail!("{command}: {}", said["said"]);
        }
        Ok(said["said"].clone())
    }

    /// Calls a command of the shell from inside the page: `{ok, said}`.
    ///
    /// # Errors
    /// When the page is gone.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Result<Value> {
        let script = "const done = arguments[arguments.length - 1];
            window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(
                (said) => done({ ok: true, said }),
                (said) => done({ ok: false, said: typeof said === 'string' ? said : JSON.stringify(said) }));";
        Ok(self
            .page
            .execute_async(script, vec![json!(command), arguments])
            .await?)
    }

    /// Quits as the person does who answers "Quit", and waits until the program is gone.
    ///
    /// # Errors
    /// When it still runs after a while.
    pub async fn quit(self) -> Result<()> {
        // The page goes away under the call, so that its answer may never come.
        let asked = "window.__TAURI_INTERNALS__.invoke('rpc', { cmd: 'app.quit', payload: { how: 'quit' } })";
        let _ = self.page.execute(asked, vec![]).await;
        let began = Instant::now();
        while self.page.execute("return 1", vec![]).await.is_ok() {
            if began.elapsed() > PATIENCE {
                bail!("it still runs after {PATIENCE:?}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// What axe-core finds wrong with the page as it stands, contrast included: rule, how bad, and where.
    ///
    /// # Errors
    /// When axe-core is not installed in `ui/` or does not run.
    pub async fn accessibility_violations(&self) -> Result<Vec<String>> {
        let axe =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&axe)
            .with_context(|| format!("{} (npm ci in ui/)", axe.display()))?;
        self.page.execute(&axe, vec![]).await?;
        let script = "const done = arguments[arguments.length - 1];
            axe.run(document).then(
                (found) => done(found.violations.map(
                    (v) => `${v.id} (${v.impact}): ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)),
                (error) => done([`axe itself failed: ${error}`]));";
        let found = self.page.execute_async(script, vec![]).await?;
        Ok(serde_json::from_value(found)?)
    }

    async fn element(&self, script: &str, argument: &str) -> Result<Element> {
        // A script can mark an element and a locator can find it; an element itself does not come back typed.
        let marking = format!("const found = (function () {{ {script} }}).apply(null, arguments);
            document.querySelectorAll('[data-driver]').forEach((old) => old.removeAttribute('data-driver'));
            found.setAttribute('data-driver', '');");
        self.page.execute(&marking, vec![json!(argument)]).await?;
        Ok(self.page.find(Locator::Css("[data-driver]")).await?)
    }

    async fn wait(&self, what: &str, script: &str, argument: &str) -> Result<()> {
        let began = Instant::now();
        while self.page.execute(script, vec![json!(argument)]).await? != Value::Bool(true) {
            if began.elapsed() > PATIENCE {
                let shown = self.page.execute(SHOWN, vec![]).await?;
                bail!(
                    "waited {PATIENCE:?} {what}; the page shows:\n{}",
                    shown.as_str().unwrap_or_default()
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// The words of the page, and after them what its fields hold, which no text of a page tells.
const SHOWN: &str = "return document.body.innerText + [...document.querySelectorAll('input,textarea')]
    .map((e) => `\\n${e.labels?.[0]?.innerText ?? e.name}: ${e.type === 'password' ? '…' : JSON.stringify(e.value)}`).join('')";

/// Finding as a person finds: visible, enabled, by its words; exact words before words that only contain them, and what
/// stands in a dialog before what lies under it.
const FIND: &str = "
    const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    const called = (e) => (e.getAttribute('aria-label') ?? document.getElementById(e.getAttribute('aria-labelledby'))?.innerText ?? e.innerText ?? '').trim().replace(/\\s+/g, ' ');
    const best = (all, words, name) => {
        const fits = all.filter((e) => shown(e) && !e.disabled && e.getAttribute('aria-disabled') !== 'true');
        const top = fits.filter((e) => e.closest('[role=dialog],[role=alertdialog],[role=menu],[role=listbox]'));
        for (const set of [top, fits]) {
            const found = set.find((e) => name(e) === words) ?? set.find((e) => name(e).startsWith(words)) ?? set.find((e) => name(e).includes(words));
            if (found) return found;
        }
    };
    const pressable = (words) => best([...document.querySelectorAll(
        'button,a[href],summary,[role=button],[role=tab],[role=switch],[role=checkbox],[role=radio],[role=menuitem],[role=option],[role=gridcell],label')], words, called);
    const labels = (e) => e.getAttribute('aria-label') ?? [...(e.labels ?? [])].map((l) => l.innerText.trim()).join(' ');
    const days = () => {
        const all = [...document.querySelectorAll('[role=dialog] [data-day], .pop [data-day]')].filter(shown);
        const last = all.at(-1)?.closest('[role=grid]');
        return all.filter((e) => e.closest('[role=grid]') === last);
    };
    const field = (words) => best([...document.querySelectorAll('input,textarea,select')], words, labels);
";
