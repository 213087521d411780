//! The server's program: settings in, a server until it is told to stop.

use std::io::Write as _;

use clap::Parser;
use countersign_server::{Arguments, Command, System, backup, serve};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let (config, command) = Arguments::parse().decide()?;
    if let Some(Command::Backup { file }) = command {
        let made = backup(&config.database, &file)?;
        return Ok(writeln!(std::io::stdout(), "{}: {made}", file.display())?);
    }
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(EnvFilter::try_new(&config.log)?)
        .with_writer(std::io::stderr)
        .init();
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| anyhow::anyhow!("cannot listen on {}: {error}", config.listen))?;
    serve(config, listener, Box::new(System), asked_to_stop()).await
}

/// Ctrl-C, or the signal by which service managers end a program.
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                terminated.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = terminated => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
