//! Checkout: orders, paying, refunds.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Money,
    accounts::Customer,
    calendar::{BookingChoice, OrderedTime},
    catalog::ProductKind,
    tokens::BoughtTokens,
};

/// Body of `POST /checkout/sessions`: exactly one of `items`, `cart` and `plan_id`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCheckout {
    /// What to buy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub items: Option<Vec<CheckoutItem>>,
    /// Buy what is in the cart.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cart: Option<bool>,
    /// Subscribe to a plan.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan_id: Option<Uuid>,
    /// A discount code.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discount_code: Option<String>,
}

/// One thing to buy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckoutItem {
    /// Which product.
    pub product_id: Uuid,
    /// How many, 1–100.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100))]
    pub quantity: u32,
    /// For a service: the time to book with it, held until the payment page closes. `quantity` is 1 then.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub booking: Option<BookingChoice>,
}

/// Where a checkout stands when it is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CheckoutStatus {
    /// Waiting for the customer to pay.
    Open,
    /// Paid by a slow method; the bank has yet to confirm.
    Processing,
    /// Paid, and delivered.
    Complete,
    /// The page's time ran out unpaid.
    Expired,
    /// The payment failed for good.
    Failed,
}

/// A started checkout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checkout {
    /// The order it made.
    pub order_id: Uuid,
    /// `complete` when nothing was to pay, else `open`.
    pub status: CheckoutStatus,
    /// Stripe's page to pay on; null when nothing is to pay.
    pub url: Option<String>,
    /// Until when the page can be paid.
    pub expires_at: Option<DateTime<Utc>>,
}

/// How a checkout ended (`GET /checkout/sessions/{stripe_session_id}`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckoutResult {
    /// Where it stands.
    pub status: CheckoutStatus,
    /// The order, as it is now.
    pub order: Order,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum OrderStatus {
    /// Waiting to be paid.
    Pending,
    /// Paid by a slow method; the bank has yet to confirm.
    Processing,
    /// Paid.
    Paid,
    /// Paid; part of the money went back.
    PartiallyRefunded,
    /// All money went back.
    Refunded,
    /// The payment is disputed with the bank.
    Disputed,
    /// Never paid; the page's time ran out.
    Expired,
    /// The payment failed for good.
    Failed,
    /// Something does not add up; the owner has to look.
    NeedsReview,
}

impl OrderStatus {
    /// All of them.
    pub const ALL: [OrderStatus; 9] = [
        Self::Pending,
        Self::Processing,
        Self::Paid,
        Self::PartiallyRefunded,
        Self::Refunded,
        Self::Disputed,
        Self::Expired,
        Self::Failed,
        Self::NeedsReview,
    ];

    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Processing => "processing",
            Self::Paid => "paid",
            Self::PartiallyRefunded => "partially_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::Expired => "expired",
            Self::Failed => "failed",
            Self::NeedsReview => "needs_review",
        }
    }
}

/// What a customer bought, or tried to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// UUIDv7.
    pub id: Uuid,
    /// What people call it, such as `1042`.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// What was bought.
    pub lines: Vec<OrderLine>,
    /// Sum of the lines before discounts.
    pub subtotal: Money,
    /// What was taken off.
    pub discount: Money,
    /// Tax contained in or added to the total.
    pub tax: Money,
    /// What was to pay.
    pub total: Money,
    /// What went back so far.
    pub refunded: Money,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the money arrived.
    pub paid_at: Option<DateTime<Utc>>,
    /// Stripe's page to pay it on, while it waits for that.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub pay_url: Option<String>,
}

/// What a line of an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LineKind {
    /// Files.
    Download,
    /// Something to look at.
    Embed,
    /// An appointment.
    Service,
    /// Tokens, and nothing else.
    Tokens,
    /// The first payment of a subscription.
    Plan,
}

impl LineKind {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Download => "download",
            Self::Embed => "embed",
            Self::Service => "service",
            Self::Tokens => "tokens",
            Self::Plan => "plan",
        }
    }
}

impl From<ProductKind> for LineKind {
    fn from(kind: ProductKind) -> Self {
        match kind {
            ProductKind::Download => Self::Download,
            ProductKind::Embed => Self::Embed,
            ProductKind::Service => Self::Service,
        }
    }
}

/// One thing of an order, with the price it had then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderLine {
    /// UUIDv7.
    pub id: Uuid,
    /// Which product; of a plan its id.
    pub product_id: Uuid,
    /// Its name when it was bought.
    pub name: String,
    /// How it is delivered.
    pub kind: LineKind,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Money,
    /// Price × quantity, less this line's part of discounts.
    pub total: Money,
    /// Whether this line was refunded.
    pub refunded: bool,
    /// The tokens that come with all of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tokens: Option<BoughtTokens>,
    /// The time that was chosen with a service.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub booking: Option<OrderedTime>,
}

/// An order, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminOrder {
    /// What the customer sees.
    #[serde(flatten)]
    pub order: Order,
    /// Who bought.
    pub customer: Customer,
    /// `cs_…`
    pub stripe_session_id: Option<String>,
    /// `pi_…`
    pub stripe_payment_intent_id: Option<String>,
    /// Why the order needs a look, when it does.
    pub review_reason: Option<String>,
    /// Money that went back, or is on its way.
    pub refunds: Vec<Refund>,
    /// Disputes with the bank.
    pub disputes: Vec<Dispute>,
}

/// Body of `POST /admin/orders/{id}/refunds`; neither `amount` nor `lines` refunds all that is left.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRefund {
    /// Only this much; access stays.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub amount: Option<Money>,
    /// These lines, whole; access to them ends.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lines: Option<Vec<Uuid>>,
    /// For the owner's records.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RefundStatus {
    /// Asked for; Stripe or the bank is at it.
    Pending,
    /// The money went back.
    Succeeded,
    /// The money did not go back.
    Failed,
    /// Taken back before it happened.
    Canceled,
}

impl RefundStatus {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Refund {
    /// UUIDv7.
    pub id: Uuid,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: RefundStatus,
    /// The lines it is for; empty when it is for an amount only.
    pub lines: Vec<Uuid>,
    /// What the owner noted.
    pub reason: Option<String>,
    /// `re_…`, once Stripe knows it.
    pub stripe_refund_id: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
}

/// A payment that the customer disputes with the bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dispute {
    /// `dp_…`
    pub stripe_dispute_id: String,
    /// How much is disputed.
    pub amount: Money,
    /// Stripe's word: `needs_response`, `under_review`, `won`, `lost` …
    pub status: String,
    /// Stripe's word: `fraudulent`, `product_not_received` …
    pub reason: String,
    /// Until when evidence can be handed in.
    pub evidence_due_by: Option<DateTime<Utc>>,
}

/// Which orders to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct OrderQuery {
    /// Only in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<OrderStatus>,
    /// Number, customer's e-mail or name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only of this customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Uuid>,
    /// How many items at most, 1–100; 20 when not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 100, default = 20))]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}
