//! Buying: to the hand-off to Stripe, and from the signed event to the fulfilled order.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use stripe_sandbox::{Card, Control, signature_header};
use vitrine_client::Client;
use vitrine_types::{
    accounts::NewCustomer,
    webhook::{WebhookEventQuery, WebhookEventStatus},
};

use crate::{
    Yardstick,
    browse::{between, each},
    http::post,
    load::{self, Until},
    shop::{Shop, WEBHOOK_SECRET},
    table::Table,
};

const CUSTOMERS: usize = 25;
const ORDERS: usize = 1000;
const CONNECTIONS: usize = 16;

/// Measures both halves of an order.
pub async fn measure(shop: &Shop, stripe: &Control, yardstick: &Yardstick, table: &mut Table) -> Result<()> {
    let checkout =
        load::run(&shop.process, &shop.address, CONNECTIONS, Until::Count(ORDERS), each(checkouts(shop).await?));
    let checkout = checkout.await?;
    table.load("checkout to the hand-off", &checkout);
    table.goal("checkout to the hand-off: CPU", checkout.cpu, "ms", 1.0);

    for session in stripe.objects("checkout.session") {
        let id = session["id"].as_str().context("a session without id")?;
        stripe.pay(id, Card::Visa).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    }
    let events: Vec<String> = stripe
        .objects("event")
        .into_iter()
        .filter(|event| event["type"] == "checkout.session.completed")
        .map(|event| event.to_string())
        .collect();
    if events.len() != ORDERS {
        bail!("{} events for {ORDERS} orders", events.len());
    }
    // Two copies each: an insert alone first, then the real thing.
    let inserts = each(events.iter().map(|event| post("/insert", &[], event.as_bytes())).collect());
    let insert = load::run(&yardstick.process, &yardstick.address, CONNECTIONS, Until::Count(ORDERS), inserts).await?;
    table.load("one durable insert", &insert);

    let signed = each(events.iter().map(|event| signed(event)).collect::<Result<_>>()?);
    let (cpu, started) = (shop.process.cpu()?, Instant::now());
    let delivered = load::run(&shop.process, &shop.address, CONNECTIONS, Until::Count(ORDERS), signed).await?;
    table.load("signed event, until answered", &delivered);
    let owner = shop.owner().await?;
    while !is_idle(&owner).await? {
        if started.elapsed() > Duration::from_secs(120) {
            bail!("events are still waiting after two minutes");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let per_event = (shop.process.cpu()? - cpu).as_secs_f64() * 1e3 / ORDERS as f64;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "      {:<44} {per_event:>8.3} ms CPU {:>9.0} /s",
        "signed event, until fulfilled",
        ORDERS as f64 / seconds
    );
    table.goal("signed event until fulfilled: CPU of an insert", per_event / insert.cpu, "×", 3.0);
    table.goal("the same by time", seconds * insert.rate / ORDERS as f64, "×", 3.0);
    Ok(())
}

/// Requests that start a checkout, from several customers and for several products.
async fn checkouts(shop: &Shop) -> Result<Vec<Vec<u8>>> {
    let mut tokens = Vec::new();
    for number in 0..CUSTOMERS {
        // Each from an address of its own, so that no rate limit is met.
        let customer = NewCustomer {
            email: format!("customer-{number}@example.com"),
            password: "a long enough password".into(),
            name: "Ada".into(),
        };
        let body = serde_json::to_vec(&customer)?;
        let from = format!("10.9.0.{}", number + 1);
        let mut connection = crate::http::Connection::open(&shop.address).await?;
        let answer = connection.send(&post("/api/v1/auth/register", &[("X-Forwarded-For", &from)], &body)).await?;
        tokens.push(between(&String::from_utf8(answer.body)?, "\"access_token\":\"", "\"")?.to_owned());
    }
    let page = Client::new(&format!("http://{}", shop.address)).list_products(&Default::default()).await?;
    let requests = (0..ORDERS).map(|number| {
        let product = page.data[number / CUSTOMERS % page.data.len()].id;
        let body = format!(r#"{{"items":[{{"product_id":"{product}","quantity":{}}}]}}"#, number / 500 + 1);
        let token = format!("Bearer {}", tokens[number % CUSTOMERS]);
        let from = format!("10.8.{}.{}", number / 250, number % 250 + 1);
        let headers = [("Authorization", token.as_str()), ("X-Forwarded-For", from.as_str())];
        post("/api/v1/checkout/sessions", &headers, body.as_bytes())
    });
    Ok(requests.collect())
}

fn signed(event: &str) -> Result<Vec<u8>> {
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
