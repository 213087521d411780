//! Where a verb does its work: it reads, decides, collects what is to change, and commits that in one step.
//!
//! Records are sealed by the protocol's flows, so that what the log would refuse is never written. Space keys are
//! taken out of the store for the time of one verb.

use countersign_crypto::content::{Action, Activity, Content};
use countersign_crypto::flow::{Author, Batch};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::record::{OpenedRecord, OwnedRecord};
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::ids::{AccountId, DeviceId, InstanceId, RecordId, SpaceId, UserId};
use countersign_protocol::manifest;
use countersign_protocol::numbers::{AccountRole, RecordType};
use countersign_protocol::rights::Writer;

use super::line::Line;
use super::listing::role;
use super::{Host, session::Session};
use crate::error::{Refusal, Unavailable};
use crate::ports::{Entropy, Timestamp};
use crate::store::{Held, Step, Store, StoreError};

/// The store, the keys and the ports, for the time of one verb.
pub(crate) struct Desk<'a> {
    pub(crate) store: &'a mut Store,
    pub(crate) session: &'a mut Session,
    pub(crate) host: &'a Host,
    keys: KeyRing,
    change: Change,
    committed: bool,
}

/// What is to change together.
#[derive(Default)]
struct Change {
    batches: Vec<Batch>,
    /// Keys that the batches made, sealed for this device.
    keys: Vec<(KeyPlace, Vec<u8>)>,
    records: Vec<OwnedRecord>,
    lines: Vec<(AccountId, Option<Line>)>,
    local: Vec<(&'static str, Option<Vec<u8>>)>,
}

/// A record as it stands: the revision that the next is based on, and what it holds unless it was deleted.
pub(crate) struct Current<T> {
    pub(crate) base: Option<manifest::Line>,
    pub(crate) content: Option<T>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(store: &'a mut Store, session: &'a mut Session, host: &'a Host) -> Self {
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

    /// The moment that codes are made for.
    pub(crate) fn code_time(&self) -> Timestamp {
        self.session.drift.corrected(self.host.clock.now())
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

    /// Reads the accepted revision of a record.
    pub(crate) fn read<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
    ) -> Result<Current<T>, Unavailable> {
        match self.store.record(RecordId::of(space, T::TYPE, instance))? {
            None => Ok(Current { base: None, content: None }),
            Some(held) => self.open(&held),
        }
    }

    /// All records of one type in a space.
    pub(crate) fn read_all<T: Content>(
        &mut self,
        space: SpaceId,
    ) -> Result<Vec<(InstanceId, Current<T>)>, Unavailable> {
        let held = self.store.records_in(space)?;
        let of_the_type = held.iter().filter(|held| held.header.record_type == T::TYPE);
        of_the_type.map(|held| Ok((held.instance(), self.open(held)?))).collect()
    }

    fn open<T: Content>(&mut self, held: &Held) -> Result<Current<T>, Unavailable> {
        let base = Some(held.line());
        if held.header.tombstone {
            return Ok(Current { base, content: None });
        }
        self.fetch_key(held.header.space, held.header.epoch)?;
        let key = self.keys.get(held.header.space, held.header.epoch).ok_or(Unavailable::KeyPending)?;
        let opened =
            OpenedRecord::open(&held.header, &held.sealed(), key).map_err(|_| StoreError::Damaged)?;
        Ok(Current { base, content: opened.content()? })
    }

    /// Writes the revision after `base`.
    pub(crate) fn write<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
        base: Option<manifest::Line>,
        content: &T,
    ) -> Result<(), Unavailable> {
        self.fetch_current_key(space)?;
        let record = self.author().write(space, instance, base, content)?;
        self.change.records.push(record);
        Ok(())
    }

    /// Deletes a record; nothing to do where there is none.
    pub(crate) fn delete<T: Content>(
        &mut self,
        space: SpaceId,
        instance: InstanceId,
        current: &Current<T>,
    ) -> Result<(), Unavailable> {
        let (Some(base), Some(_)) = (current.base, &current.content) else { return Ok(()) };
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
        let (session, entropy) = (&*self.session, &*self.host.entropy);
        let checkpoint = self.store.step(|step| -> Result<_, Unavailable> {
            change.put(step, session, entropy)?;
            session.put_checkpoint(step, entropy)
        })?;
        self.committed = true;
        self.session.checkpointed(checkpoint);
        for (account, line) in change.lines {
            self.session.secrets.remove(&account);
            match line {
                Some(line) => self.session.lines.insert(account, line),
                None => self.session.lines.remove(&account),
            }
        }
        Ok(())
    }

    fn fetch_current_key(&mut self, space: SpaceId) -> Result<(), Unavailable> {
        let live =
            self.session.log.state().live_space(space).map_err(|error| Unavailable::Log(error.into()))?;
        self.fetch_key(space, live.epoch())
    }

    /// Takes a space key out of the store, unless it is at hand.
    fn fetch_key(&mut self, space: SpaceId, epoch: u64) -> Result<(), Unavailable> {
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

impl Change {
    /// Writes all of it into one step.
    fn put(&self, step: &Step<'_>, session: &Session, entropy: &dyn Entropy) -> Result<(), Unavailable> {
        for batch in &self.batches {
            step.put_entry(batch.seq, &batch.entry)?;
            batch.boxes.iter().try_for_each(|key_box| step.put_box(key_box))?;
            batch.records.iter().try_for_each(|record| step.put_record(record))?;
        }
        for (place, sealed) in &self.keys {
            step.put_space_key(place.space, place.epoch, sealed)?;
        }
        self.records.iter().try_for_each(|record| step.put_record(record))?;
        let workspace = session.identity.workspace;
        for (account, line) in &self.lines {
            if let Some(line) = line {
                step.put_line(*account, &line.seal(*account, &session.local, entropy)?)?;
            } else {
                step.forget_line(*account)?;
                step.forget_space(SpaceId::codes(workspace, *account))?;
                step.forget_space(SpaceId::controls(workspace, *account))?;
            }
        }
        for (name, sealed) in &self.local {
            match sealed {
                Some(sealed) => step.put_local(name, sealed)?,
                None => step.forget_local(name)?,
            }
        }
        Ok(())
    }
}

/// The instance of a record that is a device's own.
pub(crate) fn instance_of(device: DeviceId) -> InstanceId {
    InstanceId::from_bytes(*device.as_bytes())
}
