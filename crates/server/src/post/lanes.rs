//! How many lines to mail servers there are at once, and where they may lead.

use async_trait::async_trait;
use safetalk_courier::{
    BeforeHandover, Cause, Envelope, Outcome, SmtpAccount, SmtpTransport, Transport,
};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;

/// Lines of clinics whose mail server answered the last time.
const QUICK: usize = 16;
/// Lines of those whose did not: however many they are, they keep only each other waiting.
const SLOW: usize = 4;
/// Where mail servers listen.
const MAIL_PORTS: [u16; 4] = [25, 465, 587, 2525];

/// The lines that all clinics share.
pub struct Lanes {
    quick: Semaphore,
    slow: Semaphore,
    /// Clinics may name any port and the server's own network.
    inside: bool,
}

impl Lanes {
    pub fn new(inside: bool) -> Self {
        Self {
            quick: Semaphore::new(QUICK),
            slow: Semaphore::new(SLOW),
            inside,
        }
    }

    /// Whether a clinic may have a line there: a mail port of a host out in the world. A clinic's account must not be a way
    /// to ask around in the network that the server stands in. A host that is not found is told of by whoever calls it.
    pub async fn may_reach(&self, account: &SmtpAccount) -> bool {
        if self.inside {
            return true;
        }
        if !MAIL_PORTS.contains(&account.port) {
            return false;
        }
        match tokio::net::lookup_host((account.host.as_str(), account.port)).await {
            Ok(mut found) => found.all(|address| is_outside(address.ip())),
            Err(_) => true,
        }
    }
}

/// Whether an address is out in the world.
fn is_outside(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let shared = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_multicast()
                || ip.is_broadcast()
                || ip.octets()[0] == 0
                || ip == Ipv4Addr::UNSPECIFIED
                || shared)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    }
}

/// A clinic's line.
pub struct Line {
    account: SmtpAccount,
    smtp: SmtpTransport,
    lanes: Arc<Lanes>,
    /// The mail server did not answer the last time.
    ill: AtomicBool,
}

impl Line {
    pub fn new(account: SmtpAccount, smtp: SmtpTransport, lanes: Arc<Lanes>) -> Self {
        Self {
            account,
            smtp,
            lanes,
            ill: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl Transport for Line {
    async fn send(
        &self,
        message: &[u8],
        envelope: &Envelope,
        before: &dyn BeforeHandover,
    ) -> Outcome {
        if !self.lanes.may_reach(&self.account).await {
            return Outcome::NotReached {
                cause: Cause::Unreachable,
            };
        }
        let lane = if self.ill.load(Ordering::Relaxed) {
            &self.lanes.slow
        } else {
            &self.lanes.quick
        };
        let Ok(_free) = lane.acquire().await else {
            return Outcome::NotReached {
                cause: Cause::ServiceUnavailable,
            };
        };
        let outcome = self.smtp.send(message, envelope, before).await;
        let ill = matches!(outcome, Outcome::NotReached { .. } | Outcome::Uncertain);
        self.ill.store(ill, Ordering::Relaxed);
        outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_servers_own_network_is_not_out_in_the_world() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_outside(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["203.0.114.5", "100.128.0.1", "2001:4860::1"] {
            assert!(is_outside(outside.parse().unwrap()), "{outside}");
        }
    }
}
