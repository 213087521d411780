//! A workspace of one, on this device alone: complete at once, and a real one from its first entry.

use countersign_crypto::content::{Text, TextTooLong};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{Founded, Names, found, new_user_id};
use countersign_crypto::kit::{KitSecret, RecoveryKit};
use countersign_crypto::local::LocalKey;
use zeroize::Zeroizing;

use super::session::Session;
use super::{Client, Doer, Unlocked};
use crate::error::{CreateError, Unavailable};
use crate::store::{Identity, Step};

/// What the founder calls things, each up to 120 bytes of UTF-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceNames {
    /// The workspace.
    pub workspace: String,
    /// The founder.
    pub member: String,
    /// This device.
    pub device: String,
}

/// Where the kit lies until it is saved.
pub(super) const KIT: &str = "kit";

impl Client {
    /// Creates a workspace with its recovery kit, which stays sealed here until it is saved.
    ///
    /// The vault keeps the new key first: a kill between the two leaves an empty store, and creating again is safe.
    ///
    /// # Errors
    /// [`CreateError`]; the store is then still empty.
    pub fn create_workspace(&self, names: &WorkspaceNames) -> Result<Unlocked, CreateError> {
        let mut state = self.inner.state();
        if state.store.identity()?.is_some() {
            return Err(CreateError::NotEmpty);
        }
        let names = Names {
            workspace: named(&names.workspace)?,
            member: named(&names.member)?,
            device: named(&names.device)?,
        };
        let host = self.host();
        let entropy = &*host.entropy;
        let device = DeviceKeys::generate(entropy)?;
        let user = new_user_id(entropy)?;
        let founded = found(
            names,
            user,
            &device,
            KitSecret::generate(entropy)?,
            host.clock.now().unix_millis(),
            entropy,
        )?;
        let local = LocalKey::generate(entropy)?;
        host.vault.keep(&local)?;
        let identity = Identity { workspace: founded.log.workspace(), user, device: device.id() };
        let device_keys = device.seal_at_rest(&local, entropy)?;
        let kit = founded.kit.seal_at_rest(&local, entropy)?;
        let keys = sealed_keys(&founded, &local, entropy)?;
        state.store.step(|step| {
            step.put_identity(&identity, &device_keys)?;
            put_founded(step, &founded)?;
            keys.iter()
                .try_for_each(|(place, sealed)| step.put_space_key(place.space, place.epoch, sealed))?;
            step.put_local(KIT, &kit)
        })?;
        let session = Session::load(&state.store, identity, local, device, host.monotonic.elapsed())?;
        Ok(self.begin(&mut state, session))
    }
}

impl Unlocked {
    /// The recovery kit's 64 characters in groups of four, while it is not saved yet: what the reminder is about.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn unsaved_kit(&self) -> Result<Option<Zeroizing<String>>, Unavailable> {
        self.with(Doer::Person, |desk| {
            let Some(sealed) = desk.store.local(KIT)? else { return Ok(None) };
            let workspace = desk.session.identity.workspace;
            let kit = RecoveryKit::open_at_rest(workspace, &sealed, &desk.session.local)?;
            Ok(Some(kit.to_text()))
        })
    }

    /// Forgets the kit on this device: it is on paper now.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn kit_is_saved(&self) -> Result<(), Unavailable> {
        self.with(Doer::Person, |desk| {
            desk.set_local(KIT, None);
            desk.commit()
        })
    }
}

fn put_founded(step: &Step<'_>, founded: &Founded) -> Result<(), crate::store::StoreError> {
    step.put_entry(founded.batch.seq, &founded.batch.entry)?;
    founded.batch.boxes.iter().try_for_each(|key_box| step.put_box(key_box))?;
    founded.batch.records.iter().try_for_each(|record| step.put_record(record))
}

type SealedKeys = Vec<(countersign_crypto::space_key::KeyPlace, Vec<u8>)>;

fn sealed_keys(
    founded: &Founded,
    local: &LocalKey,
    entropy: &dyn crate::ports::Entropy,
) -> Result<SealedKeys, CreateError> {
    let keys = founded.batch.keys.iter();
    Ok(keys
        .map(|(place, key)| Ok((*place, key.seal_at_rest(place, local, entropy)?)))
        .collect::<Result<_, crate::ports::EntropyError>>()?)
}

/// A name as a record holds it.
pub(crate) fn named<const MAX: usize>(text: &str) -> Result<Text<MAX>, TextTooLong> {
    Text::new(text.trim())
}
