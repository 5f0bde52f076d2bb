//! What can be done with products.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::{
    Code, Currency, Money,
    catalog::{NewProduct, ProductPatch, ProductQuery, ProductSort, ProductStatus},
};

pub use super::store::{ProductRecord, files::FileRecord};
use super::{
    check,
    files::{self, Stored},
    markdown,
    store::{
        self, Content, DetailRecord, Stock,
        list::{After, Filter},
    },
    text::{self, Question},
};
use crate::{
    clock::Clock,
    db::{Cx, Tx},
    error::{Error, Result},
    jobs::{self, Kind},
    media::{self, StoredImage},
    paging, storage,
};

/// Those of `ids` that are for sale, in any order; what is missing cannot be bought.
///
/// # Errors
/// When the database does not answer.
pub async fn find_for_sale(cx: impl Into<Cx<'_>>, ids: &[Uuid]) -> Result<Vec<ProductRecord>> {
    let mut found = store::list_products_by_id(cx, None, ids).await?;
    found.retain(|product| product.status == ProductStatus::Published);
    Ok(found)
}

/// Those of `ids` there are, in any state and any order, with what they are to `caller`.
///
/// # Errors
/// When the database does not answer.
pub async fn find_products(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, ids: &[Uuid]) -> Result<Vec<ProductRecord>> {
    Ok(store::list_products_by_id(cx, caller, ids).await?)
}

/// The published product at `slug`.
///
/// # Errors
/// `request.not_found`.
pub async fn find_published(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, slug: &str) -> Result<DetailRecord> {
    let found = if text::is_slug(slug) { store::find_published(cx, caller, slug).await? } else { None };
    found.ok_or_else(|| Code::NotFound.into())
}

/// The product at `slug` in any state, with what it is to `caller`.
///
/// # Errors
/// When the database does not answer.
pub async fn find_by_slug(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, slug: &str) -> Result<Option<ProductRecord>> {
    Ok(store::find_by_slug(cx, caller, slug).await?)
}

/// Any product.
///
/// # Errors
/// `request.not_found`.
pub async fn find_product(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<DetailRecord> {
    store::find_product(cx, id).await?.ok_or_else(|| Code::NotFound.into())
}

/// The files of a product, oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list_files(cx: impl Into<Cx<'_>>, product: Uuid) -> Result<Vec<FileRecord>> {
    Ok(store::files::list_files(cx, product).await?)
}

/// The files of several products.
///
/// # Errors
/// When the database does not answer.
pub async fn list_files_of(cx: impl Into<Cx<'_>>, products: &[Uuid]) -> Result<Vec<FileRecord>> {
    Ok(store::files::list_files_of(cx, products).await?)
}

/// A file of a product.
///
/// # Errors
/// `request.not_found`.
pub async fn find_file(cx: impl Into<Cx<'_>>, product: Uuid, file: Uuid) -> Result<FileRecord> {
    store::files::find_file(cx, product, file).await?.ok_or_else(|| Code::NotFound.into())
}

/// Addresses of the published products with their last change, newest first; at most 49,999.
///
/// # Errors
/// When the database does not answer.
pub async fn list_published_slugs(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, DateTime<Utc>)>> {
    Ok(store::list::list_published_slugs(cx).await?)
}

/// Takes `quantity` from what is left for sale, until [`release_stock`] or for good.
///
/// # Errors
/// `catalog.out_of_stock` when less is left; `catalog.not_available` when it is not for sale.
pub async fn hold_stock(tx: &mut Tx, product: Uuid, quantity: i64) -> Result<()> {
    if store::update_stock_down(tx, product, quantity).await? {
        return Ok(());
    }
    let for_sale = !find_for_sale(tx, &[product]).await?.is_empty();
    Err(Error::new(if for_sale { Code::OutOfStock } else { Code::NotAvailable }))
}

/// Gives back what [`hold_stock`] took.
///
/// # Errors
/// When the database does not answer.
pub async fn release_stock(tx: &mut Tx, product: Uuid, quantity: i64) -> Result<()> {
    Ok(store::update_stock_up(tx, product, quantity).await?)
}

/// What a list's cursor holds: the order it belongs to, then the sort key.
type Cursor = (ProductSort, i64, String, i64);

/// Reads the question for a list of products.
///
/// # Errors
/// `request.invalid` for a limit, cursor or text that is none.
pub fn filter(query: &ProductQuery, caller: Option<Uuid>, status: Option<ProductStatus>) -> Result<Filter> {
    let sort = query.sort.unwrap_or_default();
    let after = match paging::cursor::<Cursor>(query.cursor.as_deref())? {
        Some((of, amount, name_key, position)) if of == sort => Some(After { amount, name_key, position }),
        Some(_) => return Err(Error::field("cursor", "invalid", "This cursor belongs to another order")),
        None => None,
    };
    let words = query.q.as_deref().unwrap_or("");
    if words.chars().count() > 200 {
        return Err(Error::field("q", "too_long", "At most 200 characters"));
    }
    Ok(Filter {
        caller,
        status,
        kind: query.kind,
        tag: query.tag.as_deref().map(|tag| text::tag(&tag.replace('\0', ""))).filter(|tag| !tag.is_empty()),
        tokens: query.tokens == Some(true),
        question: Question::new(words),
        sort,
        after,
        limit: paging::limit(query.limit)?,
    })
}

/// The cursor that goes on after `product` in a list ordered by `sort`.
pub fn cursor_after(product: &ProductRecord, sort: ProductSort) -> impl serde::Serialize + use<> {
    let by_price = matches!(sort, ProductSort::Price | ProductSort::PriceDescending);
    let amount = if by_price { product.price_amount } else { 0 };
    let name_key = if sort == ProductSort::Name { product.name_key.clone() } else { String::new() };
    (sort, amount, name_key, product.position)
}

/// A checked product with what is computed from it.
fn content(product: NewProduct, slug: String) -> Content {
    let texts = [product.name.as_str(), &product.summary, &product.description];
    Content {
        name_key: text::fold(&product.name).trim().to_owned(),
        description_html: markdown::render(&product.description),
        search_text: text::findable(texts.into_iter().chain(product.tags.iter().map(String::as_str))),
        product,
        slug,
    }
}

/// Tells who follows the catalog (what subscriptions open) that products came, changed or went.
///
/// # Errors
/// When the database does not answer.
pub async fn announce(tx: &mut Tx, clock: &Clock) -> Result<()> {
    // A key of its own each time: a job in hand may have looked before this change.
    jobs::enqueue(tx, clock, Kind::FollowCatalog, &Uuid::now_v7().to_string(), &(), clock.now()).await
}

/// Makes a product; its id.
///
/// # Errors
/// `request.invalid`; `catalog.slug_taken` when the slug asked for is. One made from the name gets a number instead.
pub async fn create_product(tx: &mut Tx, now: DateTime<Utc>, currency: Currency, mut new: NewProduct) -> Result<Uuid> {
    check::normalise(&mut new);
    check::check(&new, currency)?;
    let id = Uuid::now_v7();
    if let Some(slug) = new.slug.clone() {
        let made = store::insert_product(tx, id, &content(new, slug), now).await?;
        return if made { Ok(id) } else { Err(Code::SlugTaken.into()) };
    }
    let base = text::slug(&new.name);
    let base = if base.is_empty() { new.kind.as_str().to_owned() } else { base };
    let mut content = content(new, base.clone());
    for number in 2..=20 {
        if store::insert_product(tx, id, &content, now).await? {
            return Ok(id);
        }
        content.slug = match number {
            2..=9 => format!("{base}-{number}"),
            // Many of this name already: counting on would take ever longer.
            _ => format!("{base}-{:06x}", rand::random::<u32>() >> 8),
        };
    }
    Err(Code::SlugTaken.into())
}

/// Changes a product.
///
/// # Errors
/// `request.not_found`; `request.invalid`; `catalog.slug_taken`.
pub async fn update_product(
    tx: &mut Tx,
    now: DateTime<Utc>,
    currency: Currency,
    id: Uuid,
    patch: ProductPatch,
) -> Result<()> {
    // Two owners at once: each change is made to what the other left.
    tx.lock(&format!("product:{id}")).await?;
    let current = find_product(&mut *tx, id).await?.product.product;
    let status = new_status(current.status, patch.status, patch.published)?;
    let mut product = NewProduct {
        name: patch.name.unwrap_or(current.name),
        slug: Some(patch.slug.unwrap_or(current.slug)),
        summary: patch.summary.unwrap_or(current.summary),
        description: patch.description.unwrap_or(current.description),
        kind: current.kind,
        price: match patch.price {
            Some(price) => price,
            None => Money::new(current.price_amount, Currency::parse(&current.currency).unwrap_or(currency)),
        },
        tags: patch.tags.unwrap_or(current.tags.0),
        stock: patch.stock.flatten(),
        published: status == ProductStatus::Published,
        embed: patch.embed.or(current.embed.map(|embed| embed.0)),
        service: patch.service.or(current.service.map(|service| service.0)),
        tokens: patch.tokens.unwrap_or(current.tokens.map(|tokens| tokens.0)),
    };
    check::normalise(&mut product);
    check::check(&product, currency)?;
    let slug = product.slug.clone().unwrap_or_default();
    let stock = patch.stock.map_or(Stock::Keep, Stock::Set);
    let updated = store::update_product(tx, id, &content(product, slug), status, stock, now).await?;
    if updated { Ok(()) } else { Err(Code::SlugTaken.into()) }
}

/// Where a product stands after a change; `published` is a shorthand.
fn new_status(current: ProductStatus, status: Option<ProductStatus>, published: Option<bool>) -> Result<ProductStatus> {
    match (status, published) {
        (Some(status), Some(published)) if published != (status == ProductStatus::Published) => {
            Err(Error::field("published", "contradicts", "This contradicts status; give one of them"))
        }
        (Some(status), _) => Ok(status),
        (None, Some(true)) => Ok(ProductStatus::Published),
        (None, Some(false)) if current == ProductStatus::Published => Ok(ProductStatus::Draft),
        (None, _) => Ok(current),
    }
}

/// Deletes a product with its files and pictures. `false` when orders or customers have it: then the transaction is
/// spent, and it can only be [archived](archive_product).
///
/// # Errors
/// `request.not_found`.
pub async fn delete_product(tx: &mut Tx, clock: &Clock, id: Uuid) -> Result<bool> {
    let record = find_product(&mut *tx, id).await?.product.product;
    for file in store::files::list_files(&mut *tx, id).await? {
        storage::discard(tx, clock, &file.storage_key).await?;
    }
    media::discard(tx, clock, &record.images).await?;
    Ok(store::delete_product(tx, id).await?)
}

/// Takes a product from sale for good; who owns it keeps it.
///
/// # Errors
/// When the database does not answer.
pub async fn archive_product(tx: &mut Tx, now: DateTime<Utc>, id: Uuid) -> Result<()> {
    Ok(store::update_archived(tx, id, now).await?)
}

/// Adds a stored file to a product.
///
/// # Errors
/// `request.not_found` when the product is gone.
pub async fn add_file(
    tx: &mut Tx,
    now: DateTime<Utc>,
    product: Uuid,
    name: &str,
    stored: Stored,
) -> Result<FileRecord> {
    let file = FileRecord {
        id: Uuid::now_v7(),
        product_id: product,
        name: files::clean_name(name),
        size: stored.size,
        content_type: stored.content_type.into(),
        sha256: stored.sha256,
        storage_key: stored.key,
    };
    if !store::files::insert_file(tx, &file, now).await? {
        return Err(Code::NotFound.into());
    }
    storage::keep(tx, &file.storage_key).await?;
    Ok(file)
}

/// Takes a file from a product, and from the storage after the commit.
///
/// # Errors
/// `request.not_found`.
pub async fn delete_file(tx: &mut Tx, clock: &Clock, product: Uuid, file: Uuid) -> Result<()> {
    let key = store::files::delete_file(tx, product, file).await?.ok_or(Code::NotFound)?;
    storage::discard(tx, clock, &key).await
}

/// Sets a product's picture to what [`media::store`] stored; none takes it away. The old one goes after the commit.
///
/// # Errors
/// `request.not_found`.
pub async fn set_images(tx: &mut Tx, clock: &Clock, product: Uuid, images: &[StoredImage]) -> Result<()> {
    tx.lock(&format!("product:{product}")).await?;
    let record = find_product(&mut *tx, product).await?.product.product;
    media::keep(tx, images).await?;
    media::discard(tx, clock, &record.images).await?;
    Ok(store::files::update_images(tx, product, images, clock.now()).await?)
}
