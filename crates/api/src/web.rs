//! The browser app, as files: read once at start, served from memory, each in the best encoding that lies beside it.
//!
//! What is below `assets/` never changes under its name and is kept for ever; the rest is asked for anew each time and
//! answered 304 while it stays. Addresses of the app's pages all get `index.html`: the app's router takes over.

use std::{collections::HashMap, fs, path::Path};

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::header::{self, EntityTag, Header as _, HeaderValue, IfNoneMatch},
    web::{self, Bytes, ServiceConfig},
};
use anyhow::Context;
use sha2::{Digest, Sha256};
use vitrine_types::Code;

use crate::error::{Error, Result};

/// Scripts and styles are the app's own. Frames may show what a product embeds; it is sandboxed there.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self' https:; manifest-src 'self'; \
    base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const PAGE: &str = "index.html";

/// The app's files by their path, such as `assets/app-1234.js`.
#[derive(Default)]
pub struct Site(HashMap<String, File>);

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
        if let Some(folder) = folder {
            site.add(folder, "").with_context(|| format!("read the browser app in {}", folder.display()))?;
            anyhow::ensure!(site.0.contains_key(PAGE), "{} has no {PAGE}: is it a built app?", folder.display());
        }
        Ok(site)
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
                    tag: EntityTag::new_strong(hex::encode(&Sha256::digest(&plain)[..8])),
                    brotli: packed("br"),
                    gzip: packed("gz"),
                    plain,
                };
                self.0.insert(name, file);
            }
        }
        Ok(())
    }

    /// The file of that name; the app's page for what is no file's name.
    fn find(&self, path: &str) -> Option<&File> {
        let is_page = !path.starts_with("assets/") && !path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        self.0.get(path).or_else(|| self.0.get(PAGE).filter(|_| is_page))
    }
}

/// Serves the app below `/`, except where the API lives.
pub fn configure(config: &mut ServiceConfig, site: &web::Data<Site>) {
    if site.0.is_empty() {
        return;
    }
    let reads = guard::Any(guard::Get()).or(guard::Head());
    let outside_the_api = guard::fn_guard(|cx| !cx.head().uri.path().starts_with("/api/"));
    let resource = web::resource("/{path:.*}").guard(guard::All(reads).and(outside_the_api));
    config.app_data(site.clone()).service(resource.to(file));
}

async fn file(request: HttpRequest, path: web::Path<String>, site: web::Data<Site>) -> Result<HttpResponse> {
    let file = site.find(&path).ok_or_else(|| Error::new(Code::NotFound))?;
    let known = match IfNoneMatch::parse(&request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&file.tag)),
        Err(_) => false,
    };
    let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    let for_ever = path.starts_with("assets/");
    answer
        .insert_header((
            header::CACHE_CONTROL,
            if for_ever { "public, max-age=31536000, immutable" } else { "no-cache" },
        ))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header(header::ETag(file.tag.clone()))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .content_type(file.content_type.clone());
    if known {
        return Ok(answer.finish());
    }
    let accepts = |coding: &str| {
        let offered = request.headers().get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
        offered.is_some_and(|offered| {
            offered.split(',').any(|one| {
                let (name, weight) = one.split_once(';').unwrap_or((one, ""));
                name.trim() == coding && weight.trim() != "q=0"
            })
        })
    };
    let packed = [("br", &file.brotli), ("gzip", &file.gzip)].into_iter();
    let packed = packed.filter_map(|(coding, bytes)| bytes.as_ref().map(|bytes| (coding, bytes)));
    let (coding, bytes) = packed.into_iter().find(|(coding, _)| accepts(coding)).unwrap_or(("identity", &file.plain));
    Ok(answer.insert_header((header::CONTENT_ENCODING, coding)).body(bytes.clone()))
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
