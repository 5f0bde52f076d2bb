//! A small proxy in front of several servers: each request goes to the next server, and where a process is away, to the one
//! after it. A server can be taken out before its process ends.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use reqwest::Client;
use vitrine_types::Problem;

/// How long it looks for a server that takes a request (Caddy's `lb_try_duration`).
const PATIENCE: Duration = Duration::from_secs(5);

/// The largest body that passes.
const LARGEST: usize = 64 << 20;

/// What two neighbours say to each other only.
const BETWEEN_NEIGHBOURS: [&str; 4] = ["connection", "keep-alive", "transfer-encoding", "content-length"];

/// The proxy.
pub struct Proxy {
    servers: Vec<Server>,
    turn: AtomicUsize,
    client: Client,
}

struct Server {
    address: String,
    /// Whether it gets nothing new.
    out: AtomicBool,
    in_hand: AtomicUsize,
}

/// Starts it for servers at these addresses; where it listens.
pub async fn start(addresses: &[String]) -> Result<(String, Arc<Proxy>)> {
    let client = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?;
    let server = |address: &String| Server { address: address.clone(), out: false.into(), in_hand: 0.into() };
    let servers = addresses.iter().map(server).collect();
    let proxy = Arc::new(Proxy { servers, turn: 0.into(), client });
    let data = web::Data::from(proxy.clone());
    let app = move || {
        App::new().app_data(data.clone()).app_data(web::PayloadConfig::new(LARGEST)).default_service(web::to(forward))
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind("127.0.0.1:0")?;
    let address = server.addrs().first().context("no address")?.to_string();
    tokio::spawn(server.run());
    Ok((address, proxy))
}

async fn forward(request: HttpRequest, body: web::Bytes, proxy: web::Data<Proxy>) -> HttpResponse {
    let started = Instant::now();
    let mut refused = 0;
    loop {
        let server = &proxy.servers[proxy.turn.fetch_add(1, Ordering::SeqCst) % proxy.servers.len()];
        server.in_hand.fetch_add(1, Ordering::SeqCst);
        let asked = match server.out.load(Ordering::SeqCst) {
            true => None,
            false => Some(proxy.ask(&server.address, &request, body.clone()).await),
        };
        server.in_hand.fetch_sub(1, Ordering::SeqCst);
        match asked {
            Some(Ok(answer)) => return answer,
            // Who was not reached has done nothing; otherwise only what changes nothing is asked again.
            Some(Err(error)) if !error.is_connect() && !request.method().is_safe() => {
                return bad_gateway(format!("{error:?}"));
            }
            _ if started.elapsed() > PATIENCE => return bad_gateway("no server takes it".into()),
            _ => refused += 1,
        }
        if refused % proxy.servers.len() == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// In the server's form of errors, so that the client knows the status.
fn bad_gateway(detail: String) -> HttpResponse {
    let (kind, title, code) = ("about:blank".into(), "Bad gateway".into(), "proxy.bad_gateway".into());
    let (instance, request_id, errors) = Default::default();
    let problem = Problem { kind, title, status: 502, code, detail: Some(detail), instance, request_id, errors };
    HttpResponse::BadGateway().content_type("application/problem+json").json(problem)
}

impl Proxy {
    /// Takes a server out, and waits until it has answered what it was asked.
    pub async fn take_out(&self, number: usize) {
        let server = &self.servers[number];
        server.out.store(true, Ordering::SeqCst);
        while server.in_hand.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Puts it in again.
    pub fn put_in(&self, number: usize) {
        self.servers[number].out.store(false, Ordering::SeqCst);
    }

    async fn ask(&self, server: &str, request: &HttpRequest, body: web::Bytes) -> reqwest::Result<HttpResponse> {
        // The libraries know different versions of the types: what they mean is text.
        let method = request.method().as_str().parse().unwrap_or_default();
        let mut ask = self.client.request(method, format!("http://{server}{}", request.uri()));
        for (name, value) in request.headers() {
            if !BETWEEN_NEIGHBOURS.contains(&name.as_str()) {
                ask = ask.header(name.as_str(), value.as_bytes());
            }
        }
        let answer = ask.body(body).send().await?;
        let status = actix_web::http::StatusCode::from_u16(answer.status().as_u16()).unwrap_or_default();
        let mut told = HttpResponse::build(status);
        for (name, value) in answer.headers() {
            if !BETWEEN_NEIGHBOURS.contains(&name.as_str()) {
                told.append_header((name.as_str(), value.as_bytes()));
            }
        }
        Ok(told.body(answer.bytes().await?))
    }
}
