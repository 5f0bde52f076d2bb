//! Puts the shop together: settings in, a running server out.

use std::{net::SocketAddr, sync::Arc};

use actix_cors::Cors;
use actix_web::{
    App, FromRequest, Handler, HttpRequest, HttpResponse, HttpServer, Resource, Responder,
    dev::{ResourceDef, ServerHandle},
    http::{Method, header},
    middleware::{Compress, from_fn},
    web,
};
use anyhow::Context;
use futures_util::{FutureExt, future::join_all};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};
use vitrine_types::Code;

use crate::{
    accounts, admin, auth, calendar, cart, catalog, checkout,
    clock::Clock,
    closing,
    config::Config,
    docs, entitlements,
    error::{Error, Result},
    export, extract, http,
    jobs::{self, Job, Kind, Lane},
    mail, media, openapi,
    state::State,
    storage, subscriptions, telemetry, time_machine, tokens, webhook,
};

/// The route table: one line per feature.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/api/v1")
            .configure(accounts::routes::configure)
            .configure(catalog::routes::configure)
            .configure(cart::routes::configure)
            .configure(checkout::routes::configure)
            .configure(entitlements::routes::configure)
            .configure(calendar::routes::configure)
            .configure(tokens::routes::configure)
            .configure(subscriptions::routes::configure)
            .configure(webhook::routes::configure)
            .configure(mail::routes::configure)
            .configure(export::configure)
            .configure(closing::configure)
            .configure(admin::routes::configure)
            .configure(time_machine::routes::configure),
    );
}

/// Does a job: one line per kind.
async fn run_job(state: &State, job: Job) -> Result<()> {
    match job.kind {
        Kind::SendMail => mail::service::send(state, &job).await,
        Kind::RequestedReset => accounts::service::send_password_reset(state, &job).await,
        Kind::DeleteFile => storage::delete(state, &job).await,
        Kind::ExpireOrder => checkout::ending::expire(state, &job).await,
        Kind::SendRefund => checkout::refunds::send_job(state, &job).await,
        Kind::WebhookEvent => webhook::handle::run(state, &job).await,
        Kind::Reconcile => webhook::reconcile::job(state, &job).await,
        Kind::RemindCustomer => calendar::service::remind(state, &job).await,
        Kind::FollowSubscription => subscriptions::service::follow_job(state, &job).await,
        Kind::FollowCatalog => subscriptions::service::follow_all(state, &job).await,
        Kind::FollowAccount => subscriptions::service::follow_account(state, &job).await,
        Kind::EndSubscription => subscriptions::service::end(state, &job).await,
        Kind::ExpireSession => checkout::ending::expire_session(state, &job).await,
        Kind::SyncCalendar => calendar::service::sync(state, &job).await,
        Kind::ExpireTokens => tokens::service::expire(state, &job).await,
        Kind::RemindOfTokens => tokens::service::remind(state, &job).await,
    }
}

/// A running shop.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What its handlers use.
    pub state: web::Data<State>,
    handle: ServerHandle,
    stop_jobs: CancellationToken,
    serving: JoinHandle<std::io::Result<()>>,
    working: JoinHandle<()>,
}

impl Server {
    /// Waits until the server ends by itself (a signal).
    ///
    /// # Errors
    /// When it ended badly.
    pub async fn wait(self) -> anyhow::Result<()> {
        let served = self.serving.await.context("serve")?;
        self.stop_jobs.cancel();
        self.working.await.context("finish the jobs in hand")?;
        self.state.db.close().await;
        served.context("serve")
    }

    /// Ends it: no new requests, then those and the jobs in hand are finished.
    ///
    /// # Errors
    /// When it ended badly.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.handle.stop(true).await;
        self.wait().await
    }
}

/// Starts the shop: opens and migrates the database, makes the first admin, listens, works off jobs.
///
/// # Errors
/// When something the settings name is not usable.
pub async fn start(config: Config, clock: Clock) -> anyhow::Result<Server> {
    telemetry::start_metrics();
    let state = web::Data::new(State::open(config, clock).await?);
    state.db.migrate().await?;
    if state.config.demo {
        time_machine::service::follow(&state).await.map_err(|error| anyhow::anyhow!(error.describe()))?;
    }
    accounts::service::ensure_first_admin(&state).await.map_err(|error| anyhow::anyhow!(error.describe()))?;
    webhook::reconcile::schedule(&state, state.clock.now()).await.map_err(|error| anyhow::anyhow!(error.describe()))?;

    let document = openapi::document();
    let known = web::Data::new(KnownPaths::of(&document));
    let document: web::Bytes = document.to_pretty_json().context("OpenAPI document")?.into();
    let site = web::Data::new(crate::web::Site::open(state.config.web_dir.as_deref())?);
    let app_state = state.clone();
    let workers = match state.config.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        workers => workers,
    };
    let server = HttpServer::new(move || {
        App::new()
            .app_data(app_state.clone())
            .app_data(known.clone())
            .app_data(web::Data::new(document.clone()))
            .configure(extract::configure)
            .wrap(from_fn(auth::identify_caller))
            .wrap(cors(&app_state.config))
            .wrap(from_fn(http::answer))
            // Outermost: what it packs nobody changes any more.
            .wrap(Compress::default())
            .configure(|config| routes(&mut ServiceConfig::new(config)))
            .configure(operations)
            .configure(docs::configure)
            .configure(media::configure)
            .configure(|config| crate::web::configure(config, &site))
            .default_service(web::to(nothing_here))
    })
    .workers(workers)
    .shutdown_timeout(20)
    .client_request_timeout(std::time::Duration::from_secs(10))
    .bind(&state.config.bind)
    .with_context(|| format!("listen on {}", state.config.bind))?;
    let address = *server.addrs().first().context("no address")?;
    let server = server.run();
    let handle = server.handle();

    let stop_jobs = CancellationToken::new();
    if state.config.demo {
        let (state, stop) = (state.clone(), stop_jobs.clone());
        tokio::task::spawn_local(async move { time_machine::service::keep_following(&state, stop).await });
    }
    let worker_state = state.clone();
    let handle_job = move |job: Job| {
        let state = worker_state.clone();
        async move { run_job(&state, job).await }
    };
    jobs::take_back(&state.db).await?;
    let run = |lane| {
        let (db, clock, stop) = (state.db.clone(), state.clock.clone(), stop_jobs.clone());
        jobs::run(db, clock, lane, jobs::lease(), stop, handle_job.clone())
    };
    let work = join_all(Lane::ALL.map(run)).map(drop);
    let stop = stop_jobs.clone();
    tokio::task::spawn_local(async move { stop.run_until_cancelled(telemetry::keep_small()).await });
    Ok(Server {
        address,
        handle,
        stop_jobs,
        serving: tokio::task::spawn_local(server),
        working: tokio::task::spawn_local(work),
        state,
    })
}

fn cors(config: &Config) -> Cors {
    let origins = &config.cors_origins;
    if origins.is_empty() {
        return Cors::default();
    }
    origins
        .iter()
        .fold(Cors::default(), |cors, origin| cors.allowed_origin(origin))
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers(["Authorization", "Content-Type", "Idempotency-Key"])
        .expose_headers(["X-Request-Id", "Retry-After"])
        .supports_credentials()
        .max_age(3600)
}

/// What operators and documentation readers ask for.
fn operations(config: &mut web::ServiceConfig) {
    config
        .service(operation("/healthz", || async { text("ok") }))
        .service(operation("/readyz", readyz))
        .service(operation("/metrics", || async { text(telemetry::metrics()) }))
        .service(operation("/api/openapi.json", openapi_json));
}

/// Answers GET and HEAD; other methods are not left to the app's pages.
fn operation<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args> + Clone,
    F::Output: Responder + 'static,
    Args: FromRequest + 'static,
{
    web::resource(path)
        .route(web::get().to(handler.clone()))
        .route(web::head().to(handler))
        .default_service(web::to(|| async { not_with_this_method("GET, HEAD") }))
}

fn text(text: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok().content_type(header::ContentType::plaintext()).body(text.into())
}

async fn readyz(state: web::Data<State>) -> Result<HttpResponse> {
    match state.db.ready().await {
        Ok(true) => Ok(text("ready")),
        Ok(false) => Err(Error::new(Code::NotReady).detail("The database's schema is not the one this version needs")),
        Err(error) => Err(Error::new(Code::NotReady).cause(error)),
    }
}

async fn openapi_json(document: web::Data<web::Bytes>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.as_ref().clone())
}

/// Tells "no such address" from "not with this method". actix itself answers 404 to both.
struct KnownPaths(Vec<(ResourceDef, Vec<Method>)>);

impl KnownPaths {
    fn of(document: &utoipa::openapi::OpenApi) -> Arc<Self> {
        let methods = |item: &utoipa::openapi::path::PathItem| {
            [
                (Method::GET, item.get.is_some()),
                (Method::POST, item.post.is_some()),
                (Method::PUT, item.put.is_some()),
                (Method::PATCH, item.patch.is_some()),
                (Method::DELETE, item.delete.is_some()),
                (Method::HEAD, item.head.is_some()),
            ]
            .into_iter()
            .filter_map(|(method, there)| there.then_some(method))
            .collect()
        };
        let paths = document.paths.paths.iter();
        Arc::new(Self(paths.map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item))).collect()))
    }

    fn methods(&self, path: &str) -> Option<String> {
        let allowed: Vec<&str> = self
            .0
            .iter()
            .filter(|(pattern, _)| pattern.is_match(path))
            .flat_map(|(_, methods)| methods.iter().map(Method::as_str))
            .collect();
        (!allowed.is_empty()).then(|| allowed.join(", "))
    }
}

async fn nothing_here(request: HttpRequest, known: web::Data<Arc<KnownPaths>>) -> HttpResponse {
    match known.methods(request.path()) {
        Some(allowed) => not_with_this_method(&allowed),
        None => HttpResponse::from_error(Error::new(Code::NotFound)),
    }
}

fn not_with_this_method(allowed: &str) -> HttpResponse {
    let mut response = HttpResponse::from_error(Error::new(Code::MethodNotAllowed));
    if let Ok(allowed) = header::HeaderValue::from_str(allowed) {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
