//! Idempotency keys: the first answer to a key is kept and given again; other parameters under the same key are refused.

use crate::error::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// Answers by key.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Answers(HashMap<String, Slot>);

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Slot {
    fingerprint: String,
    /// `None` while the first request is still being served.
    answer: Option<Answer>,
}

/// A kept answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON body.
    pub body: Value,
    /// The id of the request that made it.
    pub request_id: String,
}

/// What a key says about a request.
pub enum Claim {
    /// New: serve it, then [`Answers::keep`] or [`Answers::release`].
    First,
    /// Seen: give this again.
    Again(Answer),
}

impl Answers {
    /// Takes a key for a request with this fingerprint (method, path, parameters).
    ///
    /// # Errors
    /// 400 for other parameters, 409 while the first request is being served.
    pub fn claim(&mut self, key: &str, fingerprint: &str) -> Result<Claim, ApiError> {
        let refusal = |message: String| ApiError { kind: "idempotency_error", ..ApiError::invalid(message) };
        match self.0.get(key) {
            None => {
                self.0.insert(key.to_owned(), Slot { fingerprint: fingerprint.to_owned(), answer: None });
                Ok(Claim::First)
            }
            Some(slot) if slot.fingerprint != fingerprint => Err(refusal(format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                 Try using a key other than '{key}' if you meant to execute a different request."
            ))),
            Some(Slot { answer: Some(answer), .. }) => Ok(Claim::Again(answer.clone())),
            Some(Slot { answer: None, .. }) => Err(refusal(format!(
                "There is currently another in-progress request using this Idempotent Key (that probably means you \
                 submitted twice, and the other request is still going through): {key}."
            ))
            .code("idempotency_key_in_use")
            .status(409)),
        }
    }

    /// Keeps the answer to a claimed key.
    pub fn keep(&mut self, key: &str, answer: Answer) {
        if let Some(slot) = self.0.get_mut(key) {
            slot.answer = Some(answer);
        }
    }

    /// Frees a claimed key that was never served: the request failed validation, or its connection broke first.
    pub fn release(&mut self, key: &str) {
        if self.0.get(key).is_some_and(|slot| slot.answer.is_none()) {
            self.0.remove(key);
        }
    }

    /// Frees every key whose request was still being served when the state was saved.
    pub fn forget_unfinished(&mut self) {
        self.0.retain(|_, slot| slot.answer.is_some());
    }
}
