//! How the workspace of a simulation begins: Ana, two or three who join, perhaps a second device of hers, on a network that
//! works.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::client::{Client, Unlocked};
use countersign_core::people::{Link, ServerAddress, Standing, WorkspaceRole};
use countersign_core::ports::Timestamp;
use countersign_core::sync::{Connection, Synced};

use super::device::{Job, Open};
use super::line::{ORIGIN, Verdict};
use super::world::World;
use crate::phone::{START, names};

/// Who joins, and as what.
const JOINERS: [(&str, WorkspaceRole); 3] =
    [("Ben", WorkspaceRole::Admin), ("Carla", WorkspaceRole::User), ("Dan", WorkspaceRole::User)];

/// Where a job leaves what it made.
type Made<T> = Arc<Mutex<Option<T>>>;

fn keep<T, E: std::fmt::Display>(made: &Made<T>, done: Result<T, E>) -> Verdict {
    match done {
        Ok(done) => {
            *made.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
            Verdict::Good
        }
        Err(error) => Verdict::Wrong(error.to_string()),
    }
}

fn taken<T>(made: &Made<T>) -> Result<T, String> {
    made.lock().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(|| "nothing was made".to_owned())
}

impl World {
    /// Sets the workspace up.
    pub(super) fn people(&mut self) -> Result<(), String> {
        self.start_server()?;
        let ana = self.add_device("Ana");
        let client = self.devices[ana].phone.open().map_err(|error| error.to_string())?;
        let unlocked = client.create_workspace(&names()).map_err(|error| error.to_string())?;
        self.take_in(ana, client, unlocked)?;
        let server = self.devices[ana].open()?.server.clone();
        let attach: Job = Box::new(move || {
            let Ok(address) = ServerAddress::new(ORIGIN) else {
                return Verdict::Wrong("no address".to_owned());
            };
            let attached = server.attach(&address, None).and_then(|()| server.sync().map(drop));
            match attached {
                Ok(()) => Verdict::Good,
                Err(error) => Verdict::Wrong(error.to_string()),
            }
        });
        self.do_well(ana, "attach", attach)?;
        let count = 3 + usize::try_from(self.random.below(3)).unwrap_or(0);
        for (name, role) in JOINERS.iter().take(count.min(4) - 1) {
            self.join(ana, name, *role)?;
        }
        if count == 5 {
            self.link_to(ana, "Ana's tablet")?;
        }
        for device in 0..self.devices.len() {
            self.sync_well(device)?;
        }
        Ok(())
    }

    fn take_in(&mut self, device: usize, client: Client, unlocked: Unlocked) -> Result<(), String> {
        let server = Connection::new(&unlocked, self.devices[device].line.clone());
        let members = unlocked.members().map_err(|error| error.to_string())?;
        let me = members.iter().find(|member| member.is_me).map(|member| member.id);
        self.devices[device].member = me;
        self.devices[device].open = Some(Open { _client: client, unlocked, server });
        Ok(())
    }

    /// Syncs on a network that works.
    pub(super) fn sync_well(&mut self, device: usize) -> Result<Synced, String> {
        let (server, synced) = (self.devices[device].open()?.server.clone(), Made::default());
        let made = Arc::clone(&synced);
        self.do_well(device, "sync", Box::new(move || keep(&made, server.sync())))?;
        taken(&synced)
    }

    fn join(&mut self, ana: usize, name: &str, role: WorkspaceRole) -> Result<(), String> {
        let invited = Made::default();
        let (server, made) = (self.devices[ana].open()?.server.clone(), Arc::clone(&invited));
        let until = Timestamp::from_unix_seconds(START + 24 * 60 * 60);
        self.do_well(ana, "invite", Box::new(move || keep(&made, server.invite(role, until))))?;
        let Ok(Link::Invite(link)) = Link::parse(&taken(&invited)?.link) else {
            return Err("an invite's link is none".to_owned());
        };
        let device = self.add_device(name);
        let client = self.devices[device].phone.open().map_err(|error| error.to_string())?;
        let joined = Made::default();
        let (made, line, asking) = (Arc::clone(&joined), self.devices[device].line.clone(), client.clone());
        let name = name.to_owned();
        let ask: Job =
            Box::new(move || keep(&made, asking.join(&link, &name, &format!("{name}'s phone"), line)));
        self.do_well(device, "join", ask)?;
        let (unlocked, _) = taken(&joined)?;
        self.take_in(device, client, unlocked)?;
        self.sync_well(ana)?;
        self.sync_well(device)?;
        let unlocked = &self.devices[device].open()?.unlocked;
        if unlocked.standing().map_err(|error| error.to_string())? != Standing::Member {
            return Err("nobody let the joiner in".to_owned());
        }
        let members = unlocked.members().map_err(|error| error.to_string())?;
        self.devices[device].member = members.iter().find(|member| member.is_me).map(|member| member.id);
        self.sync_well(ana).map(drop)
    }

    /// A new device of a member's own; it has everything when this returns.
    pub(super) fn link_to(&mut self, other: usize, name: &str) -> Result<usize, String> {
        let device = self.add_device(name);
        let client = self.devices[device].phone.open().map_err(|error| error.to_string())?;
        let newcomer = client.newcomer().map_err(|error| error.to_string())?;
        let Ok(Link::NewDevice(offer)) = Link::parse(&newcomer.offer()) else {
            return Err("an offer is none".to_owned());
        };
        let added = Made::default();
        let (server, made) = (self.devices[other].open()?.server.clone(), Arc::clone(&added));
        self.do_well(other, "add a device", Box::new(move || keep(&made, server.add_device(&offer, "new"))))?;
        let Ok(Link::DeviceAdded(link)) = Link::parse(&taken(&added)?) else {
            return Err("the link of a device is none".to_owned());
        };
        let linked = Made::default();
        let (made, line, asking) = (Arc::clone(&linked), self.devices[device].line.clone(), client.clone());
        self.do_well(device, "link", Box::new(move || keep(&made, asking.link(newcomer, &link, line))))?;
        let (unlocked, _) = taken(&linked)?;
        self.take_in(device, client, unlocked)?;
        Ok(device)
    }
}
