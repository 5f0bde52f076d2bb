//! Files as browsers send them: a form with one file, streamed to the storage.

use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::{
    HttpRequest,
    http::header::{self, ContentDisposition},
    web,
};
use futures_util::StreamExt;
use tokio::time::timeout;
use vitrine_types::Code;

use super::super::files::{Stored, Upload, too_large};
use crate::{
    error::{Error, Result},
    state::State,
};

/// What arrives of which nothing comes for so long is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The form around the file takes some bytes too.
const FORM: u64 = 64 * 1024;

/// Stores the file of a form's field `file`, of at most `limit` bytes, at `key`: the name its sender gave it, and what
/// was stored.
///
/// # Errors
/// `request.invalid` when the form is another; `request.too_large`, `catalog.empty_file`, `request.timeout`,
/// `server.storage_full`.
pub async fn file(
    state: &State,
    key: String,
    limit: u64,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<(String, Stored)> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit + FORM) {
        return Err(too_large(limit));
    }
    let mut form = Multipart::new(request.headers(), body);
    let missing = || Error::field("file", "required", "Send one file in the form field `file`");
    let mut field = next_field(&mut form).await?.ok_or_else(missing)?;
    if field.name() != Some("file") {
        return Err(missing());
    }
    let name = file_name(&field);
    let mut upload = Upload::begin(state, key, limit).await?;
    while let Some(piece) = in_time(field.next()).await? {
        upload.write(&piece.map_err(broken)?).await?;
    }
    drop(field);
    if next_field(&mut form).await?.is_some() {
        return Err(Error::field("file", "too_many", "One file at a time"));
    }
    Ok((name, upload.finish().await?))
}

/// What `work` brings, unless it takes too long.
///
/// # Errors
/// `request.timeout`.
async fn in_time<T>(work: impl Future<Output = T>) -> Result<T> {
    timeout(PATIENCE, work).await.map_err(|_| Code::RequestTimeout.into())
}

async fn next_field(form: &mut Multipart) -> Result<Option<Field>> {
    in_time(form.next()).await?.transpose().map_err(broken)
}

fn broken(error: MultipartError) -> Error {
    let code = match &error {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeIncompatible => Code::UnsupportedMediaType,
        _ => Code::MalformedRequest,
    };
    Error::new(code).detail(error.to_string())
}

/// The name the sender gives the file.
fn file_name(field: &Field) -> String {
    field.content_disposition().map(sent_name).unwrap_or_default()
}

/// The name in a form's `Content-Disposition`; `filename*` says it in full where `filename` cannot.
pub(crate) fn sent_name(disposition: &ContentDisposition) -> String {
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(str::to_owned)).unwrap_or_default()
}
