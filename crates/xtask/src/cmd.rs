//! Running other programs: with errors that name the command, and never leaving one behind.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};

use crate::{report::Outcome, tools};

/// Every child that lives now, by its process group, with the signal that asks it to end.
static RUNNING: Mutex<Vec<(Pid, Signal)>> = Mutex::new(Vec::new());

/// Whether somebody wants this process to end.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// How long a program that was asked to end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends every child when this process is told to end (ctrl-c, terminate, hang-up). No new one starts then, so that all
/// work in hand fails, cleans up after itself and returns.
pub fn stop_children_on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let running = RUNNING.lock().map(|children| children.clone()).unwrap_or_default();
        for (group, signal) in &running {
            let _ = killpg(*group, *signal);
        }
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline && running.iter().any(|(group, _)| killpg(*group, None).is_ok()) {
            thread::sleep(Duration::from_millis(20));
        }
        for (group, _) in &running {
            let _ = killpg(*group, Signal::SIGKILL);
        }
    })
    .context("cannot listen for ctrl-c")
}

/// Whether this process was told to end.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// A command that starts in the workspace's root and reads nothing from the terminal.
pub fn cmd(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::place::root()).stdin(Stdio::null());
    command
}

/// A command that ends with `signal` when this tool is killed, however rudely (where util-linux can arrange that).
pub fn tethered(program: &Path, signal: Signal) -> Command {
    if !tools::exists("setpriv") {
        return cmd(program);
    }
    let mut command = cmd("setpriv");
    command.args(["--pdeathsig", signal.as_str().trim_start_matches("SIG"), "--"]).arg(program);
    command
}

/// `cargo`, the same that runs this tool.
pub fn cargo() -> Command {
    let mut command = cmd(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Set for this crate's own build; the next cargo must not inherit them.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "CARGO_BIN_NAME" {
            command.env_remove(&name);
        }
    }
    command
}

/// How this tool runs a command.
pub trait Run {
    /// Runs it to the end with its output on the screen; an exit code other than 0 is an error.
    fn run(&mut self) -> Result<()>;
    /// Runs it to the end and shows its output only if it fails.
    fn run_quietly(&mut self) -> Result<()>;
    /// Runs it to the end and answers what it wrote to standard output.
    fn read(&mut self) -> Result<String>;
    /// Runs it to the end with its output on the screen; the lines of it that are a `count` are the outcome.
    fn run_counted(&mut self, is_count: fn(&str) -> bool) -> Result<Outcome>;
    /// Starts it in the background; it ends when the answer is dropped, or with `signal` on ctrl-c.
    fn start(&mut self, signal: Signal) -> Result<Running>;
}

impl Run for Command {
    fn run(&mut self) -> Result<()> {
        let status = self.start(Signal::SIGTERM)?.wait()?;
        success(self, status)
    }

    fn run_quietly(&mut self) -> Result<()> {
        let output = capture(self)?;
        if !output.status.success() {
            eprint!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        }
        success(self, output.status)
    }

    fn read(&mut self) -> Result<String> {
        let output = capture(self)?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
        }
        success(self, output.status)?;
        String::from_utf8(output.stdout).with_context(|| format!("`{}` did not write text", name(self)))
    }

    fn run_counted(&mut self, is_count: fn(&str) -> bool) -> Result<Outcome> {
        let mut running = self.stdout(Stdio::piped()).stderr(Stdio::piped()).start(Signal::SIGTERM)?;
        let (stdout, stderr) = (running.child.stdout.take(), running.child.stderr.take());
        let errors = thread::spawn(move || echo(stderr, std::io::stderr(), is_count));
        let mut counts = echo(stdout, std::io::stdout(), is_count);
        counts.extend(errors.join().expect("copying lines does not panic"));
        let counts = counts.join(", ");
        match running.wait()?.success() {
            true => Ok(Outcome::Counted(counts)),
            false if counts.is_empty() => bail!("`{}` failed", name(self)),
            false => bail!("{counts}"),
        }
    }

    fn start(&mut self, signal: Signal) -> Result<Running> {
        if interrupted() {
            bail!("interrupted");
        }
        // A group of its own, so that its children end with it.
        let child = self.process_group(0).spawn().with_context(|| format!("cannot start `{}`", name(self)))?;
        let group = Pid::from_raw(i32::try_from(child.id())?);
        RUNNING.lock().expect("no thread panics while holding it").push((group, signal));
        Ok(Running { child, group, signal })
    }
}

fn capture(command: &mut Command) -> Result<Output> {
    let mut running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).start(Signal::SIGTERM)?;
    let (stdout, stderr) = (running.child.stdout.take(), running.child.stderr.take());
    let errors = thread::spawn(move || read_all(stderr));
    let stdout = read_all(stdout);
    let stderr = errors.join().expect("reading a pipe does not panic");
    Ok(Output { status: running.wait()?, stdout, stderr })
}

fn read_all(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        let _ = pipe.read_to_end(&mut bytes);
    }
    bytes
}

/// Copies lines as they come, and answers those that are counts, without colours.
fn echo(pipe: Option<impl Read>, mut screen: impl Write, is_count: fn(&str) -> bool) -> Vec<String> {
    let mut counts = Vec::new();
    let Some(pipe) = pipe else { return counts };
    for line in BufReader::new(pipe).lines().map_while(Result::ok) {
        let _ = writeln!(screen, "{line}");
        let plain = without_colours(&line);
        if is_count(&plain) {
            counts.push(plain.trim().to_owned());
        }
    }
    counts
}

fn without_colours(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

fn success(command: &Command, status: ExitStatus) -> Result<()> {
    if !status.success() {
        bail!("`{}` failed ({status})", name(command));
    }
    Ok(())
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or(program.as_os_str())).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A child process with everything it starts. Dropping it ends them all.
pub struct Running {
    child: Child,
    group: Pid,
    signal: Signal,
}

impl Running {
    /// Whether it has ended, and how.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = killpg(self.group, self.signal);
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let _ = self.child.try_wait();
            if killpg(self.group, None).is_err() {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = killpg(self.group, Signal::SIGKILL);
        let _ = self.child.wait();
        if let Ok(mut running) = RUNNING.lock() {
            running.retain(|(group, _)| *group != self.group);
        }
    }
}
