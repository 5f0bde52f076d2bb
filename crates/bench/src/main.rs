//! Measures a release build of the server against yardsticks, in one run on one machine.
//!
//! Absolute figures depend on the machine; what counts are ratios and the server's own processor time, read from
//! `/proc`. The load generator and the local Stripe share the machine, and are not counted.

mod appointments;
mod browse;
mod chart;
mod customers;
mod http;
mod load;
mod mixed;
mod orders;
mod process;
mod resources;
mod shop;
mod table;
mod tokens;
mod yardstick;

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{
    customers::Customers,
    load::Until,
    mixed::Mixed,
    process::{Process, Server},
    shop::Setup,
    table::Table,
};

/// The server's: the yardstick is measured with the same.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures a Vitrine server.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Commands,
}

#[derive(Subcommand)]
enum Commands {
    /// Measure everything
    Run(Options),
    /// Measure a mixed load, on SQLite and on PostgreSQL
    Mixed(MixedOptions),
    /// The server to compare with
    Yardstick(yardstick::Options),
}

#[derive(Args)]
struct Options {
    /// The server's program
    #[arg(long)]
    server: PathBuf,
    /// An empty PostgreSQL database to use instead of a file
    #[arg(long)]
    database: Option<String>,
    /// Another, for the yardstick
    #[arg(long, requires = "database")]
    yardstick_database: Option<String>,
    /// Seconds per load
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Megabytes to upload
    #[arg(long, default_value_t = 2048)]
    upload: usize,
    /// Only these parts, with commas between
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

impl Options {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Products,
    Orders,
    Appointments,
    Tokens,
    Upload,
}

#[derive(Args)]
struct MixedOptions {
    /// The server's program
    #[arg(long)]
    server: PathBuf,
    /// Two empty PostgreSQL databases, for one process and for three; SQLite alone without
    #[arg(long, num_args = 2)]
    databases: Vec<String>,
    /// Seconds per number of connections
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Seconds for which memory is watched; 3600 to be sure
    #[arg(long, default_value_t = 40)]
    hold: u64,
    /// Where to draw the chart
    #[arg(long)]
    chart: Option<PathBuf>,
}

#[actix_web::main]
async fn main() -> Result<()> {
    // The local Stripe, which runs in here, needs none; the client wants one all the same.
    let _chosen = rustls::crypto::ring::default_provider().install_default();
    match Cli::parse().command {
        Commands::Run(options) => run(options).await,
        Commands::Mixed(options) => mixed(options).await,
        Commands::Yardstick(options) => yardstick::serve(options).await,
    }
}

async fn run(options: Options) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("vitrine-bench-").tempdir_in(".")?;
    let (sandbox, stripe) = shop::stripe().await?;
    let setup = Setup {
        program: options.server.clone(),
        data: folder.path().join("data"),
        database: shop::database(folder.path(), options.database.as_deref())?,
        stripe,
    };
    let time = Until::Elapsed(Duration::from_secs(options.seconds));
    let mut table = Table::default();

    table.heading("Start");
    setup.start().await?.server.process.stop()?;
    let shop = setup.start().await?;
    resources::fresh(&shop, &mut table)?;

    table.heading("1,000 products");
    shop.fill(1000).await?;
    let small = browse::latencies(&shop).await?;
    let bodies = browse::bodies(&shop, folder.path()).await?;
    let database = shop::database(folder.path(), options.yardstick_database.as_deref())?;
    let yardstick = start_yardstick(&bodies, &database.replace("vitrine.db", "yardstick.db")).await?;
    if options.wants(Part::Products) {
        browse::against_static(&shop, &yardstick, time, &mut table).await?;
        browse::sign_in_storm(&shop, time, &mut table).await?;
    }
    let customers = Customers::join(&shop, 1).await?;
    if options.wants(Part::Orders) {
        table.heading("Orders");
        orders::measure(&shop, &customers, &sandbox.control(), &yardstick, &mut table).await?;
    }
    if options.wants(Part::Appointments) {
        table.heading("Appointments");
        appointments::measure(&shop, &customers, &yardstick, &mut table).await?;
    }
    if options.wants(Part::Tokens) {
        table.heading("Tokens");
        tokens::renewals(&shop, &customers, &sandbox.control(), &yardstick, &mut table).await?;
        tokens::statement(&shop, &mut table).await?;
    }
    if options.wants(Part::Upload) {
        table.heading("Upload");
        resources::upload(&shop, options.upload, &mut table).await?;
    }
    if options.wants(Part::Products) {
        table.heading("100,000 products");
        shop.grow(100).await?;
        browse::compare(&small, &browse::latencies(&shop).await?, &mut table);
    }

    shop.server.process.stop()?;
    if table.finish() > 0 {
        bail!("not every goal is reached");
    }
    Ok(())
}

async fn mixed(options: MixedOptions) -> Result<()> {
    let mut setups = vec![("SQLite", None, 1)];
    if let [one, three] = options.databases.as_slice() {
        setups.extend([("PostgreSQL, 1 process", Some(one), 1), ("PostgreSQL, 3 processes", Some(three), 3)]);
    }
    let (mut lines, mut table) = (Vec::new(), Table::default());
    for (name, database, processes) in setups {
        table.heading(name);
        let folder = tempfile::Builder::new().prefix("vitrine-bench-").tempdir_in(".")?;
        let (sandbox, stripe) = shop::stripe().await?;
        let setup = Setup {
            program: options.server.clone(),
            data: folder.path().join("data"),
            database: shop::database(folder.path(), database.map(String::as_str))?,
            stripe,
        };
        let mut shops = vec![setup.start().await?];
        shops[0].fill(1000).await?;
        for _ in 1..processes {
            shops.push(setup.start().await?);
        }
        let (control, customers) = (sandbox.control(), Customers::join(&shops[0], 10).await?);
        let mixed = Mixed::new(&shops, &control, customers);
        lines.push((name.to_owned(), mixed.rise(Duration::from_secs(options.seconds)).await?));
        mixed.hold(Duration::from_secs(options.hold), &mut table).await?;
    }
    if let Some(file) = options.chart {
        chart::draw(&lines, &file)?;
    }
    if table.finish() > 0 {
        bail!("not every goal is reached");
    }
    Ok(())
}

async fn start_yardstick(bodies: &browse::Bodies, database: &str) -> Result<Server> {
    let address = shop::free_address()?;
    let program = std::env::current_exe().context("where is this program?")?;
    let mut command = Command::new(program);
    command.args(["yardstick", "--bind", &address, "--database", database]);
    command.arg("--list").arg(&bodies.list).arg("--detail").arg(&bodies.detail);
    let process = Process::start(&mut command)?;
    for _ in 0..200 {
        if http::Connection::open(&address).await.is_ok() {
            return Ok(Server { process, address });
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the yardstick does not start")
}
