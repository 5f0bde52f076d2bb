//! Pages for people: the hosted pay page and the control page. Plain HTML; they work without scripts.

mod card_form;
mod desk;
mod desk_rows;
mod invoice;
mod pay;
mod portal;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use minijinja::Environment;
use serde_json::Value;
use std::sync::LazyLock;

/// What the pages say about the shop.
pub struct Shop {
    /// Its name.
    pub name: String,
}

/// Scripts and styles come from here only; nothing may frame the pages.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; frame-ancestors 'none'";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    for (name, text) in [
        ("layout.html", include_str!("../../templates/layout.html")),
        ("pay.html", include_str!("../../templates/pay.html")),
        ("message.html", include_str!("../../templates/message.html")),
        ("card_fields.html", include_str!("../../templates/card_fields.html")),
        ("portal.html", include_str!("../../templates/portal.html")),
        ("invoice.html", include_str!("../../templates/invoice.html")),
        ("desk.html", include_str!("../../templates/desk.html")),
    ] {
        // A template is part of the program: each is rendered by a test.
        environment.add_template(name, text).unwrap_or_else(|error| panic!("{name}: {error:#}"));
    }
    environment
});

/// The pages' routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", web::get().to(desk::show))
        .route("/_desk", web::post().to(desk::act))
        .route("/c/pay/{id}", web::get().to(pay::show))
        .route("/c/pay/{id}", web::post().to(pay::submit))
        .route("/p/session/{secret}", web::get().to(portal::show))
        .route("/p/session/{secret}", web::post().to(portal::act))
        .route("/i/{id}", web::get().to(invoice::show))
        .route("/i/{id}", web::post().to(invoice::pay))
        .route(
            "/assets/sandbox.css",
            web::get().to(async || asset("text/css", include_str!("../../assets/sandbox.css"))),
        )
        .route("/assets/pay.js", web::get().to(async || asset("text/javascript", include_str!("../../assets/pay.js"))));
}

fn asset(kind: &'static str, text: &'static str) -> impl Responder {
    HttpResponse::Ok().content_type(format!("{kind}; charset=utf-8")).body(text)
}

/// Renders a page.
fn page(status: StatusCode, template: &str, context: Value) -> HttpResponse {
    let context = minijinja::value::Serde(context);
    match TEMPLATES.get_template(template).and_then(|template| template.render(context)) {
        Ok(text) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(text),
        Err(error) => {
            tracing::error!(%error, template, "a page cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Sends the browser on with a GET.
fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, url)).finish()
}
