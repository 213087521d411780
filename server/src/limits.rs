//! How often somebody may ask: by address before it is known who asks, by device afterwards.
//!
//! Each has an allowance that refills steadily, so that a phone which was offline for a day may catch up at once and a loop
//! gone wild is slowed down, with `Retry-After`. Counters of those who are quiet are forgotten.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use countersign_protocol::ids::DeviceId;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::refusal::Refused;

/// Requests a minute, each of which can also be made all at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// From one address, without a session: challenges, logins, new workspaces.
    pub per_address: NonZeroU32,
    /// By one device or invite's key, with a session.
    pub per_device: NonZeroU32,
}

impl Default for Allowance {
    /// An office behind one address logs in; a phone syncs as often as others write.
    fn default() -> Self {
        let number = |number| NonZeroU32::new(number).expect("it is not zero");
        Self { per_address: number(300), per_device: number(1_200) }
    }
}

/// The counters.
pub(crate) struct Limits {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    devices: DefaultKeyedRateLimiter<[u8; 16]>,
}

impl Limits {
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self {
            addresses: DefaultKeyedRateLimiter::keyed(Quota::per_minute(allowance.per_address)),
            devices: DefaultKeyedRateLimiter::keyed(Quota::per_minute(allowance.per_device)),
        }
    }

    /// Counts a request without a session.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Refused> {
        count(&self.addresses, &network(address))
    }

    /// Counts a request with one.
    pub(crate) fn device(&self, device: DeviceId) -> Result<(), Refused> {
        count(&self.devices, device.as_bytes())
    }

    /// Forgets those whose allowance is full again.
    pub(crate) fn forget_quiet(&self) {
        self.addresses.retain_recent();
        self.devices.retain_recent();
    }
}

fn count<K: Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K) -> Result<(), Refused> {
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        Refused::too_many(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX))
    })
}

/// Who has one IPv6 address has 2⁶⁴ of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_who_asks_too_often_is_slowed_down_and_others_are_not() {
        let two = NonZeroU32::new(2).unwrap();
        let limits = Limits::new(Allowance { per_address: two, per_device: two });
        let (near, far) = (DeviceId::from_bytes([1; 16]), DeviceId::from_bytes([2; 16]));
        assert!(limits.device(near).is_ok() && limits.device(near).is_ok());
        assert!(limits.device(near).is_err() && limits.device(far).is_ok());
    }

    #[test]
    fn addresses_of_one_network_count_as_one() {
        let parse = |text: &str| network(text.parse().unwrap());
        assert_eq!(parse("2001:db8:1:2:3::4"), parse("2001:db8:1:2:ffff::1"));
        assert_ne!(parse("2001:db8:1:2::"), parse("2001:db8:1:3::"));
        assert_eq!(parse("::ffff:192.0.2.1"), parse("192.0.2.1"));
    }
}
