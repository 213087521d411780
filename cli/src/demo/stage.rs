//! Where the demonstration plays: a folder, a server on a loopback port, and three people's stores.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_core::client::{Client, Unlocked, WorkspaceNames};
use countersign_core::people::{InviteLink, ServerAddress};
use countersign_core::sync::{Connection, Http};
use countersign_server::{Background, Config, System};

use super::wire::{Tape, Wire};
use crate::arguments::{Demo, Opening};
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::workspace::Workspace;

/// The passphrase of all three stores, which lie in a folder of the demonstration alone.
const PASSPHRASE: &str = "demonstration only\n";

/// The server and the folder of all that there is.
pub(super) struct Stage {
    folder: Folder,
    address: ServerAddress,
    pub(super) tape: Tape,
    server: Background,
}

/// One person with an unlocked store and a connection.
pub(super) struct Person {
    pub(super) unlocked: Unlocked,
    pub(super) connection: Connection,
    pub(super) wire: Arc<Wire>,
    _client: Client,
}

impl Stage {
    /// Sets everything up. An honest error where a port or a folder cannot be had.
    pub(super) fn set(arguments: &Demo) -> Result<Self, Failure> {
        let folder = Folder::new(arguments.folder.as_deref(), arguments.keep)?;
        let passphrase = folder.path.join("passphrase");
        write_private(&passphrase, PASSPHRASE).map_err(|error| no_folder(&folder.path, &error))?;
        let server = serve(folder.path.join("server.db"), arguments.port)?;
        let address = format!("http://{}", server.address());
        let address = ServerAddress::new(&address).map_err(|_| no_port(arguments.port, "no address"))?;
        Ok(Self { folder, address, tape: Tape::default(), server })
    }

    pub(super) fn address(&self) -> &str {
        self.address.as_str()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder.path
    }

    /// Where somebody's store is, and where its passphrase stands.
    pub(super) fn store(&self, who: &str) -> (PathBuf, PathBuf) {
        let name = format!("{}.countersign", who.to_lowercase());
        (self.folder.path.join(name), self.folder.path.join("passphrase"))
    }

    /// Somebody who founds a workspace and gives it to the server.
    pub(super) fn founder(&self, who: &'static str, workspace: &str) -> Result<Person, Failure> {
        let (opened, client) = self.client(who)?;
        let names = WorkspaceNames {
            workspace: workspace.to_owned(),
            member: who.to_owned(),
            device: format!("{who}'s phone"),
        };
        let unlocked = client.create_workspace(&names).map_err(|error| opened.explain(error))?;
        let wire = self.wire(who)?;
        let connection = Connection::new(&unlocked, wire.clone());
        connection.attach(&self.address, None)?;
        Ok(Person { unlocked, connection, wire, _client: client })
    }

    /// Somebody who asks to join.
    pub(super) fn invitee(&self, who: &'static str, link: &InviteLink) -> Result<Person, Failure> {
        let (opened, client) = self.client(who)?;
        let wire = self.wire(who)?;
        let device = format!("{who}'s phone");
        let joined = client.join(link, who, &device, wire.clone());
        let (unlocked, connection) = joined.map_err(|error| opened.explain(error))?;
        Ok(Person { unlocked, connection, wire, _client: client })
    }

    fn client(&self, who: &str) -> Result<(Workspace, Client), Failure> {
        let (store, passphrase) = self.store(who);
        let opening = Opening { store: Some(store), passphrase_file: Some(passphrase), passphrase_fd: None };
        let workspace = Workspace::new(&opening)?;
        let client = workspace.open_or_make()?;
        Ok((workspace, client))
    }

    fn wire(&self, who: &'static str) -> Result<Arc<Wire>, Failure> {
        let http = Http::new(&self.address).map_err(|error| trouble(format!("failed to {error}")))?;
        Ok(Arc::new(Wire::new(who, http, self.tape.clone())))
    }

    /// Leaves the server running until Ctrl-C.
    pub(super) fn keep(self) -> Result<(), Failure> {
        self.server.wait().map_err(|error| trouble(format!("the server ended: {error:#}")))
    }
}

/// A folder that goes with the demonstration, unless it is to be kept.
struct Folder {
    path: PathBuf,
    is_kept: bool,
}

impl Folder {
    fn new(chosen: Option<&Path>, is_kept: bool) -> Result<Self, Failure> {
        let path = match chosen {
            Some(path) => std::path::absolute(path).map_err(|error| no_folder(path, &error))?,
            None => std::env::temp_dir().join(format!("countersign-demo-{}", std::process::id())),
        };
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        // One that is there belongs to somebody else.
        builder.create(&path).map_err(|error| no_folder(&path, &error))?;
        Ok(Self { path, is_kept })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.is_kept {
            // Whatever stays of it is under a passphrase, and of the demonstration only.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// The workspace server, as its own program runs it.
fn serve(database: PathBuf, port: u16) -> Result<Background, Failure> {
    let config = Config::new(SocketAddr::from(([127, 0, 0, 1], port)), database);
    let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    Background::start(config, Box::new(System), interrupted)
        .map_err(|error| no_port(port, &error.to_string()))
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

pub(super) fn trouble(message: impl Into<String>) -> Failure {
    Failure::Workspace(Exit::Refused, Problem::new("demo", message, "Run it again: countersign demo"))
}

fn no_folder(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("the folder {} cannot be made: {error}", path.display());
    Failure::Workspace(Exit::Refused, Problem::new("no_folder", message, "Choose another: --folder PATH"))
}

fn no_port(port: u16, error: &str) -> Failure {
    let message = match port {
        0 => format!("no port can be had on 127.0.0.1: {error}"),
        port => format!("port {port} cannot be had on 127.0.0.1: {error}"),
    };
    Failure::Workspace(Exit::Refused, Problem::new("no_port", message, "Choose another: --port NUMBER"))
}
