//! Plans and their tokens: a renewal until its tokens are there, and a statement that grows.

use anyhow::{Result, bail};
use serde_json::Value;
use stripe_sandbox::Control;
use uuid::Uuid;
use vitrine::{
    clock::Clock,
    db::{Db, sql, sql_for},
};
use vitrine_client::Client;
use vitrine_types::{
    Currency, Money,
    accounts::NewCustomer,
    subscriptions::{Interval, NewPlan},
};

use crate::{
    browse::each,
    customers::Customers,
    load::{self, Until},
    orders,
    process::Server,
    shop::Shop,
    table::Table,
};

/// How often every customer's plan is renewed.
const RENEWALS: usize = 12;

const FEW: i64 = 100;
const MANY: i64 = 100_000;

/// Has every customer subscribe and their plans renewed, and measures a renewal's event until its tokens are there.
pub async fn renewals(
    shop: &Shop,
    customers: &Customers,
    stripe: &Control,
    yardstick: &Server,
    table: &mut Table,
) -> Result<()> {
    let plan = NewPlan {
        name: "Monthly".into(),
        slug: None,
        description: String::new(),
        price: Money::new(2900, Currency::USD),
        interval: Interval::Month,
        trial_days: 0,
        tokens_per_period: 10,
        rollover_cap: 5,
        includes: Default::default(),
        benefits: Vec::new(),
        published: true,
    };
    let plan = shop.owner().await?.create_plan(&plan).await?.plan.id;
    let subscriptions = customers.subscriptions(plan);
    load::run(&shop.server, 4, Until::Count(subscriptions.len()), each(subscriptions)).await?;
    orders::deliver(shop, &orders::pay(stripe)?).await?;
    for _ in 0..RENEWALS {
        stripe.advance_to_renewal(None).map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        // To the last of them, and until their invoices are final, which Stripe lets take an hour.
        stripe.advance(2 * 60 * 60);
    }
    let renewal = |event: &Value| {
        event["type"] == "invoice.paid" && event["data"]["object"]["billing_reason"] == "subscription_cycle"
    };
    let mut events: Vec<Value> = stripe.objects("event").into_iter().filter(renewal).collect();
    // One month after the other: what Stripe tells of one subscription does not come all at once.
    events.sort_by_key(|event| event["created"].as_i64());
    let events: Vec<String> = events.iter().map(Value::to_string).collect();
    if events.len() != RENEWALS * customers.count() {
        bail!("{} renewals of {} plans", events.len(), customers.count());
    }
    orders::fulfil(shop, yardstick, "renewal", &events, table).await
}

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
