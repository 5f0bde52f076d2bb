//! SQL of catalog. Lists stand in [`list`], files and pictures in [`files`].

pub mod files;
pub mod list;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;
use vitrine_types::catalog::{Embed, NewProduct, ProductKind, ProductStatus, ProductTokens, ServiceSettings};

use crate::{
    db::{Cx, Result, Tx, sql, sql_for},
    media::StoredImage,
};

/// A product, with what it is to one customer.
#[derive(Clone, Debug, FromRow)]
pub struct ProductRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Orders products newest first; unique.
    pub position: i64,
    /// Its address in the shop.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is sorted by under its name.
    pub name_key: String,
    /// One or two sentences.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// How it is delivered.
    #[sqlx(try_from = "String")]
    pub kind: ProductKind,
    /// In minor units of `currency`.
    pub price_amount: i64,
    /// ISO 4217, lower case.
    pub currency: String,
    /// What is left for sale; `None` is unlimited.
    pub stock: Option<i64>,
    /// Where it stands.
    #[sqlx(try_from = "String")]
    pub status: ProductStatus,
    /// In the owner's order.
    pub tags: Json<Vec<String>>,
    /// Smallest first.
    pub images: Json<Vec<StoredImage>>,
    /// What an embed shows.
    pub embed: Option<Json<Embed>>,
    /// All settings of a service.
    pub service: Option<Json<ServiceSettings>>,
    /// The tokens that come with it.
    pub tokens: Option<Json<ProductTokens>>,
    /// Whether it is nothing else.
    pub only_tokens: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Where the caller's access comes from; `subscription` only when nothing else gives it.
    pub owned_by: Option<String>,
}

/// A product as the owner sees it.
#[derive(Clone, Debug, FromRow)]
pub struct AdminRecord {
    /// What customers see.
    #[sqlx(flatten)]
    pub product: ProductRecord,
    /// How many were sold and not refunded.
    pub sold: i64,
}

/// A product with its rendered description.
#[derive(Clone, Debug, FromRow)]
pub struct DetailRecord {
    /// The product.
    #[sqlx(flatten)]
    pub product: AdminRecord,
    /// Clean HTML.
    pub description_html: String,
}

/// The columns of [`ProductRecord`]; `$1` is the customer or null.
///
/// `min` says `subscription` only when that is the one source: it comes last in the alphabet.
macro_rules! product_columns {
    () => {
        "p.id, p.position, p.slug, p.name, p.name_key, p.summary, p.kind, p.price_amount, p.currency, p.stock, p.status,
         p.tags, p.images, p.embed, p.service, p.tokens,
         (p.tokens is not null and p.kind = 'download'
          and not exists (select 1 from product_files f where f.product_id = p.id)) as only_tokens, p.created_at, p.updated_at, p.description,
         (select min(o.source_kind) from owned_products o where o.customer_id = $1 and o.product_id = p.id) as owned_by"
    };
}
/// What [`AdminRecord`] has more.
macro_rules! sold_column {
    () => {
        "cast(coalesce((select sum(s.quantity) from product_sales s where s.product_id = p.id), 0) as bigint) as sold"
    };
}
pub(super) use {product_columns, sold_column};

/// The published product at `slug`.
pub async fn find_published(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, slug: &str) -> Result<Option<DetailRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            product_columns!(),
            ", cast(0 as bigint) as sold, p.description_html from products p where p.slug = $2 and p.status = 'published'"
        ),
    )
    .bind(caller)
    .bind(slug.to_owned())
    .opt()
    .await
}

/// The product at `slug`, in any state.
pub async fn find_by_slug(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, slug: &str) -> Result<Option<ProductRecord>> {
    sql(cx, concat!("select ", product_columns!(), " from products p where p.slug = $2"))
        .bind(caller)
        .bind(slug.to_owned())
        .opt()
        .await
}

/// Any product.
pub async fn find_product(cx: impl Into<Cx<'_>>, id: Uuid) -> Result<Option<DetailRecord>> {
    sql(
        cx,
        concat!(
            "select ",
            product_columns!(),
            ", ",
            sold_column!(),
            ", p.description_html from products p where p.id = $2"
        ),
    )
    .bind(None::<Uuid>)
    .bind(id)
    .opt()
    .await
}

/// Those of `ids` there are, in any state and any order.
pub async fn list_products_by_id(
    cx: impl Into<Cx<'_>>,
    caller: Option<Uuid>,
    ids: &[Uuid],
) -> Result<Vec<ProductRecord>> {
    let ids: Vec<String> = ids.iter().map(|id| id.simple().to_string()).collect();
    // The databases have different functions for "one of these".
    sql_for(
        cx,
        concat!(
            "select ",
            product_columns!(),
            " from products p where p.id in (select unhex(value) from json_each($2))"
        ),
        concat!(
            "select ",
            product_columns!(),
            " from products p where p.id in (select cast(value as uuid) from jsonb_array_elements_text($2) as t (value))"
        ),
    )
    .bind(caller)
    .bind(Json(ids))
    .all()
    .await
}

/// What the owner wrote, and what is computed from it.
pub struct Content {
    /// As it was written, checked.
    pub product: NewProduct,
    /// Its address in the shop.
    pub slug: String,
    /// What it is sorted by under its name.
    pub name_key: String,
    /// Clean HTML.
    pub description_html: String,
    /// What the search index holds.
    pub search_text: String,
}

/// Makes a product, unless its slug is taken.
pub async fn insert_product(tx: &mut Tx, id: Uuid, content: &Content, now: DateTime<Utc>) -> Result<bool> {
    let new = &content.product;
    let status = if new.published { ProductStatus::Published } else { ProductStatus::Draft };
    tx.lock("catalog.position").await?;
    let made = sql(
        &mut *tx,
        "insert into products (position, id, slug, name, name_key, summary, kind, price_amount, currency, stock, status,
             tags, images, embed, service, created_at, updated_at, published_at, description, description_html,
             search_text, tokens)
         values ((select coalesce(max(position), 0) + 1 from products), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
             $11, $12, $13, $14, $15, $15, $16, $17, $18, $19, $20)
         on conflict (slug) do nothing",
    )
    .bind(id)
    .bind(content.slug.clone())
    .bind(new.name.clone())
    .bind(content.name_key.clone())
    .bind(new.summary.clone())
    .bind(new.kind.as_str())
    .bind(new.price.amount)
    .bind(new.price.currency.as_str().to_owned())
    .bind(new.stock)
    .bind(status.as_str())
    .bind(Json(new.tags.clone()))
    .bind(Json(Vec::<StoredImage>::new()))
    .bind(new.embed.clone().map(Json))
    .bind(new.service.clone().map(Json))
    .bind(now)
    .bind(new.published.then_some(now))
    .bind(new.description.clone())
    .bind(content.description_html.clone())
    .bind(content.search_text.clone())
    .bind(new.tokens.map(Json))
    .exec()
    .await?;
    if made == 1 {
        replace_tags(tx, id, &new.tags).await?;
    }
    Ok(made == 1)
}

/// What an update does to the stock. Untouched it may be held and released meanwhile.
pub enum Stock {
    /// Leaves it.
    Keep,
    /// Sets it; `None` is unlimited.
    Set(Option<i64>),
}

/// Rewrites a product, unless another has the slug. One that is published for the first time becomes the newest.
pub async fn update_product(
    tx: &mut Tx,
    id: Uuid,
    content: &Content,
    status: ProductStatus,
    stock: Stock,
    now: DateTime<Utc>,
) -> Result<bool> {
    let product = &content.product;
    let (set_stock, stock) = match stock {
        Stock::Keep => (false, None),
        Stock::Set(stock) => (true, stock),
    };
    let updated = sql(
        &mut *tx,
        "update products set slug = $2, name = $3, name_key = $4, summary = $5, price_amount = $6, currency = $7,
             stock = case when $8 then $9 else stock end, status = $10, tags = $11, embed = $12, service = $13,
             updated_at = $14, description = $15, description_html = $16, search_text = $17, tokens = $18
         where id = $1",
    )
    .bind(id)
    .bind(content.slug.clone())
    .bind(product.name.clone())
    .bind(content.name_key.clone())
    .bind(product.summary.clone())
    .bind(product.price.amount)
    .bind(product.price.currency.as_str().to_owned())
    .bind(set_stock)
    .bind(stock)
    .bind(status.as_str())
    .bind(Json(product.tags.clone()))
    .bind(product.embed.clone().map(Json))
    .bind(product.service.clone().map(Json))
    .bind(now)
    .bind(product.description.clone())
    .bind(content.description_html.clone())
    .bind(content.search_text.clone())
    .bind(product.tokens.map(Json))
    .exec()
    .await;
    match updated {
        Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => return Ok(false),
        updated => updated?,
    };
    if status == ProductStatus::Published {
        tx.lock("catalog.position").await?;
        sql(
            &mut *tx,
            "update products set position = (select max(position) + 1 from products), published_at = $2
             where id = $1 and published_at is null",
        )
        .bind(id)
        .bind(now)
        .exec()
        .await?;
    }
    replace_tags(tx, id, &product.tags).await?;
    Ok(true)
}

/// Writes the tag rows anew from the product's row, and counts anew what it had and has.
async fn replace_tags(tx: &mut Tx, id: Uuid, tags: &[String]) -> Result<()> {
    let before = delete_tags(tx, id).await?;
    for tag in tags {
        sql(
            &mut *tx,
            "insert into product_tags (tag, status, position, product_id)
             select $2, status, position, id from products where id = $1",
        )
        .bind(id)
        .bind(tag.clone())
        .exec()
        .await?;
    }
    count_tags(tx, before.iter().chain(tags)).await
}

/// Takes a product's tag rows away; which tags it had. Nobody else changes tag rows until this transaction ends.
async fn delete_tags(tx: &mut Tx, id: Uuid) -> Result<Vec<String>> {
    tx.lock("catalog.tags").await?;
    let gone: Vec<(String,)> =
        sql(tx, "delete from product_tags where product_id = $1 returning tag").bind(id).all().await?;
    Ok(gone.into_iter().map(|(tag,)| tag).collect())
}

/// Counts anew how many published products have each of `tags`.
async fn count_tags(tx: &mut Tx, tags: impl Iterator<Item = &String>) -> Result<()> {
    for tag in tags.collect::<BTreeSet<_>>() {
        sql(&mut *tx, "delete from tag_counts where tag = $1").bind(tag.clone()).exec().await?;
        sql(
            &mut *tx,
            "insert into tag_counts (tag, products)
             select tag, count(*) from product_tags where tag = $1 and status = 'published' group by tag",
        )
        .bind(tag.clone())
        .exec()
        .await?;
    }
    Ok(())
}

/// Takes a product from sale.
pub async fn update_archived(tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    sql(&mut *tx, "update products set status = 'archived', updated_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .exec()
        .await?;
    tx.lock("catalog.tags").await?;
    let tags: Vec<(String,)> =
        sql(&mut *tx, "update product_tags set status = 'archived' where product_id = $1 returning tag")
            .bind(id)
            .all()
            .await?;
    count_tags(tx, tags.iter().map(|(tag,)| tag)).await
}

/// Deletes a product with its files' rows and tags, unless orders or customers have it: then the transaction is spent.
pub async fn delete_product(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let tags = delete_tags(tx, id).await?;
    count_tags(tx, tags.iter()).await?;
    match sql(tx, "delete from products where id = $1").bind(id).exec().await {
        Err(error) if error.as_database_error().is_some_and(|error| error.is_foreign_key_violation()) => Ok(false),
        deleted => Ok(deleted? == 1),
    }
}

/// Takes `quantity` from what is left, if that much is and the product is for sale.
pub async fn update_stock_down(tx: &mut Tx, id: Uuid, quantity: i64) -> Result<bool> {
    let held = sql(
        tx,
        "update products set stock = stock - $2
         where id = $1 and status = 'published' and (stock is null or stock >= $2)",
    )
    .bind(id)
    .bind(quantity)
    .exec()
    .await?;
    Ok(held == 1)
}

/// Adds `quantity` to what is left, if there is a limit.
pub async fn update_stock_up(tx: &mut Tx, id: Uuid, quantity: i64) -> Result<()> {
    sql(tx, "update products set stock = stock + $2 where id = $1 and stock is not null")
        .bind(id)
        .bind(quantity)
        .exec()
        .await
        .map(drop)
}
