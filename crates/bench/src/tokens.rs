//! A token statement that grows: its page must not slow down.

use anyhow::Result;
use uuid::Uuid;
use vitrine::{
    clock::Clock,
    db::{Db, sql, sql_for},
};
use vitrine_client::Client;
use vitrine_types::accounts::NewCustomer;

use crate::{
    browse::each,
    load::{self, Until},
    shop::Shop,
    table::Table,
};

const FEW: i64 = 100;
const MANY: i64 = 100_000;

/// Reads a page of a short statement, and of a long one.
pub async fn statement(shop: &Shop, table: &mut Table) -> Result<()> {
    let client = Client::new(&format!("http://{}", shop.server.address));
    let new =
        NewCustomer { email: "saver@example.com".into(), password: "a good password".into(), name: "Saver".into() };
    client.register(&new).await?;
    let customer = client.get_account().await?.id;
    let account = Uuid::now_v7();
    let path = format!("/api/v1/subscriptions/{account}/tokens?limit=20");
    let token = client.token().unwrap_or_default();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let median = async || -> Result<f64> {
        let requests = || each(vec![request.clone().into_bytes()]);
        load::run(&shop.server, 1, Until::Count(100), requests()).await?;
        Ok(load::run(&shop.server, 1, Until::Count(1000), requests()).await?.percentile(0.5))
    };
    let db = Db::open(&shop.database, 1).await?;
    fill(&db, account, customer, 0, FEW).await?;
    let short = median().await?;
    fill(&db, account, customer, FEW, MANY).await?;
    db.close().await;
    let long = median().await?;
    table.goal("token statement: p50 of 100,000 entries against 100", long / short, "×", 1.3);
    Ok(())
}

/// Writes entries number `from` to `to` past the API, which would take too long.
async fn fill(db: &Db, account: Uuid, customer: Uuid, from: i64, to: i64) -> Result<()> {
    let now = Clock::default().now();
    sql(
        db,
        "insert into token_accounts (id, customer_id, balance, created_at) values ($1, $2, $3, $4)
         on conflict (id) do update set balance = $3",
    )
    .bind(account)
    .bind(customer)
    .bind(to)
    .bind(now)
    .exec()
    .await?;
    // Each database counts in its own way.
    sql_for(
        db,
        "with recursive n (n) as (select $2 + 1 union all select n + 1 from n where n < $3)
         insert into token_entries (id, account_id, kind, amount, fact, created_at)
         select randomblob(16), $1, 'grant', 1, 'bench:' || n, $4 from n",
        "insert into token_entries (id, account_id, kind, amount, fact, created_at)
         select gen_random_uuid(), $1, 'grant', 1, 'bench:' || n, $4 from generate_series($2 + 1, $3) as n",
    )
    .bind(account)
    .bind(from)
    .bind(to)
    .bind(now)
    .exec()
    .await?;
    sql(db, "analyze").exec().await?;
    Ok(())
}
