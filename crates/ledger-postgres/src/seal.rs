//! Sealing: whoever reads the database's files, a dump or a backup of it learns no name and no remark.
//!
//! What a row says, an intent, its answer and the bytes of a mail are sealed with XChaCha20-Poly1305 under the clinic's key,
//! and bound to where they lie: a sealed text moved to another row, table or clinic does not open. Columns that queries
//! need stay readable: ids, moments, who holds what when, an invoice's number, an intent's kind.

use chacha20poly1305::aead::{Aead as _, AeadCore as _, KeyInit as _, OsRng, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use safetalk_ledger::{Error, Key};
use uuid::Uuid;

/// The first byte of everything sealed: how it was sealed.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Seals what a clinic keeps, and opens it.
pub struct Seal(XChaCha20Poly1305);

impl Seal {
    /// Under a clinic's key.
    #[must_use]
    pub fn under(key: &Key) -> Self {
        Self(XChaCha20Poly1305::new(key.expose().into()))
    }

    /// Seals what lies in `place` under `id`.
    #[must_use]
    pub fn close(&self, place: &str, id: Uuid, plain: &[u8]) -> Vec<u8> {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let aad = bound(place, id);
        let payload = Payload {
            msg: plain,
            aad: &aad,
        };
        let sealed = self
            .0
            .encrypt(&nonce, payload)
            .expect("the cipher refuses nothing shorter than 256 GiB");
        [&[VERSION][..], nonce.as_slice(), &sealed].concat()
    }

    /// Opens what lies in `place` under `id`.
    ///
    /// # Errors
    /// [`Error::Body`] when it was not sealed there, or not under this key.
    pub fn open(&self, place: &'static str, id: Uuid, kept: &[u8]) -> Result<Vec<u8>, Error> {
        let opened = kept.split_first().and_then(|(version, rest)| {
            let (nonce, sealed) = rest.split_at_checked(NONCE)?;
            let aad = bound(place, id);
            let payload = Payload {
                msg: sealed,
                aad: &aad,
            };
            let opened = self.0.decrypt(XNonce::from_slice(nonce), payload).ok()?;
            (*version == VERSION).then_some(opened)
        });
        opened.ok_or(Error::Body { what: place })
    }

    /// Opens a text.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn text(&self, place: &'static str, id: Uuid, kept: &[u8]) -> Result<String, Error> {
        String::from_utf8(self.open(place, id, kept)?).map_err(|_| Error::Body { what: place })
    }
}

/// Where a sealed text belongs. The clinic is not in it: no two have the same key.
fn bound(place: &str, id: Uuid) -> Vec<u8> {
    [place.as_bytes(), &[0], id.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    #[test]
    fn what_was_sealed_opens_where_it_was_put_and_nowhere_else() {
        let seal = Seal::under(&Key::from_bytes([1; 32]));
        let kept = seal.close("client", ID, b"Maya Rosenbaum");
        assert!(!kept.windows(4).any(|four| four == b"Maya"), "it is sealed");
        assert!(
            matches!(seal.text("client", ID, &kept), Ok(text) if text == "Maya Rosenbaum"),
            "it opens"
        );
        let nowhere = [
            seal.open("client", Uuid::from_u128(8), &kept),
            seal.open("therapist", ID, &kept),
            Seal::under(&Key::from_bytes([2; 32])).open("client", ID, &kept),
            seal.open("client", ID, &kept[1..]),
            seal.open("client", ID, &[]),
        ];
        for (which, opened) in nowhere.iter().enumerate() {
            assert!(opened.is_err(), "attempt {which} opened it");
        }
    }

    #[test]
    fn the_same_text_is_never_sealed_the_same_way_twice() {
        let seal = Seal::under(&Key::from_bytes([1; 32]));
        assert_ne!(
            seal.close("client", ID, b"Maya"),
            seal.close("client", ID, b"Maya"),
            "or a dump would tell who has the same name"
        );
    }

    #[test]
    fn not_one_bit_of_it_may_change() {
        let seal = Seal::under(&Key::from_bytes([1; 32]));
        let kept = seal.close("client", ID, b"Maya");
        for at in 0..kept.len() {
            let mut changed = kept.clone();
            changed[at] ^= 1;
            assert!(seal.open("client", ID, &changed).is_err(), "byte {at}");
        }
    }
}
