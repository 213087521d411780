//! Records among devices that a server deceives: random interleavings of writes, removals, rotations and deliveries.
//!
//! Every verdict on a record is compared with a second reading of V6 and V7 ([`rules`]), written from
//! `docs/protocol.md` and from the history as it was made ([`history`]), not from the log. After every step no device
//! shows unmarked what an author wrote without the right to, nor less than the newest manifest lists.

mod device;
mod history;
mod rules;

use std::collections::BTreeMap;

use crate::log_model::random::Random;
use device::Device;
use history::History;

/// The steps of one interleaving.
const STEPS: usize = 60;

/// How often each verdict on a record was given, each decision against what is held, and each outcome of a rotation.
pub type Met = BTreeMap<&'static str, u64>;

fn count(met: &mut Met, name: &'static str) {
    *met.entry(name).or_default() += 1;
}

/// One random interleaving.
///
/// # Errors
/// Which step went wrong, and how.
pub fn run_interleaving(seed: u64, met: &mut Met) -> Result<(), String> {
    let mut random = Random::new(seed);
    let mut history = History::begin();
    let mut devices = vec![Device::fresh(), Device::fresh()];
    for step in 0..STEPS {
        act(&mut random, &mut history, &mut devices, met)
            .map_err(|what| format!("seed {seed}, step {step}: {what}"))?;
        for (index, device) in devices.iter().enumerate() {
            device
                .holds(&history)
                .map_err(|what| format!("seed {seed}, step {step}, device {index}: {what}"))?;
        }
    }
    Ok(())
}

/// The first device is the one that rotates honestly; the others are anybody's.
fn act(
    random: &mut Random,
    history: &mut History,
    devices: &mut Vec<Device>,
    met: &mut Met,
) -> Result<(), String> {
    let which = usize::try_from(random.below(devices.len() as u64)).expect("below a length");
    match random.below(20) {
        0..=5 => history.write(random),
        6..=8 => history.change_rights(random),
        9 => {
            while devices[0].sync_one(history, true, met)? {}
            let manifest = devices[0].honest_manifest();
            history.rotate(random, manifest);
        }
        10..=12 => {
            let with_manifest = !random.one_in(3);
            devices[which].sync_one(history, with_manifest, met)?;
        }
        13 => devices[which].fetch_manifest(history, met)?,
        14 if devices.len() < 5 => devices.push(Device::fresh()),
        _ => {
            // Now and then what the device has already: it may stand in another way by now.
            let again = if random.one_in(3) { devices[which].any_held(random) } else { None };
            if let Some(record) = again.or_else(|| history.any_record(random)) {
                devices[which].receive(history, record, met)?;
            }
        }
    }
    Ok(())
}
