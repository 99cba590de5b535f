//! Where a server is, as a person types it.

use reqwest::Url;
use std::net::IpAddr;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(Url);

/// Why a typed address is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It cannot be read.
    #[error("this is not an address")]
    Malformed,
    /// Anything but this very computer is spoken to over TLS only.
    #[error("the address must begin with https://")]
    NotSecure,
}

impl Address {
    /// Reads `https://host[:port][/path]`; without a scheme, `https://` is meant.
    ///
    /// # Errors
    /// [`AddressError`]; `http://` is taken for this very computer only.
    pub fn parse(typed: &str) -> Result<Self, AddressError> {
        let typed = typed.trim();
        let text = if typed.contains("://") {
            typed.to_owned()
        } else {
            format!("https://{typed}")
        };
        let mut url = Url::parse(&text).map_err(|_| AddressError::Malformed)?;
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        let host = url.host_str().ok_or(AddressError::Malformed)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let this_computer =
            bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        match url.scheme() {
            _ if !plain => Err(AddressError::Malformed),
            "https" => Ok(Self(url)),
            "http" if this_computer => Ok(Self(url)),
            "http" => Err(AddressError::NotSecure),
            _ => Err(AddressError::Malformed),
        }
    }

    /// The address of `path` there.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let below = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{below}{path}"));
        url
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_types_becomes_an_address() {
        for (typed, at) in [
            ("sync.example.org", "https://sync.example.org/v1/push"),
            (
                " https://sync.example.org/ ",
                "https://sync.example.org/v1/push",
            ),
            (
                "sync.example.org:8443",
                "https://sync.example.org:8443/v1/push",
            ),
            (
                "https://example.org/safetalk/",
                "https://example.org/safetalk/v1/push",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/push"),
            ("http://localhost:8080", "http://localhost:8080/v1/push"),
            ("http://[::1]:8080", "http://[::1]:8080/v1/push"),
        ] {
            let address = Address::parse(typed).unwrap_or_else(|e| panic!("{typed}: {e}"));
            assert_eq!(address.at("/v1/push").as_str(), at);
        }
    }

    #[test]
    fn health_data_never_goes_over_a_plain_line() {
        for typed in [
            "http://sync.example.org",
            "http://192.168.1.7:8080",
            "http://localhost.example.org",
        ] {
            assert_eq!(
                Address::parse(typed),
                Err(AddressError::NotSecure),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_told_so() {
        for typed in [
            "",
            "https://",
            "ftp://example.org",
            "https://a:b@example.org",
            "https://example.org/?q=1",
            "two words",
        ] {
            assert_eq!(
                Address::parse(typed),
                Err(AddressError::Malformed),
                "{typed}"
            );
        }
    }
}
