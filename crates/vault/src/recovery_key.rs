//! The recovery key: a secret that a person keeps on paper.

use crate::error::{NoRandomness, RecoveryKeyError};
use crate::key::random;
use std::fmt;
use zeroize::Zeroizing;

/// Crockford's base 32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Groups on the sheet.
const GROUPS: usize = 8;
/// Symbols of secret in a group; a fourth symbol checks them.
const SECRET: usize = 3;
/// Letters and digits in a group.
const LETTERS: usize = SECRET + 1;

/// A recovery key: 8 groups of 4 letters and digits, of which 120 bits are random.
///
/// In every group the fourth symbol checks the other three and the group's place. A single wrong symbol, two swapped
/// ones and two swapped groups are always found and named by group; of other errors one in 32 slips through and is
/// then found when the key does not open the recovery file.
pub struct RecoveryKey(Zeroizing<[u8; GROUPS * SECRET]>);

impl RecoveryKey {
    /// A new random recovery key.
    ///
    /// # Errors
    /// [`NoRandomness`] when the operating system has none to give.
    pub fn generate() -> Result<Self, NoRandomness> {
        let symbols = random::<{ GROUPS * SECRET }>()?.map(|byte| byte & 31);
        Ok(Self(Zeroizing::new(symbols)))
    }

    /// Reads what a person typed: in either case, with any or no separators, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`RecoveryKeyError::Mistyped`] names the groups to look at again.
    pub fn parse(typed: &str) -> Result<Self, RecoveryKeyError> {
        let words: Vec<&str> = typed
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        // Eight words are eight groups, even where one of them has a letter too few.
        let groups: Vec<Zeroizing<Vec<char>>> = if words.len() == GROUPS {
            words
                .iter()
                .map(|word| Zeroizing::new(word.chars().collect()))
                .collect()
        } else {
            let letters = Zeroizing::new(words.concat().chars().collect::<Vec<char>>());
            if letters.len() != GROUPS * LETTERS {
                return Err(RecoveryKeyError::Length(letters.len()));
            }
            letters
                .chunks(LETTERS)
                .map(|group| Zeroizing::new(group.to_vec()))
                .collect()
        };

        let mut secret = Zeroizing::new([0; GROUPS * SECRET]);
        let mut mistyped = Vec::new();
        for (place, (letters, out)) in (0u8..).zip(groups.iter().zip(secret.chunks_mut(SECRET))) {
            match read_group(letters, place) {
                Some(symbols) => out.copy_from_slice(&symbols),
                None => mistyped.push(place + 1),
            }
        }
        if mistyped.is_empty() {
            Ok(Self(secret))
        } else {
            Err(RecoveryKeyError::Mistyped(mistyped))
        }
    }

    /// The groups as they are shown and printed.
    #[must_use]
    pub fn groups(&self) -> [String; GROUPS] {
        std::array::from_fn(|place| {
            let symbols = &self.0[place * SECRET..(place + 1) * SECRET];
            symbols
                .iter()
                .copied()
                .chain([check(symbols, place as u8)])
                .map(|symbol| char::from(ALPHABET[usize::from(symbol)]))
                .collect()
        })
    }

    /// Whether a person has typed group `place` (counted from 0) back as it is, by the tolerant rules of [`parse`](Self::parse).
    #[must_use]
    pub fn group_matches(&self, place: usize, typed: &str) -> bool {
        let letters: Zeroizing<Vec<char>> =
            Zeroizing::new(typed.chars().filter(|c| c.is_alphanumeric()).collect());
        place < GROUPS
            && read_group(&letters, place as u8).is_some_and(|symbols| {
                symbols.as_slice() == &self.0[place * SECRET..(place + 1) * SECRET]
            })
    }

    /// The secret, for deriving the wrapping key.
    pub(crate) fn secret(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for RecoveryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryKey(…)")
    }
}

/// The secret symbols of a group whose check holds.
fn read_group(letters: &[char], place: u8) -> Option<[u8; SECRET]> {
    let symbols: Vec<u8> = letters.iter().filter_map(|&c| symbol(c)).collect();
    let (&last, secret) = symbols.split_last()?;
    let secret: [u8; SECRET] = secret.try_into().ok()?;
    (letters.len() == LETTERS && check(&secret, place) == last).then_some(secret)
}

fn symbol(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    (0u8..)
        .zip(ALPHABET)
        .find(|&(_, &known)| char::from(known) == letter)
        .map(|(value, _)| value)
}

/// The check symbol: a weighted sum in GF(32), weights 2, 4 and 8 against 1 for the check itself. All differ, so that
/// one wrong symbol or two swapped ones change the sum; the place is added, so that a swapped group does.
fn check(secret: &[u8], place: u8) -> u8 {
    let mut sum = place + 1;
    for (exponent, &symbol) in (1..).zip(secret) {
        let mut term = symbol;
        for _ in 0..exponent {
            // Times x modulo x^5 + x^2 + 1.
            term = (term << 1) ^ if term & 16 == 0 { 0 } else { 0b10_0101 };
        }
        sum ^= term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key_of(symbols: [u8; 24]) -> RecoveryKey {
        RecoveryKey(Zeroizing::new(symbols))
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_however_it_is_typed(
            symbols in proptest::array::uniform24(0u8..32),
            separator in "[ -]{0,3}",
            lower: bool,
        ) {
            let key = key_of(symbols);
            let mut text = key.groups().join(&separator);
            if lower { text = text.to_lowercase().replace('0', "o").replace('1', "l") }
            let read = RecoveryKey::parse(&text).unwrap();
            prop_assert_eq!(read.secret(), key.secret(), "typed as {}", text);
        }

        #[test]
        fn one_wrong_letter_is_found_and_its_group_named(
            symbols in proptest::array::uniform24(0u8..32), at in 0usize..32, wrong in 0usize..32,
        ) {
            let mut text: Vec<char> = key_of(symbols).groups().concat().chars().collect();
            let wrong = char::from(ALPHABET[wrong]);
            prop_assume!(text[at] != wrong);
            text[at] = wrong;
            let error = RecoveryKey::parse(&text.iter().collect::<String>()).unwrap_err();
            prop_assert_eq!(error, RecoveryKeyError::Mistyped(vec![(at / 4 + 1) as u8]));
        }

        #[test]
        fn two_swapped_letters_of_a_group_are_found(
            symbols in proptest::array::uniform24(0u8..32), group in 0usize..8, a in 0usize..4, b in 0usize..4,
        ) {
            let mut text: Vec<char> = key_of(symbols).groups().concat().chars().collect();
            let (a, b) = (group * 4 + a, group * 4 + b);
            prop_assume!(text[a] != text[b]);
            text.swap(a, b);
            let error = RecoveryKey::parse(&text.iter().collect::<String>()).unwrap_err();
            prop_assert_eq!(error, RecoveryKeyError::Mistyped(vec![(group + 1) as u8]));
        }

        #[test]
        fn two_swapped_groups_are_found(
            symbols in proptest::array::uniform24(0u8..32), a in 0usize..8, b in 0usize..8,
        ) {
            prop_assume!(a < b);
            let mut groups = key_of(symbols).groups();
            groups.swap(a, b);
            let error = RecoveryKey::parse(&groups.join(" ")).unwrap_err();
            prop_assert_eq!(error, RecoveryKeyError::Mistyped(vec![a as u8 + 1, b as u8 + 1]));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}") {
            let _ = RecoveryKey::parse(&text);
        }
    }

    #[test]
    fn a_missing_letter_is_named_by_group_when_the_groups_are_apart_and_counted_when_not() {
        let groups = key_of([7; 24]).groups();
        let mut short = groups.clone();
        short[2].pop();
        assert_eq!(
            RecoveryKey::parse(&short.join("-")).unwrap_err(),
            RecoveryKeyError::Mistyped(vec![3]),
            "with separators it is plain which group is short"
        );
        assert_eq!(
            RecoveryKey::parse(&short.concat()).unwrap_err(),
            RecoveryKeyError::Length(31),
            "without them only the number of letters is known"
        );
    }

    #[test]
    fn a_letter_outside_the_alphabet_is_a_typing_error_of_its_group() {
        let mut groups = key_of([7; 24]).groups();
        groups[5].replace_range(0..1, "U");
        assert_eq!(
            RecoveryKey::parse(&groups.join(" ")).unwrap_err(),
            RecoveryKeyError::Mistyped(vec![6]),
            "U is not in the alphabet"
        );
    }

    #[test]
    fn a_group_typed_back_is_compared_by_the_same_tolerant_rules() {
        let key = key_of([1; 24]);
        let group = key.groups()[4].clone();
        assert!(
            key.group_matches(4, &format!(" {} ", group.to_lowercase())),
            "case and spaces do not matter"
        );
        assert!(
            !key.group_matches(3, &group),
            "a group belongs to its place"
        );
        assert!(!key.group_matches(9, &group), "there is no tenth group");
    }

    #[test]
    fn a_recovery_key_is_never_printed() {
        assert_eq!(format!("{:?}", key_of([3; 24])), "RecoveryKey(…)");
    }
}
