//! Files that customers send with their answers.
//!
//! They lie in a folder of their customer's in the storage, and no row names them but the booking whose answer they are.
//! From the first moment on their deletion is queued: soon, as long as nothing is booked with them, and a while after the
//! appointment then. Booking takes that deletion back and queues it anew, which works only for files that are there.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use vitrine_types::calendar::{Answer, Answers, IntakeFile};

use crate::{
    calendar::store::BookingRecord,
    catalog::files::{Stored, clean_name},
    db::Tx,
    error::{Error, Fields, Result},
    jobs::{self, Kind},
    state::State,
    storage,
};

/// The largest file: 10 MiB.
pub const MAX_SIZE: u64 = 10 * 1024 * 1024;

/// How long a file is kept with which nothing is booked.
const UNUSED: TimeDelta = TimeDelta::days(7);

/// How long a file is kept after its appointment.
const AFTER: TimeDelta = TimeDelta::days(90);

/// What is taken, by content: pictures, documents, plain text. Nothing that a browser would run.
const TYPES: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "image/heif",
    "application/pdf",
    "text/plain",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.oasis.opendocument.text",
];

/// Where a customer's file lies.
pub fn key(customer: Uuid, file: Uuid) -> String {
    format!("intake/{customer}/{file}")
}

/// The type a file is served with: one of those that are taken, or none in particular.
pub fn served_as(content_type: &str) -> &'static str {
    TYPES.iter().find(|known| **known == content_type).copied().unwrap_or("application/octet-stream")
}

/// Keeps a file that has just been stored, for as long as somebody takes to book.
///
/// # Errors
/// `request.invalid` when it is of a kind that is not taken; it then goes away by itself.
pub async fn accept(tx: &mut Tx, state: &State, id: Uuid, name: &str, stored: Stored) -> Result<IntakeFile> {
    if !TYPES.contains(&stored.content_type) {
        return Err(Error::field("file", "unsupported", "A picture, a PDF, a text or a document"));
    }
    storage::keep(tx, &stored.key).await?;
    storage::discard_at(tx, &state.clock, &stored.key, state.clock.now() + UNUSED).await?;
    Ok(IntakeFile { id, name: clean_name(name), size: stored.size, content_type: stored.content_type.into() })
}

/// Keeps the files of a booking until a while after it.
///
/// # Errors
/// `request.invalid` about those that its customer never sent, or so long ago that they are gone.
pub(super) async fn keep(tx: &mut Tx, state: &State, booking: &BookingRecord) -> Result<()> {
    let mut fields = Fields::default();
    for (question, file) in files(&booking.answers) {
        let key = key(booking.customer_id, file.id);
        let here = delete_at(tx, state, &key, booking.ends_at + AFTER).await?;
        fields.check(here, &format!("answers.{question}"), "gone", "It is not here any more: send it again");
    }
    fields.done()
}

/// Keeps the files of a booking that was moved as long as its new time asks for; what is gone is gone.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn extend(tx: &mut Tx, state: &State, booking: &BookingRecord) -> Result<()> {
    for (_, file) in files(&booking.answers) {
        delete_at(tx, state, &key(booking.customer_id, file.id), booking.ends_at + AFTER).await?;
    }
    Ok(())
}

/// Queues the deletion of a file for another time; false when it is gone.
async fn delete_at(tx: &mut Tx, state: &State, key: &str, when: DateTime<Utc>) -> Result<bool> {
    let here = jobs::cancel(tx, Kind::DeleteFile, key).await?;
    if here {
        storage::discard_at(tx, &state.clock, key, when).await?;
    }
    Ok(here)
}

/// Deletes the files of a booking, once the transaction is committed.
///
/// # Errors
/// When the database does not answer.
pub async fn discard(tx: &mut Tx, state: &State, booking: &BookingRecord) -> Result<()> {
    for (_, file) in files(&booking.answers) {
        delete_at(tx, state, &key(booking.customer_id, file.id), state.clock.now()).await?;
    }
    Ok(())
}

/// The files among answers, with the id of their question.
pub fn files(answers: &Answers) -> impl Iterator<Item = (&str, &IntakeFile)> {
    answers.iter().filter_map(|(question, answer)| match answer {
        Answer::File(file) => Some((question.as_str(), file)),
        Answer::Flag(_) | Answer::Text(_) => None,
    })
}
