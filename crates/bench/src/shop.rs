//! The shop under test: started, filled, and grown.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use sqlx::AssertSqlSafe;
use stripe_sandbox::Sandbox;
use vitrine_client::Client;
use vitrine_types::{
    Money,
    accounts::Credentials,
    catalog::{NewProduct, ProductKind},
};

use crate::{
    http::{Connection, get},
    process::{Process, Server},
};

/// The secret that signs events.
pub const WEBHOOK_SECRET: &str = "whsec_bench";

const OWNER: [&str; 2] = ["owner@example.com", "owner of the shop"];

/// A running server with its data.
pub struct Shop {
    /// The server.
    pub server: Server,
    /// Its database.
    pub database: String,
    /// From the start of the program to its first answer.
    pub first_answer: Duration,
}

/// How to start one.
pub struct Setup {
    /// The server's program.
    pub program: PathBuf,
    /// Where its data lies.
    pub data: PathBuf,
    /// Its database.
    pub database: String,
    /// Where the local Stripe is.
    pub stripe: String,
}

impl Setup {
    /// Starts the server and waits for its first answer.
    pub async fn start(&self) -> Result<Shop> {
        let address = free_address()?;
        let mut command = Command::new(&self.program);
        command.arg("serve").env_clear().env("VITRINE_BIND", &address).env("VITRINE_DATA_DIR", &self.data);
        command.env("VITRINE_PUBLIC_URL", format!("http://{address}")).env("DATABASE_URL", &self.database);
        command.env("VITRINE_ADMIN_EMAIL", OWNER[0]).env("VITRINE_ADMIN_PASSWORD", OWNER[1]);
        command.env("VITRINE_TRUSTED_PROXIES", "127.0.0.1").env("RUST_LOG", "warn");
        command.env("STRIPE_SECRET_KEY", "sk_test_bench").env("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET);
        command.env("STRIPE_API_BASE", &self.stripe);
        let started = Instant::now();
        let process = Process::start(&mut command)?;
        while !answers(&address).await {
            if started.elapsed() > Duration::from_secs(30) {
                bail!("the server does not start");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let server = Server { process, address };
        Ok(Shop { server, database: self.database.clone(), first_answer: started.elapsed() })
    }
}

async fn answers(address: &str) -> bool {
    let Ok(mut connection) = Connection::open(address).await else { return false };
    connection.send(&get("/api/v1/products?limit=1")).await.is_ok_and(|answer| answer.status == 200)
}

/// An address nobody listens on.
pub fn free_address() -> Result<String> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string())
}

/// Words that product texts are made of.
const WORDS: [&str; 40] = [
    "fjord", "dawn", "paper", "glaze", "kiln", "winter", "birch", "stone", "moon", "jar", "letter", "ink", "grid",
    "sound", "rain", "tin", "roof", "bowl", "clay", "wheel", "light", "shadow", "north", "field", "note", "silver",
    "ember", "frost", "hour", "studio", "print", "quiet", "shore", "bell", "swallow", "plank", "mist", "wave", "salt",
    "thread",
];

/// A word that stands in one product of a hundred.
pub const RARE_WORD: &str = "halcyon";

impl Shop {
    /// A client of it, signed in as the owner.
    pub async fn owner(&self) -> Result<Client> {
        let client = Client::new(&format!("http://{}", self.server.address));
        client.login(&Credentials { email: OWNER[0].into(), password: OWNER[1].into(), ..Default::default() }).await?;
        Ok(client)
    }

    /// Makes `count` products by the API.
    pub async fn fill(&self, count: usize) -> Result<()> {
        let owner = &self.owner().await?;
        let products = stream::iter(0..count).map(|number| async move { owner.create_product(&product(number)).await });
        products.buffer_unordered(8).try_for_each(|_| async { Ok(()) }).await?;
        Ok(())
    }

    /// Makes `times` as many products of those there are, past the API: that would take too long.
    pub async fn grow(&self, times: usize) -> Result<()> {
        if self.database.starts_with("sqlite:") {
            let pool = sqlx::SqlitePool::connect(&self.database).await?;
            let columns = "select name from pragma_table_info('products') order by cid";
            let columns: Vec<(String,)> = sqlx::query_as(columns).fetch_all(&pool).await?;
            let text = |column: &str| format!("{column} || '-' || n");
            let copy = grow_statement(&columns, "randomblob(16)", &text, times);
            let (last,): (i64,) = sqlx::query_as(LAST).fetch_one(&pool).await?;
            sqlx::query(AssertSqlSafe(copy)).execute(&pool).await?;
            sqlx::query(AssertSqlSafe(copy_tags(last, times))).execute(&pool).await?;
            sqlx::query(COUNT_TAGS).execute(&pool).await?;
            sqlx::query("analyze").execute(&pool).await?;
            pool.close().await;
        } else {
            let pool = sqlx::PgPool::connect(&self.database).await?;
            let columns = "select column_name::text from information_schema.columns \
                where table_name = 'products' and is_generated = 'NEVER' order by ordinal_position";
            let columns: Vec<(String,)> = sqlx::query_as(columns).fetch_all(&pool).await?;
            let text = |column: &str| format!("{column} || '-' || n");
            let copy = grow_statement(&columns, "gen_random_uuid()", &text, times);
            let (last,): (i64,) = sqlx::query_as(LAST).fetch_one(&pool).await?;
            sqlx::query(AssertSqlSafe(copy)).execute(&pool).await?;
            sqlx::query(AssertSqlSafe(copy_tags(last, times))).execute(&pool).await?;
            sqlx::query(COUNT_TAGS).execute(&pool).await?;
            sqlx::query("vacuum analyze").execute(&pool).await?;
            pool.close().await;
        }
        Ok(())
    }
}

/// The position of the newest product.
const LAST: &str = "select max(position) from products";

/// Gives the copies the tags of what they are copies of. `last` was the newest product before there were copies.
fn copy_tags(last: i64, times: usize) -> String {
    format!(
        "with recursive copies(n) as (select 1 union all select n + 1 from copies where n < {}) \
         insert into product_tags (tag, status, position, product_id) \
         select t.tag, t.status, p.position, p.id from product_tags t cross join copies \
         join products p on p.position = t.position + n * {last} where t.position <= {last}",
        times - 1
    )
}

const COUNT_TAGS: &str = "update tag_counts set products = \
    (select count(*) from product_tags t where t.tag = tag_counts.tag and t.status = 'published')";

fn grow_statement(columns: &[(String,)], id: &str, text: &dyn Fn(&str) -> String, times: usize) -> String {
    let names: Vec<&str> = columns.iter().map(|(name,)| name.as_str()).collect();
    let values: Vec<String> = names
        .iter()
        .map(|name| match *name {
            "id" => id.to_owned(),
            "position" => "position + n * (select max(position) from products)".to_owned(),
            "slug" | "name" | "name_key" => text(name),
            other => other.to_owned(),
        })
        .collect();
    let last = times - 1;
    format!(
        "with recursive copies(n) as (select 1 union all select n + 1 from copies where n < {last}) \
         insert into products ({}) select {} from products, copies",
        names.join(", "),
        values.join(", ")
    )
}

/// A product like any other.
pub fn product(number: usize) -> NewProduct {
    let word = |at: usize| WORDS[(number * 7 + at * 13 + number / 40) % WORDS.len()];
    let text: Vec<&str> = (0..120).map(word).collect();
    let rare = if number.is_multiple_of(100) { RARE_WORD } else { "" };
    NewProduct {
        name: format!("{} {} No. {number}", word(1), word(2)),
        slug: Some(format!("product-{number}")),
        summary: format!("{} {rare}", text[..14].join(" ")),
        description: text.join(" "),
        kind: ProductKind::Download,
        price: Money { amount: 500 + (number as i64 * 37) % 9000, currency: vitrine_types::Currency::USD },
        tags: vec![word(3).to_owned(), word(5).to_owned()],
        stock: None,
        published: true,
        embed: None,
        service: None,
        tokens: None,
    }
}

/// A local Stripe that delivers nothing by itself, and its address.
pub async fn stripe() -> Result<(Sandbox, String)> {
    let sandbox = Sandbox::start(stripe_sandbox::Config::default()).await?;
    let url = sandbox.base_url().to_string();
    Ok((sandbox, url))
}

/// The database for a run: a file in `folder`, or the PostgreSQL at `url`.
pub fn database(folder: &Path, url: Option<&str>) -> Result<String> {
    let file = folder.join("vitrine.db");
    let file = file.to_str().context("a folder whose name is no text")?;
    Ok(url.map_or_else(|| format!("sqlite://{file}"), str::to_owned))
}
