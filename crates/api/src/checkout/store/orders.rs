//! SQL of orders and their lines.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::db::{Cx, Result, Tx, sql};

/// A row of `orders`.
#[derive(Clone, Debug, FromRow)]
pub struct OrderRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// What people call it.
    pub number: i64,
    /// Whose.
    pub customer_id: Uuid,
    /// ISO 4217, lower case.
    pub currency: String,
    /// Minor units, before discounts.
    pub subtotal_amount: i64,
    /// Minor units.
    pub discount_amount: i64,
    /// Minor units.
    pub tax_amount: i64,
    /// Minor units.
    pub total_amount: i64,
    /// Minor units that went back or are on their way.
    pub refunded_amount: i64,
    /// `pending`, `processing`, `paid`, `expired` or `failed`.
    pub payment: String,
    /// As [`vitrine_types::checkout::OrderStatus`].
    pub status: String,
    /// Why the owner has to look.
    pub review_reason: Option<String>,
    /// Whether it was made from the cart.
    pub from_cart: bool,
    /// Counts sessions asked for.
    pub attempt: i64,
    /// `cs_…`
    pub stripe_session_id: Option<String>,
    /// Where to pay.
    pub stripe_url: Option<String>,
    /// `pi_…`
    pub stripe_payment_intent_id: Option<String>,
    /// Until when it can be paid and holds its stock.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the money arrived.
    pub paid_at: Option<DateTime<Utc>>,
    /// The plan it begins a subscription to; it has no lines then.
    pub plan_id: Option<Uuid>,
    /// The plan's name then.
    pub plan_name: Option<String>,
}

/// A row of `order_lines`.
#[derive(Clone, Debug, FromRow)]
pub struct LineRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Of which order.
    pub order_id: Uuid,
    /// Which product.
    pub product_id: Uuid,
    /// Its name then.
    pub name: String,
    /// `download`, `embed`, `service` or `tokens`.
    pub kind: String,
    /// How many.
    pub quantity: i64,
    /// Minor units for one.
    pub unit_amount: i64,
    /// Minor units for all.
    pub total_amount: i64,
    /// Whether it was refunded.
    pub refunded: bool,
    /// The time that is held or booked with it.
    pub booking_id: Option<Uuid>,
    /// How many tokens come with each.
    pub tokens: Option<i64>,
    /// For how many days; `None` is for ever.
    pub tokens_valid_days: Option<i64>,
    /// To which subscription's account.
    pub token_account_id: Option<Uuid>,
}

/// The columns of an [`OrderRecord`], for `select`.
macro_rules! select_orders {
    ($rest:literal) => {
        concat!(
            "select id, number, customer_id, currency, subtotal_amount, discount_amount, tax_amount, total_amount, \
             refunded_amount, payment, status, review_reason, from_cart, attempt, stripe_session_id, stripe_url, \
             stripe_payment_intent_id, expires_at, created_at, paid_at, plan_id, plan_name from orders ",
            $rest
        )
    };
}

/// Writes an order and its lines, giving it the next number.
pub async fn insert_order(tx: &mut Tx, order: &OrderRecord, fingerprint: &str, lines: &[LineRecord]) -> Result<()> {
    tx.lock("orders.number").await?;
    sql(
        &mut *tx,
        "insert into orders (id, number, customer_id, currency, subtotal_amount, discount_amount, tax_amount,
                             total_amount, payment, status, from_cart, fingerprint, expires_at, created_at, plan_id,
                             plan_name)
         select $1, coalesce(max(number), 1000) + 1, $2, $3, $4, $5, $6, $7, 'pending', 'pending', $8, $9, $10, $11, $12, $13
         from orders",
    )
    .bind(order.id)
    .bind(order.customer_id)
    .bind(order.currency.clone())
    .bind(order.subtotal_amount)
    .bind(order.discount_amount)
    .bind(order.tax_amount)
    .bind(order.total_amount)
    .bind(order.from_cart)
    .bind(fingerprint.to_owned())
    .bind(order.expires_at)
    .bind(order.created_at)
    .bind(order.plan_id)
    .bind(order.plan_name.clone())
    .exec()
    .await?;
    for (position, line) in lines.iter().enumerate() {
        sql(
            &mut *tx,
            "insert into order_lines (id, order_id, position, product_id, name, kind, quantity, unit_amount, total_amount,
                 booking_id, tokens, tokens_valid_days, token_account_id)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(line.id)
        .bind(order.id)
        .bind(position as i64)
        .bind(line.product_id)
        .bind(line.name.clone())
        .bind(line.kind.clone())
        .bind(line.quantity)
        .bind(line.unit_amount)
        .bind(line.total_amount)
        .bind(line.booking_id)
        .bind(line.tokens)
        .bind(line.tokens_valid_days)
        .bind(line.token_account_id)
        .exec()
        .await?;
    }
    Ok(())
}

/// An order by its id.
pub async fn find_order(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<OrderRecord>> {
    sql(cx, select_orders!("where id = $1")).bind(id).opt().await
}

/// A customer's order by Stripe's session.
pub async fn find_by_session(cx: impl Into<Cx<'_>>, session: &str) -> Result<Option<OrderRecord>> {
    sql(cx, select_orders!("where stripe_session_id = $1")).bind(session.to_owned()).opt().await
}

/// An order by Stripe's payment.
pub async fn find_by_payment_intent(cx: impl Into<Cx<'_>>, intent: &str) -> Result<Option<OrderRecord>> {
    sql(cx, select_orders!("where stripe_payment_intent_id = $1")).bind(intent.to_owned()).opt().await
}

/// The open order of the same request that can still be paid at `until`.
pub async fn find_open(cx: impl Into<Cx<'_>>, fingerprint: &str, until: DateTime<Utc>) -> Result<Option<OrderRecord>> {
    sql(
        cx,
        select_orders!(
            "where fingerprint = $1 and payment = 'pending' and review_reason is null and expires_at > $2 order by created_at desc limit 1"
        ),
    )
    .bind(fingerprint.to_owned())
    .bind(until)
    .opt()
    .await
}

/// The open order of a customer for a plan.
pub async fn find_open_plan_order(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Option<OrderRecord>> {
    sql(cx, select_orders!("where customer_id = $1 and plan_id is not null and payment = 'pending'"))
        .bind(customer)
        .opt()
        .await
}

/// A customer's orders that wait for money.
pub async fn list_open(cx: impl Into<Cx<'_>>, customer: Uuid) -> Result<Vec<OrderRecord>> {
    sql(cx, select_orders!("where customer_id = $1 and payment = 'pending' order by id")).bind(customer).all().await
}

/// A customer's orders, newest first.
pub async fn list_of_customer(
    cx: impl Into<Cx<'_>>,
    customer: Uuid,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrderRecord>> {
    sql(cx, select_orders!("where customer_id = $1 and ($2 is null or id < $2) order by id desc limit $3"))
        .bind(customer)
        .bind(before)
        .bind(limit)
        .all()
        .await
}

/// All orders, newest first. `words` matches the number, or part of the customer's name or e-mail (lower case).
pub async fn list_all(
    cx: impl Into<Cx<'_>>,
    status: Option<&str>,
    customer: Option<Uuid>,
    words: Option<&str>,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<OrderRecord>> {
    sql(
        cx,
        select_orders!(
            "where ($1 is null or status = $1) and ($2 is null or customer_id = $2) and ($3 is null or id < $3)
             and ($4 is null or cast(number as text) = $4 or customer_id in (
                 select id from customers where lower(email) like '%' || $4 || '%' or lower(name) like '%' || $4 || '%'))
             order by id desc limit $5"
        ),
    )
    .bind(status.map(str::to_owned))
    .bind(customer)
    .bind(before)
    .bind(words.map(str::to_owned))
    .bind(limit)
    .all()
    .await
}

/// Orders that wait for money and were made before `before`: those Stripe has to be asked about.
pub async fn list_waiting(cx: impl Into<Cx<'_>>, before: DateTime<Utc>) -> Result<Vec<OrderRecord>> {
    sql(cx, select_orders!("where payment in ('pending', 'processing') and created_at < $1 order by id limit 1000"))
        .bind(before)
        .all()
        .await
}

/// An order's lines.
pub async fn list_lines(cx: impl Into<Cx<'_>>, order: Uuid) -> Result<Vec<LineRecord>> {
    sql(
        cx,
        "select id, order_id, product_id, name, kind, quantity, unit_amount, total_amount, refunded, booking_id,
                tokens, tokens_valid_days, token_account_id
         from order_lines where order_id = $1 order by position",
    )
    .bind(order)
    .all()
    .await
}

/// Whether a customer has ordered a product, and paid or is paying.
pub async fn has_ordered(tx: &mut Tx, customer: Uuid, product: Uuid) -> Result<bool> {
    let found: Option<(Uuid,)> = sql(
        tx,
        "select l.id from order_lines l join orders o on o.id = l.order_id
         where l.product_id = $2 and o.customer_id = $1 and o.payment in ('paid', 'processing') limit 1",
    )
    .bind(customer)
    .bind(product)
    .opt()
    .await?;
    Ok(found.is_some())
}

/// Notes Stripe's session for an order.
pub async fn update_session(tx: &mut Tx, order: Uuid, session: &str, url: Option<&str>) -> Result<u64> {
    sql(tx, "update orders set stripe_session_id = $2, stripe_url = $3 where id = $1")
        .bind(order)
        .bind(session.to_owned())
        .bind(url.map(str::to_owned))
        .exec()
        .await
}

/// Starts another attempt at a session, with another time to pay.
pub async fn update_attempt(tx: &mut Tx, order: Uuid, expires_at: DateTime<Utc>) -> Result<u64> {
    sql(tx, "update orders set attempt = attempt + 1, expires_at = $2 where id = $1")
        .bind(order)
        .bind(expires_at)
        .exec()
        .await
}

/// Sets where the payment stands.
pub async fn update_payment(tx: &mut Tx, order: Uuid, payment: &str) -> Result<u64> {
    sql(tx, "update orders set payment = $2 where id = $1").bind(order).bind(payment.to_owned()).exec().await
}

/// Notes that the money arrived, and by which session and payment; its lines count as sold from now on.
pub async fn update_paid(
    tx: &mut Tx,
    order: Uuid,
    session: Option<&str>,
    intent: Option<&str>,
    at: DateTime<Utc>,
) -> Result<u64> {
    sql(&mut *tx, "update order_lines set paid = true where order_id = $1").bind(order).exec().await?;
    sql(
        tx,
        "update orders set payment = 'paid', paid_at = $4, stripe_session_id = coalesce($2, stripe_session_id),
                           stripe_payment_intent_id = $3
         where id = $1",
    )
    .bind(order)
    .bind(session.map(str::to_owned))
    .bind(intent.map(str::to_owned))
    .bind(at)
    .exec()
    .await
}

/// Flags an order for the owner, or takes the flag away.
pub async fn update_review(tx: &mut Tx, order: Uuid, reason: Option<&str>) -> Result<u64> {
    sql(tx, "update orders set review_reason = $2 where id = $1")
        .bind(order)
        .bind(reason.map(str::to_owned))
        .exec()
        .await
}

/// Sets what follows from refunds and disputes.
pub async fn update_outcome(tx: &mut Tx, order: Uuid, status: &str, refunded_amount: i64) -> Result<u64> {
    sql(tx, "update orders set status = $2, refunded_amount = $3 where id = $1")
        .bind(order)
        .bind(status.to_owned())
        .bind(refunded_amount)
        .exec()
        .await
}

/// Sets whether a line was refunded.
pub async fn update_line_refunded(tx: &mut Tx, line: Uuid, refunded: bool) -> Result<u64> {
    sql(tx, "update order_lines set refunded = $2 where id = $1").bind(line).bind(refunded).exec().await
}
