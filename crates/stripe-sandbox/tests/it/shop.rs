//! A small shop: an API client and a webhook endpoint that notes what it gets.

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::{Client, Response};
use serde_json::Value;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};
use std::time::Duration;
use stripe_sandbox::{Config, Control, Sandbox};

/// A sandbox and a client of it.
pub struct Shop {
    pub sandbox: Sandbox,
    pub control: Control,
    client: Client,
}

impl Shop {
    pub async fn open() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { control: sandbox.control(), client, sandbox }
    }

    /// Sends a request as it is.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.sandbox.base_url());
        self.client.request(method.parse().unwrap(), url)
    }

    pub async fn send(&self, method: &str, path: &str, form: &str, key: Option<&str>) -> Response {
        self.try_send(method, path, form, key).await.unwrap()
    }

    pub async fn try_send(&self, method: &str, path: &str, form: &str, key: Option<&str>) -> reqwest::Result<Response> {
        let mut request = self
            .request(method, path)
            .header("authorization", "Bearer sk_test_shop")
            .header("stripe-version", "2026-10-28.endive")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned());
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request.send().await
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.send("GET", path, "", None).await;
        let (status, body) = (response.status(), response.json::<Value>().await.unwrap());
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub async fn post(&self, path: &str, form: &str) -> Value {
        let response = self.send("POST", path, form, None).await;
        let (status, body) = (response.status(), response.json::<Value>().await.unwrap());
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    /// The status and the `error` of a call that must be refused.
    pub async fn refused(&self, method: &str, path: &str, form: &str) -> (u16, Value) {
        let response = self.send(method, path, form, None).await;
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        assert!(status >= 400, "{path} was accepted: {body}");
        (status, body["error"].clone())
    }

    /// An open session over two field guides at $19.00.
    pub async fn session(&self) -> Value {
        self.post("/v1/checkout/sessions", SESSION).await
    }

    /// A paid session.
    pub async fn paid_session(&self) -> Value {
        let session = self.session().await;
        self.control.pay(id(&session), stripe_sandbox::Card::Visa).unwrap()
    }

    /// The types of all events so far, oldest first.
    pub fn event_types(&self) -> Vec<String> {
        self.control.objects("event").iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

/// Parameters of a session over two field guides at $19.00.
pub const SESSION: &str = "mode=payment&success_url=http://shop.test/done?session_id={CHECKOUT_SESSION_ID}\
    &cancel_url=http://shop.test/cart&client_reference_id=order-1&metadata[order_id]=order-1\
    &payment_intent_data[metadata][order_id]=order-1&line_items[0][quantity]=2\
    &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=1900\
    &line_items[0][price_data][product_data][name]=Field+Guide";

/// Parameters of a session over a plan at $9.00 a month.
pub fn subscription_form(more: &str) -> String {
    format!(
        "mode=subscription&success_url=http://shop.test/done?session_id={{CHECKOUT_SESSION_ID}}\
         &subscription_data[metadata][plan_id]=plan-1&line_items[0][quantity]=1\
         &line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=900\
         &line_items[0][price_data][recurring][interval]=month\
         &line_items[0][price_data][product_data][name]=Studio+plan{more}"
    )
}

/// A subscription that was just begun in a checkout.
pub async fn subscribed(shop: &Shop, more: &str) -> Value {
    let session = shop.post("/v1/checkout/sessions", &subscription_form(more)).await;
    let done = shop.control.pay(id(&session), stripe_sandbox::Card::Visa).unwrap();
    shop.control.object(done["subscription"].as_str().unwrap()).unwrap()
}

pub fn id(object: &Value) -> &str {
    object["id"].as_str().unwrap()
}

/// A webhook endpoint.
pub struct Endpoint {
    pub url: String,
    seen: Arc<Seen>,
    server: actix_web::dev::ServerHandle,
}

struct Seen {
    letters: Mutex<Vec<Letter>>,
    status: AtomicU16,
    failures: AtomicUsize,
}

/// A delivery as it arrived.
#[derive(Clone)]
pub struct Letter {
    pub signature: String,
    pub body: String,
}

impl Letter {
    pub fn event(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

impl Endpoint {
    pub async fn open() -> Self {
        let seen =
            Arc::new(Seen { letters: Mutex::default(), status: AtomicU16::new(200), failures: AtomicUsize::new(0) });
        let data = Data::from(seen.clone());
        let server = HttpServer::new(move || App::new().app_data(data.clone()).default_service(web::to(receive)))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        let url = format!("http://{}/hook", server.addrs()[0]);
        let running = server.run();
        let handle = running.handle();
        tokio::spawn(running);
        Self { url, seen, server: handle }
    }

    /// Answers the next `count` deliveries with `status`, then 200 again.
    pub fn fail_next(&self, count: usize, status: u16) {
        self.seen.status.store(status, Ordering::SeqCst);
        self.seen.failures.store(count, Ordering::SeqCst);
    }

    pub fn letters(&self) -> Vec<Letter> {
        self.seen.letters.lock().unwrap().clone()
    }

    pub fn types(&self) -> Vec<String> {
        self.letters().iter().map(|letter| letter.event()["type"].as_str().unwrap().to_owned()).collect()
    }

    pub async fn close(self) {
        self.server.stop(false).await;
    }
}

async fn receive(request: HttpRequest, body: Bytes, seen: Data<Seen>) -> HttpResponse {
    let signature = request.headers().get("stripe-signature").unwrap().to_str().unwrap().to_owned();
    let letter = Letter { signature, body: String::from_utf8(body.to_vec()).unwrap() };
    seen.letters.lock().unwrap().push(letter);
    let failing = seen.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    let status = if failing { seen.status.load(Ordering::SeqCst) } else { 200 };
    HttpResponse::build(status.try_into().unwrap()).finish()
}

/// Waits until everything is delivered.
pub async fn settled(control: &Control) {
    assert!(control.wait_until_idle(Duration::from_secs(10)).await, "deliveries are still under way");
}
