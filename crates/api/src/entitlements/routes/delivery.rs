//! Handing out bytes: files with `Range`, embeds in a sandboxed frame. Both follow a short-lived link.

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{
        StatusCode,
        header::{self, ContentDisposition, DispositionParam, DispositionType, ExtendedValue, HeaderValue},
    },
    route, web,
};
use futures_util::TryStreamExt;
use object_store::{GetOptions, GetRange, path::Path as StoragePath};
use vitrine_types::Code;

use crate::{
    catalog,
    entitlements::{service, store},
    error::{Error, Result},
    state::App,
};

/// What a request asks for of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// First and last byte, both inclusive.
    Range(u64, u64),
    /// Nothing of it lies in the file.
    Unsatisfiable,
}

/// Reads `Range`. One range is honoured; several, or what cannot be read, get the whole file, as RFC 9110 allows.
pub(crate) fn part(header: Option<&str>, size: u64) -> Part {
    let Some(spec) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Part::Whole };
    let number = |text: &str| match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => text.parse::<u64>().ok(),
        false => None,
    };
    match (first, last) {
        ("", "") => Part::Whole,
        ("", suffix) => match number(suffix) {
            None => Part::Whole,
            Some(0) => Part::Unsatisfiable,
            Some(_) if size == 0 => Part::Unsatisfiable,
            Some(length) => Part::Range(size.saturating_sub(length), size - 1),
        },
        (first, last) => match (number(first), number(last), last.is_empty()) {
            (Some(first), _, true) if first < size => Part::Range(first, size - 1),
            (Some(first), Some(last), false) if first <= last && first < size => Part::Range(first, last.min(size - 1)),
            (Some(first), Some(last), false) if first > last => Part::Whole,
            (Some(_), Some(_), false) | (Some(_), _, true) => Part::Unsatisfiable,
            _ => Part::Whole,
        },
    }
}

/// Sends a file that a link names.
#[utoipa::path(
    get,
    path = "/downloads/{token}/{name}",
    tag = "entitlements",
    operation_id = "download_file",
    params(
        ("token" = String, Path, description = "From `POST /entitlements/{id}/downloads`"),
        ("name" = String, Path, description = "The name to save the file under; for browsers that go by the address"),
        ("Range" = Option<String>, Header, description = "One byte range, to resume"),
    ),
    responses(
        (status = 200, description = "The file, typed by its content", content_type = "*/*"),
        (status = 206, description = "Part of the file", content_type = "*/*"),
        (status = 403, description = "`entitlements.link_expired`, `entitlements.inactive`", body = vitrine_types::Problem, content_type = "application/problem+json"),
        (status = 416, description = "`request.range_not_satisfiable`", body = vitrine_types::Problem, content_type = "application/problem+json"),
    ),
)]
#[route("/downloads/{token}/{name}", method = "GET", method = "HEAD")]
pub async fn download_file(app: App, request: HttpRequest, path: web::Path<(String, String)>) -> Result<HttpResponse> {
    let (token, _) = path.into_inner();
    let (link, record) = service::follow(&app.db, &app.keys, &app.clock, &token).await?;
    let file = link.file.ok_or(Code::LinkExpired)?;
    let file = catalog::service::find_file(&app.db, record.product_id, file).await?;
    let size = file.size as u64;
    let etag = format!("\"{}\"", file.sha256);
    let fresh = |name: header::HeaderName| request.headers().get(name).map(|value| value.as_bytes() == etag.as_bytes());
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    // A range of an older file than the one here is of no use: then the whole comes.
    let range = range.filter(|_| fresh(header::IF_RANGE).unwrap_or(true));

    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header((header::ETAG, etag.clone()))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"))
        .insert_header(attachment(&file.name))
        .content_type(file.content_type.as_str());
    let (first, last) = match part(range, size) {
        Part::Unsatisfiable => {
            let mut refused = HttpResponse::from_error(Error::new(Code::RangeNotSatisfiable));
            if let Ok(value) = HeaderValue::from_str(&format!("bytes */{size}")) {
                refused.headers_mut().insert(header::CONTENT_RANGE, value);
            }
            return Ok(refused);
        }
        Part::Whole => (0, size.saturating_sub(1)),
        Part::Range(first, last) => {
            answer.status(StatusCode::PARTIAL_CONTENT);
            answer.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}")));
            (first, last)
        }
    };
    let length = if size == 0 { 0 } else { last - first + 1 };
    if request.method() == actix_web::http::Method::HEAD {
        return Ok(answer.no_chunking(length).finish());
    }
    if first == 0 {
        let mut tx = app.db.begin().await?;
        store::insert_download(&mut tx, record.id, file.id, app.clock.now()).await?;
        tx.commit().await?;
    }
    let options = GetOptions { range: Some(GetRange::Bounded(first..last + 1)), ..GetOptions::default() };
    let object = app.storage.get_opts(&StoragePath::from(file.storage_key.as_str()), options).await?;
    answer.no_chunking(length);
    Ok(answer.streaming(object.into_stream().map_err(|error| {
        tracing::warn!(%error, "a file broke off");
        actix_web::Error::from(Error::internal(error))
    })))
}

/// `Content-Disposition: attachment` with the name in both spellings browsers understand.
pub(crate) fn attachment(name: &str) -> ContentDisposition {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' }).collect();
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(plain),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: header::Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}

/// Shows an embed that a link names, as a page of its own that can reach nothing of the shop.
#[utoipa::path(
    tag = "entitlements",
    operation_id = "show_embed",
    params(("token" = String, Path, description = "From `GET /entitlements/{id}/embed`")),
    responses(
        (status = 200, description = "A page for a sandboxed frame", content_type = "text/html", body = String),
        (status = 403, description = "`entitlements.link_expired`, `entitlements.inactive`", body = vitrine_types::Problem, content_type = "application/problem+json"),
    ),
)]
#[get("/embeds/{token}")]
pub async fn show_embed(app: App, token: web::Path<String>) -> Result<HttpResponse> {
    let (_, record) = service::follow(&app.db, &app.keys, &app.clock, &token).await?;
    let embed = service::embed(&app.db, record.product_id).await?;
    let (body, frames) = match (embed.html, embed.url) {
        (Some(html), _) => (html, "https:".to_owned()),
        (None, Some(url)) => {
            let address = url.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
            let origin = url::Url::parse(&url).map(|url| url.origin().ascii_serialization()).unwrap_or_default();
            let frame =
                format!("<iframe src=\"{address}\" allow=\"fullscreen\" referrerpolicy=\"no-referrer\"></iframe>");
            (frame, origin)
        }
        (None, None) => return Err(Code::NotFound.into()),
    };
    // The sandbox gives the page an origin of its own: it sees no cookie, no storage and no script of the shop.
    let policy = format!(
        "sandbox allow-scripts allow-forms allow-popups allow-presentation; default-src https: data: blob: 'unsafe-inline'; \
         frame-src {frames}; object-src 'none'; base-uri 'none'; form-action https:; frame-ancestors 'self' {}",
        // An app that is hosted elsewhere shows it too.
        app.config.cors_origins.join(" ")
    );
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <style>html,body{{margin:0;height:100%}}iframe{{border:0;width:100%;height:100%;display:block}}</style>{body}"
    );
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ranges_as_the_standard_says() {
        for (header, expected) in [
            (None, Part::Whole),
            (Some("bytes=0-0"), Part::Range(0, 0)),
            (Some("bytes=10-"), Part::Range(10, 99)),
            (Some("bytes=90-200"), Part::Range(90, 99)),
            (Some("bytes=-5"), Part::Range(95, 99)),
            (Some("bytes=-500"), Part::Range(0, 99)),
            (Some("bytes=100-"), Part::Unsatisfiable),
            (Some("bytes=100-200"), Part::Unsatisfiable),
            (Some("bytes=-0"), Part::Unsatisfiable),
            (Some("bytes=5-2"), Part::Whole),
            (Some("bytes=0-1,5-6"), Part::Whole),
            (Some("bytes="), Part::Whole),
            (Some("bytes=-"), Part::Whole),
            (Some("bytes=+1-+2"), Part::Whole),
            (Some("lines=1-2"), Part::Whole),
            (Some("bytes=99999999999999999999999-"), Part::Whole),
        ] {
            assert_eq!(part(header, 100), expected, "{header:?}");
        }
        assert_eq!(part(Some("bytes=0-"), 0), Part::Unsatisfiable);
    }
}
