//! Buying: to the hand-off to Stripe, and from the signed event to the fulfilled order.

use std::{
    collections::HashSet,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, bail};
use serde_json::Value;
use stripe_sandbox::{Card, Control, signature_header};
use vitrine_client::Client;
use vitrine_types::webhook::{WebhookEventQuery, WebhookEventStatus};

use crate::{
    browse::each,
    customers::Customers,
    http::post,
    load::{self, Until},
    process::Server,
    shop::{Shop, WEBHOOK_SECRET},
    table::Table,
};

const ORDERS: usize = 1000;
const CONNECTIONS: usize = 16;

/// Measures both halves of an order.
pub async fn measure(
    shop: &Shop,
    customers: &Customers,
    stripe: &Control,
    yardstick: &Server,
    table: &mut Table,
) -> Result<()> {
    let checkouts = each((0..ORDERS).map(|number| customers.checkout(number)).collect());
    let checkout = load::run(&shop.server, CONNECTIONS, Until::Count(ORDERS), checkouts).await?;
    table.load("checkout to the hand-off", &checkout);
    table.goal("checkout to the hand-off: CPU", checkout.cpu, "ms", 1.0);

    let events = pay(stripe)?;
    if events.len() != ORDERS {
        bail!("{} events for {ORDERS} orders", events.len());
    }
    fulfil(shop, yardstick, "signed event", &events, table).await
}

/// Delivers events and waits until all they tell of is done; beside it an insert of the same bytes each.
pub async fn fulfil(shop: &Shop, yardstick: &Server, name: &str, events: &[String], table: &mut Table) -> Result<()> {
    let count = Until::Count(events.len());
    let inserts = each(events.iter().map(|event| post("/insert", &[], event.as_bytes())).collect());
    let insert = load::run(yardstick, CONNECTIONS, count, inserts).await?;
    table.load("one durable insert", &insert);

    let requests = each(events.iter().map(|event| signed(event)).collect::<Result<_>>()?);
    let (cpu, started) = (shop.server.process.cpu()?, Instant::now());
    let delivered = load::run(&shop.server, CONNECTIONS, count, requests).await?;
    table.load(&format!("{name}, until answered"), &delivered);
    settled(shop, started).await?;
    let per_event = (shop.server.process.cpu()? - cpu).as_secs_f64() * 1e3 / events.len() as f64;
    let rate = events.len() as f64 / started.elapsed().as_secs_f64();
    println!("      {:<44} {per_event:>8.3} ms CPU {rate:>9.0} /s", format!("{name}, until fulfilled"));
    table.goal(&format!("{name} until fulfilled: CPU of an insert"), per_event / insert.cpu, "×", 3.0);
    table.goal("the same by time", insert.rate / rate, "×", 3.0);
    Ok(())
}

/// Delivers events and waits until all they tell of is done.
pub async fn deliver(shop: &Shop, events: &[String]) -> Result<()> {
    let requests = each(events.iter().map(|event| signed(event)).collect::<Result<_>>()?);
    load::run(&shop.server, CONNECTIONS, Until::Count(events.len()), requests).await?;
    settled(shop, Instant::now()).await
}

/// Waits until no event waits any more.
async fn settled(shop: &Shop, started: Instant) -> Result<()> {
    let owner = shop.owner().await?;
    while !is_idle(&owner).await? {
        if started.elapsed() > Duration::from_secs(120) {
            bail!("events are still waiting after two minutes");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Pays whatever is open; the events that tell of it, not delivered yet.
pub fn pay(stripe: &Control) -> Result<Vec<String>> {
    let open = stripe.objects("checkout.session").into_iter().filter(|session| session["status"] == "open");
    let open: HashSet<String> = open.filter_map(|session| Some(session["id"].as_str()?.to_owned())).collect();
    for session in &open {
        stripe.pay(session, Card::Visa).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    }
    let tells = |event: &Value| {
        let session = event["data"]["object"]["id"].as_str();
        event["type"] == "checkout.session.completed" && session.is_some_and(|session| open.contains(session))
    };
    Ok(stripe.objects("event").into_iter().filter(tells).map(|event| event.to_string()).collect())
}

/// Stripe's event as it delivers it, signed now.
pub fn signed(event: &str) -> Result<Vec<u8>> {
    #[expect(clippy::disallowed_methods)] // The signature is made now, for a server that lives now.
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let signature = signature_header(&[WEBHOOK_SECRET.to_owned()], i64::try_from(now)?, event.as_bytes());
    Ok(post("/api/v1/webhooks/stripe", &[("Stripe-Signature", &signature)], event.as_bytes()))
}

/// Whether no event waits any more. One that failed is an error.
async fn is_idle(owner: &Client) -> Result<bool> {
    let query = |status| WebhookEventQuery { status: Some(status), limit: Some(1), cursor: None };
    let failed = owner.list_webhook_events(&query(WebhookEventStatus::Failed)).await?;
    if let Some(event) = failed.data.first() {
        bail!("event {} failed: {:?}", event.stripe_event_id, event.note);
    }
    Ok(owner.list_webhook_events(&query(WebhookEventStatus::Received)).await?.data.is_empty())
}
