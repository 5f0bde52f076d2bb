//! A small proxy in front of several servers: each connection goes to the next one that takes it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Starts it for servers at these addresses; where it listens.
pub async fn start(servers: Vec<String>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let (servers, turn) = (Arc::new(servers), Arc::new(AtomicUsize::new(0)));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(forward(client, servers.clone(), turn.clone()));
        }
    });
    Ok(address)
}

async fn forward(mut client: TcpStream, servers: Arc<Vec<String>>, turn: Arc<AtomicUsize>) {
    for _ in 0..servers.len() {
        let next = &servers[turn.fetch_add(1, Ordering::Relaxed) % servers.len()];
        if let Ok(mut server) = TcpStream::connect(next).await {
            // Not for long: a client that keeps its connection would stay with one server.
            let _ = tokio::time::timeout(Duration::from_secs(2), copy_bidirectional(&mut client, &mut server)).await;
            return;
        }
    }
}
