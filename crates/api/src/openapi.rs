//! The API's own document, made from the handlers.

use utoipa::openapi::{
    ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response, ResponseBuilder,
    path::{Operation, PathItem},
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    tag::TagBuilder,
};
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;
use vitrine_types::{FieldError, Problem, catalog::ProductSort};

use crate::app;

/// Queries that a few operations share with others, without this one of their parameters.
const NOT_ASKED: [(&str, &str); 2] = [("list_products", "status"), ("list_linked_slots", "booking_id")];

/// The whole document.
pub fn document() -> OpenApi {
    let (_, collected) = actix_web::App::new().into_utoipa_app().configure(app::routes).split_for_parts();
    let info = InfoBuilder::new()
        .title("Vitrine")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(include_str!("openapi.md")))
        .license(None)
        .build();
    let tags = [
        ("accounts", "Signing in, the profile, sessions."),
        ("catalog", "The products; the owner's pages for them."),
        ("cart", "What a customer means to buy."),
        ("checkout", "Orders, paying, refunds."),
        ("entitlements", "What a customer owns: downloads, embeds, bookings."),
        ("calendar", "Times to book, bookings; the owner's hours, days off and calendars elsewhere."),
        ("subscriptions", "Plans, and who is subscribed to them."),
        ("tokens", "What plans give to spend: balances, statements, the owner's corrections."),
        ("webhook", "What Stripe delivers, and comparing our books with Stripe's."),
        ("mail", "The owner's outbox."),
        ("admin", "The owner's desk."),
        ("time_machine", "A demo's clock, which can be moved ahead."),
    ];
    let tags = tags.map(|(name, text)| TagBuilder::new().name(name).description(Some(text)).build());
    let mut document = OpenApiBuilder::new()
        .info(info)
        .tags(Some(tags))
        .paths(collected.paths)
        .components(collected.components)
        .build();
    let components = document.components.get_or_insert_default();
    // What no body mentions is not collected by itself.
    for (name, schema) in [
        (Problem::name(), Problem::schema()),
        (FieldError::name(), FieldError::schema()),
        (ProductSort::name(), ProductSort::schema()),
    ] {
        components.schemas.insert(name.into_owned(), schema);
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            leave_out_what_is_refused(operation);
            add_common_answers(path, operation);
        }
    }
    document
}

/// The operations of a path.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch, &mut item.head]
        .into_iter()
        .filter_map(Option::as_mut)
}

fn leave_out_what_is_refused(operation: &mut Operation) {
    let Operation { operation_id, parameters: Some(parameters), .. } = operation else { return };
    for (id, name) in NOT_ASKED {
        if operation_id.as_deref() == Some(id) {
            parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.name == name));
        }
    }
}

/// Answers that many operations share are not repeated at each handler.
fn add_common_answers(path: &str, operation: &mut Operation) {
    let secured = operation.security.is_some();
    let has_body = operation.request_body.is_some();
    let common = [
        ("400", "`request.malformed`: the request cannot be read", true),
        ("401", "`auth.required`, `auth.invalid_token`", secured),
        ("403", "`auth.forbidden`, `auth.totp_setup_required`", secured && path.contains("/admin")),
        ("404", "`request.not_found`: there is nothing here, or it is not yours", path.contains('{')),
        ("408", "`request.timeout`", has_body),
        ("413", "`request.too_large`", has_body),
        ("415", "`request.unsupported_media_type`", true),
        ("422", "`request.invalid`: `errors` names the fields", has_body || operation.parameters.is_some()),
        ("429", "`request.rate_limited`; see `Retry-After`", true),
        ("500", "`server.internal`", true),
        ("503", "`server.busy`; see `Retry-After`", true),
    ];
    for (status, description, applies) in common {
        if applies {
            let answer = operation.responses.responses.entry(status.to_owned());
            answer.or_insert_with(|| RefOr::T(problem(description)));
        }
    }
}

fn problem(description: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every schema that is referred to, at any depth.
    fn references(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(fields) => fields.iter().for_each(|(name, value)| match value.as_str() {
                Some(reference) if name == "$ref" => found.push(reference.trim_start_matches('#').to_owned()),
                _ => references(value, found),
            }),
            serde_json::Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn what_is_referred_to_is_there() {
        let document = serde_json::to_value(document()).unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(!found.is_empty());
        let missing: Vec<_> = found.iter().filter(|pointer| document.pointer(pointer).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
