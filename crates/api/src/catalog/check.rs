//! What a product must be like: everything that is wrong is told at once.

use vitrine_types::{
    Currency,
    catalog::{Embed, NewProduct, ProductKind, Question, QuestionKind, ServiceSettings},
};

use super::text;
use crate::error::{Fields, Result};

/// The highest price, in minor units: what Stripe takes.
const MAX_PRICE: i64 = 99_999_999;

/// Brings names, tags and defaults into the form they are kept in.
pub fn normalise(product: &mut NewProduct) {
    for text in [&mut product.name, &mut product.summary] {
        *text = text.trim().to_owned();
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in product.tags.iter().map(|tag| text::tag(tag)).filter(|tag| !tag.is_empty()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    product.tags = tags;
    if product.kind == ProductKind::Service && product.service.is_none() {
        product.service = Some(ServiceSettings::of(60));
    }
}

/// Checks a normalised product for a shop that sells in `currency`.
///
/// # Errors
/// `request.invalid` with every field that is wrong.
pub fn check(product: &NewProduct, currency: Currency) -> Result<()> {
    let mut fields = Fields::default();
    one_line(&mut fields, &product.name, "name", 1, 120);
    if let Some(slug) = &product.slug {
        let fine = text::is_slug(slug);
        fields.check(fine, "slug", "invalid", "Lower-case letters, digits and single hyphens, at most 80");
    }
    fields.text(&product.summary, "summary", 0, 300);
    fields.text(&product.description, "description", 0, 50_000);
    let price = product.price;
    fields.check((0..=MAX_PRICE).contains(&price.amount), "price.amount", "out_of_range", "Between 0 and 99,999,999");
    let ours = price.currency == currency;
    fields.check(ours, "price.currency", "invalid", format!("This shop sells in {currency}"));
    fields.check(product.tags.len() <= 10, "tags", "too_many", "At most 10 tags");
    for (index, tag) in product.tags.iter().enumerate() {
        one_line(&mut fields, tag, &format!("tags[{index}]"), 1, 40);
    }
    fields.check(product.stock.is_none_or(|stock| stock >= 0), "stock", "out_of_range", "Not below 0");
    match &product.embed {
        Some(embed) if product.kind == ProductKind::Embed => check_embed(&mut fields, embed),
        Some(_) => fields.check(false, "embed", "not_applicable", "Only a product of kind embed has this"),
        None => {
            let needed = product.kind == ProductKind::Embed && product.published;
            fields.check(!needed, "embed", "required", "Say what to show before publishing");
        }
    }
    match &product.service {
        Some(service) if product.kind == ProductKind::Service => check_service(&mut fields, service),
        Some(_) => fields.check(false, "service", "not_applicable", "Only a product of kind service has this"),
        None => {}
    }
    if let Some(tokens) = &product.tokens {
        range(&mut fields, "tokens.amount", tokens.amount, 1, 10_000);
        range(&mut fields, "tokens.valid_days", tokens.valid_days.unwrap_or(1), 1, 3650);
    }
    fields.done()
}

fn one_line(fields: &mut Fields, text: &str, field: &str, min: usize, max: usize) {
    fields.text(text, field, min, max);
    fields.check(!text.contains(['\n', '\r', '\t']), field, "control_characters", "One line");
}

fn check_embed(fields: &mut Fields, embed: &Embed) {
    match (&embed.html, &embed.url) {
        (Some(html), None) => fields.text(html, "embed.html", 1, 50_000),
        (None, Some(url)) => {
            let https = url::Url::parse(url).is_ok_and(|url| {
                url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
            });
            fields.check(https && url.len() <= 2000, "embed.url", "invalid", "An https address");
        }
        _ => fields.check(false, "embed", "invalid", "Exactly one of html and url"),
    }
    range(fields, "embed.height", embed.height, 100, 4000);
}

const YEAR: u32 = 365 * 24 * 60;

fn check_service(fields: &mut Fields, service: &ServiceSettings) {
    range(fields, "service.duration_minutes", service.duration_minutes, 5, 1440);
    range(fields, "service.slot_interval_minutes", service.slot_interval_minutes.unwrap_or(5), 5, 1440);
    range(fields, "service.before_buffer_minutes", service.before_buffer_minutes, 0, 1440);
    range(fields, "service.after_buffer_minutes", service.after_buffer_minutes, 0, 1440);
    range(fields, "service.minimum_notice_minutes", service.minimum_notice_minutes, 0, YEAR);
    range(fields, "service.horizon_days", service.horizon_days, 1, 730);
    range(fields, "service.seats", service.seats, 1, 1000);
    range(fields, "service.token_cost", service.token_cost, 0, 10_000);
    range(fields, "service.cancel_until_minutes", service.cancel_until_minutes, 0, YEAR);
    range(fields, "service.limit_per_day", service.limit_per_day.unwrap_or(1), 1, 1000);
    range(fields, "service.limit_per_week", service.limit_per_week.unwrap_or(1), 1, 1000);
    range(fields, "service.limit_per_customer", service.limit_per_customer.unwrap_or(1), 1, 1000);
    fields.text(&service.location, "service.location", 0, 500);
    fields.check(service.questions.len() <= 20, "service.questions", "too_many", "At most 20 questions");
    for (index, question) in service.questions.iter().enumerate() {
        let path = format!("service.questions[{index}]");
        let again = service.questions[..index].iter().any(|earlier| earlier.id == question.id);
        fields.check(!again, &format!("{path}.id"), "taken", "Another question has this id");
        check_question(fields, &path, question);
    }
}

fn check_question(fields: &mut Fields, path: &str, question: &Question) {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let id = (1..=40).contains(&question.id.len()) && question.id.bytes().all(fits);
    fields.check(id, &format!("{path}.id"), "invalid", "1 to 40 letters, digits, hyphens and underscores");
    one_line(fields, &question.label, &format!("{path}.label"), 1, 200);
    let options = format!("{path}.options");
    if question.kind == QuestionKind::Select {
        fields.check(!question.options.is_empty(), &options, "required", "A select needs options");
        fields.check(question.options.len() <= 50, &options, "too_many", "At most 50 options");
        for (index, option) in question.options.iter().enumerate() {
            one_line(fields, option, &format!("{options}[{index}]"), 1, 200);
            let again = question.options[..index].contains(option);
            fields.check(!again, &format!("{options}[{index}]"), "taken", "The same option again");
        }
    } else {
        fields.check(question.options.is_empty(), &options, "not_applicable", "Only a select has options");
    }
}

fn range(fields: &mut Fields, field: &str, value: u32, min: u32, max: u32) {
    fields.check((min..=max).contains(&value), field, "out_of_range", format!("Between {min} and {max}"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(product: serde_json::Value) -> Vec<String> {
        let mut product: NewProduct = serde_json::from_value(product).unwrap();
        normalise(&mut product);
        let problem = check(&product, Currency::USD).err().map(|error| error.problem());
        problem.map(|problem| problem.errors.into_iter().map(|error| error.field).collect()).unwrap_or_default()
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let found = wrong(json!({
            "name": " ", "slug": "Bad Slug", "summary": "x".repeat(301), "description": "a\u{0}b",
            "kind": "download", "price": {"amount": -1, "currency": "eur"}, "tags": ["x".repeat(41)], "stock": -1,
            "embed": {"height": 1}, "service": {"duration_minutes": 1}, "tokens": {"amount": 0, "valid_days": 0},
        }));
        let wanted = ["name", "slug", "summary", "description", "price.amount", "price.currency", "tags[0]", "stock"];
        assert_eq!(found, [&wanted[..], &["embed", "service", "tokens.amount", "tokens.valid_days"]].concat());
    }

    #[test]
    fn an_embed_shows_one_thing_over_https() {
        let embed = |embed: serde_json::Value| {
            wrong(json!({"name": "x", "kind": "embed", "price": {"amount": 0, "currency": "usd"}, "embed": embed}))
        };
        assert!(embed(json!({"url": "https://example.com/x", "height": 400})).is_empty());
        assert!(embed(json!({"html": "<b>x</b>", "height": 400})).is_empty());
        assert_eq!(embed(json!({"html": "x", "url": "https://example.com", "height": 400})), ["embed"]);
        assert_eq!(embed(json!({"height": 99})), ["embed", "embed.height"]);
        for url in ["http://example.com", "javascript:alert(1)", "https://", "//example.com", "https://a:b@example.com"]
        {
            assert_eq!(embed(json!({"url": url, "height": 400})), ["embed.url"], "{url}");
        }
    }

    #[test]
    fn questions_are_told_apart() {
        let questions = |questions: serde_json::Value| {
            wrong(json!({
                "name": "x", "kind": "service", "price": {"amount": 0, "currency": "usd"},
                "service": {"duration_minutes": 60, "questions": questions},
            }))
        };
        let text = json!({"id": "a", "label": "A", "kind": "text", "required": true});
        assert!(questions(json!([text])).is_empty());
        assert_eq!(questions(json!([text, text])), ["service.questions[1].id"]);
        let select = |options: &[&str]| json!([{"id": "a", "label": "A", "kind": "select", "required": false, "options": options}]);
        assert_eq!(questions(select(&[])), ["service.questions[0].options"]);
        assert_eq!(questions(select(&["x", "x"])), ["service.questions[0].options[1]"]);
        assert!(questions(select(&["x", "y"])).is_empty());
    }
}
