//! The `vitrine` binary: the server and its operator's commands.

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use vitrine::{app, clock::Clock, config::Config, openapi, telemetry};

/// A storefront for people who sell their own work. Settings come from the environment (see `.env.example`).
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the shop (the default).
    Serve,
    /// Bring the database's schema up to date.
    Migrate,
    /// Print the API's OpenAPI document.
    Openapi,
    /// Make an admin account; the password is asked for, or read from the first line of standard input.
    CreateAdmin {
        /// The address to sign in with.
        #[arg(long)]
        email: String,
        /// Display name.
        #[arg(long, default_value = "Owner")]
        name: String,
    },
}

#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    telemetry::start_logging();
    // One TLS provider for all clients, chosen here once.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        bail!("a TLS provider was installed already");
    }
    match Arguments::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let server = app::start(Config::load()?, Clock::default()).await?;
            tracing::info!(address = %server.address, url = %server.state.config.public_url, "the shop is open");
            server.wait().await
        }
        Command::Migrate => {
            let config = Config::load()?;
            vitrine::db::Db::open(&config.database_url, 2).await?.migrate().await
        }
        Command::Openapi => {
            println!("{}", openapi::document().to_pretty_json()?);
            Ok(())
        }
        Command::CreateAdmin { email, name } => {
            let mut password = String::new();
            if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
                eprint!("Password for {email}: ");
            }
            std::io::stdin().read_line(&mut password).context("read the password")?;
            let state = vitrine::state::State::open(Config::load()?, Clock::default()).await?;
            state.db.migrate().await?;
            vitrine::accounts::service::create_admin(&state, &email, password.trim_end_matches(['\r', '\n']), &name)
                .await
                .map_err(|error| anyhow::anyhow!(error.describe()))
        }
    }
}
