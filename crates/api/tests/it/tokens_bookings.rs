//! Appointments that tokens pay for.

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;
use vitrine_client::Error;
use vitrine_types::{
    Code, PageQuery,
    calendar::{AdminBookingPatch, BookingCancellation, BookingMove, NewBooking, PayWith, PaymentKind},
    tokens::TokenEntryKind,
};

use crate::{
    calendar::{booking, code, days, open, service, signed_in_again, starts},
    harness::with_shop,
    tokens::{Account, books_balance},
};

#[test]
fn tokens_pay_for_appointments_and_come_back_when_they_should() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| {
            service.token_cost = 3;
            service.cancel_until_minutes = 600;
        })
        .await;
        let (admin, ann) = (shop.admin().await, shop.customer("ann").await);
        let account = Account::open(shop, &ann).await;
        account.grant("one", 8, account.now() + TimeDelta::days(30)).await;
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;
        let new = |number: usize| NewBooking {
            pay_with: PayWith { kind: PaymentKind::Tokens, id: account.id },
            ..booking(&talk, free[number], account.id)
        };
        let first = ann.create_booking(&new(0), Some("once")).await.unwrap();
        let paid = first.paid_with.unwrap();
        assert_eq!((paid.kind, paid.id, paid.amount), (PaymentKind::Tokens, account.id, 3));
        assert_eq!(ann.create_booking(&new(0), Some("once")).await.unwrap().id, first.id);
        assert_eq!(account.balance().await, 5, "the same key: nothing more is spent");
        assert_eq!(code(ann.create_booking(&new(0), None).await), Some(Code::SlotTaken));
        assert_eq!(account.balance().await, 5, "a taken time costs nothing");

        let second = ann.create_booking(&new(2), None).await.unwrap();
        assert_eq!(code(ann.create_booking(&new(4), None).await), Some(Code::TokensInsufficient));
        assert!(starts(&ann, &talk, &days(shop, 2, 1)).await.contains(&free[4]), "what was not paid takes no time");

        // Moving is neutral; cancelling in time gives back.
        ann.reschedule_booking(second.id, &BookingMove { start: free[6] }).await.unwrap();
        assert_eq!(account.balance().await, 2);
        ann.cancel_booking(second.id, &BookingCancellation::default()).await.unwrap();
        assert_eq!(account.balance().await, 5);
        let entry = ann.get_tokens(account.id, &PageQuery::default()).await.unwrap().entries[0].clone();
        assert_eq!((entry.kind, entry.amount, entry.booking_id), (TokenEntryKind::Return, 3, Some(second.id)));

        // After the cut-off only the owner's cancelling does.
        let third = ann.create_booking(&new(1), None).await.unwrap();
        shop.pass(third.cancel_until - account.now() + TimeDelta::minutes(1));
        let (ann, admin_again) = (signed_in_again(shop, "ann").await, shop.admin().await);
        drop(admin);
        ann.cancel_booking(third.id, &BookingCancellation::default()).await.unwrap();
        assert_eq!(account.balance().await, 2);
        let cancel: AdminBookingPatch = serde_json::from_value(json!({"status": "cancelled"})).unwrap();
        admin_again.update_admin_booking(first.id, &cancel).await.unwrap();
        assert_eq!(account.balance().await, 5);
        books_balance(shop).await;
    });
}

#[test]
fn only_ones_own_tokens_pay_and_only_where_they_are_taken() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |service| service.token_cost = 1).await;
        let other = service(shop, "Other", |_| {}).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let account = Account::open(shop, &ann).await;
        account.grant("one", 8, account.now() + TimeDelta::days(30)).await;
        let start = starts(&ann, &talk, &days(shop, 2, 1)).await[0];
        let with = |product, id| NewBooking {
            pay_with: PayWith { kind: PaymentKind::Tokens, id },
            ..booking(product, start, id)
        };
        let Err(Error::Problem(problem)) = ann.create_booking(&with(&other, account.id), None).await else { panic!() };
        assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, "pay_with.kind"));
        assert_eq!(code(bob.create_booking(&with(&talk, account.id), None).await), Some(Code::NotFound));
        assert_eq!(code(ann.create_booking(&with(&talk, Uuid::now_v7()), None).await), Some(Code::NotFound));
        assert_eq!(account.balance().await, 8);
        ann.create_booking(&with(&talk, account.id), None).await.unwrap();
        assert_eq!(account.balance().await, 7);
    });
}
