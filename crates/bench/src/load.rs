//! Load: so many connections, each sending its next request when the last was answered.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use tokio::task::JoinSet;

use crate::{http::Connection, process::Server};

/// Makes the request with this number; every number comes once.
pub type Requests = Arc<dyn Fn(usize) -> Vec<u8> + Send + Sync>;

/// How long to go on.
#[derive(Clone, Copy)]
pub enum Until {
    /// So long.
    Elapsed(Duration),
    /// So long, with at most so many requests per second.
    Paced(Duration, f64),
    /// So many requests.
    Count(usize),
}

/// What was measured.
pub struct Measured {
    /// Per second.
    pub rate: f64,
    /// Processor time of the servers, in milliseconds per request.
    pub cpu: f64,
    /// How many were told that the time is taken (409) or that the server has too much to do (503).
    pub refused: usize,
    latencies: Vec<Duration>,
}

impl Measured {
    /// The latency, in milliseconds, that this share of requests did not exceed.
    pub fn percentile(&self, share: f64) -> f64 {
        let at = ((self.latencies.len() as f64 * share) as usize).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Puts load on one server. An answer that is no success is an error.
pub async fn run(server: &Server, connections: usize, until: Until, requests: Requests) -> Result<Measured> {
    let measured = spread(&[server], connections, until, requests).await?;
    if measured.refused > 0 {
        bail!("{} requests were refused", measured.refused);
    }
    Ok(measured)
}

/// Spreads load over servers that share one database. An answer that is neither success nor refusal is an error.
pub async fn spread(servers: &[&Server], connections: usize, until: Until, requests: Requests) -> Result<Measured> {
    let next = Arc::new(AtomicUsize::new(0));
    let (cpu, started) = (cpu(servers)?, Instant::now());
    let refused = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for number in 0..connections {
        let address = &servers[number % servers.len()].address;
        let (next, requests, mut connection) = (next.clone(), requests.clone(), Connection::open(address).await?);
        let refused = refused.clone();
        workers.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let done = match until {
                    Until::Elapsed(time) => started.elapsed() >= time,
                    Until::Paced(time, rate) => {
                        tokio::time::sleep_until((started + Duration::from_secs_f64(number as f64 / rate)).into())
                            .await;
                        started.elapsed() >= time
                    }
                    Until::Count(count) => number >= count,
                };
                if done {
                    return Ok(latencies);
                }
                let request = requests(number);
                let sent = Instant::now();
                let answer = connection.send(&request).await?;
                latencies.push(sent.elapsed());
                match answer.status {
                    200..300 => {}
                    409 | 503 => drop(refused.fetch_add(1, Ordering::Relaxed)),
                    other => bail!("answered {other}: {}", String::from_utf8_lossy(&answer.body)),
                }
            }
        });
    }
    let mut latencies = Vec::new();
    while let Some(worker) = workers.join_next().await {
        latencies.extend(worker??);
    }
    let (seconds, cpu) = (started.elapsed().as_secs_f64(), self::cpu(servers)? - cpu);
    latencies.sort_unstable();
    let count = latencies.len();
    if count == 0 {
        bail!("not one request was answered");
    }
    Ok(Measured {
        rate: count as f64 / seconds,
        cpu: cpu.as_secs_f64() * 1e3 / count as f64,
        refused: refused.load(Ordering::Relaxed),
        latencies,
    })
}

/// The processor time that servers used so far.
fn cpu(servers: &[&Server]) -> Result<Duration> {
    servers.iter().map(|server| server.process.cpu()).sum()
}

/// The same GET again and again.
pub fn always(path: &str) -> Requests {
    let request = crate::http::get(path);
    Arc::new(move |_| request.clone())
}
