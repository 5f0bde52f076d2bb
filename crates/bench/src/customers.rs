//! Customers who buy and book.

use std::sync::RwLock;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Days, Utc};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine_client::Client;
use vitrine_types::{
    accounts::NewCustomer,
    calendar::{Schedule, SlotQuery},
    catalog::{NewProduct, ProductKind, ServiceSettings},
};

use crate::{
    http::{Connection, get, post},
    shop::{self, Shop},
};

const CUSTOMERS: usize = 25;

/// The address of the service.
const SERVICE: &str = "appointment";

/// How many of one product an order takes at most.
const MOST: usize = 100;

/// Signed-in customers, what they buy, and the appointments they are entitled to.
pub struct Customers {
    /// Good for a quarter of an hour each: see [`Customers::sign_in`].
    tokens: RwLock<Vec<String>>,
    products: Vec<Uuid>,
    service: Uuid,
    /// `rights[customer][n]` pays 100 appointments.
    rights: Vec<Vec<String>>,
    starts: Vec<DateTime<Utc>>,
}

impl Customers {
    /// Registers them, opens the owner's calendar around the clock, and gives each the right to `hundreds` hundred
    /// appointments.
    pub async fn join(shop: &Shop, hundreds: usize) -> Result<Self> {
        let mut connection = Connection::open(&shop.server.address).await?;
        let visitor = Client::new(&format!("http://{}", shop.server.address));
        let products =
            visitor.list_products(&Default::default()).await?.data.iter().map(|product| product.id).collect();
        let service = offer(&shop.owner().await?).await?;
        let (mut tokens, mut rights) = (Vec::new(), Vec::new());
        for number in 0..CUSTOMERS {
            let customer = NewCustomer { email: email(number), password: PASSWORD.into(), name: "Ada".into() };
            let token =
                token(&mut connection, number, "/api/v1/auth/register", &serde_json::to_vec(&customer)?).await?;
            for number in 0..hundreds {
                // The same order again would only open the first one again: one differs from the next by its quantity.
                let body = order(service, MOST - number);
                let answer = connection.send(&post(CHECKOUT, &[("Authorization", &token)], &body)).await?;
                if !(200..300).contains(&answer.status) {
                    bail!("no appointments for nothing: {}", String::from_utf8_lossy(&answer.body));
                }
            }
            let owned = get_signed("/api/v1/entitlements?limit=100", &token);
            let owned: Value = serde_json::from_slice(&connection.send(&owned).await?.body)?;
            let owned = owned["data"].as_array().context("no entitlements")?.iter();
            rights.push(owned.filter_map(|right| Some(right["id"].as_str()?.to_owned())).collect());
            tokens.push(token);
        }
        let slots = visitor.list_slots(SERVICE, &two_months()).await?;
        let starts = slots.days.iter().flat_map(|day| &day.slots).map(|slot| slot.start).collect();
        Ok(Self { tokens: tokens.into(), products, service, rights, starts })
    }

    /// Signs all of them in anew.
    pub async fn sign_in(&self, shop: &Shop) -> Result<()> {
        let mut connection = Connection::open(&shop.server.address).await?;
        for number in 0..CUSTOMERS {
            let body = json!({"email": email(number), "password": PASSWORD}).to_string().into_bytes();
            let token = token(&mut connection, number, "/api/v1/auth/login", &body).await?;
            self.tokens.write().expect("no one panics with it")[number] = token;
        }
        Ok(())
    }

    fn token(&self, customer: usize) -> String {
        self.tokens.read().expect("no one panics with it")[customer].clone()
    }

    /// The request with which checkout number `number` starts; no two are for the same goods.
    pub fn checkout(&self, number: usize) -> Vec<u8> {
        let (customer, round) = (number % CUSTOMERS, number / CUSTOMERS);
        let product = self.products[round % self.products.len()];
        let quantity = round / self.products.len() % MOST + 1;
        post(CHECKOUT, &[("Authorization", &self.token(customer))], &order(product, quantity))
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        CUSTOMERS
    }

    /// The requests with which each of them subscribes to a plan.
    pub fn subscriptions(&self, plan: Uuid) -> Vec<Vec<u8>> {
        let body = json!({"plan_id": plan}).to_string().into_bytes();
        (0..CUSTOMERS).map(|customer| post(CHECKOUT, &[("Authorization", &self.token(customer))], &body)).collect()
    }

    /// The request for booking number `number`; no two are for the same time.
    pub fn booking(&self, number: usize) -> Vec<u8> {
        let (customer, round) = (number % CUSTOMERS, number / CUSTOMERS);
        let rights = &self.rights[customer];
        let body = json!({
            "product_id": self.service,
            "start": self.starts[number % self.starts.len()],
            "time_zone": "UTC",
            "pay_with": {"kind": "entitlement", "id": rights[round / MOST % rights.len()]},
        });
        post("/api/v1/bookings", &[("Authorization", &self.token(customer))], body.to_string().as_bytes())
    }

    /// The path of a month of free times.
    pub fn month(&self) -> String {
        let first = self.starts.first().copied().unwrap_or_default().date_naive();
        format!("/api/v1/services/{SERVICE}/slots?from={first}&to={}&time_zone=UTC", first + Days::new(30))
    }
}

const PASSWORD: &str = "a long enough password";

fn email(number: usize) -> String {
    format!("customer-{number}@example.com")
}

/// What customer `number` gets for this body: each comes from an address of its own, so that no rate limit is met.
async fn token(connection: &mut Connection, number: usize, path: &str, body: &[u8]) -> Result<String> {
    let from = format!("10.9.0.{}", number + 1);
    let answer = connection.send(&post(path, &[("X-Forwarded-For", &from)], body)).await?;
    let answer: Value = serde_json::from_slice(&answer.body)?;
    Ok(format!("Bearer {}", answer["access_token"].as_str().context("no token")?))
}

const CHECKOUT: &str = "/api/v1/checkout/sessions";

fn order(product: Uuid, quantity: usize) -> Vec<u8> {
    json!({"items": [{"product_id": product, "quantity": quantity}]}).to_string().into_bytes()
}

fn get_signed(path: &str, token: &str) -> Vec<u8> {
    let request = String::from_utf8_lossy(&get(path)).replacen("\r\n", &format!("\r\nAuthorization: {token}\r\n"), 1);
    request.into_bytes()
}

/// Offers a free service at any time of any day.
async fn offer(owner: &Client) -> Result<Uuid> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let rules = days.map(|day| json!({"weekday": day, "start": "00:00", "end": "24:00"}));
    let schedule: Schedule = serde_json::from_value(json!({"time_zone": "UTC", "rules": rules}))?;
    owner.set_schedule(&schedule).await?;
    let service = ServiceSettings { minimum_notice_minutes: 0, horizon_days: 90, ..ServiceSettings::of(30) };
    let product = NewProduct {
        name: "Appointment".into(),
        slug: Some(SERVICE.into()),
        kind: ProductKind::Service,
        price: vitrine_types::Money::new(0, vitrine_types::Currency::USD),
        service: Some(service),
        ..shop::product(0)
    };
    Ok(owner.create_product(&product).await?.product.id)
}

/// The longest list of free times there is, from tomorrow on.
fn two_months() -> SlotQuery {
    #[expect(clippy::disallowed_methods)] // The server that is measured lives now.
    let from = Utc::now().date_naive() + Days::new(1);
    SlotQuery { from, to: from + Days::new(61), time_zone: Some("UTC".into()), booking_id: None }
}
