//! What a real Stripe refuses is refused here.

use crate::shop::{SESSION, Shop, id};
use serde_json::json;

/// Each change of a good request, with the `code` and `param` it is refused for.
const REFUSALS: [(&str, &str, &str); 24] = [
    ("&colour=red", "parameter_unknown", "colour"),
    ("&line_items[0][colour]=red", "parameter_unknown", "line_items[0][colour]"),
    ("&payment_method_types[0]=card", "parameter_unknown", "payment_method_types"),
    ("&locale=", "parameter_invalid_empty", "locale"),
    ("&expires_at=soon", "parameter_invalid_integer", "expires_at"),
    ("&expires_at=100", "", "expires_at"),
    ("&submit_type=buy", "", "submit_type"),
    ("&ui_mode=hosted", "", "ui_mode"),
    ("&customer=cus_none", "resource_missing", "customer"),
    ("&customer_email=nobody", "email_invalid", "customer_email"),
    ("&subscription_data[description]=x", "", "subscription_data"),
    ("&setup_intent_data[description]=x", "", "setup_intent_data"),
    ("&line_items[1][price]=price_none&line_items[1][quantity]=1", "resource_missing", "line_items[1][price]"),
    ("&line_items[1][quantity]=1", "", "line_items[1]"),
    ("&line_items[2][quantity]=1", "", "line_items"),
    ("&metadata=x", "", "metadata"),
    ("&line_items[0][price_data][unit_amount_decimal]=5", "", "line_items[0][price_data][unit_amount]"),
    ("&line_items[0][price_data][recurring][interval]=month", "", "line_items"),
    ("&payment_intent_data[statement_descriptor]=a*b", "", "payment_intent_data[statement_descriptor]"),
    ("&metadata[order_id]=again", "", "metadata[order_id]"),
    ("&discounts[0][coupon]=x&allow_promotion_codes=true", "", "allow_promotion_codes"),
    ("&customer_creation=sometimes", "", "customer_creation"),
    ("&expand[0]=lines", "", "expand"),
    ("&line_items[0]=x", "", "line_items[0]"),
];

#[actix_web::test]
async fn parameters_are_judged() {
    let shop = Shop::open().await;
    for (change, code, param) in REFUSALS {
        let (status, error) = shop.refused("POST", "/v1/checkout/sessions", &format!("{SESSION}{change}")).await;
        assert_eq!(status, 400, "{change}: {error}");
        assert_eq!(error["type"], "invalid_request_error", "{change}");
        assert_eq!(error["code"].as_str().unwrap_or_default(), code, "{change}: {error}");
        assert_eq!(error["param"], param, "{change}: {error}");
    }
    assert!(shop.control.objects("checkout.session").is_empty(), "a refused request left something behind");
}

/// Each part of a good request that must not be missing or different.
const NEEDED: [(&str, &str, &str); 8] = [
    ("mode=payment", "", "mode"),
    ("mode=payment", "mode=pay", "mode"),
    ("success_url=http://shop.test/done?session_id={CHECKOUT_SESSION_ID}", "", "success_url"),
    ("http://shop.test/done", "shop.test/done", "success_url"),
    ("&line_items[0][quantity]=2", "", "line_items[0][quantity]"),
    ("[currency]=usd", "[currency]=dollars", "line_items[0][price_data][currency]"),
    ("[unit_amount]=1900", "[unit_amount]=-1", "line_items[0][price_data][unit_amount]"),
    (
        "[product_data][name]=Field+Guide",
        "[product_data][description]=x",
        "line_items[0][price_data][product_data][name]",
    ),
];

#[actix_web::test]
async fn what_is_needed_must_be_there() {
    let shop = Shop::open().await;
    for (part, replacement, param) in NEEDED {
        let form = SESSION.replace(part, replacement);
        let (status, error) = shop.refused("POST", "/v1/checkout/sessions", &form).await;
        assert_eq!((status, &error["param"]), (400, &json!(param)), "{part} → {replacement}: {error}");
    }
}

#[actix_web::test]
async fn totals_have_bounds() {
    let shop = Shop::open().await;
    let priced = |amount: &str| SESSION.replace("unit_amount]=1900", &format!("unit_amount]={amount}"));
    let (_, error) = shop.refused("POST", "/v1/checkout/sessions", &priced("24")).await;
    assert_eq!(error["code"], "amount_too_small");
    let (_, error) = shop.refused("POST", "/v1/checkout/sessions", &priced("50000000")).await;
    assert_eq!(error["code"], "amount_too_large");
    shop.post("/v1/checkout/sessions", &priced("25")).await;
    shop.post("/v1/checkout/sessions", &priced("0")).await;
}

#[actix_web::test]
async fn what_is_not_played_is_refused_loudly() {
    let shop = Shop::open().await;
    for change in
        ["discounts[0][coupon]=x", "invoice_creation[enabled]=true", "shipping_options[0][shipping_rate]=shr_x"]
    {
        let (status, error) = shop.refused("POST", "/v1/checkout/sessions", &format!("{SESSION}&{change}")).await;
        assert_eq!(status, 501, "{error}");
    }
}

#[actix_web::test]
async fn metadata_has_bounds() {
    let shop = Shop::open().await;
    let many: String = (0..51).map(|key| format!("&metadata[k{key}]=v")).collect();
    for form in [format!("metadata[{}]=v", "k".repeat(41)), format!("metadata[k]={}", "v".repeat(501)), many] {
        let (status, error) = shop.refused("POST", "/v1/customers", &form).await;
        assert_eq!(status, 400, "{error}");
        assert!(error["param"].as_str().unwrap().starts_with("metadata"), "{error}");
    }
}

#[actix_web::test]
async fn keys_and_versions_are_asked_for() {
    let shop = Shop::open().await;
    let statuses = [
        (None, 401),
        (Some("Bearer "), 401),
        (Some("Bearer whatever"), 401),
        (Some("Bearer pk_test_x"), 403),
        (Some("Bearer sk_live_x"), 401),
        (Some("Bearer sk_test_x"), 200),
        // `sk_test_x:` as curl -u sends it.
        (Some("Basic c2tfdGVzdF94Og=="), 200),
    ];
    for (authorization, status) in statuses {
        let mut request = shop.request("GET", "/v1/events");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        assert_eq!(request.send().await.unwrap().status(), status, "{authorization:?}");
    }
    for (version, status) in
        [("2026-10-28.endive", 200), ("2025-03-31.basil", 200), ("2025-03-32.basil", 400), ("x", 400)]
    {
        let request = shop.request("GET", "/v1/events").header("authorization", "Bearer sk_test_x");
        let response = request.header("stripe-version", version).send().await.unwrap();
        assert_eq!(response.status(), status, "{version}");
    }
}

#[actix_web::test]
async fn urls_and_bodies_are_judged() {
    let shop = Shop::open().await;
    assert_eq!(shop.refused("GET", "/v1/unknown", "").await.0, 404);
    assert_eq!(shop.refused("DELETE", "/v1/refunds", "").await.0, 404);
    assert_eq!(shop.refused("GET", "/v1/checkout/sessions/cs_test_none", "").await.0, 404);
    let json = shop.request("POST", "/v1/customers").header("authorization", "Bearer sk_test_x").body("{}");
    let response = json.header("content-type", "application/json").send().await.unwrap();
    assert_eq!(response.status(), 400);
    let response = shop.send("GET", "/v1/events", "", None).await;
    assert!(response.headers()["request-id"].to_str().unwrap().starts_with("req_"));
}

#[actix_web::test]
async fn expansion_reaches_what_it_names() {
    let shop = Shop::open().await;
    let session = shop.paid_session().await;
    let path = format!("/v1/checkout/sessions/{}", id(&session));
    let plain = shop.get(&path).await;
    assert!(plain.get("line_items").is_none());
    assert!(plain["payment_intent"].is_string());
    assert!(plain.as_object().unwrap().keys().all(|key| !key.starts_with('_')));

    let paths = "expand[]=line_items.data.price.product&expand[]=payment_intent.latest_charge.balance_transaction";
    let full = shop.get(&format!("{path}?{paths}")).await;
    assert_eq!(full["line_items"]["data"][0]["price"]["product"]["name"], "Field Guide");
    assert_eq!(full["payment_intent"]["latest_charge"]["balance_transaction"]["net"], 3800 - 140);

    for wrong in
        ["payment_intent.nothing", "status", "payment_intent.latest_charge.payment_intent.latest_charge.customer"]
    {
        let (_, error) = shop.refused("GET", &format!("{path}?expand[]={wrong}"), "").await;
        assert_eq!(error["param"], "expand", "{wrong}");
    }
    assert_eq!(full["payment_intent"].get("data"), None, "expanding adds nothing");
    let open = shop.session().await;
    let unpaid = shop.get(&format!("/v1/checkout/sessions/{}?{paths}", id(&open))).await;
    assert!(unpaid["payment_intent"].is_null());
    let listed = shop.get("/v1/checkout/sessions?expand[]=data.payment_intent&status=complete").await;
    assert_eq!(listed["data"][0]["payment_intent"]["amount"], 3800);
}

#[actix_web::test]
async fn lists_have_pages_and_filters() {
    let shop = Shop::open().await;
    let mut made = Vec::new();
    for number in 0..5 {
        made.push(shop.post("/v1/customers", &format!("email=c{number}@example.com")).await);
    }
    let ids = |list: &serde_json::Value| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|row| id(row).to_owned()).collect()
    };
    let newest: Vec<String> = made.iter().rev().map(|customer| id(customer).to_owned()).collect();
    let first = shop.get("/v1/customers?limit=2").await;
    assert_eq!((ids(&first), &first["has_more"]), (newest[..2].to_vec(), &json!(true)));
    let last = shop.get(&format!("/v1/customers?limit=3&starting_after={}", newest[1])).await;
    assert_eq!((ids(&last), &last["has_more"]), (newest[2..].to_vec(), &json!(false)));
    let back = shop.get(&format!("/v1/customers?limit=2&ending_before={}", newest[3])).await;
    assert_eq!((ids(&back), &back["has_more"]), (newest[1..3].to_vec(), &json!(true)));
    let one = shop.get("/v1/customers?email=c3@example.com").await;
    assert_eq!(ids(&one), [id(&made[3])]);
    let none = shop.get("/v1/customers?created[gt]=99999999999").await;
    assert!(ids(&none).is_empty());
    for wrong in ["limit=0", "limit=101", "starting_after=cus_none", "starting_after=a&ending_before=b", "colour=red"] {
        assert_eq!(shop.refused("GET", &format!("/v1/customers?{wrong}"), "").await.0, 400, "{wrong}");
    }
}
