//! The `vitrine` binary: the server and its operator's commands.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use vitrine::{app, backup, clock::Clock, config::Config, error::Error, openapi, state::State, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Look at everything that can be wrong without anybody noticing; ends with 1 when the shop is unwell.
    Doctor,
    /// Write everything (database, files, keys) to one new file, while the shop runs.
    Backup {
        /// The file to write. It holds what customers told you: keep it safe.
        file: PathBuf,
    },
    /// Fill an empty database and storage from a backup.
    Restore {
        /// A file that `vitrine backup` wrote.
        file: PathBuf,
    },
    /// Compare orders, refunds and disputes with Stripe's, mend what is safe, list the rest.
    Reconcile {
        /// How many days back; Stripe lists events of the last 30.
        #[arg(long, default_value_t = 30)]
        days: u16,
    },
    /// Turn an account's two-factor sign-in off, for somebody who lost both the authenticator app and the recovery codes.
    DisableTotp {
        /// The address of the account.
        #[arg(long)]
        email: String,
    },
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
        Command::Doctor => {
            let state = open().await?;
            let health = vitrine::admin::health::examine(&state).await.map_err(told)?;
            for check in &health.checks {
                println!("{} {:<15} {}", if check.ok { "ok  " } else { "LOOK" }, check.name, check.detail);
            }
            if health.healthy { Ok(()) } else { std::process::exit(1) }
        }
        Command::Backup { file } => {
            backup::write(&open().await?, &file).await?;
            println!("{} is complete.", file.display());
            Ok(())
        }
        Command::Restore { file } => {
            let done = backup::restore(&Config::load()?, &Clock::default(), &file).await?;
            println!("The shop is as it was on {}: {} rows, {} files.", done.made_at, done.rows, done.files);
            if done.held_back > 0 {
                println!("{} mails that waited then may have been sent since: see Outbox.", done.held_back);
            }
            Ok(())
        }
        Command::Reconcile { days } => {
            let state = open().await?;
            let window = chrono::TimeDelta::days(days.into());
            let report = vitrine::webhook::reconcile::run(&state, window).await.map_err(told)?;
            println!("{} orders compared, {} mended", report.compared, report.repaired);
            report.findings.iter().for_each(|(_, words)| println!("LOOK {words}"));
            Ok(())
        }
        Command::DisableTotp { email } => {
            let state = open().await?;
            vitrine::accounts::service::disable_totp_of(&state, &email).await.map_err(told)
        }
        Command::CreateAdmin { email, name } => {
            let mut password = String::new();
            if std::io::IsTerminal::is_terminal(&std::io::stdin()) {
                eprint!("Password for {email}: ");
            }
            std::io::stdin().read_line(&mut password).context("read the password")?;
            let state = open().await?;
            state.db.migrate().await?;
            vitrine::accounts::service::create_admin(&state, &email, password.trim_end_matches(['\r', '\n']), &name)
                .await
                .map_err(told)
        }
    }
}

async fn open() -> anyhow::Result<State> {
    State::open(Config::load()?, Clock::default()).await
}

fn told(error: Error) -> anyhow::Error {
    anyhow::anyhow!(error.describe())
}
