//! SQL of lists. Every list is one statement that walks an index from its cursor on: no counting, no offset.
//!
//! Words and tags can be had in two ways: gather the products that have them and sort those, which is fast when they are
//! few; or walk all products in the order asked for and test each, which fills a page soon when they are many.
//! PostgreSQL knows how many to expect and chooses by itself, if it plans for the very words; for SQLite [`start`] looks.
//!
//! Macros put the texts together when compiling, so that each is one constant. `$1` is the caller, `$2` the state or null,
//! `$3` the kind or null, `$4` the tag or null, `$5` and `$6` the sort key of the last item of the page before, `$7` the
//! limit; the words are `$8` and `$9` in SQLite's two notations, and `$10` in PostgreSQL's.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;
use vitrine_types::catalog::{ProductKind, ProductSort, ProductStatus};

use super::{AdminRecord, ProductRecord, product_columns, sold_column};
use crate::{
    catalog::text::Question,
    db::{Cx, Db, Result, Sql, sql, sql_for},
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
    /// That come with tokens.
    pub tokens: bool,
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
        concat!("select ", $columns, " from ", $from, " and ", $after, " order by ", $order, " limit $7")
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
        "exists (select 1 from product_tags t where t.tag = $4 and t.status = p.status and t.position = p.position)"
    };
}

/// The test for the tag, and the one for tokens.
macro_rules! with_tokens {
    ($tag:expr) => {
        concat!($tag, " and p.tokens is not null")
    };
}

/// The tests a product must pass in SQLite, without the words.
macro_rules! filtered {
    () => {
        concat!("($2 is null or p.status = $2) and ($3 is null or p.kind = $3) and ($4 is null or ", with_tag!(), ")")
    };
}

/// All tests but the tag's, for PostgreSQL to plan with. It sees through `or` only outside of subqueries.
macro_rules! planned {
    ($tag:expr) => {
        concat!(
            "products p where ($2 is null or p.status = $2) and ($3 is null or p.kind = $3)
             and ($10 is null or p.search @@ cast($10 as tsquery)) and ",
            $tag
        )
    };
}

/// Products in `$state`, tested one by one for tag and words, in SQLite.
macro_rules! tested {
    ($state:expr) => {
        concat!(
            "products p where ",
            $state,
            " and ($4 is null or ",
            with_tag!(),
            ") and not exists (select 1 from json_each($9) w where instr(' ' || p.search_text || ' ', w.value) = 0)"
        )
    };
}

/// Chooses the text for what the filter asks, with `$columns`.
macro_rules! choose {
    ($db:expr, $filter:expr, $columns:expr) => {{
        let sort = $filter.sort;
        // Full-text search is where the databases differ most.
        let searched = |sqlite| {
            let postgres = match ($filter.tag.is_some(), $filter.tokens) {
                (true, false) => in_order!(sort, $columns, "p.position", planned!(with_tag!())),
                (true, true) => in_order!(sort, $columns, "p.position", planned!(with_tokens!(with_tag!()))),
                (false, false) => in_order!(sort, $columns, "p.position", planned!("true")),
                (false, true) => in_order!(sort, $columns, "p.position", planned!(with_tokens!("true"))),
            };
            sql_for($db, sqlite, postgres).planned_anew()
        };
        match (start($db, $filter).await?, $filter.status, $filter.kind) {
            (Start::Words, ..) => searched(in_order!(
                sort,
                $columns,
                "s.rowid",
                concat!(
                    "product_search s join products p on p.position = s.rowid where s.product_search match $8 and ",
                    filtered!()
                )
            )),
            (Start::Tag, ..) => searched(in_order!(
                sort,
                $columns,
                "t.position",
                "product_tags t join products p on p.position = t.position
                 where t.tag = $4 and ($2 is null or t.status = $2) and ($3 is null or p.kind = $3)"
            )),
            (Start::NewestOfTag, ..) => sql(
                $db,
                in_order!(
                    sort,
                    $columns,
                    "t.position",
                    "product_tags t join products p on p.position = t.position where t.tag = $4 and t.status = $2"
                ),
            ),
            (Start::Tests, Some(_), Some(_)) => {
                searched(in_order!(sort, $columns, "p.position", tested!("p.status = $2 and p.kind = $3")))
            }
            (Start::Tests, Some(_), None) => {
                searched(in_order!(sort, $columns, "p.position", tested!("p.status = $2")))
            }
            (Start::Tests, None, _) => {
                searched(in_order!(sort, $columns, "p.position", tested!("($3 is null or p.kind = $3)")))
            }
            (Start::Tokens, ..) => searched(in_order!(
                sort,
                $columns,
                "p.position",
                tested!("p.tokens is not null and ($2 is null or p.status = $2) and ($3 is null or p.kind = $3)")
            )),
            // A kind may be rare: PostgreSQL plans for that one.
            (Start::Products, Some(_), Some(_)) => {
                searched(in_order!(sort, $columns, "p.position", "products p where p.status = $2 and p.kind = $3"))
            }
            (Start::Products, None, Some(_)) => {
                searched(in_order!(sort, $columns, "p.position", "products p where p.kind = $3"))
            }
            (Start::Products, Some(_), None) => {
                sql($db, in_order!(sort, $columns, "p.position", "products p where p.status = $2"))
            }
            (Start::Products, None, None) => sql($db, in_order!(sort, $columns, "p.position", "products p where true")),
        }
    }};
}

/// Where a list begins.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    /// With all products: neither words nor a tag are asked for.
    Products,
    /// With all products, each tested for words and tag.
    Tests,
    /// With those that have the words.
    Words,
    /// With those that have the tag.
    Tag,
    /// With those that have the tag, in the order of their rows.
    NewestOfTag,
    /// With those that come with tokens, which are few, each tested for the rest.
    Tokens,
}

async fn start(db: &Db, filter: &Filter) -> Result<Start> {
    // Tag rows are in the order of the newest: their walk ends when the page is full.
    let newest = filter.sort == ProductSort::Newest && filter.kind.is_none() && filter.status.is_some();
    Ok(match (&filter.question, &filter.tag) {
        _ if filter.tokens => Start::Tokens,
        (None, None) => Start::Products,
        (None, Some(_)) if newest => Start::NewestOfTag,
        // PostgreSQL plans anew, with all tests in one text.
        _ if db.is_shared() => Start::Tests,
        (Some(question), _) if !are_common(db, question).await? => Start::Words,
        (None, Some(tag)) if !is_common(db, tag).await? => Start::Tag,
        _ => Start::Tests,
    })
}

/// Whether a look at the newest products finds the words more than once. Asking the index would take longer: it gathers
/// everything that begins with the last word before it gives the first.
async fn are_common(db: &Db, question: &Question) -> Result<bool> {
    let text = "select count(*) from (select search_text from products order by position desc limit 50) p
        where not exists (select 1 from json_each($1) w where instr(' ' || p.search_text || ' ', w.value) = 0)";
    let (found,): (i64,) = sql(db, text).bind(Json(question.contained())).one().await?;
    Ok(found > 1)
}

/// Whether more products have the tag than can be gathered and sorted for one page.
async fn is_common(db: &Db, tag: &str) -> Result<bool> {
    let text = "select count(*) from (select 1 from product_tags where tag = $1 limit 1001)";
    let (found,): (i64,) = sql(db, text).bind(tag.to_owned()).one().await?;
    Ok(found > 1000)
}

/// Products as customers see them.
pub async fn list_products(db: &Db, filter: &Filter) -> Result<Vec<ProductRecord>> {
    bind(choose!(db, filter, product_columns!()), filter).all().await
}

/// Products as the owner sees them.
pub async fn list_admin_products(db: &Db, filter: &Filter) -> Result<Vec<AdminRecord>> {
    bind(choose!(db, filter, concat!(product_columns!(), ", ", sold_column!())), filter).all().await
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
        // Without words nothing has to be contained.
        .bind(Json(filter.question.as_ref().map(Question::contained).unwrap_or_default()))
        .bind(filter.question.as_ref().map(Question::tsquery))
}

/// Tags of published products with how many carry them, the most used first.
pub async fn list_tags(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, i64)>> {
    sql(cx, "select tag, products from tag_counts order by products desc, tag limit 200").all().await
}

/// Addresses of the published products with their last change, newest first: as many as one sitemap takes.
pub async fn list_published_slugs(cx: impl Into<Cx<'_>>) -> Result<Vec<(String, DateTime<Utc>)>> {
    sql(cx, "select slug, updated_at from products where status = 'published' order by position desc limit 49999")
        .all()
        .await
}
