//! What can be done with entitlements.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::{
    Code,
    catalog::{Embed, ProductKind},
    entitlements::{EntitlementStatus, SourceKind},
    tokens::BoughtTokens,
};

use super::store::{self, EntitlementRecord, NewEntitlement};
use crate::{
    auth::{Keys, TokenBody},
    catalog,
    clock::Clock,
    db::{Cx, Db, Tx},
    error::{Error, Result},
};

/// How long a link to a file or an embed works.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(15);

/// The fact "this order line was paid".
pub fn order_line_fact(line: Uuid) -> String {
    format!("order_line:{line}")
}

/// Grants what a paid order line gives. Safe to call again.
#[allow(clippy::too_many_arguments)] // Each is a column; a struct would say the names twice.
pub async fn grant_order_line(
    tx: &mut Tx,
    clock: &Clock,
    customer: Uuid,
    order: Uuid,
    line: Uuid,
    product: Uuid,
    kind: ProductKind,
    quantity: i64,
    tokens: Option<BoughtTokens>,
) -> Result<()> {
    let new = NewEntitlement {
        customer_id: customer,
        product_id: product,
        fact: &order_line_fact(line),
        source_kind: SourceKind::Order.as_str(),
        source_id: order,
        bookings: (kind == ProductKind::Service).then_some(quantity),
        tokens,
        expires_at: None,
    };
    store::insert_entitlement(tx, &new, clock.now()).await?;
    Ok(())
}

/// What a paid order line gave.
pub async fn find_of_order_line(cx: impl Into<Cx<'_>>, line: Uuid) -> Result<Option<EntitlementRecord>> {
    Ok(store::find_by_fact(cx, &order_line_fact(line)).await?)
}

/// Lets the grant of an order line follow what became of its money.
pub async fn follow_order_line(tx: &mut Tx, line: Uuid, status: EntitlementStatus) -> Result<()> {
    store::update_source_status(tx, &order_line_fact(line), status.as_str()).await?;
    Ok(())
}

/// Lets what subscriptions open (one, or all) follow what they include now. Safe at any time.
///
/// # Errors
/// When the database does not answer.
pub async fn follow_subscriptions(tx: &mut Tx, clock: &Clock, subscription: Option<Uuid>) -> Result<()> {
    let now = clock.now();
    for included in store::list_missing_of_subscriptions(&mut *tx, subscription).await? {
        let new = NewEntitlement {
            customer_id: included.customer_id,
            product_id: included.product_id,
            fact: &format!("subscription:{}:{}", included.subscription_id, included.product_id),
            source_kind: SourceKind::Subscription.as_str(),
            source_id: included.subscription_id,
            bookings: None,
            tokens: None,
            expires_at: included.ends_at,
        };
        store::insert_entitlement(tx, &new, now).await?;
    }
    store::update_of_subscriptions(tx, subscription).await?;
    Ok(())
}

/// Gives a free product to whoever asks.
///
/// # Errors
/// `request.not_found` when there is no such product for sale, `catalog.not_free` when it costs something,
/// `entitlements.order_instead` when tokens come with it: an order says to whom, `catalog.out_of_stock`.
pub async fn claim(tx: &mut Tx, clock: &Clock, customer: Uuid, slug: &str) -> Result<EntitlementRecord> {
    let product = catalog::service::find_published(&mut *tx, Some(customer), slug).await?.product.product;
    if product.price_amount > 0 {
        return Err(Error::new(Code::NotFree));
    }
    if product.tokens.is_some() {
        return Err(Error::new(Code::OrderInstead).detail("Tokens come with it: check it out, nothing is to pay"));
    }
    let fact = format!("free:{customer}:{}", product.id);
    tx.lock(&fact).await?;
    if let Some(owned) = store::find_by_fact(&mut *tx, &fact).await? {
        return Ok(owned);
    }
    catalog::service::hold_stock(tx, product.id, 1).await?;
    let new = NewEntitlement {
        customer_id: customer,
        product_id: product.id,
        fact: &fact,
        source_kind: SourceKind::Free.as_str(),
        source_id: product.id,
        bookings: (product.kind == ProductKind::Service).then_some(1),
        tokens: None,
        expires_at: None,
    };
    store::insert_entitlement(tx, &new, clock.now()).await?;
    store::find_by_fact(tx, &fact).await?.ok_or_else(|| Error::internal(anyhow::anyhow!("the grant is gone")))
}

/// Gives a product to a customer. What was taken away before is given back.
///
/// # Errors
/// `request.not_found` when there is no such product; `catalog.nothing_to_deliver` when it is nothing but tokens.
pub async fn gift(tx: &mut Tx, clock: &Clock, customer: Uuid, product: Uuid) -> Result<EntitlementRecord> {
    let product = catalog::service::find_product(&mut *tx, product).await?.product.product;
    if product.only_tokens {
        return Err(Error::new(Code::NothingToDeliver).detail("Give tokens on the page of the customer's subscription"));
    }
    let fact = format!("gift:{customer}:{}", product.id);
    let id = Uuid::now_v7();
    let new = NewEntitlement {
        customer_id: customer,
        product_id: product.id,
        fact: &fact,
        source_kind: SourceKind::Gift.as_str(),
        source_id: id,
        bookings: (product.kind == ProductKind::Service).then_some(1),
        tokens: None,
        expires_at: None,
    };
    if store::insert_entitlement(tx, &new, clock.now()).await?.is_none() {
        let given = store::find_by_fact(&mut *tx, &fact).await?.ok_or(Code::NotFound)?;
        store::update_taken(tx, given.id, None).await?;
    }
    store::find_by_fact(tx, &fact).await?.ok_or_else(|| Code::NotFound.into())
}

/// Takes a product away from a customer, whatever its source says.
///
/// # Errors
/// `request.not_found`.
pub async fn take_away(tx: &mut Tx, clock: &Clock, id: Uuid) -> Result<()> {
    match store::update_taken(tx, id, Some(clock.now())).await? {
        0 => Err(Code::NotFound.into()),
        _ => Ok(()),
    }
}

/// Gives back what [`take_away`] took.
///
/// # Errors
/// `request.not_found`.
pub async fn give_back(tx: &mut Tx, id: Uuid) -> Result<()> {
    match store::update_taken(tx, id, None).await? {
        0 => Err(Code::NotFound.into()),
        _ => Ok(()),
    }
}

/// Uses up one appointment of a bought service; `false` when it is not this customer's, of another product, not active, or
/// none is left.
///
/// # Errors
/// When the database does not answer.
pub async fn spend_booking(
    tx: &mut Tx,
    clock: &Clock,
    entitlement: Uuid,
    customer: Uuid,
    product: Uuid,
) -> Result<bool> {
    Ok(store::update_spend_booking(tx, entitlement, customer, product, clock.now()).await?)
}

/// Gives an appointment back, for a cancelled booking.
pub async fn return_booking(tx: &mut Tx, entitlement: Uuid) -> Result<()> {
    store::update_return_booking(tx, entitlement).await?;
    Ok(())
}

/// Whether it can be used now.
pub fn is_active(record: &EntitlementRecord, now: DateTime<Utc>) -> bool {
    record.status == EntitlementStatus::Active.as_str() && record.expires_at.is_none_or(|end| now < end)
}

/// A customer's entitlement, whether it can be used or not.
///
/// # Errors
/// `request.not_found` when it is not theirs.
pub async fn find_of_customer(cx: impl Into<Cx<'_>>, id: Uuid, customer: Uuid) -> Result<EntitlementRecord> {
    let record = store::find_entitlement(cx, id).await?.filter(|record| record.customer_id == customer);
    Ok(record.ok_or(Code::NotFound)?)
}

/// A customer's entitlement that can be used now.
///
/// # Errors
/// `request.not_found` when it is not theirs, `entitlements.inactive` when access has ended.
pub async fn usable(cx: impl Into<Cx<'_>>, clock: &Clock, id: Uuid, customer: Uuid) -> Result<EntitlementRecord> {
    let record = find_of_customer(cx, id, customer).await?;
    if is_active(&record, clock.now()) { Ok(record) } else { Err(Error::new(Code::EntitlementInactive)) }
}

/// What an owned embed shows.
///
/// # Errors
/// `request.not_found` when the product is no embed.
pub async fn embed(db: &Db, product: Uuid) -> Result<Embed> {
    let product = catalog::service::find_product(db, product).await?.product.product;
    product.embed.map(|embed| embed.0).ok_or_else(|| Code::NotFound.into())
}

/// What a link to a file or an embed says. It carries no right: that is looked up when it is used.
#[derive(Debug, Serialize, Deserialize)]
pub struct Link {
    /// The entitlement.
    pub ent: Uuid,
    /// The file; absent for an embed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub file: Option<Uuid>,
}

impl TokenBody for Link {
    const TYPE: &'static str = "delivery";
}

/// What a link leads to, when it still works.
///
/// # Errors
/// `entitlements.link_expired` for an old or forged link, `entitlements.inactive` when access has ended since.
pub async fn follow(db: &Db, keys: &Keys, clock: &Clock, token: &str) -> Result<(Link, EntitlementRecord)> {
    let link: Link = keys.verify(token, clock.now()).ok_or(Code::LinkExpired)?;
    let record = store::find_entitlement(db, link.ent).await?.ok_or(Code::LinkExpired)?;
    if is_active(&record, clock.now()) { Ok((link, record)) } else { Err(Error::new(Code::EntitlementInactive)) }
}
