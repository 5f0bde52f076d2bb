//! What the shop has to say: one variant per mail, with all that its templates show.

use chrono::{DateTime, Utc};
use serde::Serialize;
use vitrine_types::{Money, checkout::LineKind, mail::Attachment};

/// A mail before it is written.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Letter {
    /// To a customer who has confirmed the address.
    Welcome,
    /// To a new or changed account: confirm the address.
    VerifyEmail {
        /// Confirms it.
        link: String,
    },
    /// To whom asked to set a new password.
    PasswordReset {
        /// Leads there.
        link: String,
    },
    /// To the customer: the password is another now.
    PasswordChanged {
        /// Where to set a new one, should it not have been them.
        reset_url: String,
    },
    /// To the new address: confirm that it is yours.
    EmailChangeConfirm {
        /// Confirms it.
        link: String,
    },
    /// To the old address: somebody asked to use another.
    EmailChangeNotice {
        /// The other one.
        new_address: String,
    },
    /// To the owner of an address, which somebody wants for another account: it is in use already.
    EmailInUse {
        /// Where to sign in.
        sign_in_url: String,
    },
    /// To the customer: something about the second factor changed.
    SecondFactor {
        /// What.
        change: SecondFactorChange,
        /// Where it can be looked at.
        account_url: String,
        /// Where to set a new password, should it not have been them.
        reset_url: String,
    },
    /// An order was paid.
    Receipt(Receipt),
    /// An order was placed, and the bank takes its time.
    PaymentProcessing(PaymentProcessing),
    /// An order came to nothing.
    OrderFailed {
        /// What people call it.
        order_number: String,
        /// Why, in a sentence.
        reason: String,
    },
    /// Money went back.
    RefundSent(RefundSent),
    /// To the owner: something about an order does not add up.
    NeedsReview {
        /// What people call it.
        order_number: String,
        /// What does not add up, in words.
        reason: String,
        /// The owner's page of the order.
        order_url: String,
    },
    /// A subscription has begun.
    PlanStarted(PlanNews),
    /// A subscription was renewed and paid.
    PlanRenewed(PlanNews),
    /// A trial is nearly over.
    TrialEnds(PlanNews),
    /// The card cannot be charged for the next period.
    CardExpiring(PlanNews),
    /// A renewal could not be paid.
    PlanPaymentFailed(PlanNews),
    /// It was paid after all.
    PlanRecovered(PlanNews),
    /// A subscription has ended.
    PlanEnded(PlanNews),
    /// A subscription is to another plan.
    PlanChanged(PlanNews),
    /// An appointment was booked.
    BookingConfirmed(Appointment),
    /// An appointment is at another time now.
    BookingMoved(Appointment),
    /// An appointment will not take place.
    BookingCancelled(Appointment),
    /// An appointment is near.
    BookingReminder(Appointment),
    /// Tokens of a plan end soon.
    TokensEnding {
        /// `1 token`, `8 tokens`.
        tokens: String,
        /// When they end.
        ends_at: DateTime<Utc>,
        /// The customer's statement.
        statement_url: String,
    },
}

/// What changed about a second factor.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum SecondFactorChange {
    /// It was turned on.
    Enabled,
    /// It was turned off.
    Disabled,
    /// New recovery codes were made.
    CodesRenewed,
    /// Somebody signed in with a recovery code.
    CodeUsed {
        /// How many there are still.
        left: i64,
    },
}

/// What is said about an appointment. Times are written out, for their zone is the customer's.
#[derive(Clone, Debug, Serialize)]
pub struct Appointment {
    /// What was booked.
    pub service: String,
    /// When, by the customer's clock: a range and its zone.
    pub when: String,
    /// When by the owner's clock, if that shows another time.
    pub when_at_owner: Option<String>,
    /// Where it takes place; may be empty.
    pub location: String,
    /// What can be done about it until when, in a sentence; or what became of the payment.
    pub policy: String,
    /// What the owner has to say.
    pub message: Option<String>,
    /// Where it can be moved and cancelled without signing in.
    pub manage_url: String,
    /// What calendars are told.
    #[serde(skip)]
    pub invite: Option<Attachment>,
}

/// What is said about a subscription.
#[derive(Clone, Debug, Serialize)]
pub struct PlanNews {
    /// The plan's name.
    pub plan: String,
    /// What was paid, is paid per period, or could not be paid.
    pub amount: Money,
    /// When the current period ends.
    pub at: DateTime<Utc>,
    /// Tokens per period; may be zero.
    pub tokens: i64,
    /// After a failed payment: until when everything stays open.
    pub until: Option<DateTime<Utc>>,
    /// The card's last four digits, where it is about the card.
    pub card: Option<String>,
    /// The account's page of the plan.
    pub plan_url: String,
}

/// What a receipt says.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// What people call the order.
    pub order_number: String,
    /// What was bought.
    pub lines: Vec<Line>,
    /// Sum of the lines before discounts.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Tax contained in or added to the total.
    pub tax: Money,
    /// What was paid.
    pub total: Money,
    /// When.
    pub paid_at: DateTime<Utc>,
    /// Where to get each product.
    pub deliveries: Vec<Delivery>,
    /// The order's page.
    pub order_url: String,
}

/// One thing of an order.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// How many.
    pub quantity: u32,
    /// What that costs.
    pub total: Money,
}

/// Where to get a product.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// What it is called.
    pub name: String,
    /// How it is delivered.
    pub kind: LineKind,
    /// The page to go to.
    pub url: String,
}

/// What is said while the bank takes its time.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentProcessing {
    /// What people call the order.
    pub order_number: String,
    /// What was ordered.
    pub lines: Vec<Line>,
    /// What is to be paid.
    pub total: Money,
    /// The order's page.
    pub order_url: String,
}

/// What is said about a refund.
#[derive(Clone, Debug, Serialize)]
pub struct RefundSent {
    /// What people call the order.
    pub order_number: String,
    /// How much went back.
    pub amount: Money,
    /// What it was for; empty when it was for an amount only.
    pub lines: Vec<Line>,
    /// What becomes of the access.
    pub access: Access,
    /// Whether tokens came with what ended.
    pub tokens: bool,
    /// The order's page.
    pub order_url: String,
}

/// What becomes of the access to refunded products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It goes on.
    Stays,
    /// It has ended.
    Ended,
}

impl Letter {
    /// The name of its templates.
    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::VerifyEmail { .. } => "verify_email",
            Self::PasswordReset { .. } => "password_reset",
            Self::PasswordChanged { .. } => "password_changed",
            Self::EmailChangeConfirm { .. } => "email_change_confirm",
            Self::EmailChangeNotice { .. } => "email_change_notice",
            Self::EmailInUse { .. } => "email_in_use",
            Self::SecondFactor { .. } => "second_factor",
            Self::Receipt(_) => "receipt",
            Self::PaymentProcessing(_) => "payment_processing",
            Self::OrderFailed { .. } => "order_failed",
            Self::RefundSent(_) => "refund_sent",
            Self::NeedsReview { .. } => "needs_review",
            Self::PlanStarted(_) => "plan_started",
            Self::PlanRenewed(_) => "plan_renewed",
            Self::TrialEnds(_) => "trial_ends",
            Self::CardExpiring(_) => "card_expiring",
            Self::PlanPaymentFailed(_) => "plan_payment_failed",
            Self::PlanRecovered(_) => "plan_recovered",
            Self::PlanEnded(_) => "plan_ended",
            Self::PlanChanged(_) => "plan_changed",
            Self::BookingConfirmed(_) => "booking_confirmed",
            Self::BookingMoved(_) => "booking_moved",
            Self::BookingCancelled(_) => "booking_cancelled",
            Self::BookingReminder(_) => "booking_reminder",
            Self::TokensEnding { .. } => "tokens_ending",
        }
    }

    /// Its subject line.
    pub(super) fn subject(&self, shop: &str) -> String {
        match self {
            Self::Welcome => format!("Welcome to {shop}"),
            Self::VerifyEmail { .. } => format!("Confirm your address for {shop}"),
            Self::PasswordReset { .. } => format!("Set a new password for {shop}"),
            Self::PasswordChanged { .. } => format!("Your password for {shop} was changed"),
            Self::EmailChangeConfirm { .. } => format!("Confirm your new address for {shop}"),
            Self::EmailChangeNotice { .. } => format!("Your address at {shop} is about to change"),
            Self::EmailInUse { .. } => format!("You have an account at {shop} already"),
            Self::SecondFactor { change: SecondFactorChange::CodeUsed { .. }, .. } => {
                format!("A recovery code was used at {shop}")
            }
            Self::SecondFactor { .. } => format!("Your two-factor sign-in at {shop} was changed"),
            Self::Receipt(receipt) => format!("Your order {} from {shop}", receipt.order_number),
            Self::PaymentProcessing(order) => format!("Your order {} is being paid", order.order_number),
            Self::OrderFailed { order_number, .. } => format!("Your order {order_number} was not paid"),
            Self::NeedsReview { order_number, .. } => format!("Order {order_number} needs a look"),
            Self::RefundSent(refund) => format!("Refund for your order {}", refund.order_number),
            Self::PlanStarted(news) => format!("Welcome to {}", news.plan),
            Self::PlanRenewed(news) => format!("Your {} goes on: receipt", news.plan),
            Self::TrialEnds(news) => format!("Your trial of {} ends soon", news.plan),
            Self::CardExpiring(news) => format!("Your card for {} is about to expire", news.plan),
            Self::PlanPaymentFailed(news) => format!("Your payment for {} did not go through", news.plan),
            Self::PlanRecovered(news) => format!("Thank you: {} is paid", news.plan),
            Self::PlanEnded(news) => format!("Your {} has ended", news.plan),
            Self::PlanChanged(news) => format!("Your plan is now {}", news.plan),
            Self::BookingConfirmed(booking) => format!("Booked: {}, {}", booking.service, booking.when),
            Self::BookingMoved(booking) => format!("New time: {}, {}", booking.service, booking.when),
            Self::BookingCancelled(booking) => format!("Cancelled: {}, {}", booking.service, booking.when),
            Self::BookingReminder(booking) => format!("Reminder: {}, {}", booking.service, booking.when),
            Self::TokensEnding { tokens, ends_at, .. } => {
                format!("{tokens} to spend until {}", ends_at.format("%-d %B %Y"))
            }
        }
    }

    /// The files that come with it.
    pub(super) fn attachments(&self) -> Vec<Attachment> {
        match self {
            Self::BookingConfirmed(booking) | Self::BookingMoved(booking) | Self::BookingCancelled(booking) => {
                booking.invite.iter().cloned().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The one-time token it carries, which must not be kept longer than needed.
    pub(super) fn token(&self) -> Option<&str> {
        match self {
            Self::VerifyEmail { link } | Self::PasswordReset { link } | Self::EmailChangeConfirm { link } => {
                link.split_once("token=").map(|(_, token)| token)
            }
            _ => None,
        }
    }
}
