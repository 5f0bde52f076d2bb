//! Choosing a time first and paying then: the time is held, booked, freed; and what becomes of late money.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use stripe_sandbox::Card;
use uuid::Uuid;
use vitrine_client::{Client, Error};
use vitrine_types::{
    Code, PageQuery,
    calendar::{Answer, Answers, Booking, BookingChoice, BookingStatus, IntakeFile},
    catalog::{AdminProduct, NewProduct, ProductKind},
    checkout::{Checkout, CheckoutItem, NewCheckout, NewRefund, OrderStatus},
};

use crate::{
    calendar::{code, days, open, signed_in_again, starts},
    harness::{Shop, eventually, with_shop},
};

/// A service that costs something, bookable around the clock.
pub async fn talk(shop: &Shop) -> AdminProduct {
    open(shop, "UTC", "00:00", "24:00").await;
    shop.product(ProductKind::Service, "Talk", 5000).await
}

async fn order(
    client: &Client,
    product: &AdminProduct,
    start: DateTime<Utc>,
    quantity: u32,
) -> Result<Checkout, Error> {
    let choice = BookingChoice { start, time_zone: "Europe/Berlin".into(), answers: Default::default() };
    let item = CheckoutItem { product_id: product.product.id, quantity, booking: Some(choice) };
    client.create_checkout_session(&NewCheckout { items: Some(vec![item]), ..NewCheckout::default() }, None).await
}

async fn bookings(client: &Client) -> Vec<Booking> {
    client.list_bookings(&PageQuery::default()).await.unwrap().data
}

/// The customer pays.
pub async fn pay(shop: &Shop, checkout: &Checkout, card: Card) {
    shop.stripe.pay(&shop.session_of(checkout.order_id).await, card).unwrap();
}

#[test]
fn a_time_is_held_while_it_is_paid_and_booked_when_it_is() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let query = days(shop, 2, 1);
        let start = starts(&ann, &talk, &query).await[5];
        assert_eq!(code(order(&ann, &talk, start, 2).await), Some(Code::InvalidRequest), "one per time");
        let off = order(&ann, &talk, start + TimeDelta::minutes(1), 1).await;
        assert_eq!(code(off), Some(Code::SlotUnavailable));

        let checkout = order(&ann, &talk, start, 1).await.unwrap();
        assert_eq!(order(&ann, &talk, start, 1).await.unwrap().order_id, checkout.order_id, "a second click");
        assert!(!starts(&bob, &talk, &query).await.contains(&start));
        assert_eq!(code(order(&bob, &talk, start, 1).await), Some(Code::SlotTaken));
        assert!(bookings(&ann).await.is_empty(), "a hold is no booking yet");

        pay(shop, &checkout, Card::Visa).await;
        shop.order_becomes(&ann, checkout.order_id, OrderStatus::Paid).await;
        let booked = bookings(&ann).await;
        assert_eq!((booked.len(), booked[0].start, booked[0].status), (1, start, BookingStatus::Accepted));
        let owned = ann.list_entitlements(&PageQuery::default()).await.unwrap().data;
        assert_eq!((owned[0].bookings_remaining, owned[0].id), (Some(0), booked[0].paid_with.unwrap().id));

        // The money goes back, and the appointment with it.
        shop.admin().await.create_refund(checkout.order_id, &NewRefund::default(), None).await.unwrap();
        assert_eq!(bookings(&ann).await[0].status, BookingStatus::Cancelled);
        assert!(starts(&bob, &talk, &query).await.contains(&start));
    });
}

#[test]
fn what_is_answered_can_be_corrected_until_it_is_paid() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let questions = json!([
            {"id": "topic", "label": "What about?", "kind": "text", "required": true},
            {"id": "sketch", "label": "A sketch", "kind": "file", "required": false},
        ]);
        let asking = |new: &mut NewProduct| {
            new.service.as_mut().unwrap().questions = serde_json::from_value(questions).unwrap();
        };
        let talk = shop.product_with(ProductKind::Service, "Talk", 5000, asking).await;
        let ann = shop.customer("ann").await;
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;
        let sent = ann.create_intake_file("talk", "a.txt", b"a tree".into()).await.unwrap();
        let choice = |start, zone: &str, topic: &str| {
            let answers = Answers::from([("topic".into(), Answer::Text(topic.into()))]);
            BookingChoice { start, time_zone: zone.into(), answers }
        };
        let order = |choices: Vec<BookingChoice>| {
            let product_id = talk.product.id;
            let item = |choice| CheckoutItem { product_id, quantity: 1, booking: Some(choice) };
            let items = Some(choices.into_iter().map(item).collect());
            let (client, new) = (ann.clone(), NewCheckout { items, ..NewCheckout::default() });
            async move { client.create_checkout_session(&new, None).await }
        };
        let other = || choice(free[7], "Europe/Berlin", "Stones");
        let first = order(vec![choice(free[5], "Europe/Berlin", "Trees"), other()]).await.unwrap();

        let mut corrected = choice(free[5], "Asia/Tokyo", "Bees");
        corrected.answers.insert("sketch".into(), Answer::File(sent.clone()));
        let second = order(vec![other(), corrected.clone()]).await.unwrap();
        assert_eq!((second.order_id, &second.url), (first.order_id, &first.url), "the same order, the same page");
        // What does not fit is told as it was the first time, and leaves what was said before.
        let invented = IntakeFile { id: Uuid::now_v7(), ..sent.clone() };
        let mut gone = corrected.clone();
        gone.answers.insert("sketch".into(), Answer::File(invented));
        let (empty, nowhere) = (choice(free[5], "Asia/Tokyo", " "), choice(free[5], "Nowhere", "Bees"));
        for wrong in [empty, nowhere, gone] {
            assert_eq!(code(order(vec![wrong, other()]).await), Some(Code::InvalidRequest));
        }

        pay(shop, &second, Card::Visa).await;
        shop.order_becomes(&ann, first.order_id, OrderStatus::Paid).await;
        let mut booked = bookings(&ann).await;
        booked.reverse();
        let told: Vec<_> = booked.iter().map(|booking| (booking.start, booking.time_zone.as_str())).collect();
        assert_eq!(told, [(free[5], "Asia/Tokyo"), (free[7], "Europe/Berlin")]);
        assert_eq!([&booked[0].answers, &booked[1].answers], [&corrected.answers, &other().answers]);
        // The file is kept like one that was sent in time.
        shop.pass(TimeDelta::days(8));
        assert_eq!(shop.admin().await.get_intake_file(booked[0].id, sent.id).await.unwrap(), b"a tree");
    });
}

#[test]
fn what_is_not_paid_is_free_again() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let query = days(shop, 2, 1);
        let start = starts(&ann, &talk, &query).await[5];
        let checkout = order(&ann, &talk, start, 1).await.unwrap();
        shop.pass(TimeDelta::minutes(46));
        assert!(starts(&bob, &talk, &query).await.contains(&start), "at once, whoever cleans up later");
        let ann = signed_in_again(shop, "ann").await;
        shop.order_becomes(&ann, checkout.order_id, OrderStatus::Expired).await;
        assert!(bookings(&ann).await.is_empty());
    });
}

/// Closes an order on our side alone, as when Stripe's word comes late.
pub async fn close(shop: &Shop, checkout: &Checkout) {
    let mut tx = shop.server.state.db.begin().await.unwrap();
    vitrine::checkout::settle::close(&mut tx, &shop.server.state, checkout.order_id, "expired").await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn late_money_books_what_is_free_and_goes_back_for_what_is_not() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;

        let late = order(&ann, &talk, free[3], 1).await.unwrap();
        close(shop, &late).await;
        pay(shop, &late, Card::Visa).await;
        shop.order_becomes(&ann, late.order_id, OrderStatus::Paid).await;
        assert_eq!(bookings(&ann).await[0].start, free[3], "still free");

        let lost = order(&ann, &talk, free[6], 1).await.unwrap();
        close(shop, &lost).await;
        let quicker = order(&bob, &talk, free[6], 1).await.unwrap();
        pay(shop, &quicker, Card::Visa).await;
        shop.order_becomes(&bob, quicker.order_id, OrderStatus::Paid).await;
        pay(shop, &lost, Card::Visa).await;
        shop.order_becomes(&ann, lost.order_id, OrderStatus::Refunded).await;
        assert_eq!(bookings(&ann).await.len(), 1, "0 doubles");
        assert_eq!(bookings(&bob).await.len(), 1);
        let reason = shop.admin().await.get_admin_order(lost.order_id).await.unwrap().review_reason.unwrap();
        assert!(reason.contains("the appointment's time was taken"), "{reason}");
        let told = || async {
            let query = vitrine_types::mail::MailQuery { to: Some("ann@example.com".into()), ..Default::default() };
            let mails = shop.admin().await.list_mails(&query).await.unwrap().data;
            mails.into_iter().find(|mail| mail.subject.contains("Refund"))
        };
        eventually("the customer is told", told).await;
    });
}

#[test]
fn a_slow_bank_keeps_the_time() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let query = days(shop, 3, 1);
        let start = starts(&ann, &talk, &query).await[5];
        let checkout = order(&ann, &talk, start, 1).await.unwrap();
        pay(shop, &checkout, Card::BankDebit).await;
        shop.order_becomes(&ann, checkout.order_id, OrderStatus::Processing).await;
        shop.pass(TimeDelta::hours(2));
        assert!(!starts(&shop.visitor(), &talk, &query).await.contains(&start));
        let session = {
            let owner = shop.admin().await;
            owner.get_admin_order(checkout.order_id).await.unwrap().stripe_session_id.unwrap()
        };
        shop.stripe.settle_delayed(&session, false).unwrap();
        let ann = signed_in_again(shop, "ann").await;
        shop.order_becomes(&ann, checkout.order_id, OrderStatus::Failed).await;
        assert!(starts(&shop.visitor(), &talk, &query).await.contains(&start), "free when the bank says no");
        drop(bob);
    });
}
