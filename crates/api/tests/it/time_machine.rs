//! A demo's clock: it follows the local Stripe's, and exists nowhere else.

use chrono::TimeDelta;
use vitrine_types::{
    Code,
    time_machine::{TimeTarget, TimeTravel},
};

use crate::harness::{eventually, with_configured_shop, with_shop};

fn to(to: TimeTarget) -> TimeTravel {
    TimeTravel { to, cards_work: None }
}

#[test]
fn a_demo_moves_ahead_and_its_owner_stays_signed_in() {
    with_configured_shop(
        |config| config.demo = true,
        |shop| async {
            let admin = shop.admin().await;
            assert!(admin.get_shop().await.unwrap().demo);
            let before = admin.get_shop_time().await.unwrap();
            // Longer than a session lasts: the answer is a new one.
            admin.travel_in_time(&to(TimeTarget::Month)).await.unwrap();
            let after = admin.get_shop_time().await.unwrap();
            assert!(after.now - before.now >= TimeDelta::days(28));
            assert_eq!(after.ahead_seconds, shop.stripe.clock_offset());
            let refused = admin.travel_in_time(&to(TimeTarget::Renewal)).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::Conflict), "nothing renews here");

            // Somebody moves it on the local Stripe's page.
            shop.stripe.advance(86_400);
            eventually("the clocks agree again", || async {
                let time = admin.get_shop_time().await.unwrap();
                (time.ahead_seconds == after.ahead_seconds + 86_400).then_some(())
            })
            .await;
        },
    );
}

#[test]
fn customers_cannot_move_it_and_other_shops_have_none() {
    with_shop(|shop| async {
        let admin = shop.admin().await;
        assert!(!admin.get_shop().await.unwrap().demo);
        assert_eq!(admin.get_shop_time().await.unwrap_err().code(), Some(Code::NotFound));
        assert_eq!(admin.travel_in_time(&to(TimeTarget::Day)).await.unwrap_err().code(), Some(Code::NotFound));
    });
    with_configured_shop(
        |config| config.demo = true,
        |shop| async {
            let customer = shop.customer("ada").await;
            assert_eq!(customer.travel_in_time(&to(TimeTarget::Day)).await.unwrap_err().code(), Some(Code::Forbidden));
        },
    );
}
