//! What an operator decides. A flag wins over an environment variable, that over the file, and that over the default.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Parser;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::limits::Allowance;

const AFTER_HELP: &str = "\
Examples:
  countersign-server
      Serves on http://127.0.0.1:7420, keeps its data in ./countersign.db; for a first look.
  countersign-server --config /etc/countersign.toml
      Serves as the file says. Its keys are the names of the flags: listen, database, origin, founding-token-file, …
  countersign-server --database /var/lib/countersign/data.db backup /backups/monday.db
      Copies the data of a server that runs, and reads the copy back.
  COUNTERSIGN_ORIGIN=https://vault.example.com countersign-server --database /var/lib/countersign/data.db
      Behind a proxy that ends TLS. The origin is what clients type; logins are signed for it.

A flag wins over an environment variable, that over the file, and that over the default.";

/// The flags, each with its environment variable.
#[derive(Debug, Parser)]
#[command(name = "countersign-server", version, about, after_help = AFTER_HELP)]
pub struct Arguments {
    /// A TOML file with these settings
    #[arg(long, env = "COUNTERSIGN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
}

/// What the program does instead of serving.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum Command {
    /// Copy the database while the server runs, and read the copy back
    Backup {
        /// The file to make; it must not be there yet
        file: PathBuf,
    },
}

/// The settings, as flags, variables or a file give them; what is missing has a default.
#[derive(Debug, Default, clap::Args, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// Where to listen [default: 127.0.0.1:7420]
    #[arg(long, env = "COUNTERSIGN_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// The database file, made where there is none [default: countersign.db]
    #[arg(long, env = "COUNTERSIGN_DATABASE", value_name = "FILE")]
    database: Option<PathBuf>,
    /// What clients type to reach this server, `https://host[:port]` [default: `http://` and the address it listens on]
    #[arg(long, env = "COUNTERSIGN_ORIGIN", value_name = "URL")]
    origin: Option<String>,
    /// Only those who have the text in this file may make workspaces [default: everybody may]
    #[arg(long, env = "COUNTERSIGN_FOUNDING_TOKEN_FILE", value_name = "FILE")]
    founding_token_file: Option<PathBuf>,
    /// Requests a minute that one device may make [default: 1200]
    #[arg(long, env = "COUNTERSIGN_REQUESTS_PER_DEVICE", value_name = "NUMBER")]
    requests_per_device: Option<NonZeroU32>,
    /// Requests a minute that one address may make without a session [default: 300]
    #[arg(long, env = "COUNTERSIGN_REQUESTS_PER_ADDRESS", value_name = "NUMBER")]
    requests_per_address: Option<NonZeroU32>,
    /// What is logged: error, warn, info, debug or trace [default: info]
    #[arg(long, env = "COUNTERSIGN_LOG", value_name = "LEVEL")]
    log: Option<String>,
}

/// What the server does, decided.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The database file.
    pub database: PathBuf,
    /// What logins are signed for; from `listen` where it is not said.
    pub origin: Option<String>,
    /// Who may make workspaces.
    pub founding: Founding,
    /// How often somebody may ask.
    pub allowance: Allowance,
    /// What is logged.
    pub log: String,
}

impl Config {
    /// Serves `database` on `listen`, with the default of everything else and no log.
    pub fn new(listen: SocketAddr, database: PathBuf) -> Self {
        Self {
            listen,
            database,
            origin: None,
            founding: Founding::Open,
            allowance: Allowance::default(),
            log: "off".to_owned(),
        }
    }
}

/// Who may make workspaces.
#[derive(Debug, Clone)]
pub enum Founding {
    /// Everybody who reaches the server.
    Open,
    /// Whoever has the token with this SHA-256.
    Token([u8; 32]),
}

impl Founding {
    /// Whether somebody with this token may; compared by hash, so that the time taken says nothing.
    pub(crate) fn allows(&self, token: Option<&str>) -> bool {
        match self {
            Self::Open => true,
            Self::Token(hash) => token.is_some_and(|token| Sha256::digest(token).as_slice() == hash),
        }
    }
}

impl Arguments {
    /// The settings of flags, variables and file together.
    ///
    /// # Errors
    /// A file that cannot be read or says something unknown, an origin that is none.
    pub fn decide(self) -> anyhow::Result<(Config, Option<Command>)> {
        let Self { config, settings, command } = self;
        let file = config.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
        let token_file = settings.founding_token_file.or(file.founding_token_file);
        let origin = settings.origin.or(file.origin);
        if let Some(origin) = &origin {
            check_origin(origin)?;
        }
        let usual = Allowance::default();
        let config = Config {
            listen: settings
                .listen
                .or(file.listen)
                .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7420))),
            database: settings.database.or(file.database).unwrap_or_else(|| "countersign.db".into()),
            origin,
            founding: token_file.as_deref().map_or_else(|| Ok(Founding::Open), founding)?,
            allowance: Allowance {
                per_address: settings
                    .requests_per_address
                    .or(file.requests_per_address)
                    .unwrap_or(usual.per_address),
                per_device: settings
                    .requests_per_device
                    .or(file.requests_per_device)
                    .unwrap_or(usual.per_device),
            },
            log: settings.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
        };
        Ok((config, command))
    }
}

impl Settings {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }
}

fn founding(path: &Path) -> anyhow::Result<Founding> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let token = text.trim();
    if token.len() < 16 {
        bail!(
            "the token in {} has fewer than 16 characters; make one with: openssl rand -hex 16",
            path.display()
        );
    }
    Ok(Founding::Token(Sha256::digest(token).into()))
}

fn check_origin(origin: &str) -> anyhow::Result<()> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    let is_origin = host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ']));
    if is_origin {
        Ok(())
    } else {
        bail!("the origin must be https://host or https://host:port, without a path")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(arguments: &[&str]) -> anyhow::Result<Config> {
        Ok(Arguments::try_parse_from([&["countersign-server"], arguments].concat())?.decide()?.0)
    }

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("countersign-config-{}-{name}", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn a_flag_wins_over_the_file_and_that_over_the_default() {
        let path = file("wins", "listen = \"127.0.0.1:9000\"\norigin = \"https://vault.example.com\"\n");
        let config = decide(&["--config", path.to_str().unwrap(), "--listen", "127.0.0.1:9001"]).unwrap();
        assert_eq!(config.listen.port(), 9001);
        assert_eq!(config.origin.as_deref(), Some("https://vault.example.com"));
        assert_eq!(config.database, Path::new("countersign.db"));
    }

    #[test]
    fn what_the_file_says_wrongly_is_named() {
        let path = file("wrong", "listne = \"127.0.0.1:9000\"\n");
        let error = format!("{:#}", decide(&["--config", path.to_str().unwrap()]).unwrap_err());
        assert!(error.contains("listne"), "{error}");
        for origin in ["vault.example.com", "https://", "https://a/b", "ftp://a", "https://me@a"] {
            assert!(decide(&["--origin", origin]).is_err(), "{origin}");
        }
    }

    #[test]
    fn a_founding_token_is_long_enough_and_compared_whole() {
        let short = file("short", "secret\n");
        assert!(decide(&["--founding-token-file", short.to_str().unwrap()]).is_err());
        let path = file("token", "0123456789abcdef\n");
        let founding = decide(&["--founding-token-file", path.to_str().unwrap()]).unwrap().founding;
        assert!(founding.allows(Some("0123456789abcdef")));
        assert!(!founding.allows(Some("0123456789abcde")) && !founding.allows(None));
        assert!(Founding::Open.allows(None));
    }
}
