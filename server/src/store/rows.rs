//! All SQL of the server: each question and each change by name, within one transaction.

use countersign_api::{Bytes, Item, WireRecord};
use countersign_protocol::ids::{DeviceId, InviteId, RecordId, SpaceId, WorkspaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::record::RecordHeader;
use rusqlite::{OptionalExtension, Result, Row, ToSql, Transaction, params};

/// Rows of the database, as one transaction sees them.
pub(crate) struct Rows<'a>(pub(crate) &'a Transaction<'a>);

/// A record as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct StoredRecord {
    pub(crate) rev: u64,
    pub(crate) header: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) signature: [u8; 64],
}

impl StoredRecord {
    pub(crate) fn to_wire(&self) -> WireRecord {
        WireRecord {
            hdr: Bytes(self.header.clone()),
            ct: Bytes(self.ciphertext.clone()),
            sig: Bytes(self.signature.to_vec()),
        }
    }
}

/// A change, and whose it is to see.
pub(crate) struct Change {
    pub(crate) item: Item,
    /// The space that somebody must read to see it; none for what its reader was named in.
    pub(crate) space: Option<SpaceId>,
}

/// What is new after `?2` in workspace `?1`, for device `?3`, at most `?4` of it, in order. Each part walks its own index.
const CHANGES: &str = "
    SELECT pos, 'l' AS kind, NULL AS space, entry AS first, NULL AS second, NULL AS third FROM log WHERE ws = ?1 AND pos > ?2
    UNION ALL SELECT pos, 'b', NULL, box, NULL, NULL FROM boxes WHERE ws = ?1 AND device = ?3 AND pos > ?2
    UNION ALL SELECT pos, 'm', space, manifest, NULL, NULL FROM manifests WHERE ws = ?1 AND pos > ?2
    UNION ALL SELECT pos, 'r', space, header, ciphertext, signature FROM records WHERE ws = ?1 AND pos > ?2
    ORDER BY pos LIMIT ?4";

impl Rows<'_> {
    pub(crate) fn generation(&self) -> Result<u64> {
        self.0.query_row("SELECT generation FROM server", [], |row| row.get(0))
    }

    /// The last position taken in a workspace; none where there is no such workspace.
    pub(crate) fn pos(&self, ws: WorkspaceId) -> Result<Option<u64>> {
        self.one("SELECT pos FROM workspaces WHERE id = ?1", params![ws.as_bytes()], |row| row.get(0))
    }

    /// Entries from `seq` on, at most `limit`, oldest first.
    pub(crate) fn entries(&self, ws: WorkspaceId, seq: u64, limit: u32) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT entry FROM log WHERE ws = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
        self.all(sql, params![ws.as_bytes(), seq, limit], |row| row.get(0))
    }

    /// The entry that used or revoked an invite.
    pub(crate) fn end_of_invite(&self, ws: WorkspaceId, invite: InviteId) -> Result<Option<u64>> {
        let sql = "SELECT seq FROM log WHERE ws = ?1 AND invite = ?2";
        self.one(sql, params![ws.as_bytes(), invite.as_bytes()], |row| row.get(0))
    }

    pub(crate) fn checkpoint(&self, ws: WorkspaceId) -> Result<Option<(u64, Vec<u8>)>> {
        let sql = "SELECT seq, state FROM checkpoints WHERE ws = ?1";
        self.one(sql, params![ws.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// What is new after `since`, at most `limit` changes; those that `device` may not see are for the caller to leave out.
    pub(crate) fn changes(
        &self,
        ws: WorkspaceId,
        since: u64,
        device: DeviceId,
        limit: u32,
    ) -> Result<Vec<Change>> {
        let values = params![ws.as_bytes(), since, device.as_bytes(), limit];
        self.all(CHANGES, values, |row| {
            let pos = row.get(0)?;
            let space = row.get::<_, Option<[u8; 16]>>(2)?.map(SpaceId::from_bytes);
            let first = Bytes(row.get(3)?);
            let item = match (row.get_ref(1)?.as_str()?, space) {
                ("l", _) => Item::Entry { pos, entry: first },
                ("b", _) => Item::KeyBox { pos, sealed: first },
                ("m", Some(space)) => {
                    Item::Manifest { pos, space: countersign_api::Hex16(*space.as_bytes()), manifest: first }
                }
                _ => {
                    let record = WireRecord { hdr: first, ct: Bytes(row.get(4)?), sig: Bytes(row.get(5)?) };
                    Item::Record { pos, record }
                }
            };
            Ok(Change { item, space })
        })
    }

    pub(crate) fn record(&self, ws: WorkspaceId, id: RecordId) -> Result<Option<StoredRecord>> {
        let sql = "SELECT rev, header, ciphertext, signature FROM records WHERE ws = ?1 AND id = ?2";
        self.one(sql, params![ws.as_bytes(), id.as_bytes()], stored_record)
    }

    /// The records of a space whose ids come after `after`, at most `limit`, in the order of their ids.
    pub(crate) fn records(
        &self,
        ws: WorkspaceId,
        space: SpaceId,
        after: Option<RecordId>,
        limit: u32,
    ) -> Result<Vec<(RecordId, StoredRecord)>> {
        let sql = "SELECT rev, header, ciphertext, signature, id FROM records \
                   WHERE ws = ?1 AND space = ?2 AND id > ?3 ORDER BY id LIMIT ?4";
        let after = after.as_ref().map_or(&[][..], |id| id.as_bytes());
        self.all(sql, params![ws.as_bytes(), space.as_bytes(), after, limit], |row| {
            Ok((RecordId::from_bytes(row.get(4)?), stored_record(row)?))
        })
    }

    pub(crate) fn manifest(&self, ws: WorkspaceId, space: SpaceId) -> Result<Option<Vec<u8>>> {
        let sql = "SELECT manifest FROM manifests WHERE ws = ?1 AND space = ?2";
        self.one(sql, params![ws.as_bytes(), space.as_bytes()], |row| row.get(0))
    }

    /// The devices that have a box of a space's epoch.
    pub(crate) fn boxed(&self, ws: WorkspaceId, space: SpaceId, epoch: u64) -> Result<Vec<DeviceId>> {
        let sql =
            "SELECT DISTINCT device FROM boxes WHERE ws = ?1 AND space = ?2 AND epoch = ?3 ORDER BY device";
        self.all(sql, params![ws.as_bytes(), space.as_bytes(), epoch], |row| {
            Ok(DeviceId::from_bytes(row.get(0)?))
        })
    }

    /// Where the batch that `key` names stands, if it was taken before.
    pub(crate) fn taken(&self, ws: WorkspaceId, device: DeviceId, key: [u8; 16]) -> Result<Option<u64>> {
        let sql = "SELECT pos FROM batches WHERE ws = ?1 AND device = ?2 AND key = ?3";
        self.one(sql, params![ws.as_bytes(), device.as_bytes(), key], |row| row.get(0))
    }

    /// The join requests of a workspace: all, or that of one invite.
    pub(crate) fn joins(&self, ws: WorkspaceId, invite: Option<InviteId>) -> Result<Vec<Vec<u8>>> {
        let sql = "SELECT request FROM joins WHERE ws = ?1 AND (?2 IS NULL OR invite = ?2) ORDER BY invite";
        self.all(sql, params![ws.as_bytes(), invite.as_ref().map(InviteId::as_bytes)], |row| row.get(0))
    }

    /// Whose session a token's hash belongs to, and when it ends.
    pub(crate) fn session(&self, token: [u8; 32]) -> Result<Option<(WorkspaceId, DeviceId, u64)>> {
        let sql = "SELECT ws, dev, expires FROM sessions WHERE token = ?1";
        self.one(sql, params![token], |row| {
            Ok((WorkspaceId::from_bytes(row.get(0)?), DeviceId::from_bytes(row.get(1)?), row.get(2)?))
        })
    }

    pub(crate) fn begin_workspace(&self, ws: WorkspaceId) -> Result<()> {
        self.run("INSERT INTO workspaces VALUES (?1, 1)", params![ws.as_bytes()])
    }

    pub(crate) fn set_pos(&self, ws: WorkspaceId, pos: u64) -> Result<()> {
        self.run("UPDATE workspaces SET pos = ?2 WHERE id = ?1", params![ws.as_bytes(), pos])
    }

    /// Appends an entry; `ended` is the invite that it uses or revokes.
    pub(crate) fn put_entry(
        &self,
        ws: WorkspaceId,
        seq: u64,
        pos: u64,
        ended: Option<InviteId>,
        entry: &[u8],
    ) -> Result<()> {
        let values = params![ws.as_bytes(), seq, pos, ended.as_ref().map(InviteId::as_bytes), entry];
        self.run("INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5)", values)?;
        let Some(ended) = ended else { return Ok(()) };
        self.run("DELETE FROM joins WHERE ws = ?1 AND invite = ?2", params![ws.as_bytes(), ended.as_bytes()])
    }

    pub(crate) fn put_checkpoint(&self, ws: WorkspaceId, seq: u64, state: &[u8]) -> Result<()> {
        self.run("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3)", params![ws.as_bytes(), seq, state])
    }

    pub(crate) fn put_box(&self, pos: u64, found: &KeyBox) -> Result<()> {
        let KeyBox { workspace, space, epoch, device, by, .. } = found;
        let values = params![
            workspace.as_bytes(),
            device.as_bytes(),
            space.as_bytes(),
            epoch,
            by.as_bytes(),
            pos,
            found.encode()
        ];
        self.run("INSERT OR REPLACE INTO boxes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", values)
    }

    pub(crate) fn put_manifest(
        &self,
        ws: WorkspaceId,
        space: SpaceId,
        pos: u64,
        manifest: &[u8],
    ) -> Result<()> {
        let values = params![ws.as_bytes(), space.as_bytes(), pos, manifest];
        self.run("INSERT OR REPLACE INTO manifests VALUES (?1, ?2, ?3, ?4)", values)
    }

    pub(crate) fn put_record(&self, pos: u64, header: &RecordHeader, record: &StoredRecord) -> Result<()> {
        let (ws, id, space) = (header.workspace, header.id(), header.space);
        let StoredRecord { rev, header, ciphertext, signature } = record;
        let values =
            params![ws.as_bytes(), id.as_bytes(), space.as_bytes(), rev, pos, header, ciphertext, signature];
        self.run("INSERT OR REPLACE INTO records VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", values)
    }

    /// Drops what a deleted account's space held: nobody may read it any more.
    pub(crate) fn end_space(&self, ws: WorkspaceId, space: SpaceId) -> Result<()> {
        for sql in [
            "DELETE FROM records WHERE ws = ?1 AND space = ?2",
            "DELETE FROM manifests WHERE ws = ?1 AND space = ?2",
            "DELETE FROM boxes WHERE ws = ?1 AND space = ?2",
        ] {
            self.run(sql, params![ws.as_bytes(), space.as_bytes()])?;
        }
        Ok(())
    }

    pub(crate) fn put_taken(
        &self,
        ws: WorkspaceId,
        device: DeviceId,
        key: [u8; 16],
        pos: u64,
        at: u64,
    ) -> Result<()> {
        self.run(
            "INSERT INTO batches VALUES (?1, ?2, ?3, ?4, ?5)",
            params![ws.as_bytes(), device.as_bytes(), key, pos, at],
        )
    }

    pub(crate) fn put_join(&self, ws: WorkspaceId, invite: InviteId, request: &[u8]) -> Result<()> {
        self.run(
            "INSERT OR REPLACE INTO joins VALUES (?1, ?2, ?3)",
            params![ws.as_bytes(), invite.as_bytes(), request],
        )
    }

    pub(crate) fn put_session(
        &self,
        token: [u8; 32],
        ws: WorkspaceId,
        dev: DeviceId,
        expires: u64,
    ) -> Result<()> {
        self.run(
            "INSERT INTO sessions VALUES (?1, ?2, ?3, ?4)",
            params![token, ws.as_bytes(), dev.as_bytes(), expires],
        )
    }

    pub(crate) fn end_session(&self, token: [u8; 32]) -> Result<()> {
        self.run("DELETE FROM sessions WHERE token = ?1", params![token])
    }

    /// Forgets sessions that have ended by `now`, and batches that were taken before `taken_before`.
    pub(crate) fn forget_old(&self, now: u64, taken_before: u64) -> Result<()> {
        self.run("DELETE FROM sessions WHERE expires <= ?1", params![now])?;
        self.run("DELETE FROM batches WHERE at < ?1", params![taken_before])
    }

    fn run(&self, sql: &str, values: &[&dyn ToSql]) -> Result<()> {
        self.0.prepare_cached(sql)?.execute(values).map(|_| ())
    }

    fn one<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: impl FnOnce(&Row<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        self.0.prepare_cached(sql)?.query_row(values, read).optional()
    }

    fn all<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.0.prepare_cached(sql)?.query_map(values, read)?.collect()
    }
}

fn stored_record(row: &Row<'_>) -> Result<StoredRecord> {
    Ok(StoredRecord {
        rev: row.get(0)?,
        header: row.get(1)?,
        ciphertext: row.get(2)?,
        signature: row.get(3)?,
    })
}
