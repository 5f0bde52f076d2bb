//! Where something stands, in a word and a colour that means something.

use leptos::prelude::*;
use vitrine_types::{
    catalog::ProductStatus,
    checkout::{OrderStatus, RefundStatus},
    entitlements::EntitlementStatus,
    mail::MailStatus,
    subscriptions::SubscriptionStatus,
    webhook::WebhookEventStatus,
};

use crate::texts;

/// What a colour says.
#[derive(Clone, Copy, PartialEq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// On its way.
    Wait,
    /// Wants a look.
    Care,
    /// Went wrong.
    Bad,
    /// Over, or of no weight.
    Plain,
}

/// A state that can be shown.
pub trait Stand {
    /// Its word and its colour.
    fn stand(&self) -> (&'static str, Tone);
}

/// Where something stands. `of` is any of the API's states, or a pair of word and tone.
#[component]
pub fn Badge<S: Stand>(of: S) -> impl IntoView {
    let (word, tone) = of.stand();
    let tone = match tone {
        Tone::Good => "good",
        Tone::Wait => "wait",
        Tone::Care => "care",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
    };
    view! { <span class="standing" data-tone=tone>{word}</span> }.into_any()
}

impl Stand for (&'static str, Tone) {
    fn stand(&self) -> (&'static str, Tone) {
        *self
    }
}

impl Stand for OrderStatus {
    fn stand(&self) -> (&'static str, Tone) {
        let tone = match self {
            Self::Paid => Tone::Good,
            Self::Pending | Self::Processing => Tone::Wait,
            Self::Disputed | Self::NeedsReview => Tone::Care,
            Self::Failed => Tone::Bad,
            Self::PartiallyRefunded | Self::Refunded | Self::Expired => Tone::Plain,
        };
        (texts::order_status(*self), tone)
    }
}

impl Stand for RefundStatus {
    fn stand(&self) -> (&'static str, Tone) {
        match self {
            Self::Succeeded => (texts::REFUNDED, Tone::Good),
            Self::Pending => (texts::ON_ITS_WAY, Tone::Wait),
            Self::Failed => (texts::FAILED, Tone::Bad),
            Self::Canceled => (texts::CANCELLED, Tone::Plain),
        }
    }
}

impl Stand for EntitlementStatus {
    fn stand(&self) -> (&'static str, Tone) {
        match self {
            Self::Active => (texts::ACTIVE, Tone::Good),
            Self::Suspended => (texts::ON_HOLD, Tone::Care),
            Self::Revoked => (texts::ENDED, Tone::Plain),
            Self::Expired => (texts::EXPIRED, Tone::Plain),
        }
    }
}

impl Stand for ProductStatus {
    fn stand(&self) -> (&'static str, Tone) {
        match self {
            Self::Published => (texts::FOR_SALE, Tone::Good),
            Self::Draft => (texts::DRAFT, Tone::Wait),
            Self::Archived => (texts::ARCHIVED, Tone::Plain),
        }
    }
}

impl Stand for MailStatus {
    fn stand(&self) -> (&'static str, Tone) {
        match self {
            Self::Sent => (texts::SENT, Tone::Good),
            Self::Queued => (texts::WAITING, Tone::Wait),
            Self::Failed => (texts::FAILED, Tone::Bad),
        }
    }
}

impl Stand for SubscriptionStatus {
    fn stand(&self) -> (&'static str, Tone) {
        let tone = match self {
            Self::Active | Self::Trialing => Tone::Good,
            Self::Incomplete => Tone::Wait,
            Self::PastDue | Self::Unpaid => Tone::Care,
            Self::IncompleteExpired | Self::Canceled | Self::Paused => Tone::Plain,
        };
        (texts::plans::status(*self), tone)
    }
}

impl Stand for WebhookEventStatus {
    fn stand(&self) -> (&'static str, Tone) {
        match self {
            Self::Processed => (texts::HANDLED, Tone::Good),
            Self::Received => (texts::WAITING, Tone::Wait),
            Self::Ignored => (texts::IGNORED, Tone::Plain),
            Self::Failed => (texts::FAILED, Tone::Bad),
        }
    }
}
