//! How many times one customer may hold unpaid, how they let go of one, and what an order tells of its time.

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::join_all;
use stripe_sandbox::Card;
use vitrine::calendar::service::MAX_HELD;
use vitrine_client::{Client, Error};
use vitrine_types::{
    Code, PageQuery,
    calendar::{BookingChoice, OrderedTime, OrderedTimeStatus},
    catalog::{AdminProduct, ProductKind},
    checkout::{Checkout, CheckoutItem, NewCheckout, Order, OrderStatus},
};

use crate::{
    calendar::{code, days, open, service, signed_in_again, starts},
    calendar_checkout::{close, pay, talk},
    calendar_race::twin,
    harness::with_shop,
};

/// Orders each of these times, as one order.
async fn order(client: &Client, product: &AdminProduct, starts: &[DateTime<Utc>]) -> Result<Checkout, Error> {
    let item = |start: &DateTime<Utc>| {
        let choice = BookingChoice { start: *start, time_zone: "Asia/Tokyo".into(), answers: Default::default() };
        CheckoutItem { product_id: product.product.id, quantity: 1, booking: Some(choice) }
    };
    let items = Some(starts.iter().map(item).collect());
    client.create_checkout_session(&NewCheckout { items, ..NewCheckout::default() }, None).await
}

#[test]
fn one_customer_holds_only_a_few_unpaid_times() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let query = days(shop, 2, 1);
        let free = starts(&ann, &talk, &query).await;
        assert_eq!(code(order(&ann, &talk, &free[..MAX_HELD + 1]).await), Some(Code::Conflict), "in one order");
        assert_eq!(starts(&ann, &talk, &query).await, free, "nothing is left of it");

        let mut held = vec![order(&ann, &talk, &free[..2]).await.unwrap()];
        for start in &free[2..MAX_HELD] {
            held.push(order(&ann, &talk, &[*start]).await.unwrap());
        }
        let sixth = free[MAX_HELD];
        let error = order(&ann, &talk, &[sixth]).await.unwrap_err();
        let Error::Problem(problem) = &error else { panic!("{error}") };
        assert_eq!((problem.known_code(), problem.status), (Some(Code::Conflict), 409));
        let words = problem.detail.as_deref().unwrap();
        assert!(
            words.starts_with("You hold 5 times that are not paid yet") && words.contains("(Asia/Tokyo"),
            "{words}"
        );
        let again = order(&ann, &talk, &[free[3]]).await.unwrap();
        assert!(held.iter().any(|held| held.order_id == again.order_id), "a second click is no further time");
        order(&bob, &talk, &[sixth]).await.unwrap();

        // Who gives one up may hold another.
        let first = held[1].order_id;
        assert!(ann.get_order(first).await.unwrap().pay_url.is_some());
        let given_up = ann.cancel_order(first).await.unwrap();
        assert_eq!((given_up.status, given_up.pay_url), (OrderStatus::Expired, None));
        assert_eq!(ann.cancel_order(first).await.unwrap().status, OrderStatus::Expired, "twice is no more than once");
        assert!(starts(&bob, &talk, &query).await.contains(&free[2]));
        order(&ann, &talk, &[free[10]]).await.unwrap();
        assert_eq!(code(order(&ann, &talk, &[free[11]]).await), Some(Code::Conflict));

        // Who pays may, too; and what is paid cannot be given up.
        pay(shop, &held[2], Card::Visa).await;
        shop.order_becomes(&ann, held[2].order_id, OrderStatus::Paid).await;
        assert_eq!(code(ann.cancel_order(held[2].order_id).await), Some(Code::Conflict));
        assert_eq!(code(bob.cancel_order(held[3].order_id).await), Some(Code::NotFound), "Ann's");
        order(&ann, &talk, &[free[11]]).await.unwrap();

        // And who waits.
        shop.pass(TimeDelta::minutes(46));
        let ann = signed_in_again(shop, "ann").await;
        for start in starts(&ann, &talk, &query).await.into_iter().take(MAX_HELD) {
            order(&ann, &talk, &[start]).await.unwrap();
        }
    });
}

#[test]
fn what_costs_nothing_is_booked_and_not_held() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |_| {}).await;
        let ann = shop.customer("ann").await;
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;
        order(&ann, &talk, &free[..MAX_HELD + 3]).await.unwrap();
        assert_eq!(ann.list_bookings(&PageQuery::default()).await.unwrap().data.len(), MAX_HELD + 3);
    });
}

#[test]
fn many_requests_at_once_do_not_slip_past_the_limit() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let ann = shop.customer("ann").await;
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;
        // With PostgreSQL half of them ask a second server.
        let mut windows = vec![ann.clone()];
        if let Some(url) = twin(shop).await {
            let other = Client::new(&url);
            other.set_token(ann.token());
            windows.push(other);
        }
        let asks = free[..20].iter().enumerate().map(|(number, start)| {
            let (client, talk) = (windows[number % windows.len()].clone(), &talk);
            async move { order(&client, talk, &[*start]).await }
        });
        let (held, refused): (Vec<_>, Vec<_>) = join_all(asks).await.into_iter().partition(Result::is_ok);
        assert_eq!(held.len(), MAX_HELD);
        for refusal in refused {
            assert_eq!(code(refusal), Some(Code::Conflict));
        }
        let left = starts(&shop.visitor(), &talk, &days(shop, 2, 1)).await;
        assert_eq!(left.len(), free.len() - MAX_HELD);
    });
}

/// What the only line of an order tells of its time.
fn time(order: &Order) -> OrderedTime {
    order.lines[0].booking.clone().unwrap()
}

#[test]
fn an_order_tells_what_became_of_its_time() {
    with_shop(|shop| async move {
        let talk = talk(shop).await;
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let free = starts(&ann, &talk, &days(shop, 2, 1)).await;
        let bought = order(&ann, &talk, &[free[3]]).await.unwrap();
        let held = time(&ann.get_order(bought.order_id).await.unwrap());
        assert_eq!(
            (held.status, held.start, held.time_zone.as_str()),
            (OrderedTimeStatus::Held, free[3], "Asia/Tokyo")
        );
        assert_eq!(held.end, free[3] + TimeDelta::hours(1));
        pay(shop, &bought, Card::Visa).await;
        let paid = shop.order_becomes(&ann, bought.order_id, OrderStatus::Paid).await;
        let booking = ann.get_booking(time(&paid).id).await.unwrap();
        assert_eq!((time(&paid).status, booking.start), (OrderedTimeStatus::Booked, free[3]));

        // The money comes when somebody else has the time.
        let late = order(&ann, &talk, &[free[6]]).await.unwrap();
        close(shop, &late).await;
        assert_eq!(time(&ann.get_order(late.order_id).await.unwrap()).status, OrderedTimeStatus::Gone);
        order(&bob, &talk, &[free[6]]).await.unwrap();
        pay(shop, &late, Card::Visa).await;
        let refunded = shop.order_becomes(&ann, late.order_id, OrderStatus::Refunded).await;
        assert_eq!(time(&refunded).status, OrderedTimeStatus::Gone);
        assert!(refunded.paid_at.is_some(), "it was paid");

        // A thing has no time.
        let guide = shop.product(ProductKind::Download, "Guide", 1900).await;
        assert_eq!(shop.buy(&ann, &[guide.product.id]).await.lines[0].booking, None);
    });
}
