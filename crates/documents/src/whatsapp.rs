//! A WhatsApp message as a draft that a person sends.
//!
//! A draft travels inside an address (`whatsapp://…`, `https://wa.me/…`), and addresses stay behind: in the
//! browser's history, in the system's log of opened links. So the text greets nobody by name and, like every
//! notice, says nothing about health. It does carry date, time, clinic and phone, because without them it
//! would be no message; the client's number is the address itself.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::Error;
use crate::notice::{Notice, message};
use crate::page::{self, Paragraph};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The two addresses that open a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Opens the app, where it is installed.
    pub app_uri: String,
    /// Opens a browser otherwise.
    pub web_uri: String,
}

/// A notice as a WhatsApp text: without the client's name.
///
/// # Errors
/// When the zone, a moment or the currency is not good.
pub fn whatsapp_text(notice: &Notice) -> Result<String, Error> {
    let mut paragraphs = vec![Paragraph::line(notice.language.say("greeting-nameless"))];
    paragraphs.extend(message(notice)?);
    Ok(page::plain(&paragraphs).trim_end().to_owned())
}

/// The addresses that open a draft with this text to this number.
///
/// # Errors
/// When the number is not E.164 (`+` and 8 to 15 digits).
pub fn whatsapp_draft(phone_e164: &str, text: &str) -> Result<Draft, Error> {
    let digits = phone_e164.strip_prefix('+').ok_or(Error::BadPhone)?;
    let well_formed = (8..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0');
    if !well_formed {
        return Err(Error::BadPhone);
    }
    let text = utf8_percent_encode(text, RESERVED);
    Ok(Draft {
        app_uri: format!("whatsapp://send?phone={digits}&text={text}"),
        web_uri: format!("https://wa.me/{digits}?text={text}"),
    })
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_number_in_e164_is_taken() {
        assert_eq!(
            whatsapp_draft("+60123456789", "Hi & bye")
                .as_ref()
                .map(|d| d.web_uri.as_str()),
            Ok("https://wa.me/60123456789?text=Hi%20%26%20bye")
        );
        for bad in [
            "60123456789",
            "+0123456789",
            "+6012",
            "+60 12 345 6789",
            "+60123456789&x=1",
            "",
            "+1234567890123456",
        ] {
            assert_eq!(whatsapp_draft(bad, "Hi"), Err(Error::BadPhone), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_text_arrives_whole_and_never_leaves_its_parameter(text in any::<String>()) {
            let draft = whatsapp_draft("+60123456789", &text).expect("a good number");
            let (head, tail) = draft.app_uri.split_once("&text=").expect("one text");
            prop_assert_eq!(head, "whatsapp://send?phone=60123456789");
            prop_assert!(!tail.contains(['&', '#', '?', ' ', '+', '"', '\'']), "{tail}");
            let back = percent_decode_str(tail).decode_utf8().expect("UTF-8");
            prop_assert_eq!(back, text);
        }
    }
}
