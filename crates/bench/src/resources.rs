//! Memory, and the time to the first answer.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use vitrine_types::catalog::{ProductKind, ProductQuery};

use crate::{http::Connection, shop::Shop, table::Table};

/// A server that has just started.
pub fn fresh(shop: &Shop, table: &mut Table) -> Result<()> {
    table.goal("first answer after the start", shop.first_answer.as_secs_f64(), "s", 0.3);
    table.goal("memory, fresh", shop.server.process.memory()?, "MB", 30.0);
    Ok(())
}

/// A large file, streamed: what the server's memory grows to meanwhile.
pub async fn upload(shop: &Shop, megabytes: usize, table: &mut Table) -> Result<()> {
    let owner = shop.owner().await?;
    // The service is the newest product, and has no files.
    let products = owner.list_admin_products(&ProductQuery::default()).await?.data;
    let download = products.iter().find(|product| product.product.kind == ProductKind::Download);
    let product = download.context("there is no download")?.product.id;
    let token = owner.token().context("the owner is not signed in")?;
    let (address, done) = (shop.server.address.clone(), Arc::new(AtomicBool::new(false)));
    let finished = done.clone();
    let sending = tokio::spawn(async move {
        let sent = send(&address, &format!("/api/v1/admin/products/{product}/files"), &token, megabytes).await;
        finished.store(true, Ordering::Relaxed);
        sent
    });
    let mut most = 0.0_f64;
    while !done.load(Ordering::Relaxed) {
        most = most.max(shop.server.process.memory()?);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sending.await??;
    table.goal(&format!("memory while {megabytes} MiB are uploaded"), most, "MB", 100.0);
    Ok(())
}

async fn send(address: &str, path: &str, token: &str, megabytes: usize) -> Result<()> {
    let head = "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"large.bin\"\r\n\
        Content-Type: application/octet-stream\r\n\r\n";
    let tail = "\r\n--frontier--\r\n";
    let piece: Vec<u8> = (0..1024 * 1024).map(|at| (at * 31 % 251) as u8).collect();
    let length = head.len() + piece.len() * megabytes + tail.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: multipart/form-data; boundary=frontier\r\nContent-Length: {length}\r\n\r\n{head}"
    );
    let mut connection = Connection::open(address).await?;
    connection.write(request.as_bytes()).await?;
    for _ in 0..megabytes {
        connection.write(&piece).await?;
    }
    connection.write(tail.as_bytes()).await?;
    let answer = connection.answer().await?;
    if answer.status != 201 {
        bail!("the upload answered {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
    }
    Ok(())
}
