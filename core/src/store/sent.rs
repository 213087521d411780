//! What a step writes of sync: how far it has got, what came, what the server has.

use countersign_protocol::ids::{AccountId, RecordId, SpaceId, UserId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::manifest::Line;
use countersign_protocol::placement::Standing;
use countersign_protocol::record::{RecordHeader, SealedRecord};
use rusqlite::params;

use super::read::Doubt;
use super::write::standing_number;
use super::{Backfill, Held, Known, Notice, Progress, Received, Slot, Step, StoreError, Waiting};

impl Step<'_> {
    pub(crate) fn put_progress(&self, progress: &Progress) -> Result<(), StoreError> {
        let Progress { cursor, confirmed, settled, boxed, synced_at } = progress;
        let values = params![cursor.generation, cursor.pos, confirmed, settled, boxed, synced_at];
        self.run("INSERT OR REPLACE INTO progress VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)", values)
    }

    /// Takes this device's own entries from `seq` on out of the log: others came before them.
    pub(crate) fn cut_log(&self, seq: u64) -> Result<(), StoreError> {
        self.run("DELETE FROM checkpoint WHERE seq >= ?1", params![seq])?;
        self.run("DELETE FROM log WHERE seq >= ?1", params![seq])
    }

    /// Keeps what came for later judgement, in place of what came before for the same record.
    pub(crate) fn put_received(&self, received: &Received) -> Result<(), StoreError> {
        let Received { place, header, ciphertext, signature } = received;
        let values = params![
            place.record.as_bytes(),
            place.space.as_bytes(),
            header,
            ciphertext,
            signature.as_bytes()
        ];
        self.run("INSERT OR REPLACE INTO received VALUES (?1, ?2, ?3, ?4, ?5)", values)
    }

    pub(crate) fn forget_received(&self, record: RecordId) -> Result<(), StoreError> {
        self.run("DELETE FROM received WHERE id = ?1", params![record.as_bytes()])
    }

    pub(crate) fn put_received_manifest(&self, space: SpaceId, manifest: &[u8]) -> Result<(), StoreError> {
        let values = params![space.as_bytes(), manifest];
        self.run("INSERT OR REPLACE INTO received_manifests VALUES (?1, ?2)", values)
    }

    pub(crate) fn forget_received_manifest(&self, space: SpaceId) -> Result<(), StoreError> {
        self.run("DELETE FROM received_manifests WHERE space = ?1", params![space.as_bytes()])
    }

    /// A box that the server sent.
    pub(crate) fn put_received_box(&self, key_box: &KeyBox) -> Result<(), StoreError> {
        let KeyBox { space, epoch, device, by, .. } = key_box;
        let values = params![space.as_bytes(), epoch, device.as_bytes(), by.as_bytes(), key_box.encode()];
        self.run("INSERT OR REPLACE INTO boxes VALUES (?1, ?2, ?3, ?4, ?5, 0)", values)
    }

    pub(crate) fn box_is_sent(&self, key_box: &KeyBox) -> Result<(), StoreError> {
        let KeyBox { space, epoch, device, by, .. } = key_box;
        let values = params![space.as_bytes(), epoch, device.as_bytes(), by.as_bytes()];
        let sql =
            "UPDATE boxes SET unsent = 0 WHERE space = ?1 AND epoch = ?2 AND device = ?3 AND author = ?4";
        self.run(sql, values)
    }

    pub(crate) fn forget_box(&self, key_box: &KeyBox) -> Result<(), StoreError> {
        let KeyBox { space, epoch, device, by, .. } = key_box;
        let values = params![space.as_bytes(), epoch, device.as_bytes(), by.as_bytes()];
        let sql = "DELETE FROM boxes WHERE space = ?1 AND epoch = ?2 AND device = ?3 AND author = ?4";
        self.run(sql, values)
    }

    pub(crate) fn put_manifest(
        &self,
        space: SpaceId,
        manifest: &[u8],
        unsent: bool,
    ) -> Result<(), StoreError> {
        let values = params![space.as_bytes(), manifest, unsent];
        self.run("INSERT OR REPLACE INTO manifests VALUES (?1, ?2, ?3)", values)
    }

    /// Takes back the key, boxes and manifest of an epoch that this device was about to begin.
    pub(crate) fn forget_epoch(&self, space: SpaceId, epoch: u64) -> Result<(), StoreError> {
        let values = params![space.as_bytes(), epoch];
        self.run("DELETE FROM space_keys WHERE space = ?1 AND epoch = ?2", values)?;
        self.run("DELETE FROM boxes WHERE space = ?1 AND epoch = ?2 AND unsent = 1", values)?;
        self.run("DELETE FROM manifests WHERE space = ?1 AND unsent = 1", params![space.as_bytes()])
    }

    pub(crate) fn manifest_is_sent(&self, space: SpaceId) -> Result<(), StoreError> {
        self.run("UPDATE manifests SET unsent = 0 WHERE space = ?1", params![space.as_bytes()])
    }

    /// Stores a revision that the server has.
    pub(crate) fn put_accepted(
        &self,
        header: &RecordHeader,
        sealed: SealedRecord<'_>,
        slot: Slot,
        standing: Standing,
    ) -> Result<(), StoreError> {
        self.put_revision(header, sealed, slot, standing, false)
    }

    /// Moves what is held in one slot to another, in place of what was there.
    pub(crate) fn move_record(&self, id: RecordId, from: Slot, to: Slot) -> Result<(), StoreError> {
        let values = params![id.as_bytes(), from as u8, to as u8];
        self.run("UPDATE OR REPLACE records SET slot = ?3 WHERE id = ?1 AND slot = ?2", values)
    }

    pub(crate) fn forget_record(&self, id: RecordId, slot: Slot) -> Result<(), StoreError> {
        self.run("DELETE FROM records WHERE id = ?1 AND slot = ?2", params![id.as_bytes(), slot as u8])
    }

    pub(crate) fn set_standing(
        &self,
        id: RecordId,
        slot: Slot,
        standing: Standing,
    ) -> Result<(), StoreError> {
        let values = params![id.as_bytes(), slot as u8, standing_number(standing)];
        self.run("UPDATE records SET standing = ?3 WHERE id = ?1 AND slot = ?2", values)
    }

    pub(crate) fn set_doubt(&self, id: RecordId, doubt: Doubt) -> Result<(), StoreError> {
        let values = params![id.as_bytes(), doubt as u8];
        self.run("UPDATE records SET doubt = ?2 WHERE id = ?1 AND slot = 0", values)
    }

    /// The server has the revision of `line`. Where this device has gone on since, that one is what it is based on.
    pub(crate) fn record_is_sent(
        &self,
        held: Option<&Held>,
        header: &RecordHeader,
        sealed: SealedRecord<'_>,
        line: Line,
    ) -> Result<(), StoreError> {
        let id = header.id();
        match held {
            Some(held) if held.line() == line => {
                self.forget_record(id, Slot::Sent)?;
                self.run("UPDATE records SET unsent = 0 WHERE id = ?1 AND slot = 0", params![id.as_bytes()])
            }
            Some(held) if held.unsent => self.put_accepted(header, sealed, Slot::Sent, Standing::Written),
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn put_backfill(&self, backfill: &Backfill) -> Result<(), StoreError> {
        let after = backfill.after.as_ref().map(RecordId::as_bytes);
        self.run("INSERT OR REPLACE INTO backfill VALUES (?1, ?2)", params![backfill.space.as_bytes(), after])
    }

    pub(crate) fn forget_backfill(&self, space: SpaceId) -> Result<(), StoreError> {
        self.run("DELETE FROM backfill WHERE space = ?1", params![space.as_bytes()])
    }

    pub(crate) fn put_waiting(&self, waiting: &Waiting) -> Result<(), StoreError> {
        let (id, Waiting { space, record_type, instance, sealed }) = (waiting.id(), waiting);
        let values =
            params![id.as_bytes(), space.as_bytes(), record_type.number(), instance.as_bytes(), sealed];
        self.run("INSERT OR REPLACE INTO waiting VALUES (?1, ?2, ?3, ?4, ?5)", values)
    }

    pub(crate) fn forget_waiting(&self, id: RecordId) -> Result<(), StoreError> {
        self.run("DELETE FROM waiting WHERE id = ?1", params![id.as_bytes()])
    }

    pub(crate) fn put_known(&self, known: &Known) -> Result<(), StoreError> {
        let Known { account, user, seq, otp } = known;
        let values = params![account.as_bytes(), user.as_bytes(), seq, otp];
        self.run("INSERT OR REPLACE INTO known VALUES (?1, ?2, ?3, ?4)", values)
    }

    pub(crate) fn forget_known(&self, account: AccountId, user: UserId) -> Result<(), StoreError> {
        let values = params![account.as_bytes(), user.as_bytes()];
        self.run("DELETE FROM known WHERE account = ?1 AND user = ?2", values)
    }

    /// Adds a notice; one of the same kind about the same subject stays as it is.
    pub(crate) fn put_notice(&self, notice: &Notice) -> Result<(), StoreError> {
        let Notice { kind, subject, evidence } = notice;
        let sql = "INSERT OR IGNORE INTO notices (kind, subject, evidence) VALUES (?1, ?2, ?3)";
        self.run(sql, params![kind, subject, evidence])
    }

    pub(crate) fn forget_notice(&self, position: u64) -> Result<(), StoreError> {
        self.run("DELETE FROM notices WHERE position = ?1", params![position])
    }
}
