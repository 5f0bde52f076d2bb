//! Is everything right? What the shop says is compared with what Stripe knows; the server reckons up its own books.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use serde_json::Value;
use stripe_sandbox::DeliveryState;
use uuid::Uuid;
use vitrine_types::{
    PageQuery,
    checkout::AdminOrder,
    mail::MailQuery,
    tokens::{TokenEntry, TokenEntryKind, TokenStatement},
    webhook::WebhookEventQuery,
};

use crate::customers::{PACK, Round, Shop, Subscribed, TOKENS};

/// How long until all is quiet.
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until the shop is quiet and right after so many `deaths` in the round; the first thing that is not after
/// [`PATIENCE`] is the error.
pub async fn everything(shop: &Shop, round: &Round<'_>, deaths: u64) -> Result<()> {
    let started = Instant::now();
    loop {
        match look(shop, round, deaths).await {
            Err(_) if started.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(100)).await,
            found => return found,
        }
    }
}

async fn look(shop: &Shop, round: &Round<'_>, deaths: u64) -> Result<()> {
    ensure!(shop.stripe.wait_until_idle(Duration::from_secs(30)).await, "deliveries are still under way");
    let owner = &shop.owner;
    // I6: what was answered 2xx is there, and has been worked on.
    let mut events = HashSet::new();
    let mut cursor = None;
    for _ in 0..5 {
        let query = WebhookEventQuery { limit: Some(100), cursor: cursor.take(), ..Default::default() };
        let page = owner.must("events", async || owner.client.list_webhook_events(&query).await).await?;
        for event in page.data {
            let status = event.status.as_str();
            ensure!(matches!(status, "processed" | "ignored"), "event {} is {status}: {:?}", event.kind, event.note);
            ensure!(events.insert(event.stripe_event_id), "an event is there twice");
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    for delivery in shop.stripe.deliveries().iter().skip(round.delivered_before) {
        ensure!(delivery.state == DeliveryState::Delivered, "{} was never taken", delivery.kind);
        ensure!(events.contains(&delivery.event), "{} was answered 2xx, and is gone", delivery.kind);
    }

    let health = owner.must("health", async || owner.client.get_health().await).await?;
    for check in health
        .checks
        .iter()
        .filter(|check| matches!(check.name.as_str(), "books" | "tokens" | "jobs" | "orders" | "events" | "outbox"))
    {
        ensure!(check.ok, "{}", check.detail);
    }
    let (sessions, refunds) = (shop.stripe.objects("checkout.session"), shop.stripe.objects("refund"));
    for order in round.orders() {
        let told = owner.must("order", async || owner.client.get_admin_order(order).await).await?;
        agrees(order, &told, &sessions, &refunds)?;
        let to = MailQuery { to: Some(told.customer.email.clone()), limit: Some(100), ..Default::default() };
        let mails = owner.must("mails", async || owner.client.list_mails(&to).await).await?;
        let receipt = format!("Your order {} from ", told.order.number);
        let receipts = mails.data.iter().filter(|mail| mail.subject.starts_with(&receipt)).count();
        ensure!(receipts == 1, "order {} has {receipts} receipts", told.order.number);
    }
    let (person, subscriptions) = round.subscriptions();
    for subscribed in subscriptions {
        let all = PageQuery { limit: Some(100), cursor: None };
        let told = person.must("tokens", async || person.client.get_tokens(subscribed.id, &all).await).await?;
        pays_for_its_tokens(&subscribed, &told, &shop.stripe.objects("subscription"), &shop.stripe.objects("invoice"))?;
    }
    shop.mails.settle(owner, deaths).await
}

/// The tokens of a subscription that is over: once for each of Stripe's paid invoices and each pack, what was refunded taken
/// back once, and all that was spent came back.
fn pays_for_its_tokens(
    subscribed: &Subscribed,
    told: &TokenStatement,
    subscriptions: &[Value],
    invoices: &[Value],
) -> Result<()> {
    let order = subscribed.order.to_string();
    let of_order: Vec<&Value> = subscriptions.iter().filter(|one| one["metadata"]["order_id"] == order).collect();
    ensure!(of_order.len() == 1, "order {order} began {} subscriptions", of_order.len());
    ensure!(of_order[0]["status"] == "canceled", "a subscription that was ended is {}", of_order[0]["status"]);
    let id = &of_order[0]["id"];
    let is_its = |invoice: &&Value| invoice["parent"]["subscription_details"]["subscription"] == *id;
    let paid = invoices.iter().filter(is_its).filter(|invoice| invoice["status"] == "paid").count() as i64;
    let sum = |kind: TokenEntryKind| -> i64 {
        told.entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum()
    };
    let of_order = |kind: TokenEntryKind, order: &Uuid| -> i64 {
        let is_its = |entry: &&TokenEntry| entry.kind == kind && entry.source_ref == Some(order.to_string());
        told.entries.iter().filter(is_its).map(|entry| entry.amount).sum()
    };
    for (order, left) in subscribed.packs.iter().zip([PACK, 0]) {
        let (came, went) = (of_order(TokenEntryKind::Grant, order), -of_order(TokenEntryKind::Adjust, order));
        ensure!(
            came == PACK && came - went == left,
            "order {order} brought {came} tokens, of which {went} were taken back"
        );
    }
    let granted = sum(TokenEntryKind::Grant) - 2 * PACK;
    ensure!(granted == paid * TOKENS, "{granted} tokens came in for {paid} paid invoices of {TOKENS} each");
    ensure!(told.balance == granted + PACK, "{} tokens are left of {granted} and a pack", told.balance);
    let (spent, back) = (-sum(TokenEntryKind::Spend), sum(TokenEntryKind::Return));
    ensure!(spent == back && spent > 0, "{spent} tokens were spent, {back} came back");
    Ok(())
}

/// An order and what Stripe knows of it: one payment, and the same refunds.
fn agrees(id: Uuid, told: &AdminOrder, sessions: &[Value], refunds: &[Value]) -> Result<()> {
    let number = &told.order.number;
    let paid: Vec<&Value> = sessions
        .iter()
        .filter(|session| session["client_reference_id"] == id.to_string() && session["payment_status"] == "paid")
        .collect();
    ensure!(paid.len() == 1, "order {number} was paid {} times", paid.len());
    ensure!(told.order.paid_at.is_some(), "order {number} was paid, and does not know");
    ensure!(paid[0]["amount_total"] == told.order.total.amount, "order {number}: another amount was paid");
    let intent = told.stripe_payment_intent_id.as_deref().unwrap_or_default();
    let of_order: Vec<&Value> = refunds.iter().filter(|refund| refund["payment_intent"] == intent).collect();
    ensure!(
        of_order.len() == told.refunds.len(),
        "order {number} has {} refunds, Stripe {}",
        told.refunds.len(),
        of_order.len()
    );
    let sum: i64 = of_order.iter().filter_map(|refund| refund["amount"].as_i64()).sum();
    ensure!(sum == told.order.refunded.amount, "order {number}: {sum} went back, not {}", told.order.refunded.amount);
    Ok(())
}
