//! Refunds and disputes.

use crate::shop::{Shop, id};
use serde_json::Value;
use stripe_sandbox::{Card, DisputeEnd};

async fn payment(shop: &Shop) -> String {
    shop.paid_session().await["payment_intent"].as_str().unwrap().to_owned()
}

fn charge(shop: &Shop) -> Value {
    shop.control.objects("charge").pop().unwrap()
}

#[actix_web::test]
async fn partial_refunds_add_up_and_never_exceed_the_payment() {
    let shop = Shop::open().await;
    let intent = payment(&shop).await;
    let before = shop.event_types().len();
    let refund = shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=800&metadata[why]=late")).await;
    assert_eq!((&refund["status"], &refund["amount"]), (&"succeeded".into(), &800.into()));
    assert_eq!(refund["metadata"]["why"], "late");
    assert_eq!(
        shop.event_types()[before..],
        ["refund.created", "charge.refunded", "refund.updated", "charge.refund.updated"]
    );
    assert_eq!((&charge(&shop)["amount_refunded"], &charge(&shop)["refunded"]), (&800.into(), &false.into()));

    let (_, error) = shop.refused("POST", "/v1/refunds", &format!("payment_intent={intent}&amount=3001")).await;
    assert_eq!(error["param"], "amount");
    shop.post("/v1/refunds", &format!("payment_intent={intent}")).await;
    assert_eq!((&charge(&shop)["amount_refunded"], &charge(&shop)["refunded"]), (&3800.into(), &true.into()));
    let (_, error) = shop.refused("POST", "/v1/refunds", &format!("payment_intent={intent}&amount=1")).await;
    assert_eq!(error["code"], "charge_already_refunded");

    let listed = shop.get(&format!("/v1/refunds?payment_intent={intent}")).await;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    let charge = shop.get(&format!("/v1/charges/{}?expand[]=refunds", id(&charge(&shop)))).await;
    assert_eq!(charge["refunds"]["data"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_failed_refund_counts_no_longer() {
    let shop = Shop::open().await;
    let intent = payment(&shop).await;
    let refund = shop.control.refund(&intent, None).unwrap();
    let failed = shop.control.fail_refund(id(&refund)).unwrap();
    assert_eq!(failed["status"], "failed");
    assert_eq!(charge(&shop)["amount_refunded"], 0);
    assert!(shop.event_types().contains(&"refund.failed".to_owned()));
    assert!(shop.control.fail_refund(id(&refund)).is_err());
    shop.control.refund(&intent, None).unwrap();
}

#[actix_web::test]
async fn a_bank_debits_refund_is_pending_first() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    shop.control.pay(id(&session), Card::BankDebit).unwrap();
    let paid = shop.control.settle_delayed(id(&session), true).unwrap();
    let refund = shop.control.refund(paid["payment_intent"].as_str().unwrap(), None).unwrap();
    assert_eq!(refund["status"], "pending");
    assert_eq!(shop.control.settle_refund(id(&refund)).unwrap()["status"], "succeeded");
}

#[actix_web::test]
async fn an_unpaid_payment_has_nothing_to_refund() {
    let shop = Shop::open().await;
    let session = shop.session().await;
    shop.control.decline(id(&session)).unwrap();
    let intent = id(&shop.control.objects("payment_intent")[0]).to_owned();
    assert_eq!(shop.refused("POST", "/v1/refunds", &format!("payment_intent={intent}")).await.0, 400);
    assert_eq!(shop.refused("POST", "/v1/refunds", "").await.0, 400);
    assert_eq!(shop.refused("POST", "/v1/refunds", "payment_intent=pi_none").await.0, 404);
}

#[actix_web::test]
async fn a_dispute_takes_the_money_and_may_give_it_back() {
    for (end, status, reinstated) in [(DisputeEnd::Won, "won", true), (DisputeEnd::Lost, "lost", false)] {
        let shop = Shop::open().await;
        let intent = payment(&shop).await;
        let before = shop.event_types().len();
        let dispute = shop.control.open_dispute(&intent).unwrap();
        assert_eq!(
            shop.event_types()[before..],
            ["charge.dispute.created", "charge.updated", "charge.dispute.funds_withdrawn"]
        );
        let (_, error) = shop.refused("POST", "/v1/refunds", &format!("payment_intent={intent}")).await;
        assert_eq!(error["code"], "charge_disputed");
        let closed = shop.control.close_dispute(id(&dispute), end).unwrap();
        assert_eq!(closed["status"], status);
        let kinds = shop.event_types();
        assert_eq!(kinds.contains(&"charge.dispute.funds_reinstated".to_owned()), reinstated);
        let moved: i64 =
            closed["balance_transactions"].as_array().unwrap().iter().map(|row| row["amount"].as_i64().unwrap()).sum();
        assert_eq!(moved, if reinstated { 0 } else { -3800 });
        assert!(shop.control.close_dispute(id(&dispute), end).is_err());
        assert_eq!(shop.get(&format!("/v1/disputes?payment_intent={intent}")).await["data"][0]["id"], dispute["id"]);
    }
}

#[actix_web::test]
async fn an_inquiry_moves_no_money() {
    let shop = Shop::open().await;
    let intent = payment(&shop).await;
    let inquiry = shop.control.open_inquiry(&intent).unwrap();
    assert_eq!(inquiry["status"], "warning_needs_response");
    let closed = shop.control.close_dispute(id(&inquiry), DisputeEnd::Lost).unwrap();
    assert_eq!(closed["status"], "warning_closed");
    assert!(closed["balance_transactions"].as_array().unwrap().is_empty());
}
