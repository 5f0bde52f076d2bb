//! Appointments: what is offered, booked, moved, cancelled.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;
use vitrine_client::{Client, Error};
use vitrine_types::{
    Code, PageQuery,
    calendar::{
        AdminBookingQuery, Booking, BookingCancellation, BookingMove, BookingStatus, NewBlockedPeriod, NewBooking,
        PayWith, PaymentKind, Schedule, Slot, SlotQuery,
    },
    catalog::{AdminProduct, ProductKind, ServiceSettings},
    checkout::{CheckoutItem, NewCheckout},
};

use crate::harness::{Shop, with_shop};

/// The owner works in `zone` from `start` to `end`, every day.
pub async fn open(shop: &Shop, zone: &str, start: &str, end: &str) {
    let rules = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .map(|day| json!({"weekday": day, "start": start, "end": end}));
    let schedule: Schedule = serde_json::from_value(json!({"time_zone": zone, "rules": rules})).unwrap();
    shop.admin().await.set_schedule(&schedule).await.unwrap();
}

/// A free service of an hour.
pub async fn service(shop: &Shop, name: &str, change: impl FnOnce(&mut ServiceSettings)) -> AdminProduct {
    let set = |new: &mut vitrine_types::catalog::NewProduct| change(new.service.as_mut().unwrap());
    shop.product_with(ProductKind::Service, name, 0, set).await
}

/// Gives a customer so many appointments of a free service; the entitlement.
pub async fn rights(customer: &Client, product: Uuid, quantity: u32) -> Uuid {
    let items = Some(vec![CheckoutItem { product_id: product, quantity, booking: None }]);
    let order = customer.create_checkout_session(&NewCheckout { items, ..NewCheckout::default() }, None).await.unwrap();
    let owned = customer.list_entitlements(&PageQuery { limit: Some(100), cursor: None }).await.unwrap().data;
    owned.into_iter().find(|owned| owned.source.id == order.order_id).unwrap().id
}

/// How many appointments are left.
pub async fn left(customer: &Client, entitlement: Uuid) -> i64 {
    let owned = customer.list_entitlements(&PageQuery::default()).await.unwrap().data;
    owned.into_iter().find(|owned| owned.id == entitlement).unwrap().bookings_remaining.unwrap()
}

pub fn booking(product: &AdminProduct, start: DateTime<Utc>, entitlement: Uuid) -> NewBooking {
    NewBooking {
        product_id: product.product.id,
        start,
        time_zone: "Asia/Tokyo".into(),
        answers: Default::default(),
        pay_with: PayWith { kind: PaymentKind::Entitlement, id: entitlement },
    }
}

/// The days from `first` days ahead on, in UTC.
pub fn days(shop: &Shop, first: u64, count: u64) -> SlotQuery {
    let today = shop.server.state.clock.now().date_naive();
    let from = today + Days::new(first);
    SlotQuery { from, to: from + Days::new(count - 1), time_zone: Some("UTC".into()), booking_id: None }
}

pub async fn starts(client: &Client, product: &AdminProduct, query: &SlotQuery) -> Vec<DateTime<Utc>> {
    let slots = client.list_slots(&product.product.slug, query).await.unwrap();
    slots.days.iter().flat_map(|day| &day.slots).map(|slot| slot.start).collect()
}

pub fn code<T>(result: Result<T, Error>) -> Option<Code> {
    result.err().and_then(|error| error.code())
}

#[test]
fn the_list_is_by_days_of_the_customers_zone() {
    with_shop(|shop| async move {
        open(shop, "America/New_York", "09:00", "12:00").await;
        let product = service(shop, "Talk", |_| {}).await;
        let visitor = shop.visitor();
        let query = |zone: &str| SlotQuery { time_zone: Some(zone.into()), ..days(shop, 3, 4) };
        let slots = visitor.list_slots("talk", &query("Asia/Tokyo")).await.unwrap();
        assert_eq!((slots.time_zone.as_str(), slots.owner_time_zone.as_str()), ("Asia/Tokyo", "America/New_York"));
        let dates: Vec<NaiveDate> = slots.days.iter().map(|day| day.date).collect();
        let from = query("UTC").from;
        assert_eq!(dates, [0, 1, 2, 3].map(|day| from + Days::new(day)), "every day asked for, both ends included");
        for day in &slots.days {
            let tokyo = TimeDelta::hours(9);
            assert!(day.slots.iter().all(|slot| (slot.start + tokyo).date_naive() == day.date), "{day:?}");
            assert!(day.slots.iter().all(|Slot { start, end }| *end - *start == TimeDelta::hours(1)));
            assert_eq!(day.slots.len(), 3);
        }
        let own = SlotQuery { time_zone: None, ..query("UTC") };
        assert_eq!(visitor.list_slots("talk", &own).await.unwrap().time_zone, "America/New_York");

        let many = SlotQuery { to: from + Days::new(62), ..query("UTC") };
        let backwards = SlotQuery { to: from - Days::new(1), ..query("UTC") };
        for wrong in [many, backwards, query("Mars/Base"), query("")] {
            assert_eq!(code(visitor.list_slots("talk", &wrong).await), Some(Code::InvalidRequest), "{wrong:?}");
        }
        let most = SlotQuery { to: from + Days::new(61), ..query("UTC") };
        assert_eq!(visitor.list_slots("talk", &most).await.unwrap().days.len(), 62);
        assert_eq!(code(visitor.list_slots("nothing", &query("UTC")).await), Some(Code::NotFound));
        shop.product(ProductKind::Download, "File", 0).await;
        assert_eq!(code(visitor.list_slots("file", &query("UTC")).await), Some(Code::NotFound));
        drop(product);
    });
}

#[test]
fn booking_spends_a_right_and_takes_the_time() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Talk", |service| service.location = "https://video.example/room".into()).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 2).await;
        let query = days(shop, 2, 2);
        let start = starts(&ann, &product, &query).await[1];
        let new = booking(&product, start, right);
        let made = ann.create_booking(&new, Some("once")).await.unwrap();
        assert_eq!((made.start, made.end, made.status), (start, start + TimeDelta::hours(1), BookingStatus::Accepted));
        assert_eq!((made.time_zone.as_str(), made.location.as_str()), ("Asia/Tokyo", "https://video.example/room"));
        assert_eq!(made.cancel_until, start - TimeDelta::days(1));
        let paid = made.paid_with.unwrap();
        assert_eq!((paid.kind, paid.id, paid.amount), (PaymentKind::Entitlement, right, 1));
        assert_eq!(left(&ann, right).await, 1);
        assert!(!starts(&ann, &product, &query).await.contains(&start));

        // The same key: the same booking, nothing spent.
        assert_eq!(ann.create_booking(&new, Some("once")).await.unwrap().id, made.id);
        assert_eq!(left(&ann, right).await, 1);
        let other = booking(&product, start + TimeDelta::hours(1), right);
        assert_eq!(code(ann.create_booking(&other, Some("once")).await), Some(Code::IdempotencyMismatch));

        // Taken, off the steps, outside of the hours, in the past: nothing of it spends anything.
        let taken = ann.create_booking(&new, None).await;
        assert_eq!(code(taken), Some(Code::SlotTaken));
        for start in [
            start + TimeDelta::minutes(61),
            start + TimeDelta::hours(12),
            start - TimeDelta::days(30),
            DateTime::<Utc>::MIN_UTC,
        ] {
            let refused = ann.create_booking(&booking(&product, start, right), None).await;
            assert_eq!(code(refused), Some(Code::SlotUnavailable), "{start}");
        }
        assert_eq!(left(&ann, right).await, 1);

        assert_eq!(ann.get_booking(made.id).await.unwrap(), made);
        ann.create_booking(&other, None).await.unwrap();
        assert_eq!(left(&ann, right).await, 0);
        let third = booking(&product, start + TimeDelta::hours(2), right);
        assert_eq!(code(ann.create_booking(&third, None).await), Some(Code::NoBookingLeft));
        let listed = ann.list_bookings(&PageQuery { limit: Some(1), cursor: None }).await.unwrap();
        assert_eq!(listed.data[0].start, start + TimeDelta::hours(1), "the latest first");
        let next = ann.list_bookings(&PageQuery { limit: Some(1), cursor: listed.next_cursor }).await.unwrap();
        assert_eq!((next.data[0].id, next.next_cursor), (made.id, None));

        // Somebody else's booking is not there; somebody else's right pays nothing.
        let bob = shop.customer("bob").await;
        assert_eq!(code(bob.get_booking(made.id).await), Some(Code::NotFound));
        assert_eq!(code(bob.get_booking_invite(made.id).await), Some(Code::NotFound));
        assert_eq!(code(bob.cancel_booking(made.id, &BookingCancellation::default()).await), Some(Code::NotFound));
        let move_it = BookingMove { start: start + TimeDelta::hours(3) };
        assert_eq!(code(bob.reschedule_booking(made.id, &move_it).await), Some(Code::NotFound));
        assert_eq!(code(bob.create_booking(&third, None).await), Some(Code::NotFound));
        let other = service(shop, "Other", |_| {}).await;
        let good = rights(&ann, product.product.id, 1).await;
        let wrong = ann.create_booking(&booking(&other, third.start, good), None).await;
        assert_eq!(code(wrong), Some(Code::InvalidRequest), "bought for something else");
        assert_eq!(left(&ann, good).await, 1);
        assert_eq!(code(shop.visitor().create_booking(&third, None).await), Some(Code::NotSignedIn));
    });
}

#[test]
fn answers_have_to_fit_the_questions() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let questions = json!([
            {"id": "topic", "label": "What about?", "kind": "text", "required": true},
            {"id": "terms", "label": "Agreed", "kind": "checkbox", "required": true},
        ]);
        let product =
            service(shop, "Talk", |service| service.questions = serde_json::from_value(questions).unwrap()).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 1).await;
        let mut new = booking(&product, starts(&ann, &product, &days(shop, 2, 1)).await[0], right);
        let Err(Error::Problem(problem)) = ann.create_booking(&new, None).await else { panic!("no problem") };
        let fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!((problem.status, fields), (422, vec!["answers.topic", "answers.terms"]));
        new.answers = serde_json::from_value(json!({"topic": "Trees", "terms": true, "other": "x"})).unwrap();
        assert_eq!(code(ann.create_booking(&new, None).await), Some(Code::InvalidRequest));
        new.answers.remove("other");
        new.time_zone = "Nowhere".into();
        assert_eq!(code(ann.create_booking(&new, None).await), Some(Code::InvalidRequest));
        new.time_zone = "Europe/Berlin".into();
        let made = ann.create_booking(&new, None).await.unwrap();
        assert_eq!(made.answers, new.answers);
        let seen = shop.admin().await.list_admin_bookings(&AdminBookingQuery::default()).await.unwrap().data;
        assert_eq!((seen[0].booking.answers.clone(), seen[0].customer.name.as_str()), (new.answers, "ann"));
    });
}

#[test]
fn what_paid_comes_back_until_the_cut_off() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let product = service(shop, "Talk", |service| service.cancel_until_minutes = 600).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 2).await;
        let start = starts(&ann, &product, &days(shop, 2, 1)).await[0];
        let first = ann.create_booking(&booking(&product, start, right), None).await.unwrap();
        let second = ann.create_booking(&booking(&product, start + TimeDelta::hours(1), right), None).await.unwrap();
        assert_eq!(left(&ann, right).await, 0);

        // The policy is that of the day it was booked.
        let patch = serde_json::from_value(
            json!({"service": {"duration_minutes": 30, "cancel_until_minutes": 0, "location": "new"}}),
        );
        shop.admin().await.update_product(product.product.id, &patch.unwrap()).await.unwrap();
        let kept = ann.get_booking(first.id).await.unwrap();
        assert_eq!((kept.cancel_until, kept.end, kept.location), (first.cancel_until, first.end, String::new()));

        let reason = BookingCancellation { reason: Some("I caught a cold".into()) };
        let cancelled = ann.cancel_booking(first.id, &reason).await.unwrap();
        assert_eq!((cancelled.status, cancelled.cancel_reason), (BookingStatus::Cancelled, reason.reason.clone()));
        assert_eq!(left(&ann, right).await, 1);
        assert_eq!(code(ann.cancel_booking(first.id, &reason).await), Some(Code::BookingNotOpen), "once");
        assert_eq!(left(&ann, right).await, 1);
        assert!(starts(&ann, &product, &days(shop, 2, 1)).await.contains(&start), "the time is free again");

        // One minute late.
        shop.pass(second.cancel_until - shop.server.state.clock.now() + TimeDelta::minutes(1));
        let move_it = BookingMove { start: start + TimeDelta::hours(5) };
        let ann = signed_in_again(shop, "ann").await;
        assert_eq!(code(ann.reschedule_booking(second.id, &move_it).await), Some(Code::CancelClosed));
        ann.cancel_booking(second.id, &BookingCancellation::default()).await.unwrap();
        assert_eq!(left(&ann, right).await, 1, "nothing comes back");
    });
}

/// After hours have passed the access token has, too.
pub async fn signed_in_again(shop: &Shop, name: &str) -> Client {
    let client = shop.visitor();
    let email = format!("{name}@example.com");
    let credentials = json!({"email": email, "password": crate::harness::PASSWORD});
    client.login(&serde_json::from_value(credentials).unwrap()).await.unwrap();
    client
}

#[test]
fn a_booking_that_has_begun_stays() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let product = service(shop, "Talk", |service| service.cancel_until_minutes = 0).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 1).await;
        let start = starts(&ann, &product, &days(shop, 1, 1)).await[0];
        let made = ann.create_booking(&booking(&product, start, right), None).await.unwrap();
        shop.pass(start - shop.server.state.clock.now() + TimeDelta::seconds(1));
        let ann = signed_in_again(shop, "ann").await;
        let refused = ann.cancel_booking(made.id, &BookingCancellation::default()).await;
        assert_eq!(code(refused), Some(Code::CancelClosed));
    });
}

#[test]
fn a_booking_is_moved_as_one_and_is_not_in_its_own_way() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Talk", |service| {
            service.slot_interval_minutes = Some(30);
            service.before_buffer_minutes = 15;
            service.limit_per_customer = Some(1);
        })
        .await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 2).await;
        let query = days(shop, 2, 1);
        let free = starts(&ann, &product, &query).await;
        let made = ann.create_booking(&booking(&product, free[2], right), None).await.unwrap();
        assert!(starts(&ann, &product, &query).await.is_empty(), "one coming appointment per customer");
        assert!(!starts(&shop.visitor(), &product, &query).await.is_empty());

        let own = SlotQuery { booking_id: Some(made.id), ..query.clone() };
        assert_eq!(starts(&ann, &product, &own).await, free, "as if it were not there");
        assert_eq!(code(shop.visitor().list_slots("talk", &own).await), Some(Code::NotSignedIn));
        let near = BookingMove { start: free[3] };
        let moved = ann.reschedule_booking(made.id, &near).await.unwrap();
        assert_eq!((moved.id, moved.start, moved.paid_with), (made.id, free[3], made.paid_with));
        assert_eq!(left(&ann, right).await, 1, "the same payment");
        assert_eq!(ann.reschedule_booking(made.id, &near).await.unwrap(), moved, "nothing to do");

        let bob = shop.customer("bob").await;
        let his = rights(&bob, product.product.id, 1).await;
        bob.create_booking(&booking(&product, free[8], his), None).await.unwrap();
        assert_eq!(code(ann.reschedule_booking(made.id, &BookingMove { start: free[8] }).await), Some(Code::SlotTaken));
        let off = BookingMove { start: free[0] + TimeDelta::minutes(7) };
        assert_eq!(code(ann.reschedule_booking(made.id, &off).await), Some(Code::SlotUnavailable));
        assert_eq!(ann.get_booking(made.id).await.unwrap().start, free[3], "a move that fails changes nothing");
    });
}

#[test]
fn seats_of_one_slot_are_shared_and_other_times_kept_apart() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let class = service(shop, "Class", |service| {
            service.seats = 2;
            service.slot_interval_minutes = Some(30);
            service.after_buffer_minutes = 30;
        })
        .await;
        let talk = service(shop, "Talk", |service| service.slot_interval_minutes = Some(30)).await;
        let ann = shop.customer("ann").await;
        let (right, talks) = (rights(&ann, class.product.id, 5).await, rights(&ann, talk.product.id, 5).await);
        let query = days(shop, 2, 1);
        let start = starts(&ann, &class, &query).await[4];
        ann.create_booking(&booking(&class, start, right), None).await.unwrap();
        let half = TimeDelta::minutes(30);
        let free = starts(&ann, &class, &query).await;
        assert!(free.contains(&start), "a seat is left");
        // The class lasts an hour and its buffer half an hour: what begins from 90 minutes before to 60 after would overlap.
        for other in [start - half * 2, start - half, start + half, start + half * 2] {
            assert!(!free.contains(&other), "{other}");
            assert_eq!(code(ann.create_booking(&booking(&class, other, right), None).await), Some(Code::SlotTaken));
        }
        for other in [start - half, start, start + half, start + half * 2] {
            assert_eq!(
                code(ann.create_booking(&booking(&talk, other, talks), None).await),
                Some(Code::SlotTaken),
                "{other}"
            );
        }
        ann.create_booking(&booking(&talk, start + half * 3, talks), None).await.unwrap();
        ann.create_booking(&booking(&talk, start - half * 2, talks), None).await.unwrap();
        let second = ann.create_booking(&booking(&class, start, right), None).await.unwrap();
        assert!(!starts(&ann, &class, &query).await.contains(&start), "full");
        assert_eq!(code(ann.create_booking(&booking(&class, start, right), None).await), Some(Code::SlotTaken));
        ann.cancel_booking(second.id, &BookingCancellation::default()).await.unwrap();
        ann.create_booking(&booking(&class, start, right), None).await.unwrap();
        assert_eq!(left(&ann, right).await, 3);

        // More seats for the same class, and buffers that are not those it was booked with.
        let service = json!({"service": {"duration_minutes": 60, "slot_interval_minutes": 30, "seats": 3, "after_buffer_minutes": 0}});
        let patch = serde_json::from_value(service).unwrap();
        let admin = shop.admin().await;
        admin.update_product(class.product.id, &patch).await.unwrap();
        // Who joins gets that buffer, in which nothing may be closed.
        let closed = NewBlockedPeriod { start: start + half * 2, end: start + half * 3, reason: None };
        let closed = admin.create_blocked_period(&closed).await.unwrap();
        assert!(!starts(&ann, &class, &query).await.contains(&start));
        assert_eq!(code(ann.create_booking(&booking(&class, start, right), None).await), Some(Code::SlotUnavailable));
        admin.delete_blocked_period(closed.id).await.unwrap();
        ann.create_booking(&booking(&class, start, right), None).await.unwrap();
        assert_eq!(code(ann.create_booking(&booking(&class, start, right), None).await), Some(Code::SlotTaken));
    });
}

#[test]
fn a_service_no_longer_sold_can_still_be_booked_by_who_bought_it() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Talk", |_| {}).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 1).await;
        shop.admin().await.delete_product(product.product.id).await.unwrap();
        assert_eq!(code(shop.visitor().list_slots("talk", &days(shop, 2, 1)).await), Some(Code::NotFound));
        let start = starts(&ann, &product, &days(shop, 2, 1)).await[0];
        let made: Booking = ann.create_booking(&booking(&product, start, right), None).await.unwrap();
        assert_eq!(made.product.name, "Talk");
    });
}
