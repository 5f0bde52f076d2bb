//! Real things for the table: Ann has one of each, Bob and the shop's owner have none of hers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::json;
use vitrine_client::Client;
use vitrine_types::{
    PageQuery,
    accounts::Credentials,
    calendar::{Answer, NewBlockedPeriod, NewExternalCalendar, NewOverride},
    catalog::ProductKind,
    checkout::{NewCheckout, OrderStatus},
    mail::MailQuery,
    webhook::WebhookEventQuery,
};

use crate::{
    calendar::{booking, days, open, rights, service, starts},
    harness::{ADMIN, PASSWORD, Shop, eventually},
};

/// What the `$names` of the table stand for.
pub type World = BTreeMap<&'static str, String>;

/// Who calls, in the order of the table's columns.
pub const CALLERS: [&str; 4] = ["a stranger", "Bob", "Ann", "the owner"];

/// Signs the callers in and makes what the table names. The bearer tokens are in the order of [`CALLERS`].
pub async fn build(shop: &Shop) -> (World, [Option<String>; 4]) {
    let (admin, ann, _) = (shop.admin().await, shop.customer("ann").await, shop.customer("bob").await);
    let mut world = World::from([("password", PASSWORD.to_owned())]);
    let mut is = |name: &'static str, value: String| drop(world.insert(name, value));
    is("ann", ann.get_account().await.unwrap().id.to_string());

    // What she bought: a download, an embed, a plan.
    let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product;
    let lesson = shop.product(ProductKind::Embed, "Lesson", 900).await.product;
    shop.product(ProductKind::Download, "Gift", 0).await;
    let order = shop.buy(&ann, &[guide.id, lesson.id]).await;
    is("session", shop.session_of(order.id).await);
    let owned = ann.list_entitlements(&PageQuery::default()).await.unwrap().data;
    let of = |product| owned.iter().find(|owned| owned.product.id == product).unwrap();
    let file = of(guide.id).files[0].id;
    let last = |url: String, from_end: usize| url.rsplit('/').nth(from_end).unwrap().to_owned();
    is("download", last(ann.create_download(of(guide.id).id, file).await.unwrap().url, 1));
    is("frame", last(ann.get_embed(of(lesson.id).id).await.unwrap().iframe_url, 0));
    is("product", guide.id.to_string());
    is("file", file.to_string());
    is("order", order.id.to_string());
    is("entitlement", of(guide.id).id.to_string());
    is("lesson", of(lesson.id).id.to_string());
    for (name, price) in [("plan", 2900), ("plan2", 3900)] {
        let price = json!({"amount": price, "currency": "usd"});
        let new = json!({"name": name, "price": price, "interval": "month", "tokens_per_period": 10});
        is(name, admin.create_plan(&serde_json::from_value(new).unwrap()).await.unwrap().plan.id.to_string());
    }
    is("subscription", subscribe(shop, &ann, "plan").await);

    // Her appointments: one of her own hands, one by the link in a mail, one with a file.
    open(shop, "UTC", "00:00", "24:00").await;
    let talk = service(shop, "Talk", |talk| {
        let questions = json!([{"id": "sketch", "label": "A sketch", "kind": "file", "required": false}]);
        talk.questions = serde_json::from_value(questions).unwrap();
        talk.token_cost = 1;
    })
    .await;
    let right = rights(&ann, talk.product.id, 9).await;
    let query = days(shop, 4, 2);
    let free = starts(&ann, &talk, &query).await;
    let mut made = Vec::new();
    for at in [10, 11, 12] {
        let mut new = booking(&talk, free[at], right);
        if at == 12 {
            let sent = ann.create_intake_file("talk", "sketch.txt", b"as I see it".into()).await.unwrap();
            is("sketch", sent.id.to_string());
            new.answers.insert("sketch".into(), Answer::File(sent));
        }
        made.push(ann.create_booking(&new, None).await.unwrap().id);
        if at == 11 {
            is("link", mailed(shop, "Booked:", "/bookings/manage#").await);
        }
    }
    is("talk", talk.product.id.to_string());
    is("right", right.to_string());
    is("booking", made[0].to_string());
    is("sent", made[2].to_string());
    is("from", query.from.to_string());
    is("to", query.to.to_string());
    for (number, name) in ["time1", "time2", "time3", "time4", "time5"].into_iter().enumerate() {
        is(name, free[number].to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    }

    // The owner's.
    let date = query.from + chrono::Days::new(90);
    let start = shop.server.state.clock.now() + TimeDelta::days(99);
    let end = start + TimeDelta::days(1);
    let blocked = NewBlockedPeriod { start, end, reason: None };
    let external = NewExternalCalendar { url: "https://127.0.0.1/a.ics".into() };
    is("override", admin.create_override(&NewOverride { date, ranges: Vec::new() }).await.unwrap().id.to_string());
    is("blocked", admin.create_blocked_period(&blocked).await.unwrap().id.to_string());
    is("external", admin.create_external_calendar(&external).await.unwrap().id.to_string());
    is("feed", last(admin.renew_calendar_feed().await.unwrap().url, 0).trim_end_matches(".ics").to_owned());
    let events = admin.list_webhook_events(&WebhookEventQuery::default()).await.unwrap().data;
    is("event", events[0].id.to_string());
    let mail = eventually("a mail is kept", || async {
        let mails = admin.list_mails(&MailQuery::default()).await.unwrap().data;
        mails.first().map(|mail| mail.id)
    });
    is("mail", mail.await.to_string());

    // Fresh tokens, for some of this took its time; the first of Ann's devices is the one to be ended.
    let sessions = ann.list_sessions().await.unwrap().data;
    is("device", sessions.last().unwrap().id.to_string());
    let again = async |email: &str, password: &str| {
        let credentials = Credentials { email: email.into(), password: password.into(), ..Default::default() };
        Some(shop.visitor().login(&credentials).await.unwrap().access_token)
    };
    let bob = again("bob@example.com", PASSWORD).await;
    (world, [None, bob, again("ann@example.com", PASSWORD).await, again(ADMIN.0, ADMIN.1).await])
}

/// Ann subscribes; her subscription.
async fn subscribe(shop: &Shop, ann: &Client, slug: &str) -> String {
    let plans = ann.list_plans().await.unwrap().data;
    let plan_id = Some(plans.iter().find(|plan| plan.slug == slug).unwrap().id);
    let checkout = ann.create_checkout_session(&NewCheckout { plan_id, ..Default::default() }, None).await.unwrap();
    shop.stripe.pay(&shop.session_of(checkout.order_id).await, stripe_sandbox::Card::Visa).unwrap();
    shop.order_becomes(ann, checkout.order_id, OrderStatus::Paid).await;
    let find = || async { ann.list_subscriptions(&PageQuery::default()).await.unwrap().data.into_iter().next() };
    eventually("the subscription is there", find).await.id.to_string()
}

/// What follows `mark` in the newest mail to Ann whose subject starts so.
async fn mailed(shop: &Shop, subject: &str, mark: &str) -> String {
    let query = MailQuery { to: Some("ann@example.com".into()), ..Default::default() };
    let mails = shop.admin().await.list_mails(&query).await.unwrap().data;
    let mail = mails.iter().find(|mail| mail.subject.starts_with(subject)).unwrap();
    let (_, rest) = mail.text.split_once(mark).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}
