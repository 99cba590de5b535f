//! The sheet with the recovery key, to print or to save.

use chrono::NaiveDate;

use crate::clean::one_line;
use crate::page::escape;
use crate::when::date_text;
use crate::words::Language;

/// What stands on the sheet. It holds a secret: the caller shows it and forgets it.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoverySheet {
    /// The reader's language.
    pub language: Language,
    /// The clinic's name.
    pub clinic_name: String,
    /// The day the key was made, in the clinic's zone.
    pub made_on: NaiveDate,
    /// The key's groups, in order.
    pub groups: Vec<String>,
}

/// What stands on the sheet around the key, wherever it is shown: a file, a printed window.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RecoveryWords {
    pub title: String,
    /// Which clinic's.
    pub clinic: String,
    /// Of which day.
    pub date: String,
    /// Above the groups.
    pub key: String,
    /// What it is for, what to beware of, and what cannot be done without it.
    pub notes: Vec<String>,
}

/// The words around the key.
#[must_use]
pub fn recovery_words(sheet: &RecoverySheet) -> RecoveryWords {
    let language = sheet.language;
    RecoveryWords {
        title: language.say("sheet-title"),
        clinic: clinic(sheet),
        date: date(sheet),
        key: language.say("sheet-key"),
        notes: ["sheet-what", "sheet-warning", "sheet-lost"]
            .map(|key| language.say(key))
            .to_vec(),
    }
}

/// The sheet as plain text.
#[must_use]
pub fn recovery_text(sheet: &RecoverySheet) -> String {
    let words = recovery_words(sheet);
    let mut text = format!(
        "{}\n\n{}\n{}\n\n{}\n\n",
        words.title, words.clinic, words.date, words.key
    );
    for (n, group) in numbered(sheet) {
        text.push_str(&format!("  {n:>2}  {group}\n"));
    }
    for note in words.notes {
        text.push('\n');
        text.push_str(&note);
        text.push('\n');
    }
    text
}

/// The sheet as a page to print. It loads nothing.
#[must_use]
pub fn recovery_html(sheet: &RecoverySheet) -> String {
    let words = recovery_words(sheet);
    let groups: String = numbered(sheet)
        .map(|(n, group)| format!("<li value=\"{n}\">{}</li>\n", escape(&group)))
        .collect();
    let rest: String = words
        .notes
        .iter()
        .map(|note| format!("<p>{}</p>\n", escape(note)))
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         @page {{ margin: 20mm }}\n\
         body {{ font: 12pt/1.5 sans-serif; color: #000; background: #fff; max-width: 170mm }}\n\
         ol {{ columns: 2; font: 16pt/2 monospace; letter-spacing: .1em }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{clinic}<br>\n{date}</p>\n<h2>{key}</h2>\n<ol>\n{groups}</ol>\n{rest}</body>\n</html>\n",
        tag = sheet.language.tag(),
        title = escape(&words.title),
        clinic = escape(&words.clinic),
        date = escape(&words.date),
        key = escape(&words.key),
    )
}

fn clinic(sheet: &RecoverySheet) -> String {
    let name = one_line(&sheet.clinic_name);
    sheet
        .language
        .say_with("sheet-clinic", &[("clinic", &name)])
}

fn date(sheet: &RecoverySheet) -> String {
    let day = date_text(sheet.language, sheet.made_on);
    sheet.language.say_with("sheet-date", &[("date", &day)])
}

fn numbered(sheet: &RecoverySheet) -> impl Iterator<Item = (usize, String)> {
    sheet
        .groups
        .iter()
        .enumerate()
        .map(|(n, group)| (n + 1, one_line(group)))
}
