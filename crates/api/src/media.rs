//! Pictures anybody may see: product pictures and avatars.
//!
//! A stored picture never changes under its name, so that it can be cached for ever; another picture gets another name.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    http::header,
    web::{self, ServiceConfig},
};
use bytes::Bytes;
use object_store::{ObjectStoreExt, path::Path};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::Code;

use crate::{
    clock::Clock,
    db::Tx,
    error::Result,
    images::Picture,
    state::{App, State},
    storage,
};

/// A stored picture in one size, as rows keep it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredImage {
    /// Its name below `/media/`.
    pub name: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// The address of a stored picture, from the shop's root on.
pub fn url(name: &str) -> String {
    format!("/media/{name}")
}

fn key(name: &str) -> String {
    format!("media/{name}")
}

/// Stores a picture in its sizes. It goes away again unless [`keep`] is called.
///
/// # Errors
/// When the storage or the database does not answer.
pub async fn store(state: &State, pictures: Vec<Picture>) -> Result<Vec<StoredImage>> {
    let id = Uuid::now_v7();
    let stored = |picture: &Picture| StoredImage {
        name: format!("{id}-{}.webp", picture.width),
        width: picture.width,
        height: picture.height,
    };
    let images: Vec<StoredImage> = pictures.iter().map(stored).collect();
    let keys: Vec<String> = images.iter().map(|image| key(&image.name)).collect();
    storage::reserve(state, keys.iter().map(String::as_str)).await?;
    for (key, picture) in keys.iter().zip(pictures) {
        state.storage.put(&Path::from(key.as_str()), Bytes::from(picture.webp).into()).await?;
    }
    Ok(images)
}

/// Keeps what [`store`] stored, in the transaction that refers to it.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(tx: &mut Tx, images: &[StoredImage]) -> Result<()> {
    for image in images {
        storage::keep(tx, &key(&image.name)).await?;
    }
    Ok(())
}

/// Deletes pictures once the transaction that dropped the references to them is committed.
///
/// # Errors
/// When the database does not answer.
pub async fn discard(tx: &mut Tx, clock: &Clock, images: &[StoredImage]) -> Result<()> {
    for image in images {
        storage::discard(tx, clock, &key(&image.name)).await?;
    }
    Ok(())
}

/// Serves them.
pub fn configure(config: &mut ServiceConfig) {
    let resource = web::resource("/media/{name}").route(web::get().to(get_media)).route(web::head().to(get_media));
    config.service(resource);
}

/// Only names that [`store`] makes name anything.
fn is_name(name: &str) -> bool {
    let parts = name.strip_suffix(".webp").and_then(|stem| stem.rsplit_once('-'));
    let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
    parts.is_some_and(|(id, width)| {
        id.len() == 36 && id.bytes().all(lower_hex) && Uuid::try_parse(id).is_ok() && width.parse::<u16>().is_ok()
    })
}

async fn get_media(state: App, name: web::Path<String>, request: HttpRequest) -> Result<HttpResponse> {
    if !is_name(&name) {
        return Err(Code::NotFound.into());
    }
    let tag = header::EntityTag::new_strong(name.clone());
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .insert_header(header::ETag(tag.clone()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    if known.is_some_and(|known| known.contains(tag.tag())) {
        return Ok(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
    }
    let found = state.storage.get(&Path::from(key(&name))).await?;
    answer.content_type("image/webp");
    Ok(answer.body(SizedStream::new(found.meta.size, found.into_stream())))
}
