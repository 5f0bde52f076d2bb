//! SQL of the moment after a restore.

use chrono::{DateTime, Utc};

use crate::db::{Result, Tx, sql, sql_for};

/// Holds back the mails that waited to be sent; how many there were.
pub async fn update_waiting_mails(tx: &mut Tx) -> Result<u64> {
    // A job names its mail by the text of its id, which SQLite keeps as bytes. Mails without a job wait for nobody.
    sql_for(
        tx,
        "update mails set status = 'failed', error = $1 where status = 'queued' and exists (
             select 1 from jobs where replace(key, '-', '') = 'send_mail:' || lower(hex(mails.id)))",
        "update mails set status = 'failed', error = $1 where status = 'queued' and exists (
             select 1 from jobs where key = 'send_mail:' || mails.id::text)",
    )
    .bind("held back: the shop was restored from a backup and may have sent this before")
    .exec()
    .await
}

/// Forgets the jobs that would write to people about what is past.
pub async fn delete_past_letters(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    sql(
        tx,
        "delete from jobs where kind = 'send_mail'
         or kind in ('requested_reset', 'remind_customer') and run_at <= $1",
    )
    .bind(now)
    .exec()
    .await
}

/// Ends all sessions and links: some were ended after the backup, and must not live again.
pub async fn delete_sessions(tx: &mut Tx) -> Result<()> {
    for all in ["delete from refresh_tokens", "delete from sessions", "delete from one_time_tokens"] {
        sql(&mut *tx, all).exec().await?;
    }
    Ok(())
}
