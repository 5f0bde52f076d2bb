//! A private PostgreSQL: made in a temporary folder, reachable by nobody else, gone when dropped.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::Signal,
    unistd::{User, geteuid},
};
use tempfile::TempDir;

use crate::{
    cmd::{Run, Running, cmd},
    tools,
};

/// Whether what is committed must survive a power cut.
#[derive(Clone, Copy, PartialEq)]
pub enum Durability {
    /// As in production: for measurements.
    Full,
    /// Everything is thrown away afterwards: for tests.
    None,
}

/// A running cluster. Dropping it stops the server and deletes its files.
pub struct Cluster {
    bin: PathBuf,
    port: u16,
    password: String,
    // Before `folder`: the server ends first.
    _server: Running,
    _folder: TempDir,
}

impl Cluster {
    /// Makes and starts one, installing PostgreSQL if it is absent.
    pub fn start(durability: Durability) -> Result<Self> {
        let bin = binaries()?;
        let owner = owner()?;
        let folder = tempfile::Builder::new().prefix("vitrine-pg-").tempdir_in("/tmp")?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        let password = crate::hash::of(format!("{:?} {:?}", Instant::now(), folder.path()).as_bytes());
        let secret = folder.path().join("password");
        fs::write(&secret, &password)?;
        if let Some(user) = &owner {
            for path in [folder.path(), &secret] {
                chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
            }
        }

        let data = folder.path().join("data");
        let mut initdb = as_owner(owner.as_ref(), &bin.join("initdb"));
        initdb.args(["--username=vitrine", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        initdb.arg("--pwfile").arg(&secret).arg("--pgdata").arg(&data).run_quietly()?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut server = as_owner(owner.as_ref(), &bin.join("postgres"));
        server.arg("-D").arg(&data).arg("-p").arg(port.to_string()).arg("-k").arg(folder.path());
        let mut settings = vec!["listen_addresses=127.0.0.1", "max_connections=300", "shared_buffers=256MB", "jit=off"];
        if durability == Durability::None {
            settings.extend(["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB"]);
        }
        for setting in settings {
            server.args(["-c", setting]);
        }
        let log = folder.path().join("log");
        let server = server.stdout(fs::File::create(&log)?).stderr(fs::File::options().append(true).open(&log)?);
        // Interrupt is PostgreSQL's "fast shutdown": it waits for no client.
        let server = server.start(Signal::SIGINT)?;
        let cluster = Self { bin, port, password, _server: server, _folder: folder };
        cluster.wait_until_ready(&log)?;
        Ok(cluster)
    }

    /// Where tests may make databases of their own.
    pub fn url(&self) -> String {
        format!("postgres://vitrine:{}@127.0.0.1:{}/postgres", self.password, self.port)
    }

    /// Makes a database, and answers its URL.
    pub fn create_database(&self, name: &str) -> Result<String> {
        cmd(self.psql())
            .args(["--quiet", "--command", &format!("create database {name}"), &self.url()])
            .run_quietly()?;
        Ok(format!("{}/{name}", self.url().trim_end_matches("/postgres")))
    }

    /// PostgreSQL's own client.
    pub fn psql(&self) -> PathBuf {
        self.bin.join("psql")
    }

    fn wait_until_ready(&self, log: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let mut ask = cmd(self.bin.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        while !ask.status()?.success() {
            if Instant::now() > deadline {
                bail!("PostgreSQL did not start: {}", fs::read_to_string(log).unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// The folder of the newest PostgreSQL on this machine.
fn binaries() -> Result<PathBuf> {
    find_binaries().map_or_else(
        || {
            tools::apt_install("PostgreSQL", "postgresql")?;
            find_binaries().context("PostgreSQL was installed, but /usr/lib/postgresql/*/bin has no initdb")
        },
        Ok,
    )
}

fn find_binaries() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let mut found: Vec<_> =
        versions.map(|entry| entry.path()).filter(|path| path.join("bin/initdb").exists()).collect();
    found.sort_by_key(version);
    let debian = found.pop().map(|path| path.join("bin"));
    debian.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
    })
}

/// PostgreSQL refuses to run as root: somebody else must own it then.
fn owner() -> Result<Option<User>> {
    if !geteuid().is_root() {
        return Ok(None);
    }
    let candidates = ["postgres", "nobody"];
    let found = candidates.iter().find_map(|name| User::from_name(name).ok().flatten());
    Ok(Some(found.context("PostgreSQL cannot run as root, and there is no user `postgres` or `nobody`")?))
}

/// A command that runs as `owner` and ends when this tool is killed, however rudely.
fn as_owner(owner: Option<&User>, program: &Path) -> Command {
    let mut command = cmd("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if let Some(user) = owner {
        command.arg(format!("--reuid={}", user.uid)).arg(format!("--regid={}", user.gid)).arg("--clear-groups");
    }
    command.arg("--").arg(program);
    command.current_dir("/tmp");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_answers_and_leaves_nothing_behind() -> Result<()> {
        let cluster = Cluster::start(Durability::None)?;
        let (folder, port) = (cluster._folder.path().to_path_buf(), cluster.port);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        drop(cluster);
        assert!(!folder.exists());
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        Ok(())
    }
}
