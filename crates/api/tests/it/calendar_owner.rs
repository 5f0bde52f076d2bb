//! What the owner does with the calendar: hours, days off, bookings of others.

use chrono::{Days, TimeDelta};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{
        AdminBookingPatch, AdminBookingQuery, BookingMove, BookingStatus, NewAdminBooking, NewBlockedPeriod,
        NewOverride, SlotQuery,
    },
};

use crate::{
    calendar::{booking, code, days, left, open, rights, service, starts},
    harness::with_shop,
};

#[test]
fn closed_days_blocked_periods_and_limits_are_kept() {
    with_shop(|shop| async move {
        open(shop, "Europe/Berlin", "09:00", "17:00").await;
        let product = service(shop, "Talk", |service| service.limit_per_day = Some(1)).await;
        let admin = shop.admin().await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, product.product.id, 5).await;
        let query = days(shop, 2, 3);
        let free = starts(&ann, &product, &query).await;
        assert_eq!(free.len(), 24);

        let date = query.from;
        let closed = admin.create_override(&NewOverride { date, ranges: vec![] }).await.unwrap();
        assert_eq!(starts(&ann, &product, &query).await, free[8..]);
        let refused = ann.create_booking(&booking(&product, free[0], right), None).await;
        assert_eq!(code(refused), Some(Code::SlotUnavailable));
        let ranges = serde_json::from_value(json!([{"start": "22:00", "end": "24:00"}])).unwrap();
        admin.create_override(&NewOverride { date, ranges }).await.unwrap();
        assert_eq!(admin.list_overrides().await.unwrap().data.len(), 1, "it replaced the other");
        assert_eq!(starts(&ann, &product, &query).await.len(), 18);
        admin.delete_override(closed.id).await.unwrap();
        assert_eq!(code(admin.delete_override(closed.id).await), Some(Code::NotFound));

        let period =
            NewBlockedPeriod { start: free[1] + TimeDelta::minutes(59), end: free[3], reason: Some("Dentist".into()) };
        let blocked = admin.create_blocked_period(&period).await.unwrap();
        let now = starts(&ann, &product, &query).await;
        assert_eq!((now.len(), now.contains(&free[1]), now.contains(&free[3])), (22, false, true));
        assert_eq!(admin.list_blocked_periods().await.unwrap().data, std::slice::from_ref(&blocked));
        admin.delete_blocked_period(blocked.id).await.unwrap();
        let backwards = NewBlockedPeriod { start: period.end, end: period.start, reason: None };
        assert_eq!(code(admin.create_blocked_period(&backwards).await), Some(Code::InvalidRequest));

        ann.create_booking(&booking(&product, free[0], right), None).await.unwrap();
        assert_eq!(starts(&ann, &product, &query).await, free[8..], "one a day");
        let refused = ann.create_booking(&booking(&product, free[3], right), None).await;
        assert_eq!(code(refused), Some(Code::SlotUnavailable));
        for client in [&ann, &shop.visitor()] {
            assert!(matches!(code(client.get_schedule().await), Some(Code::Forbidden | Code::NotSignedIn)));
        }
    });
}

#[test]
fn the_owner_books_moves_marks_and_cancels() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Talk", |service| service.cancel_until_minutes = 100_000).await;
        let (admin, ann) = (shop.admin().await, shop.customer("ann").await);
        let customer_id = ann.get_account().await.unwrap().id;
        let free = starts(&ann, &product, &days(shop, 2, 1)).await;
        let new = |start, outside_hours| NewAdminBooking {
            customer_id,
            product_id: product.product.id,
            start,
            time_zone: "Europe/Paris".into(),
            answers: Default::default(),
            outside_hours,
        };
        let made = admin.create_admin_booking(&new(free[0], false), None).await.unwrap();
        assert_eq!((made.booking.paid_with, made.customer.id), (None, customer_id));
        let night = free[0] + TimeDelta::hours(12);
        assert_eq!(code(admin.create_admin_booking(&new(night, false), None).await), Some(Code::SlotUnavailable));
        admin.create_admin_booking(&new(night, true), None).await.unwrap();
        let overlapping = new(night + TimeDelta::minutes(59), true);
        assert_eq!(
            code(admin.create_admin_booking(&overlapping, None).await),
            Some(Code::SlotTaken),
            "never two at once"
        );
        let nobody = NewAdminBooking { customer_id: Uuid::now_v7(), ..new(free[2], false) };
        assert_eq!(code(admin.create_admin_booking(&nobody, None).await), Some(Code::InvalidRequest));

        // What paid always comes back when the owner cancels.
        let right = rights(&ann, product.product.id, 1).await;
        let hers = ann.create_booking(&booking(&product, free[3], right), None).await.unwrap();
        let patch = |value: Value| serde_json::from_value::<AdminBookingPatch>(value).unwrap();
        let noted = admin
            .update_admin_booking(hers.id, &patch(json!({"note": "Prefers tea", "status": "no_show"})))
            .await
            .unwrap();
        assert_eq!((noted.note.as_str(), noted.booking.status), ("Prefers tea", BookingStatus::NoShow));
        let again = admin.update_admin_booking(hers.id, &patch(json!({"status": "accepted"}))).await.unwrap();
        assert_eq!((again.note.as_str(), again.booking.status), ("Prefers tea", BookingStatus::Accepted));
        let moved =
            admin.update_admin_booking(hers.id, &patch(json!({"start": free[5], "message": "A train"}))).await.unwrap();
        assert_eq!(moved.booking.start, free[5], "whatever the cut-off");
        let onto = patch(json!({"start": free[0], "outside_hours": true}));
        assert_eq!(code(admin.update_admin_booking(hers.id, &onto).await), Some(Code::SlotTaken));
        assert_eq!(left(&ann, right).await, 0);
        let end = patch(json!({"status": "cancelled", "message": "I am ill"}));
        let ended = admin.update_admin_booking(hers.id, &end).await.unwrap();
        assert_eq!(
            (ended.booking.status, ended.booking.cancel_reason.as_deref()),
            (BookingStatus::Cancelled, Some("I am ill"))
        );
        assert_eq!(left(&ann, right).await, 1);
        for late in [json!({"status": "accepted"}), json!({"start": free[6]})] {
            assert_eq!(code(admin.update_admin_booking(hers.id, &patch(late)).await), Some(Code::BookingNotOpen));
        }
        admin.update_admin_booking(hers.id, &end).await.unwrap();
        assert_eq!(left(&ann, right).await, 1, "once");

        let date = free[0].date_naive();
        let of = |from, to| AdminBookingQuery { from: Some(from), to: Some(to), ..Default::default() };
        assert_eq!(admin.list_admin_bookings(&of(date, date)).await.unwrap().data.len(), 3);
        let before = date - Days::new(1);
        assert!(admin.list_admin_bookings(&of(before, before)).await.unwrap().data.is_empty());
        let accepted =
            AdminBookingQuery { status: Some(BookingStatus::Accepted), limit: Some(1), ..Default::default() };
        let page = admin.list_admin_bookings(&accepted).await.unwrap();
        let rest = AdminBookingQuery { cursor: page.next_cursor.clone(), ..accepted };
        let rest = admin.list_admin_bookings(&rest).await.unwrap();
        assert_eq!((page.data[0].booking.id, rest.data[0].booking.start), (made.booking.id, night));
        assert_eq!(code(ann.list_admin_bookings(&AdminBookingQuery::default()).await), Some(Code::Forbidden));
    });
}

#[test]
fn the_owners_second_press_makes_no_second_booking() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Class", |service| service.seats = 3).await;
        let (admin, ann) = (shop.admin().await, shop.customer("ann").await);
        let customer_id = ann.get_account().await.unwrap().id;
        let free = starts(&ann, &product, &days(shop, 2, 1)).await;
        let send = |start, key: &'static str| {
            let new = NewAdminBooking {
                customer_id,
                product_id: product.product.id,
                start,
                time_zone: "Europe/Paris".into(),
                answers: Default::default(),
                outside_hours: false,
            };
            let request = reqwest::Client::new().post(format!("{}/api/v1/admin/bookings", shop.url)).json(&new);
            let request = request.bearer_auth(admin.token().unwrap()).header("Idempotency-Key", key);
            async move {
                let answer = request.send().await.unwrap();
                (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
            }
        };
        let first = send(free[0], "one").await;
        assert_eq!(first.0, 201);
        assert_eq!(send(free[0], "one").await, first);
        let other = send(free[1], "one").await;
        assert_eq!((other.0, &other.1["code"]), (422, &json!("idempotency.mismatch")));
        assert_ne!(send(free[0], "two").await.1["id"], first.1["id"], "another seat");
        assert_eq!(admin.list_admin_bookings(&AdminBookingQuery::default()).await.unwrap().data.len(), 2);
    });
}

#[test]
fn a_booking_finds_its_times_whatever_became_of_its_service() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let product = service(shop, "Talk", |service| service.slot_interval_minutes = Some(30)).await;
        let other = service(shop, "Other", |_| {}).await;
        let (admin, ann, bob) = (shop.admin().await, shop.customer("ann").await, shop.customer("bob").await);
        let query = days(shop, 2, 1);
        let free = starts(&ann, &product, &query).await;
        let new = NewAdminBooking {
            customer_id: ann.get_account().await.unwrap().id,
            product_id: product.product.id,
            start: free[2],
            time_zone: "Europe/Paris".into(),
            answers: Default::default(),
            outside_hours: false,
        };
        let made = admin.create_admin_booking(&new, None).await.unwrap().booking;
        // It is no longer for sale, and lasts longer; neither is true of what is booked.
        let longer = json!({"service": {"duration_minutes": 120, "slot_interval_minutes": 30}});
        let longer = serde_json::from_value(longer).unwrap();
        admin.update_product(product.product.id, &longer).await.unwrap();
        admin.delete_product(product.product.id).await.unwrap();

        let own = SlotQuery { booking_id: Some(made.id), ..query.clone() };
        assert_eq!(starts(&ann, &product, &own).await, free, "as if it were not there, and as long as it is");
        assert_eq!(starts(&admin, &product, &own).await, free, "the owner's dialog shows the same");
        assert_eq!(code(bob.list_slots("talk", &own).await), Some(Code::NotFound), "somebody else's");
        assert_eq!(code(shop.visitor().list_slots("talk", &own).await), Some(Code::NotSignedIn));
        for client in [&ann, &admin] {
            assert_eq!(code(client.list_slots(&other.product.slug, &own).await), Some(Code::NotFound), "of another");
            assert_eq!(code(client.list_slots("nothing", &own).await), Some(Code::NotFound));
        }
        let nothing = SlotQuery { booking_id: Some(Uuid::now_v7()), ..query };
        assert_eq!(code(admin.list_slots("talk", &nothing).await), Some(Code::NotFound));
        // What is listed is what either of them can choose.
        let patch = serde_json::from_value::<AdminBookingPatch>(json!({"start": free[3]})).unwrap();
        assert_eq!(admin.update_admin_booking(made.id, &patch).await.unwrap().booking.start, free[3]);
        assert_eq!(ann.reschedule_booking(made.id, &BookingMove { start: free[5] }).await.unwrap().start, free[5]);
    });
}
