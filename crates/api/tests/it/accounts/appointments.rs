//! Where an account and its appointments meet: reminders that are not wanted, an account that is deleted.

use chrono::TimeDelta;
use vitrine::db::sql;
use vitrine_types::{
    PageQuery,
    accounts::Notifications,
    calendar::{AdminBookingQuery, BookingStatus},
};

use super::{mails_to, refusal, send};
use crate::{
    calendar::{booking, days, open, rights, service, starts},
    harness::{PASSWORD, eventually, with_shop},
};

#[test]
fn reminders_are_for_who_wants_them() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |_| {}).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let all = Notifications { booking_reminders: true, token_reminders: true };
        assert_eq!(ann.get_notifications().await.unwrap(), all);
        let mut start = None;
        for (customer, at) in [(&ann, 0), (&bob, 1)] {
            let right = rights(customer, talk.product.id, 1).await;
            let free = starts(customer, &talk, &days(shop, 3, 2)).await;
            customer.create_booking(&booking(&talk, free[at], right), None).await.unwrap();
            start = start.or(Some(free[0]));
        }
        let off = Notifications { booking_reminders: false, token_reminders: true };
        assert_eq!(ann.set_notifications(&off).await.unwrap(), off);
        assert_eq!(ann.get_notifications().await.unwrap(), off);
        assert_eq!(bob.get_notifications().await.unwrap(), all);
        let bearer = format!("Bearer {}", ann.token().unwrap());
        let more = serde_json::json!({"booking_reminders": false, "receipts": false});
        let answer = send(shop, "PUT", "/account/notifications", &[("Authorization", &bearer)], Some(more)).await;
        assert_eq!(refusal(answer).await, (422, "request.invalid".into()), "receipts cannot be done without");

        shop.pass(start.unwrap() - shop.server.state.clock.now() - TimeDelta::hours(20));
        let reminders = async |to: &str| {
            let mails = mails_to(shop, to).await;
            mails.iter().filter(|mail| mail.subject.starts_with("Reminder")).count()
        };
        let db = &shop.server.state.db;
        eventually("both reminders are dealt with", || async {
            let (waiting,): (i64,) =
                sql(db, "select count(*) from jobs where kind = 'remind_customer' and run_at <= $1")
                    .bind(shop.server.state.clock.now())
                    .one()
                    .await
                    .unwrap();
            (waiting == 0).then_some(())
        })
        .await;
        assert_eq!((reminders("ann@example.com").await, reminders("bob@example.com").await), (0, 1));
    });
}

#[test]
fn deleting_an_account_cancels_what_is_to_come_and_keeps_what_was() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| service.cancel_until_minutes = 0).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let right = rights(&ann, talk.product.id, 2).await;
        let free = starts(&ann, &talk, &days(shop, 3, 2)).await;
        let past = ann.create_booking(&booking(&talk, free[0], right), None).await.unwrap();
        shop.pass(free[0] - shop.server.state.clock.now() + TimeDelta::hours(2));
        let coming = ann.create_booking(&booking(&talk, free[8], right), None).await.unwrap();
        let bobs = rights(&bob, talk.product.id, 1).await;
        let kept = bob.create_booking(&booking(&talk, free[9], bobs), None).await.unwrap();
        assert!(!starts(&bob, &talk, &days(shop, 0, 3)).await.contains(&free[8]));

        let wrong = ann.delete_account("not the password").await.unwrap_err();
        assert_eq!(wrong.status(), Some(403));
        assert_eq!(ann.get_booking(coming.id).await.unwrap().status, BookingStatus::Accepted);
        ann.delete_account(PASSWORD).await.unwrap();

        let all = shop.admin().await.list_admin_bookings(&AdminBookingQuery::default()).await.unwrap().data;
        let status = |id| all.iter().find(|one| one.booking.id == id).unwrap().booking.status;
        assert_eq!(status(coming.id), BookingStatus::Cancelled);
        assert_eq!(status(past.id), BookingStatus::Accepted, "it took place");
        assert_eq!(status(kept.id), BookingStatus::Accepted, "somebody else's");
        assert!(starts(&bob, &talk, &days(shop, 0, 3)).await.contains(&free[8]), "the time is free again");
        assert!(mails_to(shop, "ann@example.com").await.is_empty(), "nothing is kept, and nothing more is sent");
        assert_eq!(bob.list_bookings(&PageQuery::default()).await.unwrap().data.len(), 1);
    });
}
