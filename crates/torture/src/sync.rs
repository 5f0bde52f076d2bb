//! What is answered 2xx must be on disk, not only in the system's memory: killing a process cannot show that, for the
//! memory survives it. `strace` can: it sees every sync.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use stripe_sandbox::{Control, signature_header};

use crate::server::{Age, Server, Setup, WEBHOOK_SECRET};

/// Events per run.
const EVENTS: usize = 100;

/// Shows that each accepted event is synced before its answer, and that the same look finds none with
/// `synchronous=NORMAL`.
pub async fn show(setup: &Setup, stripe: &Control) -> Result<()> {
    let may_trace = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    if !may_trace.is_ok_and(|status| status.success()) {
        println!("SKIPPED: strace is absent, or this machine does not allow tracing");
        return Ok(());
    }
    let trace = tempfile::NamedTempFile::new()?;
    let full = synced(setup, stripe, trace.path(), "full").await?;
    println!("synchronous=FULL: {full} of {EVENTS} events were synced before their answer");
    ensure!(full == EVENTS, "an event was answered before it was on disk");
    let normal = synced(setup, stripe, trace.path(), "normal").await?;
    println!("synchronous=NORMAL: {normal} of {EVENTS}: the look can fail");
    ensure!(normal < EVENTS / 2, "the look finds syncs where there should be none");
    Ok(())
}

/// How many of the events were synced between their arrival and the answer.
async fn synced(setup: &Setup, stripe: &Control, trace: &Path, synchronous: &str) -> Result<usize> {
    let file = trace.to_str().context("a folder whose name is no text")?;
    // The server shall end with strace, which would let it go.
    let tethered = ["setpriv", "--pdeathsig", "KILL", "--"];
    let strace = ["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", file];
    let mut command = setup.command(0, Age::Newer, &[&strace[..], &tethered[..]].concat());
    command.env("VITRINE_TEST_SYNCHRONOUS", synchronous);
    let mut server = Server::of(command.spawn().context("strace")?);
    setup.wait_until_ready(0, &mut server).await?;
    // What it does at its start is over.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let syncs = || std::fs::read_to_string(trace).map(|text| text.matches("sync(").count());
    let http = reqwest::Client::new();
    let mut count = 0;
    for number in 0..EVENTS {
        // Of a kind that is stored and asks for no work: all syncs are for the event itself.
        let event = json!({
            "id": format!("evt_{synchronous}_{number}"), "object": "event", "type": "product.created",
            "created": stripe.now(), "livemode": false, "data": {"object": {}},
        });
        let body = event.to_string();
        let signature = signature_header(&[WEBHOOK_SECRET.to_owned()], stripe.now(), body.as_bytes());
        let before = syncs()?;
        let post = http.post(format!("{}/api/v1/webhooks/stripe", setup.url())).header("Stripe-Signature", signature);
        let answer = post.body(body).send().await?;
        ensure!(answer.status().is_success(), "the event was refused: {}", answer.text().await?);
        count += usize::from(syncs()? > before);
    }
    server.kill().await?;
    Ok(count)
}
