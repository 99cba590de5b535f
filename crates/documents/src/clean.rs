//! Takes out of a person's input what could act rather than be read.

/// One line: control characters, line breaks and marks that turn the direction of writing become a space;
/// runs of white space become one. So no name can start a new header or a new line of a calendar.
pub(crate) fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || acts(c))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Several lines, each clean in itself; empty lines at the ends are dropped.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<String> = text.split('\n').map(one_line).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let filled = lines.iter().position(|line| !line.is_empty());
    lines.split_off(filled.unwrap_or(0))
}

/// True for an id that is safe inside a header, a boundary and a UID.
pub(crate) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_line() {
        assert_eq!(
            one_line(" Maya\r\nBcc: x@example.org\u{202e}\0 Tan "),
            "Maya Bcc: x@example.org Tan"
        );
        assert_eq!(lines("\n a \r\n\r\nb\n\n"), ["a", "", "b"]);
        assert!(lines(" \n ").is_empty(), "only white space is nothing");
    }

    #[test]
    fn an_id_is_letters_digits_and_hyphens() {
        assert!(is_id("0198c5a2-7c1e-7abc-8def-0123456789ab"));
        for bad in ["", "a b", "a\r\nb", "a@b", "é", &"a".repeat(65)] {
            assert!(!is_id(bad), "{bad:?} must not be taken for an id");
        }
    }
}
