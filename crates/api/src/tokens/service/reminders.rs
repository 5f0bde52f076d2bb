//! Telling customers of tokens before they end.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{purse, words};
use crate::{
    accounts::service::{self as accounts, OptionalMail},
    clock::Clock,
    db::Tx,
    error::Result,
    jobs::{self, Job, Kind},
    mail::{self, Letter},
    state::State,
    tokens::store,
};

/// How long before their end customers are reminded of tokens. What ends sooner than that needs no reminder.
pub const REMINDED_BEFORE: TimeDelta = TimeDelta::days(7);

/// What ends at one instant: all of it in one mail.
#[derive(Serialize, Deserialize)]
struct Reminder {
    account: Uuid,
    ends_at: DateTime<Utc>,
}

/// Queues the reminder of what ends at `ends_at`, unless it waits already.
pub(super) async fn remind_later(tx: &mut Tx, clock: &Clock, account: Uuid, ends_at: DateTime<Utc>) -> Result<()> {
    let at = ends_at - REMINDED_BEFORE;
    if at <= clock.now() {
        return Ok(());
    }
    let key = format!("{account}:{}", ends_at.timestamp());
    jobs::enqueue(tx, clock, Kind::RemindOfTokens, &key, &Reminder { account, ends_at }, at).await
}

/// Reminds a customer of what is left, unless nothing is, the end has come, or they do without reminders.
///
/// # Errors
/// When the database does not answer.
pub async fn remind(state: &State, job: &Job) -> Result<()> {
    let Reminder { account, ends_at } = job.payload()?;
    let mut tx = state.db.begin().await?;
    let lots = purse(&mut tx, account, state.clock.now()).await?.spendable;
    let left: i64 = lots.iter().filter(|lot| lot.expires_at == Some(ends_at)).map(|lot| lot.remaining).sum();
    let owner = store::find_account(&mut tx, account).await?.filter(|_| left > 0);
    if let Some(owner) = owner
        && let Some(customer) = accounts::find_customer(&mut tx, owner.customer_id).await?
        && customer.deleted_at.is_none()
        && accounts::wants_mail(&mut tx, customer.id, OptionalMail::TokenReminder).await?
    {
        let letter = Letter::TokensEnding {
            tokens: words(left),
            ends_at,
            statement_url: state.config.public(&format!("/account/plan/{account}/tokens")),
        };
        let key = format!("tokens_ending:{account}:{}", ends_at.timestamp());
        mail::service::queue(&mut tx, state, &customer.email, &key, &letter).await?;
    }
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}
