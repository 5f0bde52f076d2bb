//! The task that delivers.

use super::mailbox::Attempt;
use super::signature::signature_header;
use crate::clock;
use crate::shared::Shared;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Delivers what is due until the sandbox stops.
pub(crate) async fn run(shared: Arc<Shared>, client: reqwest::Client) {
    let mut under_way = JoinSet::new();
    loop {
        let (letters, wait) = shared.quietly(|world| {
            let due = world.mailbox.take_due();
            let letters: Vec<Letter> =
                due.into_iter().map(|(index, event)| Letter::write(world, index, &event)).collect();
            (letters, world.mailbox.next_due_ms())
        });
        for letter in letters {
            under_way.spawn(letter.send(client.clone()));
        }
        let wait = Duration::from_millis(wait.unwrap_or(1000).clamp(1, 1000));
        tokio::select! {
            () = shared.mail.notified() => {}
            () = tokio::time::sleep(wait) => {}
            Some(Ok((index, event, attempt))) = under_way.join_next() => shared.quietly(|world| {
                if world.mailbox.record(index, attempt) {
                    world.change(&event, json!({ "pending_webhooks": 0 }));
                }
            }),
        }
    }
}

/// A signed request, ready to go.
struct Letter {
    index: usize,
    event: String,
    url: String,
    signature: String,
    body: Vec<u8>,
    timeout: Duration,
}

impl Letter {
    fn write(world: &crate::world::World, index: usize, event: &str) -> Self {
        // Stripe pretty-prints the body: who parses and serialises again before verifying must fail.
        let body = serde_json::to_vec_pretty(&world.any(event)).unwrap_or_default();
        let mailbox = &world.mailbox;
        Self {
            index,
            event: event.to_owned(),
            url: mailbox.url.clone().unwrap_or_default(),
            // The sandbox's own time: a shop that follows the test clock would find real time too old.
            // Like Stripe's in test mode, with a `v0` that proves nothing and must be ignored.
            signature: format!("{},v0={}", signature_header(&mailbox.secrets, world.now(), &body), "0".repeat(64)),
            body,
            timeout: Duration::from_millis(mailbox.settings.timeout_ms),
        }
    }

    async fn send(self, client: reqwest::Client) -> (usize, String, Attempt) {
        let at = clock::real_millis();
        let answer = client
            .post(&self.url)
            .header("content-type", "application/json; charset=utf-8")
            .header("user-agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
            .header("stripe-signature", &self.signature)
            .timeout(self.timeout)
            .body(self.body)
            .send()
            .await;
        let (status, error) = match answer {
            Ok(answer) => (Some(answer.status().as_u16()), None),
            Err(error) => (None, Some(error.without_url().to_string())),
        };
        let took_ms = clock::real_millis() - at;
        (self.index, self.event, Attempt { at, status, error, took_ms })
    }
}
