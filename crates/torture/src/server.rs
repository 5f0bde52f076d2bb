//! The servers as processes of their own, at addresses that stay.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use rand::{RngExt, rngs::StdRng};
use stripe_sandbox::Sandbox;
use tokio::process::{Child, Command};

use crate::{
    Options,
    proxy::{self, Proxy},
};

/// The owner's address and password.
pub const OWNER: [&str; 2] = ["owner@example.com", "a quiet gallery"];

/// How long a clean end may take: 20 seconds for requests, and the jobs in hand.
const LONGEST_END: Duration = Duration::from_secs(60);

/// The secret that signs events.
pub const WEBHOOK_SECRET: &str = "whsec_of_the_rig";

/// Which program a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// That of an earlier version.
    Older,
    /// The one that is tried.
    Newer,
}

/// How to start them.
pub struct Setup {
    program: PathBuf,
    older: Option<PathBuf>,
    folder: PathBuf,
    database: Option<String>,
    stripe: String,
    smtp: String,
    addresses: Vec<String>,
    front: String,
    proxy: Option<Arc<Proxy>>,
    lease: u64,
}

impl Setup {
    /// As many as the options say, with their data in `folder`, their mails sent to `smtp` and a proxy before them, to which
    /// Stripe sends its events.
    pub async fn new(options: &Options, folder: &Path, sandbox: &Sandbox, smtp: String) -> Result<Self> {
        // All at once, so that they differ.
        let free: Vec<_> =
            (0..options.processes).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
        let addresses: Vec<String> =
            free.iter().map(|free| Ok(free.local_addr()?.to_string())).collect::<Result<_, std::io::Error>>()?;
        let (front, proxy) = match addresses.as_slice() {
            [only] => (only.clone(), None),
            several => proxy::start(several).await.map(|(front, proxy)| (front, Some(proxy)))?,
        };
        // What a dead process held comes back soon: nobody wants to wait two minutes each time. But an older version may not
        // renew its leases, and no other shall take over what is only slow.
        let lease = match (&options.upgrade_from, options.kills) {
            (None, _) => 3,
            (Some(_), 0) => 120,
            (Some(_), _) => 10,
        };
        sandbox.set_webhook(&format!("http://{front}/api/v1/webhooks/stripe"), WEBHOOK_SECRET);
        Ok(Self {
            program: std::path::absolute(&options.server)?,
            older: options.upgrade_from.as_ref().map(std::path::absolute).transpose()?,
            folder: std::path::absolute(folder)?,
            database: options.database.clone(),
            stripe: sandbox.base_url(),
            smtp,
            addresses,
            front,
            proxy,
            lease,
        })
    }

    /// Where everybody meets the shop.
    pub fn url(&self) -> String {
        format!("http://{}", self.front)
    }

    fn program(&self, age: Age) -> &Path {
        self.older.as_deref().filter(|_| age == Age::Older).unwrap_or(&self.program)
    }

    /// The command that runs one of the servers, below `wrapper` if that is not empty.
    pub fn command(&self, number: usize, age: Age, wrapper: &[&str]) -> Command {
        let program = self.program(age);
        let mut command = match wrapper {
            [] => Command::new(program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(program);
                command
            }
        };
        command.arg("serve").env_clear().env("VITRINE_BIND", &self.addresses[number]);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("VITRINE_DATA_DIR", self.folder.join("data")).env("VITRINE_PUBLIC_URL", self.url());
        command.env("VITRINE_WORKERS", "2").env("RUST_LOG", "warn");
        command.env("VITRINE_ADMIN_EMAIL", OWNER[0]).env("VITRINE_ADMIN_PASSWORD", OWNER[1]);
        command.env("STRIPE_SECRET_KEY", "sk_test_rig").env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        command.env("STRIPE_API_BASE", &self.stripe).env("SMTP_URL", &self.smtp);
        command.env("VITRINE_TEST_LEASE_SECONDS", self.lease.to_string());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts one, to die at `point` if that comes.
    fn spawn(&self, number: usize, age: Age, point: Option<u64>) -> Result<Server> {
        let mut command = self.command(number, age, &[]);
        // What it says last is kept with the data when something went wrong.
        let log = self.folder.join(format!("log-{}", number + 1));
        command.stderr(std::fs::File::options().create(true).append(true).open(log)?);
        if let Some(point) = point {
            command.env("VITRINE_TEST_DIE_AT", point.to_string());
        }
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program(age).display()))?;
        Ok(Server { age, ..Server::of(child) })
    }

    /// Waits until a server answers, or is dead.
    pub async fn wait_until_ready(&self, number: usize, server: &mut Server) -> Result<()> {
        let started = Instant::now();
        let url = format!("http://{}/readyz", self.addresses[number]);
        while server.is_alive()? {
            if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                break;
            }
            if started.elapsed() > Duration::from_secs(60) {
                bail!("the server does not start");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

/// All servers of the shop. Some may be dead.
pub struct Fleet<'a> {
    setup: &'a Setup,
    servers: Vec<Server>,
    /// How often one died.
    pub deaths: u64,
    /// How often one was killed between the rounds.
    pub restarts: u64,
    /// How often an older program did not start on the newer schema.
    pub refusals: u64,
    /// How many of them, from the first, chance may kill.
    pub mortal: usize,
}

impl<'a> Fleet<'a> {
    /// Starts all, at once.
    pub async fn start(setup: &'a Setup, age: Age) -> Result<Self> {
        let mortal = setup.addresses.len();
        let mut fleet = Self { setup, servers: Vec::new(), deaths: 0, restarts: 0, refusals: 0, mortal };
        fleet.start_all(age, None).await?;
        Ok(fleet)
    }

    /// Kills all and starts them again, the first to die at `point` if that comes; answers once they are ready, or dead.
    pub async fn restart(&mut self, point: Option<u64>) -> Result<()> {
        for server in &mut self.servers {
            server.kill().await?;
            self.restarts += 1;
        }
        self.servers.clear();
        self.start_all(Age::Newer, point).await
    }

    async fn start_all(&mut self, age: Age, point: Option<u64>) -> Result<()> {
        for number in 0..self.setup.addresses.len() {
            self.servers.push(self.setup.spawn(number, age, point.filter(|_| number == 0))?);
        }
        for (number, server) in self.servers.iter_mut().enumerate() {
            self.setup.wait_until_ready(number, server).await?;
        }
        Ok(())
    }

    /// Waits until one ends: by its own hand, or after `fate` by ours.
    pub async fn one_ends(&mut self, fate: Option<Duration>, chance: &mut StdRng) -> Result<()> {
        match fate {
            Some(after) => {
                tokio::time::sleep(after).await;
                let number = chance.random_range(0..self.mortal);
                self.servers[number].kill().await
            }
            // Only the first dies by its own hand.
            None => Ok(self.servers[0].child.wait().await.map(drop)?),
        }
    }

    /// Starts those that are dead.
    pub async fn revive(&mut self) -> Result<()> {
        for (number, server) in self.servers.iter_mut().enumerate() {
            if server.doomed {
                server.child.wait().await?;
            }
            if !server.is_alive()? {
                self.deaths += 1;
                *server = self.setup.spawn(number, server.age, None)?;
                self.setup.wait_until_ready(number, server).await?;
                if server.age == Age::Older && !server.is_alive()? {
                    // It does not start on the newer schema: the upgrade goes on with what does.
                    self.refusals += 1;
                    *server = self.setup.spawn(number, Age::Newer, None)?;
                    self.setup.wait_until_ready(number, server).await?;
                }
            }
        }
        Ok(())
    }

    /// Those that run the older program.
    pub fn older(&self) -> Vec<usize> {
        (0..self.servers.len()).filter(|number| self.servers[*number].age == Age::Older).collect()
    }

    /// Takes one out of the proxy, lets it finish what it has in hand, and starts the newer program in its place: killed so
    /// often while it starts.
    pub async fn replace(&mut self, number: usize, kills: u64, chance: &mut StdRng) -> Result<()> {
        let proxy = self.setup.proxy.as_ref().context("nobody takes over from the only process")?;
        proxy.take_out(number).await;
        self.servers[number].end().await.with_context(|| format!("the {}. server", number + 1))?;
        for _ in 0..kills {
            let mut killed = self.setup.spawn(number, Age::Newer, None)?;
            tokio::time::sleep(Duration::from_millis(chance.random_range(5..250))).await;
            killed.kill().await?;
            self.deaths += 1;
        }
        self.servers[number] = self.setup.spawn(number, Age::Newer, None)?;
        self.setup.wait_until_ready(number, &mut self.servers[number]).await?;
        ensure!(self.servers[number].is_alive()?, "the newer program does not start");
        proxy.put_in(number);
        Ok(())
    }

    /// How many points the first has passed.
    pub async fn points(&self) -> Result<u64> {
        let text = reqwest::get(format!("http://{}/metrics", self.setup.addresses[0])).await?.text().await?;
        let line = text.lines().find_map(|line| line.strip_prefix("rig_points "));
        let points: f64 = line.context("the server counts no points: is it a debug build?")?.trim().parse()?;
        Ok(points as u64)
    }
}

/// A server that may be dead.
pub struct Server {
    child: Child,
    age: Age,
    /// Killed, but perhaps not dead yet: who waited for its end may have been called away.
    doomed: bool,
}

impl Server {
    /// A running process as one.
    pub fn of(child: Child) -> Self {
        Self { child, age: Age::Newer, doomed: false }
    }

    fn is_alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Asks it to end (SIGTERM), and waits for that.
    async fn end(&mut self) -> Result<()> {
        let id = self.child.id().context("it is dead already")?;
        kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        let ended = tokio::time::timeout(LONGEST_END, self.child.wait()).await.context("it does not end")??;
        ensure!(ended.success(), "its clean end was {ended}");
        Ok(())
    }

    /// Kills it at once (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        // It may have died by itself.
        let _ = self.child.start_kill();
        self.doomed = true;
        self.child.wait().await?;
        Ok(())
    }
}
