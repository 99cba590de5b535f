//! Paragraphs that become plain text and HTML, so that both always say the same.

/// A paragraph: lines that stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paragraph {
    lines: Vec<String>,
    strong: bool,
}

impl Paragraph {
    /// A paragraph of one line.
    pub(crate) fn line(text: String) -> Self {
        Self::lines(vec![text])
    }

    /// A paragraph of several lines.
    pub(crate) fn lines(lines: Vec<String>) -> Self {
        Self {
            lines,
            strong: false,
        }
    }

    /// The same, to stand out.
    pub(crate) fn strong(mut self) -> Self {
        self.strong = true;
        self
    }
}

/// Plain text, `\n` between lines, an empty line between paragraphs.
pub(crate) fn plain(paragraphs: &[Paragraph]) -> String {
    let mut text = paragraphs
        .iter()
        .map(|paragraph| paragraph.lines.join("\n"))
        .collect::<Vec<_>>()
        .join("\n\n");
    text.push('\n');
    text
}

/// A whole small HTML page. It loads nothing and links nowhere: a mail must not tell anyone that it was read.
pub(crate) fn html(language: &str, title: &str, paragraphs: &[Paragraph]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n</head>\n\
         <body style=\"font-family: sans-serif; font-size: 16px; line-height: 1.5\">\n",
        escape(title)
    );
    for paragraph in paragraphs {
        let lines: Vec<String> = paragraph.lines.iter().map(|line| escape(line)).collect();
        let inside = lines.join("<br>\n");
        page.push_str(&if paragraph.strong {
            format!("<p><strong>{inside}</strong></p>\n")
        } else {
            format!("<p>{inside}</p>\n")
        });
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// Text for between tags and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_input_opens_a_tag_or_leaves_an_attribute(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
            let back = escaped
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            prop_assert_eq!(back, text, "and nothing is lost");
        }
    }
}
