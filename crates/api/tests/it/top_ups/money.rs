//! Tokens whose money goes back, or is disputed.

use stripe_sandbox::DisputeEnd;

use super::*;

fn amount(amount: i64) -> NewRefund {
    NewRefund { amount: Some(Money::new(amount, Currency::USD)), ..NewRefund::default() }
}

/// The amounts of the statement's corrections, oldest first.
async fn corrections(customer: &Client, subscription: Uuid) -> Vec<i64> {
    let adjusted = entries(customer, subscription).await.into_iter().rev();
    adjusted.filter(|entry| entry.kind == TokenEntryKind::Adjust).map(|entry| entry.amount).collect()
}

async fn refund(shop: &Shop, order: &Order) {
    shop.admin().await.create_refund(order.id, &NewRefund::default(), None).await.unwrap();
}

#[test]
fn a_refund_takes_what_is_left_and_a_failed_one_gives_it_back() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let pack = pack(shop, 900, Some(90)).await;
        let order = shop.buy(&ada, &[pack.id]).await;
        shop.stripe.set_delivery(|delivery| {
            delivery.duplicates = 2;
            delivery.shuffle = Some(7);
        });
        refund(shop, &order).await;
        assert_eq!(balance(&ada).await, 10, "at once");
        all_is_well(shop).await;
        assert_eq!(corrections(&ada, subscription.id).await, [-5], "told again, taken once");
        let line = entries(&ada, subscription.id).await.remove(0);
        assert_eq!((line.source, line.source_ref), (Some(TokenSource::TopUp), Some(order.id.to_string())));

        let refund = shop.stripe.objects("refund")[0]["id"].as_str().unwrap().to_owned();
        shop.stripe.fail_refund(&refund).unwrap();
        shop.order_becomes(&ada, order.id, OrderStatus::Paid).await;
        assert_eq!(balance(&ada).await, 15);
        all_is_well(shop).await;
        assert_eq!(corrections(&ada, subscription.id).await, [-5, 5]);
    });
}

/// What ends first is spent first: of a short pack before the plan's own.
#[test]
fn what_was_spent_before_a_refund_stays_spent_and_does_not_come_back() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let order = shop.buy(&ada, &[pack(shop, 900, Some(3)).await.id]).await;
        let booking = spend(shop, &ada, subscription.id, 3).await.unwrap();
        refund(shop, &order).await;
        assert_eq!(balance(&ada).await, 10);
        give_back(shop, booking).await;
        assert_eq!(balance(&ada).await, 10, "its money went back already");
        assert_eq!(corrections(&ada, subscription.id).await, [-2, -3]);
        all_is_well(shop).await;

        // All of it was spent: nothing is left to take, of this pack or any other tokens.
        let order = shop.buy(&ada, &[pack(shop, 900, Some(3)).await.id]).await;
        spend(shop, &ada, subscription.id, 5).await.unwrap();
        refund(shop, &order).await;
        assert_eq!(balance(&ada).await, 10);
        assert_eq!(corrections(&ada, subscription.id).await, [-2, -3]);
        all_is_well(shop).await;
    });
}

/// As for access: by line it ends, by amount it does not.
#[test]
fn a_refund_by_line_takes_its_tokens_and_one_by_amount_none() {
    with_shop(|shop| async move {
        let (ada, _) = ada(shop).await;
        let order = shop.buy(&ada, &[pack(shop, 900, None).await.id, pack(shop, 700, None).await.id]).await;
        shop.admin().await.create_refund(order.id, &amount(300), None).await.unwrap();
        assert_eq!(balance(&ada).await, 20);
        let by_line = NewRefund { lines: Some(vec![order.lines[1].id]), ..NewRefund::default() };
        shop.admin().await.create_refund(order.id, &by_line, None).await.unwrap();
        assert_eq!(balance(&ada).await, 15);
        all_is_well(shop).await;
    });
}

#[test]
fn disputed_tokens_wait_and_won_or_lost_decides() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let pack = pack(shop, 900, Some(3)).await;
        for end in [DisputeEnd::Lost, DisputeEnd::Won] {
            let before = balance(&ada).await;
            let order = shop.buy(&ada, &[pack.id]).await;
            let booking = spend(shop, &ada, subscription.id, 2).await.unwrap();
            let dispute = shop.stripe.open_dispute(&shop.payment_of(order.id).await).unwrap();
            shop.order_becomes(&ada, order.id, OrderStatus::Disputed).await;
            let statement = ada.get_tokens(subscription.id, &PageQuery::default()).await.unwrap();
            assert_eq!((statement.balance, statement.waiting), (before, 3));
            assert_eq!(spend(shop, &ada, subscription.id, before + 1).await, Err(Code::TokensFrozen));
            assert_eq!(spend(shop, &ada, subscription.id, before + 4).await, Err(Code::TokensInsufficient));
            give_back(shop, booking).await;
            assert_eq!(balance(&ada).await, before, "what comes back waits too");
            shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), end).unwrap();
            let left = if end == DisputeEnd::Won { 5 } else { 0 };
            eventually("the dispute is decided", || async {
                let statement = ada.get_tokens(subscription.id, &PageQuery::default()).await.unwrap();
                (statement.balance == before + left && statement.waiting == 0).then_some(())
            })
            .await;
            all_is_well(shop).await;
        }
        assert_eq!(corrections(&ada, subscription.id).await, [-5]);
    });
}

/// Their time runs out while the bank thinks; what comes back then is good for thirty days, once it is won.
#[test]
fn a_dispute_that_outlasts_them_loses_nothing_that_comes_back() {
    with_shop(|shop| async move {
        let (ada, subscription) = ada(shop).await;
        let order = shop.buy(&ada, &[pack(shop, 900, Some(3)).await.id]).await;
        let booking = spend(shop, &ada, subscription.id, 2).await.unwrap();
        let dispute = shop.stripe.open_dispute(&shop.payment_of(order.id).await).unwrap();
        shop.order_becomes(&ada, order.id, OrderStatus::Disputed).await;
        later(shop, &ada, TimeDelta::days(4)).await;
        give_back(shop, booking).await;
        assert_eq!(balance(&ada).await, 10);
        all_is_well(shop).await;
        shop.stripe.close_dispute(dispute["id"].as_str().unwrap(), DisputeEnd::Won).unwrap();
        shop.order_becomes(&ada, order.id, OrderStatus::Paid).await;
        assert_eq!(balance(&ada).await, 12);
        all_is_well(shop).await;
        refund(shop, &order).await;
        assert_eq!(balance(&ada).await, 10);
        assert_eq!(corrections(&ada, subscription.id).await, [-2, 2, -2]);
        all_is_well(shop).await;
    });
}

/// The checker that shares nothing with the services sees each way to be wrong.
#[test]
fn the_books_tell_when_tokens_and_orders_disagree() {
    with_shop(|shop| async move {
        let (ada, _) = ada(shop).await;
        shop.buy(&ada, &[pack(shop, 900, None).await.id]).await;
        all_is_well(shop).await;
        let db = &shop.server.state.db;
        let wrongs = [
            (
                "update order_lines set tokens = tokens + 1",
                "update order_lines set tokens = tokens - 1",
                "as they were sold",
            ),
            (
                "update token_lots set payment = 'disputed' where source = 'top_up'",
                "update token_lots set payment = null",
                "do not follow its money",
            ),
            (
                "update order_lines set tokens = null, token_account_id = null where tokens is not null",
                "",
                "an order that is not paid",
            ),
        ];
        for (wrong, right, told) in wrongs {
            sql(db, wrong).exec().await.unwrap();
            let health = shop.admin().await.get_health().await.unwrap();
            let books = health.checks.iter().find(|check| check.name == "books").unwrap();
            assert!(!books.ok && books.detail.contains(told), "{}", books.detail);
            if !right.is_empty() {
                sql(db, right).exec().await.unwrap();
            }
        }
    });
}
