//! How the API says that something went wrong: RFC 9457 with a stable code.

use serde::{Deserialize, Serialize};

/// Every answer that is an error (`application/problem+json`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What this kind of problem is, in a few words; the same for every occurrence.
    pub title: String,
    /// The HTTP status, repeated.
    pub status: u16,
    /// Stable and dotted, such as `auth.invalid_credentials`: what programs should look at.
    pub code: String,
    /// What happened this time, for people.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub detail: Option<String>,
    /// The path that was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<String>,
    /// Also in the header `X-Request-Id`; name it when you ask for help.
    #[serde(default)]
    pub request_id: String,
    /// Which fields are wrong and why (422).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// The code as one of those this version knows.
    pub fn known_code(&self) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == self.code)
    }
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path of the field, such as `price.amount` or `items[0].quantity`.
    pub field: String,
    /// Stable reason, such as `required`, `too_long`, `taken`.
    pub code: String,
    /// How to mend it, for people.
    pub detail: String,
}

macro_rules! codes {
    ($($variant:ident $status:literal $code:literal $title:literal;)*) => {
        /// Every problem code of the API: feature dot reason.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $(#[doc = $title] $variant,)* }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// As it stands on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $code,)* }
            }

            /// The HTTP status it comes with.
            pub fn status(self) -> u16 {
                match self { $(Code::$variant => $status,)* }
            }

            /// What it means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }
        }
    };
}

codes! {
    MalformedRequest 400 "request.malformed" "The request cannot be read";
    InvalidRequest 422 "request.invalid" "Some values are not valid";
    NotFound 404 "request.not_found" "There is nothing here, or it is not yours";
    MethodNotAllowed 405 "request.method_not_allowed" "This address does not take that method";
    Conflict 409 "request.conflict" "The request does not fit the present state";
    PayloadTooLarge 413 "request.too_large" "The request is too large";
    UnsupportedMediaType 415 "request.unsupported_media_type" "The content type is not supported";
    RangeNotSatisfiable 416 "request.range_not_satisfiable" "The requested range lies outside the file";
    RateLimited 429 "request.rate_limited" "Too many requests; try again later";
    RequestTimeout 408 "request.timeout" "The request took too long to arrive";
    Internal 500 "server.internal" "Something went wrong on our side";
    Busy 503 "server.busy" "The server is busy; try again in a moment";
    StorageFull 507 "server.storage_full" "There is no space left to store this";
    NotReady 503 "server.not_ready" "The server is not ready yet";
    IdempotencyMismatch 422 "idempotency.mismatch" "This idempotency key was used for another request";
    IdempotencyInvalidKey 400 "idempotency.invalid_key" "An idempotency key has 1 to 255 visible ASCII characters";

    NotSignedIn 401 "auth.required" "Sign in first";
    InvalidToken 401 "auth.invalid_token" "The access token is not valid or has expired";
    InvalidCredentials 401 "auth.invalid_credentials" "E-mail or password is wrong";
    InvalidRefreshToken 401 "auth.invalid_refresh_token" "The session has ended; sign in again";
    InvalidTotp 401 "auth.invalid_totp" "This code is not valid, or was used already";
    TotpRequired 401 "auth.totp_required" "A code of the second factor is needed";
    Forbidden 403 "auth.forbidden" "You are not allowed to do that";
    TotpSetupRequired 403 "auth.totp_setup_required" "Set up your second factor first";
    InvalidOneTimeToken 422 "auth.invalid_one_time_token" "This link is not valid or was used already";

    EmailTaken 409 "accounts.email_taken" "An account with this e-mail exists";
    WrongPassword 403 "accounts.wrong_password" "The current password is wrong";
    PasswordRequired 403 "accounts.password_required" "Give your password once more";
    TotpEnabled 409 "accounts.totp_enabled" "The second factor is on already";
    TotpNotEnabled 409 "accounts.totp_not_enabled" "The second factor is off";
    LastAdmin 409 "accounts.last_admin" "The shop needs at least one admin";
    BadImage 422 "images.invalid" "This is not a picture we can read";

    SlugTaken 409 "catalog.slug_taken" "Another product has this address";
    NotFree 409 "catalog.not_free" "This product is not free";
    OutOfStock 409 "catalog.out_of_stock" "Not enough of this is left";
    NotAvailable 409 "catalog.not_available" "This product is not for sale";
    NothingToDeliver 409 "catalog.nothing_to_deliver" "The product has nothing to deliver yet";
    EmptyFile 422 "catalog.empty_file" "The file is empty";

    CartEmpty 409 "cart.empty" "The cart is empty";
    CartTooLarge 409 "cart.too_many_lines" "The cart is full";

    PaymentsNotConfigured 503 "payments.not_configured" "Payments are not set up yet";
    PaymentsUnavailable 503 "payments.unavailable" "The payment service does not answer; try again in a moment";
    CardDeclined 402 "payments.card_declined" "The card was declined; nothing was changed";
    PaymentsRefused 502 "payments.refused" "The payment service refused the request";
    AmountTooSmall 422 "checkout.amount_too_small" "The total is below what can be paid by card";
    OrderNotRefundable 409 "checkout.not_refundable" "This order cannot be refunded";
    RefundTooLarge 409 "checkout.refund_too_large" "The refund exceeds what is left of the payment";
    DiscountInvalid 422 "discounts.invalid" "This code cannot be used here";

    BadSignature 400 "webhook.bad_signature" "The signature does not match";
    WebhookNotConfigured 503 "webhook.not_configured" "No webhook secret is set";

    AlreadyOwned 409 "entitlements.already_owned" "You own this already";
    OrderInstead 409 "entitlements.order_instead" "This product is ordered, not claimed";
    EntitlementInactive 403 "entitlements.inactive" "Access to this product has ended";
    LinkExpired 403 "entitlements.link_expired" "This link has expired; ask for a new one";

    SlotTaken 409 "calendar.slot_taken" "Somebody else has just taken this time";
    SlotUnavailable 422 "calendar.slot_unavailable" "This time is not offered";
    CancelClosed 409 "calendar.cancel_closed" "It is too late to change this booking";
    BookingNotOpen 409 "calendar.not_open" "This booking can no longer be changed";
    BookingLinkExpired 403 "calendar.link_expired" "This link has expired; sign in to see your bookings";
    NoBookingLeft 409 "calendar.no_booking_left" "No appointment is left on this purchase";
    TokensInsufficient 409 "tokens.insufficient" "Not enough tokens are left";
    TokensFrozen 409 "tokens.frozen" "These tokens wait until a disputed payment is decided";
    NoSubscription 409 "tokens.no_subscription" "Tokens are spent within a plan; choose a plan first";
    AlreadySubscribed 409 "subscriptions.already_subscribed" "You have this plan already";
    ChangePlanInstead 409 "subscriptions.change_plan" "You have another plan; change that one";
    SubscriptionOver 409 "subscriptions.over" "This subscription has ended";
    SubscriptionUnpaid 409 "subscriptions.unpaid" "This subscription is not paid; see to the payment first";
    PlanSlugTaken 409 "subscriptions.slug_taken" "Another plan has this address";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_dotted() {
        let mut seen = std::collections::HashSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{} twice", code.as_str());
            assert_eq!(code.as_str().split('.').count(), 2, "{}", code.as_str());
            assert!((400..600).contains(&code.status()));
        }
    }
}
