//! What one step may change. A step is a transaction: its parts become durable together or not at all.

use countersign_crypto::record::OwnedRecord;
use countersign_protocol::ids::{AccountId, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::placement::Standing;
use countersign_protocol::record::{RecordHeader, SealedRecord};
use rusqlite::{Transaction, params};

use super::{Identity, Slot, StoreError};

/// A step under way.
pub(crate) struct Step<'a>(pub(super) &'a Transaction<'a>);

impl Step<'_> {
    /// Says which workspace this is, and as whom; replaces what was said before (a device that was linked anew).
    pub(crate) fn put_identity(&self, identity: &Identity, device_keys: &[u8]) -> Result<(), StoreError> {
        let Identity { workspace, user, device } = identity;
        let values = params![workspace.as_bytes(), user.as_bytes(), device.as_bytes(), device_keys];
        self.run("INSERT OR REPLACE INTO workspace VALUES (1, ?1, ?2, ?3, ?4)", values)
    }

    /// Appends an entry. Two at one seq are damage here: whoever appends has verified that it is the next.
    pub(crate) fn put_entry(&self, seq: u64, entry: &[u8]) -> Result<(), StoreError> {
        self.run("INSERT INTO log VALUES (?1, ?2)", params![seq, entry])
    }

    pub(crate) fn put_checkpoint(&self, seq: u64, sealed: &[u8]) -> Result<(), StoreError> {
        self.run("INSERT OR REPLACE INTO checkpoint VALUES (1, ?1, ?2)", params![seq, sealed])
    }

    pub(crate) fn put_space_key(&self, space: SpaceId, epoch: u64, sealed: &[u8]) -> Result<(), StoreError> {
        let values = params![space.as_bytes(), epoch, sealed];
        self.run("INSERT OR REPLACE INTO space_keys VALUES (?1, ?2, ?3)", values)
    }

    pub(crate) fn put_box(&self, key_box: &KeyBox) -> Result<(), StoreError> {
        let KeyBox { space, epoch, device, by, .. } = key_box;
        let values = params![space.as_bytes(), epoch, device.as_bytes(), by.as_bytes(), key_box.encode()];
        self.run("INSERT OR REPLACE INTO boxes VALUES (?1, ?2, ?3, ?4, ?5, 1)", values)
    }

    /// Stores a revision that this device made as the accepted one. The one that the server has is kept beside it until
    /// the server has this one.
    pub(crate) fn put_record(&self, record: &OwnedRecord) -> Result<(), StoreError> {
        let id = record.header.id();
        let sent = "UPDATE OR REPLACE records SET slot = 3 WHERE id = ?1 AND slot = 0 AND unsent = 0";
        self.run(sent, params![id.as_bytes()])?;
        self.put_revision(&record.header, record.as_sealed(), Slot::Accepted, Standing::Written, true)
    }

    /// Stores a revision in a slot, in place of what was there.
    pub(super) fn put_revision(
        &self,
        header: &RecordHeader,
        sealed: SealedRecord<'_>,
        slot: Slot,
        standing: Standing,
        unsent: bool,
    ) -> Result<(), StoreError> {
        let id = header.id();
        let values = params![
            id.as_bytes(),
            slot as u8,
            header.space.as_bytes(),
            sealed.header,
            sealed.ciphertext,
            sealed.signature.as_bytes(),
            unsent,
            standing_number(standing),
        ];
        self.run("INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)", values)
    }

    /// Wipes all that belongs to a space (V11).
    pub(crate) fn forget_space(&self, space: SpaceId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM records WHERE space = ?1",
            "DELETE FROM boxes WHERE space = ?1",
            "DELETE FROM space_keys WHERE space = ?1",
            "DELETE FROM manifests WHERE space = ?1",
            "DELETE FROM received WHERE space = ?1",
            "DELETE FROM received_manifests WHERE space = ?1",
            "DELETE FROM backfill WHERE space = ?1",
            "DELETE FROM waiting WHERE space = ?1",
        ] {
            self.run(sql, params![space.as_bytes()])?;
        }
        Ok(())
    }

    pub(crate) fn put_line(&self, account: AccountId, sealed: &[u8]) -> Result<(), StoreError> {
        self.run("INSERT OR REPLACE INTO listing VALUES (?1, ?2)", params![account.as_bytes(), sealed])
    }

    pub(crate) fn forget_line(&self, account: AccountId) -> Result<(), StoreError> {
        self.run("DELETE FROM listing WHERE account = ?1", params![account.as_bytes()])
    }

    pub(crate) fn put_local(&self, name: &str, sealed: &[u8]) -> Result<(), StoreError> {
        self.run("INSERT OR REPLACE INTO local VALUES (?1, ?2)", params![name, sealed])
    }

    pub(crate) fn forget_local(&self, name: &str) -> Result<(), StoreError> {
        self.run("DELETE FROM local WHERE name = ?1", params![name])
    }

    /// Wipes what an earlier local key had sealed and no key can open any more.
    pub(crate) fn forget_sealed(&self) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM checkpoint",
            "DELETE FROM space_keys",
            "DELETE FROM listing",
            "DELETE FROM local",
            "DELETE FROM waiting",
        ] {
            self.run(sql, params![])?;
        }
        Ok(())
    }

    pub(super) fn run(&self, sql: &str, values: &[&dyn rusqlite::ToSql]) -> Result<(), StoreError> {
        self.0.prepare_cached(sql)?.execute(values)?;
        Ok(())
    }
}

/// As the column has it.
pub(super) const fn standing_number(standing: Standing) -> u8 {
    match standing {
        Standing::Written => 0,
        Standing::Listed => 1,
        Standing::Marked => 2,
    }
}
