//! Where a verb does its work: it reads, decides, collects what is to change, and commits that in one step.
//!
//! Records are sealed by the protocol's flows, so that what the log would refuse is never written. Space keys are
//! taken out of the store for the time of one verb.

use std::collections::BTreeSet;

use countersign_crypto::content::{self, Action, Activity, Content};
use countersign_crypto::flow::{Author, Batch};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::local::Place;
use countersign_crypto::record::OpenedRecord;
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{AccountId, DeviceId, InstanceId, RecordId, SpaceId, UserId};
use countersign_protocol::manifest;
use countersign_protocol::numbers::{AccountRole, RecordType};
use countersign_protocol::rights::Writer;

use super::change::Change;
use super::line::Line;
use super::listing::role;
use super::{Host, session::Session};
use crate::error::{Refusal, Unavailable};
use crate::people::known_after;
use crate::store::{Held, Slot, Step, Store, StoreError, Waiting};

/// The store, the keys and the ports, for the time of one verb.
pub(crate) struct Desk<'a> {
    pub(crate) store: &'a Store,
    pub(crate) session: &'a mut Session,
    pub(crate) host: &'a Host,
    pub(crate) keys: KeyRing,
    change: Change,
    committed: bool,
}

/// A record as it stands: the revision that the next is based on, and what it holds unless it was deleted.
pub(crate) struct Current<T> {
    pub(crate) base: Option<manifest::Line>,
    pub(crate) content: Option<T>,
}

/// What a revision holds.
pub(crate) enum Holding<T> {
    Content(T),
    Deleted,
    /// It does not open, or does not read: its author damaged it (V6).
    Damaged,
}

impl<T> Holding<T> {
    /// The content; what is damaged says as little as what is deleted.
    pub(crate) fn readable(self) -> Option<T> {
        match self {
            Self::Content(content) => Some(content),
            Self::Deleted | Self::Damaged => None,
        }
    }
}

impl<'a> Desk<'a> {
    pub(super) fn new(store: &'a Store, session: &'a mut Session, host: &'a Host) -> Self {
        Self { store, session, host, keys: KeyRing::new(), change: Change::default(), committed: false }
    }

    /// The date in ms since the Unix epoch, as the protocol writes it.
    pub(crate) fn now(&self) -> u64 {
        self.host.clock.now().unix_millis()
    }

    /// Whether anything became durable since the verb began.
    pub(super) const fn has_committed(&self) -> bool {
        self.committed
    }

    pub(crate) fn codes(&self, account: AccountId) -> SpaceId {
        SpaceId::codes(self.session.identity.workspace, account)
    }

    pub(crate) fn controls(&self, account: AccountId) -> SpaceId {
        SpaceId::controls(self.session.identity.workspace, account)
    }

    pub(crate) fn device_instance(&self) -> InstanceId {
        instance_of(self.session.identity.device)
    }

    /// The account's line on the list, where it is not in the bin.
    pub(crate) fn line(&self, account: AccountId) -> Result<&Line, Refusal> {
        self.any_line(account).and_then(|line| match line.binned {
            None => Ok(line),
            Some(_) => Err(Refusal::NoSuchAccount),
        })
    }

    /// The account's line, in the bin or not. Whoever was left without a role in the account has no line of it, whatever
    /// still lies in the store.
    pub(crate) fn any_line(&self, account: AccountId) -> Result<&Line, Refusal> {
        self.role(account).and_then(|_| self.session.lines.get(&account)).ok_or(Refusal::NoSuchAccount)
    }

    /// This member's role in an account.
    pub(crate) fn role(&self, account: AccountId) -> Option<AccountRole> {
        role(&self.session.log, self.session.identity.user, account)
    }

    /// Whether this member may write records of a type in an account, by the protocol's table.
    pub(crate) fn require(&self, account: AccountId, record_type: RecordType) -> Result<(), Refusal> {
        let role = self.role(account).ok_or(Refusal::NoSuchAccount)?;
        let needed = record_type.row().writers.iter().filter_map(|writer| match writer {
            Writer::Account(least) | Writer::ThatDevice(least) => Some(*least),
            Writer::ThatMember | Writer::Role(_) => None,
        });
        match needed.min() {
            Some(needed) if role < needed => Err(Refusal::NotPermitted { needed }),
            Some(_) | None => Ok(()),
        }
    }

    /// Reads the accepted revision of a record, and over it what waits to be written there.
    pub(crate) fn read<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
    ) -> Result<Current<T>, Unavailable> {
        let id = RecordId::of(space, T::TYPE, instance);
        let held = self.store.record(id)?;
        let current = match &held {
            None => Current { base: None, content: None },
            Some(held) => self.open(held)?,
        };
        match self.store.waiting(id)? {
            None => Ok(current),
            Some(waiting) => Ok(Current { content: self.open_waiting(&waiting)?, ..current }),
        }
    }

    /// All records of one type in a space.
    pub(crate) fn read_all<T: Content>(
        &mut self,
        space: SpaceId,
    ) -> Result<Vec<(InstanceId, Current<T>)>, Unavailable> {
        let held = self.store.records_in(space)?;
        let of_the_type = held.iter().filter(|held| held.header.record_type == T::TYPE);
        let instances: BTreeSet<_> = of_the_type.map(Held::instance).collect();
        instances.into_iter().map(|instance| Ok((instance, self.read(space, instance)?))).collect()
    }

    /// What a revision holds. Of one that does not open or read, the last that did (V6).
    fn open<T: Content>(&mut self, held: &Held) -> Result<Current<T>, Unavailable> {
        let base = Some(held.line());
        let mut holding = self.content(held)?;
        if matches!(holding, Holding::Damaged)
            && let Some(readable) = self.store.record_in(held.header.id(), Slot::Readable)?
        {
            holding = self.content(&readable)?;
        }
        match holding {
            Holding::Content(content) => Ok(Current { base, content: Some(content) }),
            Holding::Deleted => Ok(Current { base, content: None }),
            Holding::Damaged => Err(StoreError::Damaged.into()),
        }
    }

    /// What a revision holds.
    pub(crate) fn content<T: Content>(&mut self, held: &Held) -> Result<Holding<T>, Unavailable> {
        if held.header.tombstone {
            return Ok(Holding::Deleted);
        }
        let opened = self.opened(held)?;
        Ok(match opened.and_then(|opened| opened.content().ok()) {
            Some(Some(content)) => Holding::Content(content),
            Some(None) => Holding::Deleted,
            None => Holding::Damaged,
        })
    }

    /// A revision, opened; `None` where its author damaged it.
    pub(crate) fn opened(&mut self, held: &Held) -> Result<Option<OpenedRecord>, Unavailable> {
        self.fetch_key(held.header.space, held.header.epoch)?;
        let key = self.keys.get(held.header.space, held.header.epoch).ok_or(Unavailable::KeyPending)?;
        Ok(OpenedRecord::open(&held.header, &held.sealed(), key).ok())
    }

    /// Seals what waited for a key, over what is there by then. Whether there was anything to write.
    pub(crate) fn write_waiting(&mut self, waiting: &Waiting) -> Result<bool, Unavailable> {
        let id = waiting.id();
        let held = self.store.record(id)?;
        let base = held.as_ref().map(Held::line);
        let Waiting { space, record_type, instance, .. } = *waiting;
        let record = match (&waiting.sealed, base) {
            (None, None) => None,
            (None, Some(base)) => {
                self.fetch_current_key(space)?;
                Some(self.author().delete(space, record_type, instance, base)?)
            }
            (Some(sealed), base) => {
                let plaintext = self.session.local.open(Place::Store(id.as_bytes()), sealed)?;
                let opened = OpenedRecord::of(record_type, plaintext);
                self.fetch_current_key(space)?;
                Some(self.author().reseal(space, instance, base, &opened)?)
            }
        };
        self.store.step(|step| {
            record.iter().try_for_each(|record| step.put_record(record))?;
            step.forget_waiting(id)
        })?;
        self.committed = true;
        Ok(record.is_some())
    }

    fn open_waiting<T: Content>(&self, waiting: &Waiting) -> Result<Option<T>, Unavailable> {
        let Some(sealed) = &waiting.sealed else { return Ok(None) };
        let plaintext = self.session.local.open(Place::Store(waiting.id().as_bytes()), sealed)?;
        Ok(Some(content::decode(&plaintext)?))
    }

    /// Writes the revision after `base`.
    pub(crate) fn write<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
        base: Option<manifest::Line>,
        content: &T,
    ) -> Result<(), Unavailable> {
        if self.must_wait(space, T::TYPE, instance)? {
            let place = RecordId::of(space, T::TYPE, instance);
            let plaintext = content::encode(content);
            let sealed =
                self.session.local.seal(Place::Store(place.as_bytes()), &plaintext, &*self.host.entropy)?;
            let sealed = Some(sealed);
            self.change.waiting.push(Waiting { space, record_type: T::TYPE, instance, sealed });
            return Ok(());
        }
        self.fetch_current_key(space)?;
        let record = self.author().write(space, instance, base, content)?;
        self.change.records.push(record);
        Ok(())
    }

    /// V8: whether a write has to wait until the space's key was replaced.
    fn must_wait(
        &self,
        space: SpaceId,
        record_type: RecordType,
        instance: InstanceId,
    ) -> Result<bool, Unavailable> {
        let state = self.session.log.state();
        let live = state.live_space(space).map_err(|error| Unavailable::Log(error.into()))?;
        if live.dirt.is_none() {
            return Ok(false);
        }
        if state.may_write(self.session.identity.device, space, record_type, instance) {
            Ok(true)
        } else {
            Err(Unavailable::NotPermitted)
        }
    }

    /// Deletes a record; nothing to do where there is none.
    pub(crate) fn delete<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
        current: &Current<T>,
    ) -> Result<(), Unavailable> {
        if current.content.is_none() {
            return Ok(());
        }
        if self.must_wait(space, T::TYPE, instance)? {
            self.change.waiting.push(Waiting { space, record_type: T::TYPE, instance, sealed: None });
            return Ok(());
        }
        let Some(base) = current.base else { return Ok(()) };
        self.fetch_current_key(space)?;
        let record = self.author().delete(space, T::TYPE, instance, base)?;
        self.change.records.push(record);
        Ok(())
    }

    /// Adds to what this device says it did with an account.
    pub(crate) fn note(
        &mut self,
        account: AccountId,
        actions: &[Action],
        subject: Option<UserId>,
    ) -> Result<(), Unavailable> {
        let (space, instance, at) = (self.codes(account), self.device_instance(), self.now());
        let held = self.read::<Activity>(space, instance)?;
        let mut activity = held.content.unwrap_or_default();
        for &action in actions {
            activity.push(at, action, subject);
        }
        self.write(space, instance, held.base, &activity)
    }

    /// Takes a batch that a flow made: the log in memory goes on with it at once, the store at the commit.
    pub(crate) fn append(&mut self, mut batch: Batch) -> Result<(), Unavailable> {
        let entry = SignedEntry::decode(&batch.entry)?.entry;
        self.change.known.extend(known_after(self.session.log.state(), &entry));
        self.session.log.verify_next(&batch.entry).map_err(Unavailable::Log)?;
        let state = self.session.log.state();
        for (place, key) in std::mem::take(&mut batch.keys) {
            let sealed = key.seal_at_rest(&place, &self.session.local, &*self.host.entropy)?;
            self.keys.insert(state, &place, key).map_err(|_| StoreError::Damaged)?;
            self.change.keys.push((place, sealed));
        }
        self.change.batches.push(batch);
        Ok(())
    }

    /// Changes an account's line; `None` takes it off the list.
    pub(crate) fn set_line(&mut self, account: AccountId, line: Option<Line>) {
        self.change.lines.push((account, line));
    }

    /// Changes something of this device's own.
    pub(crate) fn set_local(&mut self, name: &'static str, sealed: Option<Vec<u8>>) {
        self.change.local.push((name, sealed));
    }

    /// Who signs, with the keys that were fetched so far.
    pub(crate) fn author(&self) -> Author<'_> {
        Author {
            log: &self.session.log,
            device: &self.session.device,
            keys: &self.keys,
            // Whatever this device signs is in its own log with the same step that stores it.
            outstanding: None,
            ts: self.now(),
            entropy: &*self.host.entropy,
        }
    }

    /// Makes everything that was collected durable, in one step, and then true in memory.
    pub(crate) fn commit(&mut self) -> Result<(), Unavailable> {
        let change = std::mem::take(&mut self.change);
        let checkpoint = self.store.step(|step| self.put(&change, step))?;
        self.is_durable(change, checkpoint);
        Ok(())
    }

    /// The same as the last part of a step that is under way: where that fails, this desk's session is of no use.
    pub(super) fn commit_in(&mut self, step: &Step<'_>) -> Result<(), Unavailable> {
        let change = std::mem::take(&mut self.change);
        let checkpoint = self.put(&change, step)?;
        self.is_durable(change, checkpoint);
        Ok(())
    }

    fn put(&self, change: &Change, step: &Step<'_>) -> Result<Option<u64>, Unavailable> {
        let (session, entropy) = (&*self.session, &*self.host.entropy);
        change.put(step, session, entropy)?;
        session.put_checkpoint(self.store, step, entropy)
    }

    fn is_durable(&mut self, change: Change, checkpoint: Option<u64>) {
        self.session.checkpointed(checkpoint);
        self.relisted(change.lines);
    }

    /// Makes lines that became durable true in memory.
    pub(crate) fn relisted(&mut self, lines: Vec<(AccountId, Option<Line>)>) {
        self.committed = true;
        for (account, line) in lines {
            self.session.secrets.remove(&account);
            match line {
                Some(line) => self.session.lines.insert(account, line),
                None => self.session.lines.remove(&account),
            }
        }
    }

    pub(crate) fn fetch_current_key(&mut self, space: SpaceId) -> Result<(), Unavailable> {
        let live =
            self.session.log.state().live_space(space).map_err(|error| Unavailable::Log(error.into()))?;
        self.fetch_key(space, live.epoch())
    }

    /// Takes a space key out of the store, unless it is at hand.
    pub(crate) fn fetch_key(&mut self, space: SpaceId, epoch: u64) -> Result<(), Unavailable> {
        if self.keys.get(space, epoch).is_some() {
            return Ok(());
        }
        let state = self.session.log.state();
        let live = state.live_space(space).map_err(|error| Unavailable::Log(error.into()))?;
        let place = KeyPlace { workspace: state.workspace(), space, epoch };
        let commit = live.epoch_at(epoch).ok_or(StoreError::Damaged)?.commit;
        let sealed = self.store.space_key(space, epoch)?.ok_or(Unavailable::KeyPending)?;
        let key = SpaceKey::open_at_rest(&place, &commit, &sealed, &self.session.local)?;
        self.keys.insert(state, &place, key).map_err(|_| StoreError::Damaged)?;
        Ok(())
    }
}

/// The instance of a record that is a device's own.
pub(crate) fn instance_of(device: DeviceId) -> InstanceId {
    InstanceId::from_bytes(*device.as_bytes())
}
