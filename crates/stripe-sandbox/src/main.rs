//! The local Stripe as a program: for development and the demo.

use clap::Parser;
use std::path::PathBuf;
use stripe_sandbox::{Config, Sandbox};
use tracing_subscriber::EnvFilter;

/// A local Stripe: API, pay page, webhooks, and a control page at its root.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, env = "STRIPE_SANDBOX_BIND", default_value = "127.0.0.1:8081")]
    bind: String,
    /// Where browsers reach the sandbox.
    #[arg(long, env = "STRIPE_SANDBOX_PUBLIC_URL", default_value = "http://localhost:8081")]
    public_url: String,
    /// Where events go.
    #[arg(long, env = "STRIPE_SANDBOX_WEBHOOK_URL", default_value = "http://localhost:8080/api/v1/webhooks/stripe")]
    webhook_url: String,
    /// The secret that signs events; several, comma-separated, as while rotating.
    #[arg(long, env = "STRIPE_SANDBOX_WEBHOOK_SECRET", value_delimiter = ',', required = true, hide_env_values = true)]
    webhook_secret: Vec<String>,
    /// The shop's name on the pay page.
    #[arg(long, env = "STRIPE_SANDBOX_SHOP_NAME", default_value = "Vitrine")]
    shop_name: String,
    /// Seconds after which a bank debit settles by itself; 0: only from the control page.
    #[arg(long, env = "STRIPE_SANDBOX_SETTLE_AFTER", default_value_t = 60)]
    settle_after: u32,
    /// Keeps everything in this file over restarts.
    #[arg(long, env = "STRIPE_SANDBOX_STATE")]
    state: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).init();
    let arguments = Arguments::parse();
    let sandbox = Sandbox::start(Config {
        bind: arguments.bind,
        public_url: Some(arguments.public_url.trim_end_matches('/').to_owned()),
        webhook_url: Some(arguments.webhook_url),
        webhook_secrets: arguments.webhook_secret,
        shop_name: arguments.shop_name,
        settle_after: Some(arguments.settle_after).filter(|seconds| *seconds > 0),
        state: arguments.state,
        ..Config::default()
    })
    .await?;
    tracing::info!("local Stripe on {}", sandbox.base_url());
    wait_for_signal().await?;
    sandbox.stop().await;
    Ok(())
}

/// Ctrl-C, or a supervisor's SIGTERM.
async fn wait_for_signal() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            outcome = tokio::signal::ctrl_c() => outcome?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
