//! The browser app, as files: read once at start, served from memory, each in the best encoding that lies beside it.
//!
//! What is below `assets/` never changes under its name and is kept for ever; the rest is asked for anew each time and
//! answered 304 while it stays. Addresses of the app's pages all get `index.html`, with the [head](page) that search
//! engines and link previews read; the app's router takes over.

pub mod page;

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::header::{self, EntityTag, Header as _, HeaderValue, IfNoneMatch},
    web::{self, Bytes, ServiceConfig},
};
use anyhow::Context;
use sha2::{Digest, Sha256};
use vitrine_types::{Code, Currency, Money};

use self::page::{Head, Template};
use crate::{
    catalog,
    error::{Error, Result},
    media,
    state::{App, State},
};

/// Scripts and styles are the app's own. Frames may show what a product embeds; it is sandboxed there.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self' https:; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PAGE: &str = "index.html";

/// Pages that are nobody's business but the visitor's own.
const UNLISTED: [&str; 9] =
    ["admin", "dashboard", "account", "cart", "checkout", "sign-in", "sign-up", "reset-password", "verify-email"];

/// The app's files by their path, such as `assets/app-1234.js`.
#[derive(Default)]
pub struct Site {
    files: HashMap<String, File>,
    page: Option<Template>,
    build: Option<String>,
}

struct File {
    content_type: HeaderValue,
    tag: EntityTag,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl Site {
    /// Reads the built app; without a folder there is none.
    ///
    /// # Errors
    /// When the folder cannot be read or is not a built app.
    pub fn open(folder: Option<&Path>) -> anyhow::Result<Self> {
        let mut site = Self::default();
        let Some(folder) = folder else { return Ok(site) };
        site.add(folder, "").with_context(|| format!("read the browser app in {}", folder.display()))?;
        let page = site.files.remove(PAGE);
        let page = page.with_context(|| format!("{} has no {PAGE}: is it a built app?", folder.display()))?;
        let text = std::str::from_utf8(&page.plain).with_context(|| PAGE)?;
        site.page = Some(Template::new(text).with_context(|| format!("{PAGE} has no title"))?);
        site.build = Some(page.tag.tag().to_owned());
        Ok(site)
    }

    /// Names this build of server and app; another one has another name.
    pub fn version(&self) -> String {
        let server = env!("CARGO_PKG_VERSION");
        self.build.as_ref().map_or_else(|| server.into(), |app| format!("{server}+{app}"))
    }

    fn add(&mut self, folder: &Path, below: &str) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = format!("{below}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.add(&path, &format!("{name}/"))?;
            } else if !name.ends_with(".br") && !name.ends_with(".gz") {
                let packed = |suffix: &str| fs::read(format!("{}.{suffix}", path.display())).ok().map(Bytes::from);
                let plain = Bytes::from(fs::read(&path)?);
                let file = File {
                    content_type: HeaderValue::from_static(content_type(&name)),
                    tag: EntityTag::new_strong(fingerprint(&plain)),
                    brotli: packed("br"),
                    gzip: packed("gz"),
                    plain,
                };
                self.files.insert(name, file);
            }
        }
        Ok(())
    }
}

fn fingerprint(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..8])
}

/// Serves the app below `/`, except where the API lives.
pub fn configure(config: &mut ServiceConfig, site: &web::Data<Site>) {
    config.app_data(site.clone());
    if site.page.is_none() {
        return;
    }
    let reads = || guard::Any(guard::Get()).or(guard::Head());
    let elsewhere = ["/api/", "/media/"];
    let ours = guard::fn_guard(move |cx| !elsewhere.iter().any(|other| cx.head().uri.path().starts_with(other)));
    config
        .service(web::resource("/robots.txt").guard(reads()).to(robots))
        .service(web::resource("/sitemap.xml").guard(reads()).to(sitemap))
        .service(web::resource("/{path:.*}").guard(guard::All(reads()).and(ours)).to(file_or_page));
}

async fn file_or_page(
    request: HttpRequest,
    state: App,
    path: web::Path<String>,
    site: web::Data<Site>,
) -> Result<HttpResponse> {
    if let Some(file) = site.files.get(path.as_str()) {
        return Ok(send(&request, file, path.starts_with("assets/")));
    }
    let accepted = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let wants_page = accepted.is_none_or(|kinds| kinds.contains("text/html") || kinds.contains("*/*"));
    let is_file = path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let page = site.page.as_ref().filter(|_| wants_page && !is_file);
    let page = page.ok_or_else(|| Error::new(Code::NotFound))?.render(&head(&state, request.path()).await?);
    let file = File {
        content_type: HeaderValue::from_static(content_type(PAGE)),
        // Weak: on its way out it may be packed.
        tag: EntityTag::new_weak(fingerprint(page.as_bytes())),
        plain: page.into(),
        brotli: None,
        gzip: None,
    };
    Ok(send(&request, &file, false))
}

/// What the page at `path` is of.
async fn head(state: &State, path: &str) -> Result<Head> {
    let (shop, tagline) = (&state.config.shop_name, &state.config.shop_tagline);
    let mut head = Head {
        url: state.config.public(path),
        title: shop.clone(),
        description: tagline.clone(),
        shop: shop.clone(),
        listed: !path.split('/').nth(1).is_some_and(|first| UNLISTED.contains(&first)),
        product: None,
    };
    let Some(slug) = path.strip_prefix("/products/").filter(|slug| !slug.is_empty()) else { return Ok(head) };
    match catalog::service::find_published(&state.db, None, slug).await {
        Ok(found) => {
            let product = found.product.product;
            let currency = Currency::parse(&product.currency).unwrap_or(state.config.currency);
            let image = product.images.last();
            head.title = format!("{} · {shop}", product.name);
            head.description = if product.summary.is_empty() { tagline.clone() } else { product.summary };
            head.product = Some(page::Product {
                name: product.name,
                price: Money::new(product.price_amount, currency),
                available: product.stock != Some(0),
                image: image.map(|image| (state.config.public(&media::url(&image.name)), image.width, image.height)),
            });
        }
        // The app says that there is no such product; search engines need not come for that.
        Err(error) if error.code() == Code::NotFound => head.listed = false,
        Err(error) => return Err(error),
    }
    Ok(head)
}

/// Answers with a file, packed if that was done before and is accepted.
fn send(request: &HttpRequest, file: &File, for_ever: bool) -> HttpResponse {
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&file.tag)),
        Err(_) => false,
    };
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    let keep = if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer
        .insert_header((header::CACHE_CONTROL, keep))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header(header::ETag(file.tag.clone()))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .content_type(file.content_type.clone());
    if known {
        return answer.finish();
    }
    let packed = [("br", &file.brotli), ("gzip", &file.gzip)].into_iter();
    let packed = packed.filter_map(|(coding, bytes)| bytes.as_ref().map(|bytes| (coding, bytes)));
    match packed.into_iter().find(|(coding, _)| accepts(request, coding)) {
        Some((coding, bytes)) => answer.insert_header((header::CONTENT_ENCODING, coding)).body(bytes.clone()),
        None => answer.body(file.plain.clone()),
    }
}

fn accepts(request: &HttpRequest, coding: &str) -> bool {
    let offered = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    offered.is_some_and(|offered| {
        offered.split(',').any(|one| {
            let (name, weight) = one.split_once(';').unwrap_or((one, ""));
            let refused = weight.trim().strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0));
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
    })
}

/// What search engines may read: what the app says, and where the products are listed.
async fn robots(state: App, site: web::Data<Site>) -> HttpResponse {
    let rules = site.files.get("robots.txt").map_or(&b"User-agent: *\n"[..], |file| &file.plain);
    let rules = String::from_utf8_lossy(rules);
    let text = format!("{}\n\nSitemap: {}\n", rules.trim_end(), state.config.public("/sitemap.xml"));
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}

/// The pages of the products for sale.
async fn sitemap(state: App) -> Result<HttpResponse> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
    let front = state.config.public("/");
    let _ = writeln!(text, "<url><loc>{}</loc></url>", page::Escaped(&front));
    for (slug, changed) in catalog::service::list_published_slugs(&state.db).await? {
        let url = state.config.public(&format!("/products/{slug}"));
        let changed = changed.format("%Y-%m-%d");
        let _ = writeln!(text, "<url><loc>{}</loc><lastmod>{changed}</lastmod></url>", page::Escaped(&url));
    }
    text.push_str("</urlset>\n");
    let answer = HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(text);
    Ok(answer)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}
