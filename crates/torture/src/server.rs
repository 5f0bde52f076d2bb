//! The server as a process of its own, at an address that stays.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use stripe_sandbox::Sandbox;
use tokio::process::{Child, Command};

/// The owner's address and password.
pub const OWNER: [&str; 2] = ["owner@example.com", "a quiet gallery"];

/// The secret that signs events.
pub const WEBHOOK_SECRET: &str = "whsec_of_the_rig";

/// How to start one.
pub struct Setup {
    program: PathBuf,
    data: PathBuf,
    database: Option<String>,
    stripe: String,
    address: String,
}

impl Setup {
    /// With its data in `folder`, and Stripe's events sent to it.
    pub fn new(program: &Path, folder: &Path, database: Option<&str>, sandbox: &Sandbox) -> Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        sandbox.set_webhook(&format!("http://{address}/api/v1/webhooks/stripe"), WEBHOOK_SECRET);
        Ok(Self {
            program: std::path::absolute(program)?,
            data: std::path::absolute(folder)?.join("data"),
            database: database.map(str::to_owned),
            stripe: sandbox.base_url(),
            address,
        })
    }

    /// `http://127.0.0.1:…`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The command that runs the server, below `wrapper` if that is not empty.
    pub fn command(&self, wrapper: &[&str]) -> Command {
        let mut command = match wrapper {
            [] => Command::new(&self.program),
            [first, rest @ ..] => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program);
                command
            }
        };
        command.arg("serve").env_clear().env("VITRINE_BIND", &self.address).env("VITRINE_DATA_DIR", &self.data);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("VITRINE_PUBLIC_URL", self.url()).env("VITRINE_WORKERS", "2").env("RUST_LOG", "error");
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

    /// Starts it, to die at `point` if that comes; answers once it is ready, or dead.
    pub async fn start(&self, point: Option<u64>) -> Result<Server> {
        let mut command = self.command(&[]);
        if let Some(point) = point {
            command.env("VITRINE_TEST_DIE_AT", point.to_string());
        }
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let mut server = Server { child };
        self.wait_until_ready(&mut server).await?;
        Ok(server)
    }

    /// Waits until the server answers, or is dead.
    pub async fn wait_until_ready(&self, server: &mut Server) -> Result<()> {
        let started = Instant::now();
        while server.is_alive()? {
            if reqwest::get(format!("{}/readyz", self.url())).await.is_ok_and(|answer| answer.status().is_success()) {
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

/// A server that may be dead.
pub struct Server {
    child: Child,
}

impl Server {
    /// A running process as one.
    pub fn of(child: Child) -> Self {
        Self { child }
    }

    /// Whether it lives.
    pub fn is_alive(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Waits for its end, which comes by its own hand or after `fate`.
    pub async fn ends(&mut self, fate: Option<Duration>) -> Result<()> {
        match fate {
            Some(after) => {
                tokio::time::sleep(after).await;
                self.kill().await
            }
            None => Ok(self.child.wait().await.map(drop)?),
        }
    }

    /// Kills it at once (SIGKILL).
    pub async fn kill(&mut self) -> Result<()> {
        // It may have died by itself.
        let _ = self.child.start_kill();
        self.child.wait().await?;
        Ok(())
    }

    /// How many points it has passed.
    pub async fn points(&self, setup: &Setup) -> Result<u64> {
        let text = reqwest::get(format!("{}/metrics", setup.url())).await?.text().await?;
        let line = text.lines().find_map(|line| line.strip_prefix("rig_points "));
        let points: f64 = line.context("the server counts no points: is it a debug build?")?.trim().parse()?;
        Ok(points as u64)
    }
}
