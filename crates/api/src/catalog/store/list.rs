//! SQL of lists. Every list is one statement that walks an index from its cursor on: no counting, no offset.
//!
//! The texts differ in what they walk (all products in one state, those with a tag, those found by words) and in their
//! order; macros put them together when compiling, so that each is one constant text. `$1` is the caller, `$2` the state
//! or null, `$3` the kind or null, `$4` the tag or null, `$5` and `$6` the sort key of the last item of the page before,
//! `$7` the limit, `$8` and `$9` the words in SQLite's and in PostgreSQL's notation.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use vitrine_types::catalog::{ProductKind, ProductSort, ProductStatus};

use super::{AdminRecord, ProductRecord, product_columns, sold_column};
use crate::{
    catalog::text::Question,
    db::{Cx, Result, Sql, sql, sql_for},
};

/// Which products, and which page of them.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Who asks.
    pub caller: Option<Uuid>,
    /// In this state; `None` is any.
    pub status: Option<ProductStatus>,
    /// Of this kind.
    pub kind: Option<ProductKind>,
    /// With this tag.
    pub tag: Option<String>,
    /// With these words.
    pub question: Option<Question>,
    /// In this order.
    pub sort: ProductSort,
    /// After the item with this sort key.
    pub after: Option<After>,
    /// At most so many.
    pub limit: i64,
}

impl Filter {
    /// The same with one item more, which tells whether there is a further page.
    pub fn one_more(&self) -> Self {
        Self { limit: self.limit + 1, ..self.clone() }
    }
}

/// The sort key of an item. What the order does not need is zero or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct After {
    /// The price.
    pub amount: i64,
    /// The name, folded.
    pub name_key: String,
    /// Makes it unique.
    pub position: i64,
}

/// One list in one order.
macro_rules! list {
    ($columns:expr, $from:expr, $after:expr, $order:expr) => {
        concat!(
            "select ",
            $columns,
            " from ",
            $from,
            " and ($3 is null or p.kind = $3) and ",
            $after,
            " order by ",
            $order,
            " limit $7"
        )
    };
}

/// One list in the order of `$sort`. `$position` is the column by whose index the newest are walked.
macro_rules! in_order {
    ($sort:expr, $columns:expr, $position:expr, $from:expr) => {
        match $sort {
            ProductSort::Newest => list!($columns, $from, concat!($position, " < $6"), concat!($position, " desc")),
            ProductSort::Price => {
                list!($columns, $from, "(p.price_amount, p.position) > ($5, $6)", "p.price_amount, p.position")
            }
            ProductSort::PriceDescending => {
                list!(
                    $columns,
                    $from,
                    "(p.price_amount, p.position) < ($5, $6)",
                    "p.price_amount desc, p.position desc"
                )
            }
            ProductSort::Name => {
                list!($columns, $from, "(p.name_key, p.position) > ($5, $6)", "p.name_key, p.position")
            }
        }
    };
}

macro_rules! with_tag {
    () => {
        "($4 is null or exists (select 1 from product_tags t where t.product_id = p.id and t.tag = $4))"
    };
}

/// Chooses the text for what the filter asks, with `$columns`.
macro_rules! choose {
    ($cx:expr, $filter:expr, $columns:expr) => {
        match $filter {
            Filter { question: Some(_), sort, .. } => sql_for(
                $cx,
                // Full-text search is where the databases differ most.
                in_order!(
                    sort,
                    $columns,
                    "s.rowid",
                    concat!(
                        "product_search s join products p on p.position = s.rowid
                         where s.product_search match $8 and ($2 is null or p.status = $2) and ",
                        with_tag!()
                    )
                ),
                in_order!(
                    sort,
                    $columns,
                    "p.position",
                    concat!(
                        "products p where p.search @@ cast($9 as tsquery) and ($2 is null or p.status = $2) and ",
                        with_tag!()
                    )
                ),
            ),
            Filter { status: Some(_), tag: Some(_), sort, .. } => sql(
                $cx,
                in_order!(
                    sort,
                    $columns,
                    "t.position",
                    "product_tags t join products p on p.position = t.position where t.tag = $4 and t.status = $2"
                ),
            ),
            Filter { status: Some(_), sort, .. } => {
                sql($cx, in_order!(sort, $columns, "p.position", "products p where p.status = $2"))
            }
            Filter { sort, .. } => {
                sql($cx, in_order!(sort, $columns, "p.position", concat!("products p where ", with_tag!())))
            }
        }
    };
}

/// Products as customers see them.
pub async fn list_products(cx: impl Into<Cx<'_>>, filter: &Filter) -> Result<Vec<ProductRecord>> {
    bind(choose!(cx, filter, product_columns!()), filter).all().await
}

/// Products as the owner sees them.
pub async fn list_admin_products(cx: impl Into<Cx<'_>>, filter: &Filter) -> Result<Vec<AdminRecord>> {
    bind(choose!(cx, filter, concat!(product_columns!(), ", ", sold_column!())), filter).all().await
}

fn bind<'c>(sql: Sql<'c>, filter: &Filter) -> Sql<'c> {
    let sql = sql
        .bind(filter.caller)
        .bind(filter.status.map(ProductStatus::as_str))
        .bind(filter.kind.map(ProductKind::as_str))
        .bind(filter.tag.clone());
    // On the first page everything comes after.
    let after = filter.after.clone();
    let sql = match filter.sort {
        ProductSort::Newest => sql.bind(0_i64).bind(after.map_or(i64::MAX, |after| after.position)),
        ProductSort::Price => {
            let (amount, position) = after.map_or((-1, 0), |after| (after.amount, after.position));
            sql.bind(amount).bind(position)
        }
        ProductSort::PriceDescending => {
            let (amount, position) = after.map_or((i64::MAX, 0), |after| (after.amount, after.position));
            sql.bind(amount).bind(position)
        }
        ProductSort::Name => {
            let after = after.unwrap_or_default();
            sql.bind(after.name_key).bind(after.position)
        }
    };
    sql.bind(filter.limit)
        .bind(filter.question.as_ref().map(Question::fts5))
        .bind(filter.question.as_ref().map(Question::tsquery))
}

/// Tags of published products with how many carry them, the most used first.
pub async fn list_tags(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, i64)>> {
    sql(
        cx,
        "select tag, count(*) as products from product_tags where status = 'published'
         group by tag order by products desc, tag limit 200",
    )
    .all()
    .await
}

/// Addresses of the published products with their last change, newest first: as many as one sitemap takes.
pub async fn list_published_slugs(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, DateTime<Utc>)>> {
    sql(cx, "select slug, updated_at from products where status = 'published' order by position desc limit 49999")
        .all()
        .await
}
