//! What there is to do, and who does it.

use sqlx::types::Json;

/// Who works on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// What the shop does itself, with Stripe at most: events, refunds, what ends.
    Shop,
    /// What other servers are asked for: mail servers, outside calendars.
    Outside,
}

impl Lane {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Shop, Self::Outside];

    /// How many jobs run at once in one process.
    pub(super) fn at_once(self) -> usize {
        match self {
            Self::Shop => 8,
            Self::Outside => 4,
        }
    }

    /// Its kinds, as they stand in the database. A kind that only a newer version knows is of no lane: that one's process does it.
    pub(super) fn kinds(self) -> Json<Vec<&'static str>> {
        Json(Kind::ALL.into_iter().filter(|kind| kind.lane() == self).map(Kind::as_str).collect())
    }
}

/// What is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Handle a stored Stripe event (`webhook`).
    WebhookEvent,
    /// Close an order whose time to pay is over (`checkout`).
    ExpireOrder,
    /// Ask Stripe to send money back (`checkout`).
    SendRefund,
    /// Hand a mail to the mail server (`mail`).
    SendMail,
    /// Compare our books with Stripe's (`webhook`).
    Reconcile,
    /// Mail the link to set a new password, if there is such an account (`accounts`).
    RequestedReset,
    /// Delete what nothing refers to any more from the storage (`storage`).
    DeleteFile,
    /// Remind a customer of an appointment (`calendar`).
    RemindCustomer,
    /// Read an outside calendar (`calendar`).
    SyncCalendar,
    /// Look at a subscription again (`subscriptions`).
    FollowSubscription,
    /// Let what subscriptions open follow the catalog (`subscriptions`).
    FollowCatalog,
    /// Tell Stripe another name or address of a customer (`subscriptions`).
    FollowAccount,
    /// End a subscription at Stripe (`subscriptions`).
    EndSubscription,
    /// Close a page at Stripe on which nobody shall pay any more (`checkout`).
    ExpireSession,
    /// Book the end of tokens whose time is over (`tokens`).
    ExpireTokens,
    /// Remind a customer of tokens that end soon (`tokens`).
    RemindOfTokens,
}

impl Kind {
    pub(super) const ALL: [Kind; 16] = [
        Self::WebhookEvent,
        Self::ExpireOrder,
        Self::SendRefund,
        Self::SendMail,
        Self::Reconcile,
        Self::RequestedReset,
        Self::DeleteFile,
        Self::RemindCustomer,
        Self::SyncCalendar,
        Self::FollowSubscription,
        Self::FollowCatalog,
        Self::FollowAccount,
        Self::EndSubscription,
        Self::ExpireSession,
        Self::ExpireTokens,
        Self::RemindOfTokens,
    ];

    fn lane(self) -> Lane {
        match self {
            Self::SendMail | Self::SyncCalendar => Lane::Outside,
            _ => Lane::Shop,
        }
    }

    /// Whether there is a button that starts it again. All others are tried until they succeed: they owe somebody something.
    pub(super) fn can_be_given_up(self) -> bool {
        matches!(self, Self::SendMail | Self::WebhookEvent)
    }

    /// As it stands in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WebhookEvent => "webhook_event",
            Self::ExpireOrder => "expire_order",
            Self::SendRefund => "send_refund",
            Self::SendMail => "send_mail",
            Self::Reconcile => "reconcile",
            Self::RequestedReset => "requested_reset",
            Self::DeleteFile => "delete_file",
            Self::RemindCustomer => "remind_customer",
            Self::SyncCalendar => "sync_calendar",
            Self::FollowSubscription => "follow_subscription",
            Self::FollowCatalog => "follow_catalog",
            Self::FollowAccount => "follow_account",
            Self::EndSubscription => "end_subscription",
            Self::ExpireSession => "expire_session",
            Self::ExpireTokens => "expire_tokens",
            Self::RemindOfTokens => "remind_of_tokens",
        }
    }
}
