//! The customer portal: the card, the plans, the invoices.

use super::card_form::{CardFields, Errors, first_error, test_cards};
use super::{Shop, page, see_other};
use crate::calendar::{day, rate};
use crate::cards::Payer;
use crate::error::ApiResult;
use crate::flows::{billing, ending, wallet};
use crate::money::display;
use crate::objects::subscription;
use crate::shared::Shared;
use crate::world::{World, int, text};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};

/// Seconds a portal link works.
const LIFETIME: i64 = 3600;

/// What was pressed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Fields {
    action: String,
    subscription: String,
    #[serde(flatten)]
    card: CardFields,
}

/// What the last press did.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    done: Option<String>,
}

/// `GET /p/session/{secret}`
pub async fn show(secret: Path<String>, told: Query<Told>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    let Some(session) = find(&shared, &secret) else { return gone(&shop) };
    let notice = match told.done.as_deref() {
        Some("card") => Some("Your card is saved."),
        Some("cancel") => Some("Your plan will end with the period."),
        Some("resume") => Some("Your plan goes on."),
        _ => None,
    };
    render(&shared, &shop, &session, &CardFields::default(), &Errors::new(), Banner { notice, alert: None })
}

/// `POST /p/session/{secret}`
pub async fn act(secret: Path<String>, fields: Form<Fields>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    let Some(session) = find(&shared, &secret) else { return gone(&shop) };
    let fields = fields.into_inner();
    if let Some(filled) = fields.card.clone().filled() {
        return render(&shared, &shop, &session, &filled, &Errors::new(), Banner::default());
    }
    let mut errors = Errors::new();
    let outcome = shared.with(|world| press(world, &session, &fields, &mut errors));
    match outcome {
        _ if !errors.is_empty() => render(&shared, &shop, &session, &fields.card, &errors, Banner::default()),
        Err(error) => {
            let banner = Banner { notice: None, alert: Some(&error.message) };
            render(&shared, &shop, &session, &fields.card, &errors, banner)
        }
        Ok(()) => {
            let redirect = session["flow"]["after_completion"]["redirect"]["return_url"].as_str();
            see_other(redirect.unwrap_or(&format!("/p/session/{secret}?done={}", fields.action)))
        }
    }
}

fn press(world: &mut World, session: &Value, fields: &Fields, errors: &mut Errors) -> ApiResult<()> {
    let customer = text(session, "customer");
    if fields.action == "card" {
        if fields.card.name.trim().is_empty() {
            errors.insert("name", "Your name is missing.".to_owned());
        }
        let (card, valid_until) = fields.card.judge(world.now(), errors);
        if !errors.is_empty() {
            return Ok(());
        }
        let found = world.find("customer", customer, "customer")?;
        let name = fields.card.name.trim().to_owned();
        let payer = Payer { name, valid_until, ..Payer::with_email(text(&found, "email")) };
        return wallet::save_card(world, customer, card, &payer).map(drop);
    }
    let id = fields.subscription.as_str();
    if !wallet::live_subscriptions(world, customer).iter().any(|live| live == id) {
        return Ok(());
    }
    if fields.action == "cancel" {
        return ending::end_in_portal(world, id).map(drop);
    }
    let before = world.find("subscription", id, "subscription")?;
    ending::resume(world, id);
    world.emit_since("customer.subscription.updated", &before);
    Ok(())
}

fn find(shared: &Shared, secret: &str) -> Option<Value> {
    shared.with(|world| {
        let found = world.of("billing_portal.session", "_secret", secret).next().cloned()?;
        (int(&found, "created") + LIFETIME > world.now()).then_some(found)
    })
}

fn gone(shop: &Shop) -> HttpResponse {
    let (heading, message) = ("This link has expired", "Open your billing again from the shop.");
    let context = json!({ "shop": shop.name, "heading": heading, "message": message, "link": null });
    page(StatusCode::GONE, "message.html", context)
}

#[derive(Default)]
struct Banner<'a> {
    notice: Option<&'a str>,
    alert: Option<&'a str>,
}

fn render(
    shared: &Shared,
    shop: &Shop,
    session: &Value,
    values: &CardFields,
    errors: &Errors,
    banner: Banner,
) -> HttpResponse {
    let customer_id = text(session, "customer");
    let context = shared.read(|world| {
        let customer = world.any(customer_id).cloned().unwrap_or_default();
        let plans: Vec<Value> =
            world.of("subscription", "customer", customer_id).map(|found| plan(world, found)).collect();
        let invoices: Vec<Value> = world.of("invoice", "customer", customer_id).map(invoice).collect();
        json!({
            "shop": shop.name,
            "email": customer["email"],
            "return_url": session["return_url"],
            "notice": banner.notice,
            "alert": banner.alert,
            "plans": plans,
            "invoices": invoices,
            "card": saved_card(world, &customer),
            "values": values,
            "errors": errors,
            "first_error": first_error(errors),
            "cards": test_cards(),
        })
    });
    page(StatusCode::OK, "portal.html", context)
}

fn plan(world: &World, found: &Value) -> Value {
    let item = &found["items"]["data"][0];
    let (_, end) = subscription::period(found);
    let status = text(found, "status");
    let (next, action) = match (status, found["cancel_at"].as_i64()) {
        ("canceled", _) => (format!("Ended on {}", day(int(found, "ended_at"))), ""),
        (_, Some(at)) => (format!("Ends on {}", day(at)), "resume"),
        ("trialing", None) => (format!("Trial until {}", day(end)), "cancel"),
        (_, None) => (format!("Renews on {}", day(end)), "cancel"),
    };
    json!({
        "id": found["id"],
        "name": billing::product_name(world, &item["price"]),
        "rate": rate(&item["price"]),
        "status": status.replace('_', " "),
        "tone": tone(status),
        "next": next,
        "action": action,
    })
}

fn invoice(found: &Value) -> Value {
    let status = text(found, "status");
    json!({
        "number": found["number"].as_str().unwrap_or("Draft"),
        "url": found["hosted_invoice_url"].as_str().unwrap_or("#"),
        "day": day(int(found, "created")),
        "amount": display(int(found, "total"), text(found, "currency")),
        "status": status,
        "tone": tone(status),
    })
}

/// The colour of a status.
pub fn tone(status: &str) -> &'static str {
    match status {
        "active" | "trialing" | "paid" => "good",
        "past_due" | "unpaid" | "incomplete" | "uncollectible" => "bad",
        "open" => "",
        _ => "plain",
    }
}

fn saved_card(world: &World, customer: &Value) -> Option<String> {
    let own = world.follow(&customer["invoice_settings"], "default_payment_method");
    let live = || world.of("subscription", "customer", text(customer, "id")).next();
    let method = if own.is_null() { live().map(|found| world.follow(found, "default_payment_method"))? } else { own };
    let card = &method["card"];
    let brand = text(card, "brand");
    let title = brand[..brand.len().min(1)].to_uppercase() + brand.get(1..).unwrap_or_default();
    (!brand.is_empty()).then(|| {
        format!(
            "{title} ending in {}, valid until {:02}/{}",
            text(card, "last4"),
            int(card, "exp_month"),
            int(card, "exp_year")
        )
    })
}
