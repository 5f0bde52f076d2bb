//! Somebody who tries until there is an answer.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use vitrine_client::{Client, Error};
use vitrine_types::accounts::Credentials;

/// How long somebody goes on trying.
const PATIENCE: Duration = Duration::from_secs(120);

/// What went wrong on the way to an answer, in the words of who met it.
pub type Troubles = Rc<RefCell<Vec<String>>>;

/// Somebody with an account.
pub struct Person {
    /// Their browser.
    pub client: Client,
    /// Their address.
    pub email: String,
    password: String,
    troubles: Troubles,
}

impl Person {
    /// Somebody at their own browser, who notes what goes wrong.
    pub fn new(url: &str, email: &str, password: &str, troubles: &Troubles) -> Self {
        Self { client: Client::new(url), email: email.into(), password: password.into(), troubles: troubles.clone() }
    }

    /// Tries until there is an answer that is no trouble of the server.
    pub async fn insist<T>(&self, what: &str, call: impl AsyncFn() -> Result<T, Error>) -> Result<Result<T, Error>> {
        let started = Instant::now();
        loop {
            let error = match call().await {
                Err(error) if matches!(error, Error::Network(_)) => error,
                Err(error) if error.status().is_some_and(|status| status >= 500 || status == 429) => error,
                Err(error) if error.status() == Some(401) => {
                    let credentials = Credentials {
                        email: self.email.clone(),
                        password: self.password.clone(),
                        ..Default::default()
                    };
                    self.client.login(&credentials).await.err().unwrap_or(error)
                }
                answer => return Ok(answer),
            };
            if error.status() != Some(401) {
                self.troubles.borrow_mut().push(format!("{what}: {error}"));
            }
            if started.elapsed() > PATIENCE {
                bail!("{what}: {error}");
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// The same, when no answer but a good one will do.
    pub async fn must<T>(&self, what: &str, call: impl AsyncFn() -> Result<T, Error>) -> Result<T> {
        self.insist(what, call).await?.with_context(|| what.to_owned())
    }

    /// Asks until `wanted` is there.
    pub async fn wait<T>(
        &self,
        what: &str,
        call: impl AsyncFn() -> Result<T, Error>,
        wanted: impl Fn(&T) -> bool,
    ) -> Result<T> {
        let started = Instant::now();
        loop {
            let found = self.must(what, &call).await?;
            if wanted(&found) {
                return Ok(found);
            }
            ensure!(started.elapsed() < PATIENCE, "{}: waited in vain: {what}", self.email);
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }
}
