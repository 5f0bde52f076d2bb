//! `cargo xtask run`: from a fresh checkout to a shop in the browser.

use std::{
    env, fs,
    io::{BufRead, Write},
    net::TcpListener,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use nix::sys::signal::Signal;

use crate::{
    cmd::{Run, Running, cmd, interrupted, tethered},
    native::{self, Binaries},
    place,
    report::bold,
    web,
};

const SHOP: &str = "http://localhost:8080";
const STRIPE: &str = "http://localhost:8081";

/// The demo shop's name.
const NAME: &str = "Atelier Halden";

/// The local Stripe's keys. They open nothing but it.
const STRIPE_KEY: &str = "sk_test_local";
const WEBHOOK_SECRET: &str = "whsec_local";

/// Who may sign in to the demo shop.
const OWNER: [&str; 2] = ["owner@example.com", "owner of the shop"];
const CUSTOMER: [&str; 2] = ["customer@example.com", "customer of the shop"];

/// How to run.
#[derive(Args)]
pub struct Options {
    /// Delete ./data first and start with a new shop
    #[arg(long)]
    fresh: bool,
    /// Do not ask before deleting
    #[arg(long)]
    yes: bool,
    /// PostgreSQL to use instead of ./data/vitrine.db
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Start without demo products
    #[arg(long)]
    empty: bool,
}

/// Builds what is not built, starts the shop, and runs until ctrl-c.
pub fn run(options: &Options) -> Result<()> {
    let real_stripe = env::var("STRIPE_SECRET_KEY").is_ok_and(|key| !key.is_empty());
    let mut steps =
        Steps { number: 0, total: 5 - usize::from(real_stripe) - usize::from(options.empty), started: Instant::now() };
    let data = place::root().join("data");

    for port in if real_stripe { &[8080][..] } else { &[8080, 8081] } {
        free(*port)?;
    }
    if options.fresh {
        delete(&data, options)?;
    }
    steps.begin("Browser app (the first time this takes some minutes)");
    let dist = web::build(&web::Options::default())?;
    steps.begin("Server (the first time this takes some minutes)");
    let binaries = native::build()?;

    let _stripe = if real_stripe {
        None
    } else {
        steps.begin("Local Stripe");
        fs::create_dir_all(&data)?;
        Some(start_stripe(&binaries.stripe, &data)?)
    };
    steps.begin("Shop");
    let mut shop = start_shop(&binaries.server, &dist, &data, options, real_stripe)?;
    if !options.empty {
        steps.begin("Demo products, unless there are any");
        fill(&binaries, real_stripe)?;
    }
    steps.welcome(real_stripe, options.empty);

    while !interrupted() {
        if let Some(status) = shop.ended()? {
            bail!("the shop has ended ({status})");
        }
        thread::sleep(Duration::from_millis(200));
    }
    println!("\nStopping.");
    Ok(())
}

fn start_stripe(program: &Path, data: &Path) -> Result<Running> {
    let mut command = tethered(program, Signal::SIGTERM);
    command.args(["--bind", "127.0.0.1:8081", "--public-url", STRIPE, "--webhook-secret", WEBHOOK_SECRET]);
    command.args(["--webhook-url", &format!("{SHOP}/api/v1/webhooks/stripe"), "--shop-name", NAME]);
    command.arg("--state").arg(data.join("local-stripe.json"));
    let mut running = command.env("RUST_LOG", log_level()).start(Signal::SIGTERM)?;
    wait_for(STRIPE, "/_sandbox/clock", &mut running)?;
    Ok(running)
}

fn start_shop(program: &Path, dist: &Path, data: &Path, options: &Options, real_stripe: bool) -> Result<Running> {
    let mut command = tethered(program, Signal::SIGTERM);
    command.arg("serve").env("VITRINE_DATA_DIR", data).env("VITRINE_WEB_DIR", dist).env("RUST_LOG", log_level());
    command.env("VITRINE_PUBLIC_URL", SHOP).env("VITRINE_BIND", "127.0.0.1:8080");
    command.env("VITRINE_ADMIN_EMAIL", OWNER[0]).env("VITRINE_ADMIN_PASSWORD", OWNER[1]);
    if env::var_os("VITRINE_SHOP_NAME").is_none() {
        command.env("VITRINE_SHOP_NAME", NAME);
        command.env("VITRINE_SHOP_TAGLINE", "Sounds, letters and clay from a house by the fjord.");
    }
    if let Some(url) = &options.database {
        command.env("DATABASE_URL", url);
    }
    if !real_stripe {
        command.env("STRIPE_SECRET_KEY", STRIPE_KEY).env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        command.env("STRIPE_API_BASE", STRIPE);
    }
    let mut running = command.start(Signal::SIGTERM)?;
    wait_for(SHOP, "/readyz", &mut running)?;
    Ok(running)
}

fn fill(binaries: &Binaries, real_stripe: bool) -> Result<()> {
    let mut command = cmd(&binaries.demo);
    command.args(["--shop", SHOP, "--owner", OWNER[0], "--owner-password", OWNER[1]]);
    command.args(["--customer", CUSTOMER[0], "--customer-password", CUSTOMER[1]]);
    if !real_stripe {
        command.args(["--stripe", STRIPE]);
    }
    command.run()
}

/// The programs say only what went wrong, unless asked for more.
fn log_level() -> String {
    env::var("RUST_LOG").unwrap_or_else(|_| "warn".into())
}

/// Waits until `base` answers on `path`, or the program behind it has ended.
fn wait_for(base: &str, path: &str, program: &mut Running) -> Result<()> {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !answers(base, path) {
        if let Some(status) = program.ended()? {
            bail!("it did not start ({status}); the reason stands above");
        }
        if interrupted() || Instant::now() > deadline {
            bail!("{base}{path} does not answer");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn answers(base: &str, path: &str) -> bool {
    let ask = || -> Result<String> {
        let address = base.trim_start_matches("http://").replace("localhost", "127.0.0.1");
        let mut stream = std::net::TcpStream::connect(&address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut line = String::new();
        std::io::BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    ask().is_ok_and(|line| line.contains(" 200 "))
}

fn free(port: u16) -> Result<()> {
    TcpListener::bind(("127.0.0.1", port)).map(drop).with_context(|| {
        format!("port {port} is taken: is Vitrine running already? `ss -ltnp 'sport = :{port}'` names the program")
    })
}

fn delete(data: &Path, options: &Options) -> Result<()> {
    if options.database.is_some() {
        bail!("--fresh deletes ./data only; empty the database at --database yourself");
    }
    if !data.exists() {
        return Ok(());
    }
    if !options.yes {
        print!("Delete everything in {}? [y/N] ", data.display());
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        if !answer.trim().eq_ignore_ascii_case("y") {
            bail!("nothing was deleted");
        }
    }
    fs::remove_dir_all(data).with_context(|| format!("cannot delete {}", data.display()))
}

/// What is being done, and how far it is.
struct Steps {
    number: usize,
    total: usize,
    started: Instant,
}

impl Steps {
    fn begin(&mut self, what: &str) {
        self.number += 1;
        let seconds = self.started.elapsed().as_secs();
        println!(
            "{} {what}  ({}:{:02})",
            bold(&format!("[{}/{}]", self.number, self.total)),
            seconds / 60,
            seconds % 60
        );
    }

    fn welcome(&self, real_stripe: bool, empty: bool) {
        let seconds = self.started.elapsed().as_secs();
        let mut lines = vec![
            format!("Vitrine is running  (after {}:{:02})", seconds / 60, seconds % 60),
            String::new(),
            format!("Shop       {SHOP}"),
            format!("Owner      {SHOP}/admin      {} · {}", OWNER[0], OWNER[1]),
        ];
        if !empty {
            lines.push(format!("Customer   {SHOP}/sign-in    {} · {}", CUSTOMER[0], CUSTOMER[1]));
        }
        lines.push(format!("API        {SHOP}/api/docs"));
        lines.push(if real_stripe {
            "Stripe     the real one".into()
        } else {
            format!("Stripe     {STRIPE}  (local; card 4242 4242 4242 4242 pays)")
        });
        lines.extend([String::new(), "ctrl-c stops everything.".into()]);
        let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        println!("\n╭{}╮", "─".repeat(width + 4));
        for line in lines {
            println!("│  {line:width$}  │");
        }
        println!("╰{}╯", "─".repeat(width + 4));
    }
}
