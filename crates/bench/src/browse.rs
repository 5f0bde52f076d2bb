//! Looking at products: lists, details, search.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Result;
use tokio::task::JoinSet;

use crate::{
    http::{Connection, get, post},
    load::{self, Until, always},
    process::Server,
    shop::{RARE_WORD, Shop},
    table::Table,
};

const LIST: &str = "/api/v1/products?limit=20";
const DETAIL: &str = "/api/v1/products/product-500";
const CONNECTIONS: usize = 16;

/// Median latencies, one request at a time, in milliseconds.
pub struct Latencies {
    list: f64,
    last_page: f64,
    search: f64,
}

/// Measures latencies in the catalogue as it is now.
pub async fn latencies(shop: &Shop) -> Result<Latencies> {
    let median = async |path: &str| -> Result<f64> {
        load::run(&shop.server, 1, Until::Count(100), always(path)).await?;
        let measured = load::run(&shop.server, 1, Until::Count(1000), always(path)).await?;
        Ok(measured.percentile(0.5))
    };
    Ok(Latencies {
        list: median(LIST).await?,
        last_page: median(&last_page(shop).await?).await?,
        search: median(&format!("{LIST}&q={RARE_WORD}")).await?,
    })
}

/// The path of the last page, found as a reader would find it.
async fn last_page(shop: &Shop) -> Result<String> {
    let mut connection = Connection::open(&shop.server.address).await?;
    let mut path = LIST.to_owned();
    loop {
        let answer = connection.send(&get(&path.replace("limit=20", "limit=100"))).await?;
        let page: serde_json::Value = serde_json::from_slice(&answer.body)?;
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("{LIST}&cursor={cursor}"),
            None => return Ok(path),
        }
    }
}

/// How the larger catalogue compares.
pub fn compare(small: &Latencies, large: &Latencies, table: &mut Table) {
    table.goal("list: p50 against 1,000 products", large.list / small.list, "×", 1.2);
    table.goal("last page: p50 against 1,000 products", large.last_page / small.last_page, "×", 1.5);
    table.goal("search: p50 against 1,000 products", large.search / small.search, "×", 2.0);
}

/// Files with what the shop answers, for the yardstick.
pub struct Bodies {
    /// A list of 20.
    pub list: PathBuf,
    /// One product.
    pub detail: PathBuf,
}

/// Fetches them.
pub async fn bodies(shop: &Shop, folder: &Path) -> Result<Bodies> {
    let mut connection = Connection::open(&shop.server.address).await?;
    let bodies = Bodies { list: folder.join("list.json"), detail: folder.join("detail.json") };
    fs::write(&bodies.list, connection.send(&get(LIST)).await?.body)?;
    fs::write(&bodies.detail, connection.send(&get(DETAIL)).await?.body)?;
    Ok(bodies)
}

/// List and detail against the same bytes ready-made.
pub async fn against_static(shop: &Shop, yardstick: &Server, time: Until, table: &mut Table) -> Result<()> {
    for (name, ours, theirs, most) in [("list of 20", LIST, "/list", 10.0), ("detail", DETAIL, "/detail", 8.0)] {
        let shop = load::run(&shop.server, CONNECTIONS, time, always(ours)).await?;
        table.load(name, &shop);
        let ready = load::run(yardstick, CONNECTIONS, time, always(theirs)).await?;
        table.load("  the same bytes, ready-made", &ready);
        table.goal(&format!("{name}: CPU against ready-made bytes"), shop.cpu / ready.cpu, "×", most);
    }
    Ok(())
}

/// Sign-ins cost much by design. They must not slow down those who look at products.
pub async fn sign_in_storm(shop: &Shop, time: Until, table: &mut Table) -> Result<()> {
    let calm = load::run(&shop.server, 4, time, always(LIST)).await?;
    table.load("list", &calm);
    let mut storm = JoinSet::new();
    for attacker in 0..8u32 {
        let address = shop.server.address.clone();
        storm.spawn(async move {
            let mut connection = Connection::open(&address).await?;
            for number in 0u32.. {
                let body =
                    format!(r#"{{"email":"nobody-{attacker}-{number}@example.com","password":"a wrong password"}}"#);
                let from = format!("10.{attacker}.{}.{}", number / 250 % 250, number % 250 + 1);
                connection.send(&post("/api/v1/auth/login", &[("X-Forwarded-For", &from)], body.as_bytes())).await?;
            }
            anyhow::Ok(())
        });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let stormy = load::run(&shop.server, 4, time, always(LIST)).await?;
    storm.abort_all();
    table.load("list while eight sign in without pause", &stormy);
    table.goal("list: p99 in a sign-in storm", stormy.percentile(0.99) / calm.percentile(0.99), "×", 2.0);
    Ok(())
}

/// Where visitor number `number` looks: mostly at single products and the newest, sometimes by kind or words.
pub fn visit(number: usize) -> String {
    match number % 9 {
        0..4 => format!("/api/v1/products/product-{}", number * 7 % 1000),
        4..7 => LIST.to_owned(),
        7 => format!("{LIST}&kind=download&sort=price"),
        _ => format!("{LIST}&q={RARE_WORD}"),
    }
}

/// Requests from a list, each once.
pub fn each(requests: Vec<Vec<u8>>) -> load::Requests {
    let requests = Arc::new(requests);
    Arc::new(move |number| requests[number % requests.len()].clone())
}
