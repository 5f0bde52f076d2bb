//! What the framework and the database can do at best: a server that answers ready-made bytes, and one that does one
//! durable insert per request through the shop's own pool.

use std::{fs, path::PathBuf};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Result;
use clap::Args;
use uuid::Uuid;
use vitrine::db::{Db, sql};

/// What to serve.
#[derive(Args)]
pub struct Options {
    /// Address and port
    #[arg(long)]
    bind: String,
    /// The body of `/list`
    #[arg(long)]
    list: PathBuf,
    /// The body of `/detail`
    #[arg(long)]
    detail: PathBuf,
    /// Where `/insert` inserts
    #[arg(long)]
    database: String,
}

/// Serves until killed.
pub async fn serve(options: Options) -> Result<()> {
    let db = Db::open(&options.database, 10).await?;
    sql(&db, "create table if not exists yardstick (id text primary key, body text not null)").exec().await?;
    let (list, detail) = (web::Bytes::from(fs::read(options.list)?), web::Bytes::from(fs::read(options.detail)?));
    let server = HttpServer::new(move || {
        let (list, detail) = (list.clone(), detail.clone());
        App::new()
            .app_data(web::Data::new(db.clone()))
            .route("/list", web::get().to(move || ready(list.clone())))
            .route("/detail", web::get().to(move || ready(detail.clone())))
            .route("/insert", web::post().to(insert))
    });
    Ok(server.bind(&options.bind)?.run().await?)
}

async fn ready(body: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body)
}

async fn insert(db: web::Data<Db>, body: web::Bytes) -> Result<HttpResponse, actix_web::Error> {
    let text = String::from_utf8_lossy(&body).into_owned();
    let failed = actix_web::error::ErrorInternalServerError::<sqlx::Error>;
    let mut tx = db.begin().await.map_err(failed)?;
    let statement = sql(&mut tx, "insert into yardstick (id, body) values ($1, $2)");
    statement.bind(Uuid::now_v7().to_string()).bind(text).exec().await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    Ok(HttpResponse::Ok().finish())
}
