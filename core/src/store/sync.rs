//! What passes between a store and the workspace server: how far they have got, what came and was not judged yet, what
//! waits to be sent.
//!
//! Nothing is copied into an outbox: what waits is what the tables hold and the server is not known to have
//! (docs/adr/0024-what-waits-is-what-is-not-marked-as-sent.md).

use countersign_api::Cursor;
use countersign_protocol::ids::{AccountId, DeviceId, InstanceId, RecordId, Signature, SpaceId, UserId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::numbers::RecordType;
use countersign_protocol::placement::Place;
use countersign_protocol::record::SealedRecord;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};

/// How far this device and the server have got with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The last change that was received.
    pub(crate) cursor: Cursor,
    /// How many entries of the log the server is known to have.
    pub(crate) confirmed: u64,
    /// How many entries this device has drawn its conclusions from.
    pub(crate) settled: u64,
    /// Up to which entry it has boxed keys for those who came by it.
    pub(crate) boxed: u64,
    /// When the last sync ended well, in ms since the Unix epoch by this device's clock; 0 before the first.
    pub(crate) synced_at: u64,
}

/// A revision that came from the server, as bytes that nobody has judged.
pub(crate) struct Received {
    pub(crate) place: Place,
    pub(super) header: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) signature: Signature,
}

impl Received {
    pub(crate) const fn new(
        place: Place,
        header: Vec<u8>,
        ciphertext: Vec<u8>,
        signature: Signature,
    ) -> Self {
        Self { place, header, ciphertext, signature }
    }

    pub(crate) fn sealed(&self) -> SealedRecord<'_> {
        SealedRecord { header: &self.header, ciphertext: &self.ciphertext, signature: &self.signature }
    }
}

/// A space whose records are being fetched, and the last of them that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backfill {
    pub(crate) space: SpaceId,
    pub(crate) after: Option<RecordId>,
}

/// What is to be written once a space's key has been replaced; sealed under the local key, `None` deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub(crate) space: SpaceId,
    pub(crate) record_type: RecordType,
    pub(crate) instance: InstanceId,
    pub(crate) sealed: Option<Vec<u8>>,
}

/// Somebody without access has known an account's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) account: AccountId,
    pub(crate) user: UserId,
    /// The entry that took the access away.
    pub(crate) seq: u64,
    /// The scan that they knew, once this device has read it.
    pub(crate) otp: Option<[u8; 16]>,
}

/// Something that people must be told, until they have dealt with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What it is, by the number that whoever reads it gives it.
    pub(crate) kind: u8,
    /// What it is about: ids and numbers.
    pub(crate) subject: Vec<u8>,
    /// What was signed, byte for byte; empty where there is nothing to prove.
    pub(crate) evidence: Vec<u8>,
}

impl Progress {
    /// Nothing but a log of `confirmed` entries, which came from the server.
    pub(crate) const fn at(confirmed: u64) -> Self {
        Self { cursor: Cursor::START, confirmed, settled: 0, boxed: confirmed, synced_at: 0 }
    }
}

impl Store {
    /// How far sync has got; `None` where no server was ever attached.
    pub(crate) fn progress(&self) -> Result<Option<Progress>, StoreError> {
        let sql = "SELECT generation, pos, confirmed, settled, boxed, synced_at FROM progress";
        let read = |row: &Row<'_>| {
            Ok(Progress {
                cursor: Cursor { generation: row.get(0)?, pos: row.get(1)? },
                confirmed: row.get(2)?,
                settled: row.get(3)?,
                boxed: row.get(4)?,
                synced_at: row.get(5)?,
            })
        };
        Ok(self.connection.query_row(sql, [], read).optional()?)
    }

    /// The entry of the log at `seq`.
    pub(crate) fn entry(&self, seq: u64) -> Result<Vec<u8>, StoreError> {
        let mut query = self.connection.prepare_cached("SELECT entry FROM log WHERE seq = ?1")?;
        Ok(query.query_row([seq], |row| row.get(0))?)
    }

    /// At most `limit` boxes that wait to be sent, oldest place first.
    pub(crate) fn unsent_boxes(&self, limit: usize) -> Result<Vec<KeyBox>, StoreError> {
        let sql = "SELECT box FROM boxes WHERE unsent = 1 ORDER BY space, epoch, device LIMIT ?1";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([limit], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| KeyBox::decode(&bytes?).map_err(|_| StoreError::Damaged)).collect()
    }

    /// The boxes for `device` whose key is not here yet.
    pub(crate) fn boxes_to_open(&self, device: DeviceId) -> Result<Vec<KeyBox>, StoreError> {
        let sql = "SELECT box FROM boxes WHERE device = ?1 AND NOT EXISTS
            (SELECT 1 FROM space_keys WHERE space_keys.space = boxes.space AND space_keys.epoch = boxes.epoch)";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([device.as_bytes()], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| KeyBox::decode(&bytes?).map_err(|_| StoreError::Damaged)).collect()
    }

    /// Every box that this device has posted or received for a space's epoch.
    pub(crate) fn boxes_of(&self, space: SpaceId, epoch: u64) -> Result<Vec<KeyBox>, StoreError> {
        let mut query =
            self.connection.prepare_cached("SELECT box FROM boxes WHERE space = ?1 AND epoch = ?2")?;
        let rows = query.query_map(params![space.as_bytes(), epoch], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| KeyBox::decode(&bytes?).map_err(|_| StoreError::Damaged)).collect()
    }

    /// The records that wait to be sent, by space, then by id.
    pub(crate) fn unsent_records(&self) -> Result<Vec<(SpaceId, RecordId)>, StoreError> {
        let sql = "SELECT space, id FROM records WHERE unsent = 1 AND slot = 0 ORDER BY space, id";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query
            .query_map([], |row| Ok((SpaceId::from_bytes(row.get(0)?), RecordId::from_bytes(row.get(1)?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many records, and writes that wait for a key, the server does not have.
    pub(crate) fn unsent_count(&self) -> Result<u64, StoreError> {
        let sql = "SELECT (SELECT count(*) FROM records WHERE unsent = 1 AND slot = 0)
                        + (SELECT count(*) FROM waiting)";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// The manifest of a space's current epoch.
    pub(crate) fn manifest(&self, space: SpaceId) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT manifest FROM manifests WHERE space = ?1";
        let mut query = self.connection.prepare_cached(sql)?;
        Ok(query.query_row([space.as_bytes()], |row| row.get(0)).optional()?)
    }

    /// Manifests that were not held against the log yet.
    pub(crate) fn received_manifests(&self) -> Result<Vec<(SpaceId, Vec<u8>)>, StoreError> {
        let sql = "SELECT space, manifest FROM received_manifests ORDER BY space";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok((SpaceId::from_bytes(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// At most `limit` revisions that were not judged yet, by record, from after `after`.
    pub(crate) fn received(
        &self,
        after: Option<RecordId>,
        limit: usize,
    ) -> Result<Vec<Received>, StoreError> {
        let sql = "SELECT space, id, header, ciphertext, signature FROM received WHERE id > ?1 ORDER BY id LIMIT ?2";
        let mut query = self.connection.prepare_cached(sql)?;
        let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
        let rows = query.query_map(params![after, limit], |row| {
            let place =
                Place { space: SpaceId::from_bytes(row.get(0)?), record: RecordId::from_bytes(row.get(1)?) };
            Ok(Received::new(place, row.get(2)?, row.get(3)?, Signature::from_bytes(row.get(4)?)))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The spaces whose records are still to be fetched.
    pub(crate) fn backfills(&self) -> Result<Vec<Backfill>, StoreError> {
        let mut query = self.connection.prepare_cached("SELECT space, after FROM backfill ORDER BY space")?;
        let rows = query.query_map([], |row| {
            let after: Option<[u8; 16]> = row.get(1)?;
            Ok(Backfill { space: SpaceId::from_bytes(row.get(0)?), after: after.map(RecordId::from_bytes) })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What waits to be written to a record.
    pub(crate) fn waiting(&self, id: RecordId) -> Result<Option<Waiting>, StoreError> {
        let sql = "SELECT space, type, instance, sealed FROM waiting WHERE id = ?1";
        let mut query = self.connection.prepare_cached(sql)?;
        query.query([id.as_bytes()])?.next()?.map(Waiting::of).transpose()
    }

    /// Everything that waits for a key.
    pub(crate) fn all_waiting(&self) -> Result<Vec<Waiting>, StoreError> {
        let sql = "SELECT space, type, instance, sealed FROM waiting ORDER BY id";
        let mut query = self.connection.prepare_cached(sql)?;
        let mut rows = query.query([])?;
        let mut waiting = Vec::new();
        while let Some(row) = rows.next()? {
            waiting.push(Waiting::of(row)?);
        }
        Ok(waiting)
    }

    /// The spaces in which a rotation left something out.
    pub(crate) fn doubted_spaces(&self) -> Result<Vec<SpaceId>, StoreError> {
        let sql = "SELECT DISTINCT space FROM records WHERE doubt = 1 AND slot = 0 ORDER BY space";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok(SpaceId::from_bytes(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The spaces that anything is kept of.
    pub(crate) fn spaces(&self) -> Result<Vec<SpaceId>, StoreError> {
        let sql =
            "SELECT space FROM records UNION SELECT space FROM space_keys UNION SELECT space FROM received";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| Ok(SpaceId::from_bytes(row.get(0)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The accounts whose secret somebody without access has known.
    pub(crate) fn known(&self) -> Result<Vec<Known>, StoreError> {
        let mut query = self
            .connection
            .prepare_cached("SELECT account, user, seq, otp FROM known ORDER BY seq, account")?;
        let rows = query.query_map([], |row| {
            Ok(Known {
                account: AccountId::from_bytes(row.get(0)?),
                user: UserId::from_bytes(row.get(1)?),
                seq: row.get(2)?,
                otp: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What people must be told, oldest first.
    pub(crate) fn notices(&self) -> Result<Vec<(u64, Notice)>, StoreError> {
        let sql = "SELECT position, kind, subject, evidence FROM notices ORDER BY position";
        let mut query = self.connection.prepare_cached(sql)?;
        let rows = query.query_map([], |row| {
            Ok((row.get(0)?, Notice { kind: row.get(1)?, subject: row.get(2)?, evidence: row.get(3)? }))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Waiting {
    /// The record that it will be written to.
    pub(crate) fn id(&self) -> RecordId {
        RecordId::of(self.space, self.record_type, self.instance)
    }

    fn of(row: &Row<'_>) -> Result<Self, StoreError> {
        let number: u64 = row.get(1)?;
        Ok(Self {
            space: SpaceId::from_bytes(row.get(0)?),
            record_type: RecordType::from_number(number).ok_or(StoreError::Damaged)?,
            instance: InstanceId::from_bytes(row.get(2)?),
            sealed: row.get(3)?,
        })
    }
}
