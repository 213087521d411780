//! "Key lost, data there": the recovery kit opens what is in the store, and makes this device a new one.
//!
//! The kit is a device of its own, for which every space key was boxed. It opens those boxes, signs the entry that adds
//! the new device, and is put away again. What lay under the lost key alone, such as favourite marks, is gone.

use countersign_crypto::content::{DeviceName, Unknown};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::Author;
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::local::LocalKey;
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{SpaceId, WorkspaceId};
use countersign_protocol::log::Log;

use super::create::named;
use super::desk::{Desk, instance_of};
use super::relist::{line_of, own_accounts};
use super::session::Session;
use super::{Client, Unlocked};
use crate::error::{RecoverError, Unavailable};
use crate::store::{Identity, Store, StoreError};

impl Client {
    /// Opens a store whose local key is lost. `kit` is the 64 characters as typed; this device gets keys of its own
    /// and the name `device`.
    ///
    /// # Errors
    /// [`RecoverError`]; the store is then as it was. The vault keeps the new key last of all, so that one which still
    /// opened the store goes only where the step itself cannot be ended.
    pub fn recover(&self, kit: &str, device: &str) -> Result<Unlocked, RecoverError> {
        let mut state = self.inner.state();
        let (held, _) = state.store.identity()?.ok_or(RecoverError::Empty)?;
        let kit = RecoveryKit::parse(kit)?;
        if kit.workspace() != held.workspace {
            return Err(RecoverError::OtherWorkspace);
        }
        let name = DeviceName { name: named(device)?, unknown: Unknown::default() };
        let kit = kit.device();
        let mut log = replayed(&state.store, held.workspace)?;
        let user = log.state().active_device(kit.id()).map_err(|_| RecoverError::NotActive)?.user;

        let host = self.host();
        let entropy = &*host.entropy;
        let mut keys = KeyRing::new();
        let boxes = state.store.boxes_for(kit.id())?;
        keys.open_boxes(log.state(), &boxes, &kit);
        let phone = DeviceKeys::generate(entropy)?;
        let ts = host.clock.now().unix_millis();
        let batch = Author { log: &log, device: &kit, keys: &keys, outstanding: None, ts, entropy }
            .add_device(&DeviceOffer(phone.proven()))?;
        log.verify_next(&batch.entry).map_err(Unavailable::Log)?;

        let local = LocalKey::generate(entropy)?;
        let sealed = boxed_places(&log, &boxes)
            .filter_map(|place| Some((place, keys.get(place.space, place.epoch)?)))
            .map(|(place, key): (KeyPlace, &SpaceKey)| {
                Ok((place, key.seal_at_rest(&place, &local, entropy)?))
            })
            .collect::<Result<Vec<_>, crate::ports::EntropyError>>()?;
        let device_keys = phone.seal_at_rest(&local, entropy)?;
        let identity = Identity { workspace: held.workspace, user, device: phone.id() };
        let now = host.monotonic.elapsed();
        let session = state.store.step(|step| {
            step.forget_sealed()?;
            step.put_identity(&identity, &device_keys)?;
            step.put_entry(batch.seq, &batch.entry)?;
            batch.boxes.iter().try_for_each(|key_box| step.put_box(key_box))?;
            sealed
                .iter()
                .try_for_each(|(place, sealed)| step.put_space_key(place.space, place.epoch, sealed))?;
            let mut session = Session::load(&state.store, identity, local, phone, now)?;
            let mut desk = Desk::new(&state.store, &mut session, host);
            list_again(&mut desk, &name)?;
            desk.commit_in(step)?;
            host.vault.keep(&session.local)?;
            Ok::<_, RecoverError>(session)
        })?;
        Ok(self.begin(&mut state, session))
    }
}

/// The list, which lay under the lost key, and the new device's name.
fn list_again(desk: &mut Desk<'_>, name: &DeviceName) -> Result<(), Unavailable> {
    let identity = desk.session.identity;
    desk.write(SpaceId::directory(identity.workspace), instance_of(identity.device), None, name)?;
    for account in own_accounts(desk) {
        if let Some(line) = line_of(desk, account)? {
            desk.set_line(account, Some(line));
        }
    }
    Ok(())
}

/// The log as it is stored, every entry verified: there is no key that a checkpoint could be under.
fn replayed(store: &Store, workspace: WorkspaceId) -> Result<Log, StoreError> {
    let damaged = |_| StoreError::Damaged;
    let mut log = Log::begin(&store.genesis()?, workspace).map_err(damaged)?;
    for entry in store.entries_from(1)? {
        log.verify_next(&entry).map_err(damaged)?;
    }
    Ok(log)
}

/// The place of every key that was boxed, once each.
fn boxed_places<'a>(
    log: &Log,
    boxes: &'a [countersign_protocol::keybox::KeyBox],
) -> impl Iterator<Item = KeyPlace> + 'a {
    let workspace = log.workspace();
    let mut places: Vec<_> = boxes
        .iter()
        .map(|key_box| KeyPlace { workspace, space: key_box.space, epoch: key_box.epoch })
        .collect();
    places.sort_by_key(|place| (place.space, place.epoch));
    places.dedup();
    places.into_iter()
}
