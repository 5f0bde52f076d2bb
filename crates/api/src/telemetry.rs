//! Logs and numbers about the running shop.

use std::{io::IsTerminal, sync::OnceLock, time::Duration};

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

/// Writes logs to stderr: lines for people on a terminal, JSON elsewhere. `RUST_LOG` filters.
pub fn start_logging() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let started = if std::io::stdout().is_terminal() {
        registry.with(fmt::layer().compact().with_writer(std::io::stderr)).try_init()
    } else {
        registry.with(fmt::layer().json().with_writer(std::io::stderr)).try_init()
    };
    // A second start (several shops in one test process) keeps the first.
    drop(started);
}

/// The numbers so far, in Prometheus' text format.
pub fn metrics() -> String {
    recorder().render()
}

/// Starts counting. Several shops in one process count together.
pub fn start_metrics() {
    recorder();
}

/// Sums up what was measured every few seconds: until then each measurement is kept by itself, and nobody may ever read them.
pub async fn keep_small() {
    loop {
        recorder().run_upkeep();
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
}

fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        drop(metrics::set_global_recorder(recorder));
        handle
    })
}
