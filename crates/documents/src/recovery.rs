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

/// The sheet as plain text.
#[must_use]
pub fn recovery_text(sheet: &RecoverySheet) -> String {
    let language = sheet.language;
    let mut text = format!(
        "{}\n\n{}\n{}\n\n{}\n\n",
        language.say("sheet-title"),
        clinic(sheet),
        date(sheet),
        language.say("sheet-key")
    );
    for (n, group) in numbered(sheet) {
        text.push_str(&format!("  {n:>2}  {group}\n"));
    }
    for key in ["sheet-what", "sheet-warning", "sheet-lost"] {
        text.push('\n');
        text.push_str(&language.say(key));
        text.push('\n');
    }
    text
}

/// The sheet as a page to print. It loads nothing.
#[must_use]
pub fn recovery_html(sheet: &RecoverySheet) -> String {
    let language = sheet.language;
    let groups: String = numbered(sheet)
        .map(|(n, group)| format!("<li value=\"{n}\">{}</li>\n", escape(&group)))
        .collect();
    let rest: String = ["sheet-what", "sheet-warning", "sheet-lost"]
        .map(|key| format!("<p>{}</p>\n", escape(&language.say(key))))
        .concat();
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>\n\
         @page {{ margin: 20mm }}\n\
         body {{ font: 12pt/1.5 sans-serif; color: #000; background: #fff; max-width: 170mm }}\n\
         ol {{ columns: 2; font: 16pt/2 monospace; letter-spacing: .1em }}\n\
         </style>\n</head>\n<body>\n<h1>{title}</h1>\n<p>{clinic}<br>\n{date}</p>\n<h2>{key}</h2>\n<ol>\n{groups}</ol>\n{rest}</body>\n</html>\n",
        tag = language.tag(),
        title = escape(&language.say("sheet-title")),
        clinic = escape(&clinic(sheet)),
        date = escape(&date(sheet)),
        key = escape(&language.say("sheet-key")),
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
