//! What can be done with products.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::{
    Code, Currency,
    catalog::{NewProduct, ProductQuery, ProductSort, ProductStatus},
};

pub use super::store::{ProductRecord, files::FileRecord};
use super::{
    check, markdown,
    store::{
        self, Content, DetailRecord,
        list::{After, Filter},
    },
    text::{self, Question},
};
use crate::{
    db::{Cx, Tx},
    error::{Error, Result},
    paging,
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
    store::find_published(cx, caller, slug).await?.ok_or_else(|| Code::NotFound.into())
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
        tag: query.tag.as_deref().map(text::tag).filter(|tag| !tag.is_empty()),
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
