//! Which of the mails that can be done without a customer wants. Slices ask [`wants_mail`] before they write one.

use uuid::Uuid;
use vitrine_types::accounts::Notifications;

use super::super::store;
use crate::{
    db::{Cx, Tx},
    error::Result,
};

/// A mail that can be done without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionalMail {
    /// A coming appointment.
    BookingReminder,
    /// Tokens that end soon.
    TokenReminder,
}

impl OptionalMail {
    /// As it stands in the database.
    fn topic(self) -> &'static str {
        match self {
            Self::BookingReminder => "booking_reminders",
            Self::TokenReminder => "token_reminders",
        }
    }
}

/// Whether the customer wants such a mail.
///
/// # Errors
/// When the database does not answer.
pub async fn wants_mail<'c>(cx: impl Into<Cx<'c>>, customer: Uuid, mail: OptionalMail) -> Result<bool> {
    Ok(!store::list_muted_mails(cx, customer).await?.iter().any(|topic| topic == mail.topic()))
}

/// Which mails the customer wants.
///
/// # Errors
/// When the database does not answer.
pub async fn notifications<'c>(cx: impl Into<Cx<'c>>, customer: Uuid) -> Result<Notifications> {
    let muted = store::list_muted_mails(cx, customer).await?;
    let wants = |mail: OptionalMail| !muted.iter().any(|topic| topic == mail.topic());
    Ok(Notifications {
        booking_reminders: wants(OptionalMail::BookingReminder),
        token_reminders: wants(OptionalMail::TokenReminder),
    })
}

/// Sets which mails the customer wants.
///
/// # Errors
/// When the database does not answer.
pub async fn set_notifications(tx: &mut Tx, customer: Uuid, wanted: Notifications) -> Result<()> {
    let Notifications { booking_reminders, token_reminders } = wanted;
    store::delete_muted_mails(tx, customer).await?;
    let all = [(OptionalMail::BookingReminder, booking_reminders), (OptionalMail::TokenReminder, token_reminders)];
    for (mail, wanted) in all {
        if !wanted {
            store::insert_muted_mail(tx, customer, mail.topic()).await?;
        }
    }
    Ok(())
}
