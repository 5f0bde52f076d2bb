//! What can be done with mails.

use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::{Code, mail::MailStatus};

use super::{
    Letter,
    render::render,
    store::{self, MailRecord},
};
use crate::{
    db::Tx,
    error::{Error, Result},
    jobs::{self, Job, Kind, MAX_ATTEMPTS},
    rig,
    state::State,
};

#[derive(Serialize, Deserialize)]
struct SendMail {
    mail_id: Uuid,
}

/// Writes a mail to `to`, to be sent after the commit. `key` is the business fact it tells of, such as
/// `receipt:<order>`: a second call with the same key does nothing. Nothing is written to a deleted account either.
///
/// # Errors
/// When the database does not answer.
pub async fn queue(tx: &mut Tx, state: &State, to: &str, key: &str, letter: &Letter) -> Result<()> {
    // Reserved for "nobody" (RFC 2606): the address that a deleted account is left with.
    if to.ends_with(".invalid") {
        return Ok(());
    }
    let rendered = render(&state.config, letter)?;
    let mail = MailRecord {
        id: Uuid::now_v7(),
        recipient: to.to_owned(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        attachments: Json(letter.attachments()),
        token: letter.token().map(str::to_owned),
        status: MailStatus::Queued,
        attempts: 0,
        error: None,
        created_at: state.clock.now(),
        sent_at: None,
    };
    // Without a mail server there is no job either: one that is set up later shall not send what is stale by then.
    if store::insert_mail(tx, key, &mail).await? && state.mailer.is_some() {
        let job = SendMail { mail_id: mail.id };
        jobs::enqueue(tx, &state.clock, Kind::SendMail, &mail.id.to_string(), &job, state.clock.now()).await?;
    }
    Ok(())
}

/// Writes those of several mails, each with its key, that were not written yet, as [`queue`] does: for who tells the same
/// facts again and again.
///
/// # Errors
/// When the database does not answer.
pub async fn queue_new(tx: &mut Tx, state: &State, to: &str, letters: Vec<(String, Letter)>) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let known = store::list_known_keys(tx, letters.iter().map(|(key, _)| key.clone()).collect()).await?;
    for (key, letter) in letters.iter().filter(|(key, _)| !known.contains(key)) {
        queue(tx, state, to, key, letter).await?;
    }
    Ok(())
}

/// Hands a mail to the mail server.
///
/// # Errors
/// When the mail server refuses for now.
pub async fn send(state: &State, job: &Job) -> Result<()> {
    let SendMail { mail_id } = job.payload()?;
    let mail = store::find_mail(&state.db, mail_id).await?.filter(|mail| mail.status == MailStatus::Queued);
    rig::point();
    let sent = match (&state.mailer, &mail) {
        (Some(mailer), Some(mail)) => mailer.send(mail).await,
        _ => Ok(()),
    };
    rig::point();
    let mut tx = state.db.begin().await?;
    match sent {
        Ok(()) => {
            if mail.is_some() && state.mailer.is_some() {
                store::update_sent(&mut tx, mail_id, state.clock.now()).await?;
            }
            jobs::finish(&mut tx, job).await?;
            Ok(tx.commit().await?)
        }
        Err(refused) => {
            let gives_up = refused.for_good || job.attempts + 1 >= MAX_ATTEMPTS;
            let status = if gives_up { MailStatus::Failed } else { MailStatus::Queued };
            store::update_refused(&mut tx, mail_id, &refused.reason, status).await?;
            if gives_up {
                tracing::warn!(%mail_id, reason = refused.reason, "a mail could not be sent");
                jobs::finish(&mut tx, job).await?;
            }
            tx.commit().await?;
            if gives_up { Ok(()) } else { Err(Error::internal(anyhow::anyhow!(refused.reason))) }
        }
    }
}

/// Sends a mail once more, whatever became of it.
///
/// # Errors
/// `request.not_found`; `request.conflict` when it carried a one-time link, which is gone.
pub async fn resend(tx: &mut Tx, state: &State, id: Uuid) -> Result<MailRecord> {
    let mail = store::find_mail(&mut *tx, id).await?.ok_or(Code::NotFound)?;
    if mail.token.as_deref() == Some("") {
        let why =
            "The one-time link of this mail is not kept once it has been sent; the customer can ask for a new one";
        return Err(Error::new(Code::Conflict).detail(why));
    }
    store::update_queued(tx, id).await?;
    if state.mailer.is_some() {
        jobs::requeue(tx, &state.clock, Kind::SendMail, &id.to_string(), &SendMail { mail_id: id }).await?;
    }
    Ok(store::find_mail(tx, id).await?.ok_or(Code::NotFound)?)
}

/// Forgets all mails to an address, sent or not.
///
/// # Errors
/// When the database does not answer.
pub async fn forget(tx: &mut Tx, address: &str) -> Result<()> {
    Ok(store::delete_mails_to(tx, address).await?)
}
