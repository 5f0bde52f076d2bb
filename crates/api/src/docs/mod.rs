//! `/api/docs`: the API's document for people. Everything it loads comes from this server.

use std::{fmt::Write, sync::Arc};

use actix_web::{
    HttpResponse,
    http::header,
    web::{self, ServiceConfig},
};
use utoipa_swagger_ui::Config;
use vitrine_types::Code;

use crate::{
    error::{Error, Result},
    web::page::Escaped,
};

/// Swagger UI draws its arrows from `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Registers the page and what it loads.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/api/docs", web::get().to(page))
        .route("/api/docs/", web::get().to(page))
        .route("/api/docs/{file}", web::get().to(file));
}

async fn page() -> HttpResponse {
    let mut problems = String::new();
    for code in Code::ALL {
        let (name, status, title) = (code.as_str(), code.status(), Escaped(code.title()));
        let _ =
            writeln!(problems, "<tr id=\"{name}\"><td><code>{name}</code></td><td>{status}</td><td>{title}</td></tr>");
    }
    let page = include_str!("page.html").replace("{{problems}}", &problems);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(page)
}

async fn file(name: web::Path<String>) -> Result<HttpResponse> {
    let (kind, bytes) = match name.as_str() {
        "docs.css" => ("text/css; charset=utf-8", include_bytes!("docs.css").to_vec()),
        "docs.js" => ("text/javascript; charset=utf-8", include_bytes!("docs.js").to_vec()),
        "swagger-ui.css" => ("text/css; charset=utf-8", library(&name)?),
        "swagger-ui-bundle.js" => ("text/javascript; charset=utf-8", library(&name)?),
        _ => return Err(Code::NotFound.into()),
    };
    Ok(HttpResponse::Ok().content_type(kind).insert_header((header::CACHE_CONTROL, "public, max-age=3600")).body(bytes))
}

/// A file of Swagger UI, which is part of the binary.
fn library(name: &str) -> Result<Vec<u8>> {
    let found = utoipa_swagger_ui::serve(name, Arc::new(Config::default()));
    let file = found.map_err(|error| Error::internal(anyhow::anyhow!("{error}")))?.ok_or(Code::NotFound)?;
    Ok(file.bytes.into_owned())
}
