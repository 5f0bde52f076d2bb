//! What Stripe delivers: believed only when signed, stored before answered, in effect once.

use std::time::Duration;

use chrono::TimeDelta;
use rand::{SeedableRng, seq::SliceRandom};
use serde_json::{Value, json};
use stripe_sandbox::{Card, signature_header};
use vitrine::db::sql;
use vitrine_types::{
    PageQuery, Problem,
    catalog::ProductKind,
    checkout::OrderStatus,
    entitlements::EntitlementStatus,
    webhook::{WebhookEventQuery, WebhookEventStatus},
};

use crate::{
    harness::{Shop, WEBHOOK_SECRET, eventually, items, with_shop},
    subscriptions::{later, plan, subscribe},
};

async fn deliver(shop: &Shop, body: &str, signature: Option<String>) -> reqwest::Response {
    let mut request = reqwest::Client::new().post(format!("{}/api/v1/webhooks/stripe", shop.url)).body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("Stripe-Signature", signature);
    }
    request.send().await.unwrap()
}

fn signed(shop: &Shop, body: &str) -> Option<String> {
    let now = shop.server.state.clock.now().timestamp();
    Some(signature_header(&[WEBHOOK_SECRET.to_owned()], now, body.as_bytes()))
}

fn event(id: &str, kind: &str, object: Value) -> String {
    json!({
        "id": id, "object": "event", "type": kind, "created": 1_790_000_000, "livemode": false,
        "api_version": "2026-10-28.endive", "data": { "object": object }
    })
    .to_string()
}

async fn inbox(shop: &Shop) -> Vec<vitrine_types::webhook::WebhookEvent> {
    let query = WebhookEventQuery { limit: Some(100), ..Default::default() };
    shop.admin().await.list_webhook_events(&query).await.unwrap().data
}

#[test]
fn an_event_that_is_not_signed_by_stripe_does_nothing() {
    with_shop(|shop| async move {
        let body = event("evt_1", "checkout.session.completed", json!({"id": "cs_1"}));
        let good = signed(shop, &body).unwrap();
        let now = shop.server.state.clock.now().timestamp();
        let sign = |time, secret: &str| Some(signature_header(&[secret.to_owned()], time, body.as_bytes()));
        let bad = [
            None,
            Some(String::new()),
            Some("t=1,v1=00".into()),
            Some(good.replace("v1=", "v0=")),
            sign(now, "whsec_other"),
            sign(now - 301, WEBHOOK_SECRET),
            sign(now + 320, WEBHOOK_SECRET),
        ];
        for signature in bad {
            let answer = deliver(shop, &body, signature.clone()).await;
            assert_eq!(answer.status(), 400, "{signature:?}");
            assert_eq!(answer.json::<Problem>().await.unwrap().code, "webhook.bad_signature");
        }
        let changed = body.replace("cs_1", "cs_2");
        assert_eq!(deliver(shop, &changed, Some(good.clone())).await.status(), 400);
        let reordered = serde_json::to_string_pretty(&serde_json::from_str::<Value>(&body).unwrap()).unwrap();
        assert_eq!(deliver(shop, &reordered, Some(good)).await.status(), 400);
        assert!(inbox(shop).await.is_empty());
    });
}

#[test]
fn what_is_not_ours_is_stored_as_ignored() {
    with_shop(|shop| async move {
        let mut live: Value =
            serde_json::from_str(&event("evt_live", "checkout.session.completed", json!({"id": "cs_9"}))).unwrap();
        live["livemode"] = json!(true);
        let mut connected: Value =
            serde_json::from_str(&event("evt_other", "charge.refunded", json!({"payment_intent": "pi_9"}))).unwrap();
        connected["account"] = json!("acct_1");
        for body in [
            event("evt_kind", "customer.tax_id.created", json!({"id": "txi_1"})),
            event("evt_foreign", "checkout.session.completed", json!({"id": "cs_of_another_shop"})),
            event("evt_payment", "charge.refunded", json!({"id": "ch_1", "payment_intent": "pi_of_another_shop"})),
            live.to_string(),
            connected.to_string(),
        ] {
            assert_eq!(deliver(shop, &body, signed(shop, &body)).await.status(), 200, "{body}");
        }
        eventually("all are ignored", || async {
            let events = inbox(shop).await;
            (events.len() == 5 && events.iter().all(|event| event.status == WebhookEventStatus::Ignored)).then_some(())
        })
        .await;
        let nonsense = "{\"hello\": 1}";
        assert_eq!(deliver(shop, nonsense, signed(shop, nonsense)).await.status(), 400);
    });
}

/// 1,000 orders; every event three times, shuffled, over 16 connections: each order takes effect once.
#[test]
fn a_thousand_events_in_triplicate_have_a_thousand_effects() {
    with_shop(|shop| async move {
        let orders: usize = 1000;
        let mut products = Vec::new();
        for n in 0..orders.div_ceil(50) {
            products.push(shop.product(ProductKind::Embed, &format!("Lesson {n}"), 1000 + n as i64).await.product.id);
        }
        shop.stripe.set_delivery(|delivery| delivery.hold = true);
        let mut customers = Vec::new();
        for n in 0..50 {
            customers.push(shop.customer(&format!("c{n}")).await);
        }
        for product in &products {
            let wanted = items(&[*product]);
            for chunk in customers.chunks(10) {
                let placed = chunk.iter().map(|customer| customer.create_checkout_session(&wanted, None));
                futures_util::future::join_all(placed).await.into_iter().for_each(|placed| drop(placed.unwrap()));
            }
        }
        for session in shop.stripe.objects("checkout.session") {
            shop.stripe.pay(session["id"].as_str().unwrap(), Card::Visa).unwrap();
        }
        let completed = |event: &&Value| event["type"] == "checkout.session.completed";
        let events: Vec<String> = shop.stripe.objects("event").iter().filter(completed).map(Value::to_string).collect();
        assert_eq!(events.len(), orders);
        let mut copies: Vec<String> =
            events.iter().flat_map(|event| [event.clone(), event.clone(), event.clone()]).collect();
        copies.shuffle(&mut rand::rngs::StdRng::seed_from_u64(11));
        let http = reqwest::Client::new();
        let url = format!("{}/api/v1/webhooks/stripe", shop.url);
        let (http, url) = (&http, &url);
        let lanes = copies.chunks(copies.len().div_ceil(16)).map(|lane| async move {
            for body in lane {
                let signature = signed(shop, body).unwrap();
                let request = http.post(url).header("Stripe-Signature", signature).body(body.clone());
                assert_eq!(request.send().await.unwrap().status(), 200);
            }
        });
        futures_util::future::join_all(lanes).await;
        let count = |text: &'static str| async move {
            let (count,): (i64,) = sql(&shop.server.state.db, text).one().await.unwrap();
            count
        };
        for _ in 0..1200 {
            if count("select count(*) from orders where payment = 'paid'").await == orders as i64 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(count("select count(*) from orders where status = 'paid'").await, orders as i64);
        assert_eq!(count("select count(*) from entitlements where status = 'active'").await, orders as i64);
        assert_eq!(count("select count(*) from mails where key like 'receipt:%'").await, orders as i64);
        assert_eq!(count("select count(*) from webhook_events").await, orders as i64);
    });
}

/// A pool of ten and sixteen copies at once: the shop goes on answering.
#[test]
fn sixteen_copies_at_once_leave_the_shop_answering() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        shop.stripe.set_delivery(|delivery| delivery.hold = true);
        let checkout = shop.check_out(&ada, &[product]).await;
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        let events = shop.stripe.objects("event");
        let body = events.iter().find(|event| event["type"] == "checkout.session.completed").unwrap().to_string();
        for _ in 0..3 {
            let copies = (0..16).map(|_| deliver(shop, &body, signed(shop, &body)));
            for answer in futures_util::future::join_all(copies).await {
                assert_eq!(answer.status(), 200);
            }
            shop.visitor().list_products(&Default::default()).await.unwrap();
        }
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        assert_eq!(ada.list_entitlements(&PageQuery::default()).await.unwrap().data.len(), 1);
    });
}

/// Payment, refund and dispute events in every order end in the same state.
#[test]
fn the_order_of_events_does_not_matter() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        for seed in 0..6_u64 {
            shop.stripe.set_delivery(|delivery| delivery.hold = true);
            let checkout = shop.check_out(&ada, &[product]).await;
            let session = shop.session_of(checkout.order_id).await;
            let paid = shop.stripe.pay(&session, Card::Visa).unwrap();
            let intent = paid["payment_intent"].as_str().unwrap().to_owned();
            shop.stripe.refund(&intent, Some(500)).unwrap();
            shop.stripe.set_delivery(|delivery| {
                delivery.shuffle = Some(seed);
                delivery.duplicates = 1;
            });
            shop.stripe.flush();
            shop.stripe.set_delivery(|delivery| delivery.hold = false);
            let order = shop.order_becomes(&ada, checkout.order_id, OrderStatus::PartiallyRefunded).await;
            assert!(shop.stripe.wait_until_idle(Duration::from_secs(10)).await);
            assert_eq!(order.refunded.amount, 500);
            let mine = ada.list_entitlements(&PageQuery::default()).await.unwrap().data;
            let grants = mine.iter().filter(|own| own.source.id == order.id).collect::<Vec<_>>();
            assert_eq!((grants.len(), grants[0].status), (1, EntitlementStatus::Active));
        }
    });
}

#[test]
fn reconciliation_finds_what_never_arrived() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let refunded = shop.buy(&ada, &[product]).await;
        let intent = shop.payment_of(refunded.id).await;
        shop.stripe.set_webhook(None, Vec::new());
        let checkout = shop.check_out(&ada, &[product]).await;
        shop.stripe.pay(&shop.session_of(checkout.order_id).await, Card::Visa).unwrap();
        shop.stripe.refund(&intent, None).unwrap();
        let report = admin.run_reconciliation().await.unwrap();
        assert!(report.finished_at.is_some() && report.findings.is_empty(), "{report:?}");
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
        shop.order_becomes(&ada, refunded.id, OrderStatus::Refunded).await;
        let health = admin.get_health().await.unwrap();
        assert!(health.checks.iter().any(|check| check.name == "books" && check.ok), "{health:?}");
    });
}

/// Stripe gives up delivering after three days.
#[test]
fn after_an_outage_everything_since_is_compared() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product.id;
        let ada = shop.customer("ada").await;
        let order = shop.buy(&ada, &[product]).await;
        let intent = shop.payment_of(order.id).await;
        let compared = || async { shop.admin().await.get_reconciliation().await.unwrap().finished_at };
        eventually("the first comparison", compared).await;
        shop.stripe.set_webhook(None, Vec::new());
        shop.stripe.refund(&intent, None).unwrap();
        later(shop, &ada, TimeDelta::days(5)).await;
        shop.order_becomes(&ada, order.id, OrderStatus::Refunded).await;
    });
}

#[test]
fn what_agrees_is_not_counted_as_repaired() {
    with_shop(|shop| async move {
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let studio = plan(shop, "Studio", 2900, |_| {}).await.plan;
        subscribe(shop, &ada, studio.id).await;
        assert!(shop.stripe.wait_until_idle(Duration::from_secs(10)).await);
        let report = admin.run_reconciliation().await.unwrap();
        assert!(report.compared >= 2, "{report:?}");
        assert_eq!(report.repaired, 0, "{report:?}");
    });
}

#[test]
fn an_event_that_failed_can_be_replayed() {
    with_shop(|shop| async move {
        let product = shop.product(ProductKind::Embed, "Lesson", 1900).await.product.id;
        let (ada, admin) = (shop.customer("ada").await, shop.admin().await);
        let checkout = shop.check_out(&ada, &[product]).await;
        let session = shop.session_of(checkout.order_id).await;
        shop.stripe.add_fault(stripe_sandbox::Fault {
            kind: stripe_sandbox::FaultKind::Status(401),
            after_effect: false,
            count: 50,
            method: Some("GET".into()),
            path: Some("checkout/sessions/".into()),
        });
        shop.stripe.pay(&session, Card::Visa).unwrap();
        let failed = eventually("the event fails", || async {
            inbox(shop).await.into_iter().find(|event| event.status == WebhookEventStatus::Failed)
        })
        .await;
        assert!(failed.note.as_deref().is_some_and(|note| note.contains("401")), "{failed:?}");
        shop.stripe.clear_faults();
        admin.replay_webhook_event(failed.id).await.unwrap();
        shop.order_becomes(&ada, checkout.order_id, OrderStatus::Paid).await;
    });
}
