//! `Idempotency-Key`: the same request sent twice makes one thing.
//!
//! The key is remembered in the transaction that makes the thing, together with a fingerprint of the request and the id
//! of what was made; a repeated request is answered from that thing.

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vitrine_types::Code;

use crate::{
    db::{Tx, sql},
    error::{Error, Result},
};

/// The header of that name, if there is one: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = request.headers().get("Idempotency-Key").map(|key| key.to_str().unwrap_or("").to_owned());
        let fits = |key: &String| (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        std::future::ready(match key {
            None => Ok(Self(None)),
            Some(key) if fits(&key) => Ok(Self(Some(key))),
            Some(_) => Err(Error::new(Code::IdempotencyInvalidKey)),
        })
    }
}

/// Remembers that `customer`'s request `(operation, body)` under `key` makes `resource`; or, when the key was used
/// before, which resource that made.
///
/// # Errors
/// `idempotency.mismatch` when the key was used for another request.
pub async fn remember(
    tx: &mut Tx,
    now: DateTime<Utc>,
    key: &IdempotencyKey,
    customer: Uuid,
    operation: &str,
    body: &impl Serialize,
    resource: Uuid,
) -> Result<Option<Uuid>> {
    let Some(key) = &key.0 else { return Ok(None) };
    let mut hash = Sha256::new();
    hash.update(operation);
    hash.update([0]);
    hash.update(serde_json::to_vec(body)?);
    let fingerprint = hex::encode(hash.finalize());
    // Two at once: the second waits here for the first to end.
    tx.lock(&format!("idempotency:{customer}:{key}")).await?;
    let inserted = sql(
        &mut *tx,
        "insert into idempotency_keys (customer_id, key, fingerprint, resource_id, created_at)
         values ($1, $2, $3, $4, $5) on conflict (customer_id, key) do nothing",
    )
    .bind(customer)
    .bind(key.clone())
    .bind(fingerprint.clone())
    .bind(resource)
    .bind(now)
    .exec()
    .await?;
    if inserted == 1 {
        return Ok(None);
    }
    let (first, made): (String, Uuid) =
        sql(tx, "select fingerprint, resource_id from idempotency_keys where customer_id = $1 and key = $2")
            .bind(customer)
            .bind(key.clone())
            .one()
            .await?;
    if first == fingerprint { Ok(Some(made)) } else { Err(Error::new(Code::IdempotencyMismatch)) }
}
