//! `cargo xtask run`: from a fresh checkout to a shop in the browser.

use std::{
    env, fs,
    io::{BufRead, Write},
    net::TcpListener,
    path::{Path, PathBuf},
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

/// The demo shop's name.
const NAME: &str = "Atelier Halden";
const TAGLINE: &str = "Sounds, letters and clay from a house by the fjord.";

/// The local Stripe's keys. They open nothing but it.
const STRIPE_KEY: &str = "sk_test_local";
const WEBHOOK_SECRET: &str = "whsec_local";

/// Who may sign in to the demo shop: address and password.
pub const OWNER: [&str; 2] = ["owner@example.com", "owner of the shop"];
/// The first customer.
pub const CUSTOMER: [&str; 2] = ["customer@example.com", "customer of the shop"];

/// How to run.
#[derive(Args)]
pub struct Options {
    /// The shop's port; the local Stripe takes the next one
    #[arg(long, default_value_t = 8080)]
    port: u16,
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
    let run = Plan {
        options,
        real_stripe: env::var("STRIPE_SECRET_KEY").is_ok_and(|key| !key.is_empty()),
        data: place::root().join("data"),
        shop: format!("http://localhost:{}", options.port),
        stripe: format!("http://localhost:{}", options.port + 1),
    };
    free(options.port)?;
    if !run.real_stripe {
        free(options.port + 1)?;
    }
    if options.fresh {
        delete(&run.data, options)?;
    }
    fs::create_dir_all(&run.data)?;

    let total = 5 - usize::from(run.real_stripe) - usize::from(options.empty);
    let mut steps = Steps { number: 0, total, started: Instant::now() };
    steps.begin("Browser app (the first time this takes some minutes)");
    let dist = web::build(&web::Options::default())?;
    steps.begin("Server (the first time this takes some minutes)");
    let binaries = native::build()?;
    let _stripe = if run.real_stripe {
        None
    } else {
        steps.begin("Local Stripe");
        Some(run.start_stripe(&binaries.stripe)?)
    };
    steps.begin("Shop");
    let mut shop = run.start_shop(&binaries.server, &dist)?;
    if !options.empty {
        steps.begin("Demo products, unless there are any");
        run.fill(&binaries)?;
    }
    run.welcome(steps.started.elapsed());

    while !interrupted() {
        if let Some(status) = shop.ended()? {
            bail!("the shop has ended ({status})");
        }
        thread::sleep(Duration::from_millis(200));
    }
    println!("\nStopping.");
    Ok(())
}

/// A demo shop that runs for a test; it ends when this is dropped.
pub struct Demo {
    /// Where it is.
    pub url: String,
    _shop: Running,
    _stripe: Running,
}

/// Starts a demo shop without the browser app, on free ports, with its data in `folder`.
pub fn demo(binaries: &Binaries, folder: &Path) -> Result<Demo> {
    let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
    let [shop, stripe] = listeners.map(|listener| listener.local_addr().map(|address| address.port()));
    let options = Options { port: shop?, fresh: false, yes: false, database: None, empty: false };
    let plan = Plan {
        options: &options,
        real_stripe: false,
        data: folder.to_path_buf(),
        shop: format!("http://localhost:{}", options.port),
        stripe: format!("http://localhost:{}", stripe?),
    };
    fs::create_dir_all(&plan.data)?;
    let stripe = plan.start_stripe(&binaries.stripe)?;
    let shop = plan.start_shop(&binaries.server, Path::new(""))?;
    plan.fill(binaries)?;
    Ok(Demo { url: plan.shop, _shop: shop, _stripe: stripe })
}

/// What runs where.
struct Plan<'a> {
    options: &'a Options,
    real_stripe: bool,
    data: PathBuf,
    shop: String,
    stripe: String,
}

impl Plan<'_> {
    fn start_stripe(&self, program: &Path) -> Result<Running> {
        let mut command = tethered(program, Signal::SIGTERM);
        command.args(["--bind", &address(&self.stripe), "--public-url", &self.stripe, "--shop-name", NAME]);
        command.args(["--webhook-url", &format!("{}/api/v1/webhooks/stripe", self.shop)]);
        command.args(["--webhook-secret", WEBHOOK_SECRET]).arg("--state").arg(self.data.join("local-stripe.json"));
        let mut running = command.env("RUST_LOG", log_level()).start(Signal::SIGTERM)?;
        wait_for(&self.stripe, "/_sandbox/clock", &mut running)?;
        Ok(running)
    }

    fn start_shop(&self, program: &Path, dist: &Path) -> Result<Running> {
        let mut command = tethered(program, Signal::SIGTERM);
        command.arg("serve").env("RUST_LOG", log_level());
        command.env("VITRINE_DATA_DIR", &self.data).env("VITRINE_WEB_DIR", dist);
        command.env("VITRINE_PUBLIC_URL", &self.shop).env("VITRINE_BIND", address(&self.shop));
        command.env("VITRINE_ADMIN_EMAIL", OWNER[0]).env("VITRINE_ADMIN_PASSWORD", OWNER[1]);
        if env::var_os("VITRINE_SHOP_NAME").is_none() {
            command.env("VITRINE_SHOP_NAME", NAME).env("VITRINE_SHOP_TAGLINE", TAGLINE);
        }
        if let Some(url) = &self.options.database {
            command.env("DATABASE_URL", url);
        }
        if !self.real_stripe {
            command.env("STRIPE_SECRET_KEY", STRIPE_KEY).env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
            command.env("STRIPE_API_BASE", &self.stripe).env("VITRINE_DEMO", "true");
        }
        let mut running = command.start(Signal::SIGTERM)?;
        wait_for(&self.shop, "/readyz", &mut running)?;
        Ok(running)
    }

    fn fill(&self, binaries: &Binaries) -> Result<()> {
        let mut command = cmd(&binaries.demo);
        command.args(["--shop", &self.shop, "--owner", OWNER[0], "--customer", CUSTOMER[0]]);
        command.env("DEMO_OWNER_PASSWORD", OWNER[1]).env("DEMO_CUSTOMER_PASSWORD", CUSTOMER[1]);
        if !self.real_stripe {
            command.args(["--stripe", &self.stripe]);
        }
        command.run()
    }

    fn welcome(&self, elapsed: Duration) {
        let Self { shop, stripe, .. } = self;
        let mut lines = vec![
            format!("{NAME} is open  (after {}:{:02})", elapsed.as_secs() / 60, elapsed.as_secs() % 60),
            String::new(),
            format!("Shop       {shop}"),
            format!("Owner      {shop}/admin   {}   {}", OWNER[0], OWNER[1]),
        ];
        if !self.options.empty {
            lines.push(format!("Customer   {shop}/sign-in   {}   {}", CUSTOMER[0], CUSTOMER[1]));
        }
        lines.push(format!("API        {shop}/api/docs"));
        lines.push(match self.real_stripe {
            true => "Stripe     the real one".into(),
            false => format!("Stripe     {stripe}   pay with 4242 4242 4242 4242"),
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

/// Where a server of this machine listens.
fn address(url: &str) -> String {
    url.replace("http://localhost", "127.0.0.1")
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
        let address = address(base);
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
        format!("port {port} is taken: is Vitrine running already? Choose another with --port, or see `ss -ltnp 'sport = :{port}'`")
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
}
