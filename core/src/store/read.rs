//! What is in a store, as typed rows. A row that does not fit its type is damage, never a default.

use countersign_protocol::ids::{
    AccountId, DeviceId, Head, InstanceId, RecordHash, RecordId, Signature, SpaceId, UserId, WorkspaceId,
};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::manifest::Line;
use countersign_protocol::placement::Standing;
use countersign_protocol::record::{RecordHeader, SealedRecord};
use countersign_protocol::revision::Revision;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};

/// Which workspace a store holds, and as whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) workspace: WorkspaceId,
    pub(crate) user: UserId,
    pub(crate) device: DeviceId,
}

/// Which revision of a record a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The one that counts.
    Accepted = 0,
    /// The last that could be read, where the accepted one is damaged by its author (V6).
    Readable = 1,
    /// Another of the same revision (V6).
    Beside = 2,
    /// The last that the server is known to have, where this device has changed it since.
    Sent = 3,
}

/// What there is to say about a revision that stands (V6, V7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing.
    None = 0,
    /// A rotation left it out, or lowered it.
    LeftOut = 1,
    /// Another one of the same number, or one that was not made from it, was received.
    TwoOfOne = 2,
}

/// A sealed record as it was stored.
pub(crate) struct Held {
    pub(crate) header: RecordHeader,
    header_bytes: Vec<u8>,
    ciphertext: Vec<u8>,
    signature: Signature,
    pub(crate) standing: Standing,
    pub(crate) doubt: Doubt,
    /// Whether the server is not known to have it.
    pub(crate) unsent: bool,
}

/// The columns of a row that [`Held::of`] reads.
const HELD: &str = "header, ciphertext, signature, standing, doubt, unsent";

impl Held {
    pub(crate) fn sealed(&self) -> SealedRecord<'_> {
        SealedRecord { header: &self.header_bytes, ciphertext: &self.ciphertext, signature: &self.signature }
    }

    /// What the next revision is based on.
    pub(crate) fn line(&self) -> Line {
        Line { rev: self.header.rev, hash: RecordHash::of(&self.header_bytes, &self.ciphertext) }
    }

    pub(crate) fn instance(&self) -> InstanceId {
        self.header.instance
    }

    /// As the rules of V6 and V7 see it.
    pub(crate) fn revision(&self) -> Revision {
        let Line { rev, hash } = self.line();
        let RecordHeader { prev, epoch, .. } = self.header;
        Revision { rev, hash, prev, epoch, standing: self.standing }
    }

    fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        let header_bytes: Vec<u8> = row.get("header")?;
        let header = RecordHeader::decode(&header_bytes).map_err(|_| StoreError::Damaged)?;
        let signature = Signature::from_bytes(row.get("signature")?);
        let standing = match row.get("standing")? {
            0 => Standing::Written,
            1 => Standing::Listed,
            2 => Standing::Marked,
            _ => return Err(StoreError::Damaged),
        };
        let doubt = match row.get("doubt")? {
            0 => Doubt::None,
            1 => Doubt::LeftOut,
            2 => Doubt::TwoOfOne,
            _ => return Err(StoreError::Damaged),
        };
        let (ciphertext, unsent) = (row.get("ciphertext")?, row.get("unsent")?);
        Ok(Self { header, header_bytes, ciphertext, signature, standing, doubt, unsent })
    }
}

impl Store {
    /// The workspace in the store, and this device's sealed keys; `None` while it is empty.
    pub(crate) fn identity(&self) -> Result<Option<(Identity, Vec<u8>)>, StoreError> {
        let sql = "SELECT id, user, device, device_keys FROM workspace";
        let read = |row: &Row<'_>| {
            let identity = Identity {
                workspace: WorkspaceId::from_bytes(row.get(0)?),
                user: UserId::from_bytes(row.get(1)?),
                device: DeviceId::from_bytes(row.get(2)?),
            };
            Ok((identity, row.get(3)?))
        };
        Ok(self.connection.query_row(sql, [], read).optional()?)
    }

    /// The sealed checkpoint with its seq, and the hash of the entry there.
    pub(crate) fn checkpoint(&self) -> Result<Option<(u64, Head, Vec<u8>)>, StoreError> {
        let sql = "SELECT seq, sealed, entry FROM checkpoint JOIN log USING (seq)";
        let read = |row: &Row<'_>| {
            let entry: Vec<u8> = row.get(2)?;
            Ok((row.get(0)?, Head::of_entry(&entry), row.get(1)?))
        };
        Ok(self.connection.query_row(sql, [], read).optional()?)
    }

    /// The first entry of the log.
    pub(crate) fn genesis(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self.connection.query_row("SELECT entry FROM log WHERE seq = 0", [], |row| row.get(0))?)
    }

    /// The entries of the log from `seq` on, in order.
    pub(crate) fn entries_from(&self, seq: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT entry FROM log WHERE seq >= ?1 ORDER BY seq")?;
        let rows = query.query_map([seq], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// This device's sealed copy of a space key.
    pub(crate) fn space_key(&self, space: SpaceId, epoch: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT sealed FROM space_keys WHERE space = ?1 AND epoch = ?2";
        let mut query = self.connection.prepare_cached(sql)?;
        Ok(query.query_row(params![space.as_bytes(), epoch], |row| row.get(0)).optional()?)
    }

    /// Every box that was made for `device`.
    pub(crate) fn boxes_for(&self, device: DeviceId) -> Result<Vec<KeyBox>, StoreError> {
        let mut query = self.connection.prepare_cached("SELECT box FROM boxes WHERE device = ?1")?;
        let mut rows = query.query([device.as_bytes()])?;
        let mut boxes = Vec::new();
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            boxes.push(KeyBox::decode(&bytes).map_err(|_| StoreError::Damaged)?);
        }
        Ok(boxes)
    }

    /// The accepted revision of a record.
    pub(crate) fn record(&self, id: RecordId) -> Result<Option<Held>, StoreError> {
        self.record_in(id, Slot::Accepted)
    }

    /// A revision of a record.
    pub(crate) fn record_in(&self, id: RecordId, slot: Slot) -> Result<Option<Held>, StoreError> {
        let sql = &format!("SELECT {HELD} FROM records WHERE id = ?1 AND slot = ?2");
        let mut query = self.connection.prepare_cached(sql)?;
        let mut rows = query.query(params![id.as_bytes(), slot as u8])?;
        rows.next()?.map(Held::of).transpose()
    }

    /// The accepted revisions of all records in a space.
    pub(crate) fn records_in(&self, space: SpaceId) -> Result<Vec<Held>, StoreError> {
        let sql = &format!("SELECT {HELD} FROM records WHERE space = ?1 AND slot = ?2");
        let mut query = self.connection.prepare_cached(sql)?;
        let mut rows = query.query(params![space.as_bytes(), Slot::Accepted as u8])?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            held.push(Held::of(row)?);
        }
        Ok(held)
    }

    /// The sealed lines of the list, by account, each as `open` makes it: the row is lent, for there may be ten thousand.
    pub(crate) fn listing<T, E: From<StoreError>>(
        &self,
        mut open: impl FnMut(AccountId, &[u8]) -> Result<T, E>,
    ) -> Result<Vec<(AccountId, T)>, E> {
        let sql = "SELECT account, sealed FROM listing ORDER BY account";
        let mut query = self.connection.prepare_cached(sql).map_err(StoreError::from)?;
        let mut rows = query.query([]).map_err(StoreError::from)?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            let account = AccountId::from_bytes(row.get(0).map_err(StoreError::from)?);
            let sealed =
                row.get_ref(1).map_err(StoreError::from)?.as_blob().map_err(|_| StoreError::Damaged)?;
            lines.push((account, open(account, sealed)?));
        }
        Ok(lines)
    }

    /// Something of this device's own, sealed.
    pub(crate) fn local(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut query = self.connection.prepare_cached("SELECT sealed FROM local WHERE name = ?1")?;
        Ok(query.query_row([name], |row| row.get(0)).optional()?)
    }
}
