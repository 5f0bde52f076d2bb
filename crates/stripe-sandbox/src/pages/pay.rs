//! The hosted pay page of a Checkout Session.

use super::card_form::{CardFields, Errors, first_error, test_cards};
use super::{Shop, page, see_other};
use crate::calendar;
use crate::cards::{Card, Payer};
use crate::flows::checkout::{self, Outcome};
use crate::money::display;
use crate::shared::Shared;
use crate::world::{World, int, text};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What the customer typed.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    email: String,
    method: String,
    account: String,
    #[serde(flatten)]
    card: CardFields,
}

/// `GET /c/pay/{id}`
pub async fn show(id: Path<String>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    let Some(session) = find(&shared, &id) else { return missing(&shop) };
    closed(&session, &shop).unwrap_or_else(|| form(&shared, &shop, &session, &Fields::default(), &Errors::new(), None))
}

/// `POST /c/pay/{id}`
pub async fn submit(id: Path<String>, fields: Form<Fields>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    let Some(session) = find(&shared, &id) else { return missing(&shop) };
    if let Some(page) = closed(&session, &shop) {
        return page;
    }
    let mut fields = fields.into_inner();
    if let Some(filled) = fields.card.clone().filled() {
        fields.card = filled;
        return form(&shared, &shop, &session, &fields, &Errors::new(), None);
    }
    if let Some(email) = shared.read(|world| known_email(world, &session)) {
        fields.email = email;
    }
    let (card, payer) = match judge(&session, &fields, shared.read(World::now)) {
        Ok(judged) => judged,
        Err(errors) => return form(&shared, &shop, &session, &fields, &errors, None),
    };
    match shared.with(|world| checkout::pay(world, &id, card, &payer)) {
        Ok(Outcome::Complete) => see_other(&text(&session, "success_url").replace("{CHECKOUT_SESSION_ID}", &id)),
        Ok(Outcome::Declined(decline)) => {
            let alert = format!("{} Try another card.", decline.message);
            form(&shared, &shop, &session, &fields, &Errors::new(), Some(&alert))
        }
        Err(error) => message(&shop, StatusCode::CONFLICT, "This did not work", &error.message, None),
    }
}

/// Through `with`, so that a session whose time is over has expired.
fn find(shared: &Shared, id: &str) -> Option<Value> {
    shared.with(|world| world.get("checkout.session", id).cloned())
}

fn missing(shop: &Shop) -> HttpResponse {
    message(shop, StatusCode::NOT_FOUND, "Nothing here", "There is no such checkout session.", None)
}

/// The page of a session that is no longer open.
fn closed(session: &Value, shop: &Shop) -> Option<HttpResponse> {
    let link =
        |field: &str| session[field].as_str().map(|url| url.replace("{CHECKOUT_SESSION_ID}", text(session, "id")));
    match text(session, "status") {
        "open" => None,
        "complete" => {
            let (heading, said) = ("All done here", "You have already completed this checkout.");
            Some(message(shop, StatusCode::OK, heading, said, link("success_url")))
        }
        _ => {
            let (heading, said) = ("This page has expired", "Nothing was charged. Start again from the shop.");
            Some(message(shop, StatusCode::GONE, heading, said, link("cancel_url")))
        }
    }
}

/// How to pay, or what is wrong with each field.
fn judge(session: &Value, fields: &Fields, now: i64) -> Result<(Card, Payer), Errors> {
    let mut errors = Errors::new();
    if !fields.email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')) {
        errors.insert("email", "Your email is incomplete.".to_owned());
    }
    if fields.card.name.trim().is_empty() {
        errors.insert("name", "Your name is missing.".to_owned());
    }
    let mut payer = Payer { name: fields.card.name.trim().to_owned(), ..Payer::with_email(fields.email.trim()) };
    let card = if !needs_card(session) {
        Card::Visa
    } else if fields.method == "bank" && allows_bank(session) {
        if fields.account == "fails" { Card::BankDebitFailing } else { Card::BankDebit }
    } else {
        let (card, valid_until) = fields.card.judge(now, &mut errors);
        payer.valid_until = valid_until;
        card
    };
    if errors.is_empty() { Ok((card, payer)) } else { Err(errors) }
}

fn needs_card(session: &Value) -> bool {
    int(session, "amount_total") > 0 || session["mode"] != "payment"
}

fn allows_bank(session: &Value) -> bool {
    session["mode"] == "payment"
}

fn form(
    shared: &Shared,
    shop: &Shop,
    session: &Value,
    fields: &Fields,
    errors: &Errors,
    alert: Option<&str>,
) -> HttpResponse {
    let known_email = shared.read(|world| known_email(world, session));
    let mut values = fields.clone();
    if let Some(email) = &known_email {
        values.email.clone_from(email);
    }
    let context = json!({
        "summary": summary(session),
        "shop": shop_name(session, shop),
        "cancel_url": session["cancel_url"],
        "mode": session["mode"],
        "needs_card": needs_card(session),
        "allows_bank": allows_bank(session),
        "email_is_known": known_email.is_some(),
        "values": values,
        "errors": errors,
        "first_error": first_error(errors),
        "alert": alert,
        "cards": test_cards(),
    });
    page(StatusCode::OK, "pay.html", context)
}

/// What is bought, for the left column.
fn summary(session: &Value) -> Value {
    let currency = text(session, "currency");
    let total = display(int(session, "amount_total"), currency);
    let lines: Vec<Value> = session["_line_items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| {
            let unit = display(int(&line["price"], "unit_amount"), currency);
            let detail = match (&line["price"]["recurring"], int(line, "quantity")) {
                (Value::Null, 1) => String::new(),
                (Value::Null, quantity) => format!("{quantity} × {unit}"),
                (recurring, _) => format!("{unit} / {}", text(recurring, "interval")),
            };
            json!({ "name": line["description"], "amount": display(int(line, "amount_total"), currency), "detail": detail })
        })
        .collect();
    let data = &session["_params"]["subscription_data"];
    let trial_end = data["trial_end"]
        .as_i64()
        .or_else(|| Some(int(session, "created") + data["trial_period_days"].as_i64()? * 86_400));
    let recurring = session["_line_items"].as_array().into_iter().flatten().map(|line| &line["price"]);
    let rate = recurring.into_iter().find(|price| !price["recurring"].is_null()).map(calendar::rate);
    let after = rate.map(|rate| match trial_end {
        Some(end) => format!("Free until {}, then {rate}", calendar::day(end)),
        None => format!("Then {rate}"),
    });
    let (heading, button) = match (text(session, "mode"), text(session, "submit_type")) {
        ("subscription", _) if trial_end.is_some() => ("Try it".to_owned(), "Start trial".to_owned()),
        ("subscription", _) => ("Subscribe".to_owned(), "Subscribe".to_owned()),
        ("setup", _) => ("Save a card".to_owned(), "Save card".to_owned()),
        _ if !needs_card(session) => ("Order".to_owned(), "Complete order".to_owned()),
        (_, "book") => ("Book".to_owned(), format!("Book for {total}")),
        (_, "donate") => ("Donate".to_owned(), format!("Donate {total}")),
        _ => ("Pay".to_owned(), format!("Pay {total}")),
    };
    json!({ "total": total, "lines": lines, "heading": heading, "button": button, "after": after })
}

fn shop_name(session: &Value, shop: &Shop) -> String {
    let own = session["_params"]["branding_settings"]["display_name"].as_str();
    own.unwrap_or(&shop.name).to_owned()
}

fn known_email(world: &World, session: &Value) -> Option<String> {
    let customer = world.follow(session, "customer");
    session["customer_email"].as_str().or_else(|| customer["email"].as_str()).map(str::to_owned)
}

fn message(shop: &Shop, status: StatusCode, heading: &str, message: &str, link: Option<String>) -> HttpResponse {
    page(status, "message.html", json!({ "shop": shop.name, "heading": heading, "message": message, "link": link }))
}
