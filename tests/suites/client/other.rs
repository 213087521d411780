//! Another member of a phone's workspace. What they do is put into the phone's store while it is not running, as a sync
//! will do it.

use countersign_crypto::content::{Name, Otp, OtpAlgorithm, OtpId, OtpKind, OtpSecret, Text, Unknown};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{Author, Batch, join_request, new_account_id, new_user_id};
use countersign_crypto::invite::Greeting;
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::link::ServerAddress;
use countersign_crypto::record::OwnedRecord;
use countersign_crypto::space_key::{KeyPlace, SpaceKey};
use countersign_protocol::ids::{AccountId, DeviceId, InstanceId, SpaceId, UserId, WorkspaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::entropy::Seeded;
use countersign_tests::phone::{START, TestPhone};
use countersign_tests::workspace::{DAY, card};
use rusqlite::Connection;

/// Another member, and the log as a server would have it.
pub(super) struct Other {
    store: Connection,
    log: Log,
    ana: DeviceKeys,
    keys: KeyRing,
    entropy: Seeded,
}

impl Other {
    /// Reads the store of a phone that is not running.
    pub(super) fn of(phone: &TestPhone, seed: u64) -> Self {
        let store = Connection::open(phone.store()).unwrap();
        let local = phone.vault.key().unwrap();
        let blobs = |sql: &str| -> Vec<Vec<u8>> {
            let mut query = store.prepare(sql).unwrap();
            query.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        let entries = blobs("SELECT entry FROM log ORDER BY seq");
        let id = blobs("SELECT id FROM workspace").remove(0);
        let workspace = WorkspaceId::from_bytes(id.try_into().unwrap());
        let mut log = Log::begin(&entries[0], workspace).unwrap();
        entries[1..].iter().for_each(|entry| drop(log.verify_next(entry).unwrap()));
        let device =
            DeviceId::from_bytes(blobs("SELECT device FROM workspace").remove(0).try_into().unwrap());
        let ana =
            DeviceKeys::open_at_rest(device, &blobs("SELECT device_keys FROM workspace")[0], &local).unwrap();
        let mut keys = KeyRing::new();
        for (space, sealed) in
            blobs("SELECT space FROM space_keys").into_iter().zip(blobs("SELECT sealed FROM space_keys"))
        {
            let place =
                KeyPlace { workspace, space: SpaceId::from_bytes(space.try_into().unwrap()), epoch: 1 };
            let commit = log.state().live_space(place.space).unwrap().epoch_at(1).unwrap().commit;
            let key = SpaceKey::open_at_rest(&place, &commit, &sealed, &local).unwrap();
            keys.insert(log.state(), &place, key).unwrap();
        }
        Self { store, log, ana, keys, entropy: Seeded::new(seed + 1000) }
    }

    /// Becomes an Owner of the account, and leaves its founder with `role`.
    pub(super) fn takes_over(mut self, account: AccountId, role: Option<AccountRole>) {
        let (ana_user, (ben_user, ben)) = (self.ana_user(), self.join());
        let given =
            self.author(&self.ana, &self.keys).grant(account, ben_user, Some(AccountRole::Owner)).unwrap();
        self.post(&given);
        let mut keys = KeyRing::new();
        keys.open_boxes(self.log.state(), &given.boxes, &ben);
        let taken = self.author(&ben, &keys).grant(account, ana_user, role).unwrap();
        self.post(&taken);
    }

    /// A phone with an account that the other member owns and has shared, MFA on. It got it by its recovery kit, as
    /// there is no sync yet.
    pub(super) fn shares_an_account(seed: u64, kind: OtpKind) -> (TestPhone, AccountId) {
        let (phone, client, unlocked) = TestPhone::with_workspace(seed);
        let kit = unlocked.unsaved_kit().unwrap().unwrap();
        drop((client, unlocked));
        let mut other = Self::of(&phone, seed);
        let (ana_user, (ben_user, ben)) = (other.ana_user(), other.join());
        let account = new_account_id(&other.entropy).unwrap();
        let roles = [(ben_user, AccountRole::Owner), (ana_user, AccountRole::Collaborator)].into();
        let mut keys = KeyRing::new();
        let batch = other.author(&ben, &keys).create_account(account, &roles, &card("GitHub")).unwrap();
        other.post(&batch);
        keys.open_boxes(other.log.state(), &batch.boxes, &ben);
        let otp = Otp {
            id: OtpId::generate(&other.entropy).unwrap(),
            kind,
            algorithm: OtpAlgorithm::Sha1,
            digits: 6,
            secret: OtpSecret::new(b"12345678901234567890").unwrap(),
            unknown: Unknown::default(),
        };
        let codes = SpaceId::codes(other.log.workspace(), account);
        let record = other.author(&ben, &keys).write(codes, InstanceId::ZERO, None, &otp).unwrap();
        other.put(&record);
        drop(other);
        phone.open().unwrap().recover(&kit, "Ana's phone").unwrap();
        (phone, account)
    }

    fn ana_user(&self) -> UserId {
        self.log.state().active_device(self.ana.id()).unwrap().user
    }

    /// Comes into the workspace as an Admin.
    fn join(&mut self) -> (UserId, DeviceKeys) {
        let name = |text: &str| -> Name { Text::new(text).unwrap() };
        let greeting = Greeting { workspace: name("Blue"), inviter: name("Ana") };
        let (user, device) =
            (new_user_id(&self.entropy).unwrap(), DeviceKeys::generate(&self.entropy).unwrap());
        let end = u64::try_from(START).unwrap() * 1000 + DAY;
        let (batch, secret) =
            self.author(&self.ana, &self.keys).invite(WorkspaceRole::Admin, end, &greeting).unwrap();
        self.post(&batch);
        let link = batch.invite_link(ServerAddress::new("https://x.example.com").unwrap(), &self.log, secret);
        let request = join_request(&link, user, &device, None);
        let joined = self.author(&self.ana, &self.keys).accept_join(&request).unwrap();
        self.post(&joined);
        (user, device)
    }

    fn author<'a>(&'a self, device: &'a DeviceKeys, keys: &'a KeyRing) -> Author<'a> {
        let ts = u64::try_from(START).unwrap() * 1000;
        Author { log: &self.log, device, keys, outstanding: None, ts, entropy: &self.entropy }
    }

    /// Takes a batch into the log and the store.
    fn post(&mut self, batch: &Batch) {
        self.log.verify_next(&batch.entry).unwrap();
        let seq = i64::try_from(batch.seq).unwrap();
        self.store.execute("INSERT INTO log VALUES (?1, ?2)", (seq, &batch.entry)).unwrap();
        for key_box in &batch.boxes {
            let KeyBox { space, epoch, device, by, .. } = key_box;
            let epoch = i64::try_from(*epoch).unwrap();
            let values = (space.as_bytes(), epoch, device.as_bytes(), by.as_bytes(), key_box.encode());
            self.store
                .execute(
                    "INSERT INTO boxes (space, epoch, device, author, box) VALUES (?1, ?2, ?3, ?4, ?5)",
                    values,
                )
                .unwrap();
        }
        batch.records.iter().for_each(|record| self.put(record));
    }

    fn put(&self, record: &OwnedRecord) {
        let id = record.header.id();
        let OwnedRecord { header, header_bytes, ciphertext, signature } = record;
        let values =
            (id.as_bytes(), 0, header.space.as_bytes(), header_bytes, ciphertext, signature.as_bytes());
        self.store.execute("INSERT INTO records (id, slot, space, header, ciphertext, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", values).unwrap();
    }
}
