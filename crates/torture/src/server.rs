//! The servers as processes of their own, at addresses that stay.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rand::{RngExt, rngs::StdRng};
use stripe_sandbox::Sandbox;
use tokio::process::{Child, Command};

use crate::proxy;

/// The owner's address and password.
pub const OWNER: [&str; 2] = ["owner@example.com", "a quiet gallery"];

/// The secret that signs events.
pub const WEBHOOK_SECRET: &str = "whsec_of_the_rig";

/// How to start them.
pub struct Setup {
    program: PathBuf,
    data: PathBuf,
    database: Option<String>,
    stripe: String,
    addresses: Vec<String>,
    front: String,
}

impl Setup {
    /// So many, with their data in `folder` and a proxy before them, to which Stripe sends its events.
    pub async fn new(
        program: &Path,
        folder: &Path,
        database: Option<&str>,
        processes: usize,
        sandbox: &Sandbox,
    ) -> Result<Self> {
        // All at once, so that they differ.
        let free: Vec<_> = (0..processes).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<_, _>>()?;
        let addresses: Vec<String> =
            free.iter().map(|free| Ok(free.local_addr()?.to_string())).collect::<Result<_, std::io::Error>>()?;
        let front = match addresses.as_slice() {
            [only] => only.clone(),
            several => proxy::start(several.to_vec()).await?,
        };
        sandbox.set_webhook(&format!("http://{front}/api/v1/webhooks/stripe"), WEBHOOK_SECRET);
        Ok(Self {
            program: std::path::absolute(program)?,
            data: std::path::absolute(folder)?.join("data"),
            database: database.map(str::to_owned),
            stripe: sandbox.base_url(),
            addresses,
            front,
        })
    }

    /// Where everybody meets the shop.
    pub fn url(&self) -> String {
        format!("http://{}", self.front)
    }

    /// The command that runs one of the servers, below `wrapper` if that is not empty.
    pub fn command(&self, number: usize, wrapper: &[&str]) -> Command {
        let mut command = match wrapper {
            [] => Command::new(&self.program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program);
                command
            }
        };
        command.arg("serve").env_clear().env("VITRINE_BIND", &self.addresses[number]);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("VITRINE_DATA_DIR", &self.data).env("VITRINE_PUBLIC_URL", self.url());
        command.env("VITRINE_WORKERS", "2").env("RUST_LOG", "error");
        command.env("VITRINE_ADMIN_EMAIL", OWNER[0]).env("VITRINE_ADMIN_PASSWORD", OWNER[1]);
        command.env("STRIPE_SECRET_KEY", "sk_test_rig").env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        command.env("STRIPE_API_BASE", &self.stripe);
        // What a dead process held comes back soon: nobody wants to wait two minutes each time.
        command.env("VITRINE_TEST_LEASE_SECONDS", "3");
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts one, to die at `point` if that comes.
    fn spawn(&self, number: usize, point: Option<u64>) -> Result<Server> {
        let mut command = self.command(number, &[]);
        if let Some(point) = point {
            command.env("VITRINE_TEST_DIE_AT", point.to_string());
        }
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        Ok(Server::of(child))
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
}

impl<'a> Fleet<'a> {
    /// Starts all, at once.
    pub async fn start(setup: &'a Setup) -> Result<Self> {
        let mut fleet = Self { setup, servers: Vec::new(), deaths: 0 };
        fleet.restart(None).await?;
        Ok(fleet)
    }

    /// Kills all and starts them again, the first to die at `point` if that comes; answers once they are ready, or dead.
    pub async fn restart(&mut self, point: Option<u64>) -> Result<()> {
        for server in &mut self.servers {
            server.kill().await?;
        }
        self.servers.clear();
        for number in 0..self.setup.addresses.len() {
            self.servers.push(self.setup.spawn(number, point.filter(|_| number == 0))?);
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
                let number = chance.random_range(0..self.servers.len());
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
                *server = self.setup.spawn(number, None)?;
                self.setup.wait_until_ready(number, server).await?;
            }
        }
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
    /// Killed, but perhaps not dead yet: who waited for its end may have been called away.
    doomed: bool,
}

impl Server {
    /// A running process as one.
    pub fn of(child: Child) -> Self {
        Self { child, doomed: false }
    }

    fn is_alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
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
