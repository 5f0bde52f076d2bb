//! Fills a new shop with what a small studio might sell, and gives it a first customer.
//!
//! Everything goes through the API, as the owner or a customer would do it. What is sold stands in `shop.toml`, the
//! pictures in `images/` (drawn in `art/`), the documents in `files/`; sounds and colour tables are computed.

mod colour;
mod sound;

use std::{fs, path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Parser;
use serde::Deserialize;
use serde_json::json;
use vitrine_client::Client;
use vitrine_types::{
    accounts::{Credentials, NewCustomer},
    calendar::Schedule,
    catalog::{NewProduct, Product, ProductQuery},
    checkout::{CheckoutItem, CheckoutStatus, NewCheckout},
    subscriptions::NewPlan,
};

/// Fills a new shop with demo products.
#[derive(Parser)]
struct Options {
    /// Where the shop is
    #[arg(long, default_value = "http://localhost:8080")]
    shop: String,
    /// Where the local Stripe is; without it nothing is bought
    #[arg(long)]
    stripe: Option<String>,
    /// The owner's e-mail address
    #[arg(long)]
    owner: String,
    /// The owner's password
    #[arg(long, env = "DEMO_OWNER_PASSWORD", hide_env_values = true)]
    owner_password: String,
    /// The first customer's e-mail address
    #[arg(long)]
    customer: String,
    /// The first customer's password
    #[arg(long, env = "DEMO_CUSTOMER_PASSWORD", hide_env_values = true)]
    customer_password: String,
}

/// `shop.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shop {
    /// Slugs of what the first customer buys, and claims.
    bought: Vec<String>,
    claimed: Vec<String>,
    /// When appointments can be booked.
    hours: Schedule,
    products: Vec<Entry>,
    plans: Vec<NewPlan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    image: String,
    #[serde(default)]
    files: Vec<String>,
    product: NewProduct,
}

#[tokio::main]
async fn main() -> ExitCode {
    match fill(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

async fn fill(options: Options) -> Result<()> {
    rustls::crypto::ring::default_provider().install_default().ok().context("a TLS provider is installed already")?;
    let shop: Shop = toml::from_str(include_str!("../shop.toml")).context("crates/demo/shop.toml")?;
    let owner = Client::new(&options.shop);
    let any = owner.list_products(&ProductQuery { limit: Some(1), ..ProductQuery::default() }).await?;
    if !any.data.is_empty() {
        return Ok(());
    }
    let credentials =
        Credentials { email: options.owner.clone(), password: options.owner_password.clone(), ..Default::default() };
    owner.login(&credentials).await.context("the owner cannot sign in")?;
    // The newest product is shown first: the list stands in that order.
    for (number, entry) in shop.products.iter().rev().enumerate() {
        println!("  {:>2}/{}  {}", number + 1, shop.products.len(), entry.product.name);
        create(&owner, entry).await.with_context(|| format!("cannot make {}", entry.product.name))?;
    }
    for plan in &shop.plans {
        owner.create_plan(plan).await.with_context(|| format!("cannot make the plan {}", plan.name))?;
    }
    owner.set_schedule(&shop.hours).await.context("the owner's hours")?;
    let customer = Client::new(&options.shop);
    let name = "Ada Customer".to_owned();
    let new = NewCustomer { email: options.customer.clone(), password: options.customer_password.clone(), name };
    customer.register(&new).await.context("the first customer cannot sign up")?;
    for slug in &shop.claimed {
        customer.claim_product(slug).await.with_context(|| format!("cannot claim {slug}"))?;
    }
    if let Some(stripe) = &options.stripe {
        buy(&customer, &shop.bought, stripe).await.context("the first order")?;
    }
    Ok(())
}

async fn create(owner: &Client, entry: &Entry) -> Result<()> {
    let product = owner.create_product(&entry.product).await?.product;
    owner.set_product_image(product.id, read("images", &entry.image)?).await?;
    for name in &entry.files {
        owner.upload_product_file(product.id, name, content(name)?).await?;
    }
    Ok(())
}

/// A file's content: computed for sounds and colour tables, read for the rest.
fn content(name: &str) -> Result<Vec<u8>> {
    let (stem, ending) = name.rsplit_once('.').context("a file without an ending")?;
    match ending {
        "wav" => Ok(sound::record(stem)),
        "cube" => Ok(colour::table(stem)),
        _ => read("files", name),
    }
}

fn read(folder: &str, name: &str) -> Result<Vec<u8>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder).join(name);
    fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// Buys and pays, as in the browser.
async fn buy(customer: &Client, slugs: &[String], stripe: &str) -> Result<()> {
    let mut items = Vec::new();
    for slug in slugs {
        let Product { id, .. } = customer.get_product(slug).await?;
        items.push(CheckoutItem { product_id: id, quantity: 1, booking: None });
    }
    let checkout = NewCheckout { items: Some(items), ..NewCheckout::default() };
    let url = customer.create_checkout_session(&checkout, None).await?.url.context("there is nothing to pay")?;
    let session = url.split(['/', '#', '?']).find(|part| part.starts_with("cs_")).context("no session in the URL")?;
    let paid = reqwest::Client::new().post(format!("{stripe}/_sandbox/pay")).json(&json!({ "session": session }));
    paid.send().await?.error_for_status()?;
    for _ in 0..100 {
        if customer.get_checkout_session(session).await?.status == CheckoutStatus::Complete {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    bail!("it was paid, but is not complete")
}
