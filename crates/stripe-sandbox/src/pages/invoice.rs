//! An invoice's own page, where an open one can be paid.

use super::card_form::{CardFields, Errors, first_error, test_cards};
use super::portal::tone;
use super::{Shop, page, see_other};
use crate::calendar::day;
use crate::cards::Payer;
use crate::flows::wallet;
use crate::money::display;
use crate::shared::Shared;
use crate::world::{int, text};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use serde_json::{Value, json};

/// `GET /i/{id}`
pub async fn show(id: Path<String>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    render(&shared, &shop, &id, &CardFields::default(), &Errors::new(), None)
}

/// `POST /i/{id}`: pays with another card, which is saved.
pub async fn pay(id: Path<String>, fields: Form<CardFields>, shared: Data<Shared>, shop: Data<Shop>) -> HttpResponse {
    let fields = fields.into_inner();
    if let Some(filled) = fields.clone().filled() {
        return render(&shared, &shop, &id, &filled, &Errors::new(), None);
    }
    let mut errors = Errors::new();
    let outcome = shared.with(|world| {
        let (card, valid_until) = fields.judge(world.now(), &mut errors);
        if !errors.is_empty() {
            return Ok(());
        }
        let invoice = world.find("invoice", &id, "invoice")?;
        let payer = Payer {
            name: fields.name.trim().to_owned(),
            valid_until,
            ..Payer::with_email(text(&invoice, "customer_email"))
        };
        wallet::save_card(world, text(&invoice, "customer"), card, &payer).map(drop)
    });
    match outcome {
        Ok(()) if errors.is_empty() => see_other(&format!("/i/{id}")),
        Ok(()) => render(&shared, &shop, &id, &fields, &errors, None),
        Err(error) => render(&shared, &shop, &id, &fields, &errors, Some(&error.message)),
    }
}

fn render(
    shared: &Shared,
    shop: &Shop,
    id: &str,
    values: &CardFields,
    errors: &Errors,
    alert: Option<&str>,
) -> HttpResponse {
    let Some(invoice) = shared.read(|world| world.get("invoice", id).cloned()) else {
        let message = json!({ "shop": shop.name, "heading": "Nothing here", "message": "There is no such invoice." });
        return page(StatusCode::NOT_FOUND, "message.html", message);
    };
    let currency = text(&invoice, "currency");
    let lines: Vec<Value> = invoice["lines"]["data"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|line| {
            let period = &line["period"];
            json!({
                "description": line["description"],
                "period": format!("{} to {}", day(int(period, "start")), day(int(period, "end"))),
                "amount": display(int(line, "amount"), currency),
            })
        })
        .collect();
    let balance = int(&invoice, "starting_balance");
    let status = text(&invoice, "status");
    let context = json!({
        "shop": shop.name,
        "number": invoice["number"].as_str().unwrap_or("draft"),
        "total": display(int(&invoice, "total"), currency),
        "due": display(int(&invoice, "amount_due"), currency),
        "balance": (balance != 0).then(|| display(balance, currency)),
        "status": status,
        "tone": tone(status),
        "open": status == "open",
        "day": day(int(&invoice, "created")),
        "email": invoice["customer_email"],
        "lines": lines,
        "alert": alert,
        "values": values,
        "errors": errors,
        "first_error": first_error(errors),
        "cards": test_cards(),
    });
    page(StatusCode::OK, "invoice.html", context)
}
