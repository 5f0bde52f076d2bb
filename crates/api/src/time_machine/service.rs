//! Asking the local Stripe for its time, and moving it.

use std::time::Duration;

use chrono::{Months, TimeDelta};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use vitrine_types::{
    Code,
    time_machine::{TimeTarget, TimeTravel},
};

use crate::{
    error::{Error, Result},
    state::State,
};

/// How often the clock is compared: somebody may move it on the local Stripe's own page.
const INTERVAL: Duration = Duration::from_secs(1);

/// What `/_sandbox/clock` says.
#[derive(Deserialize)]
struct StripeClock {
    /// Seconds ahead of real time.
    offset: i64,
}

/// A saved card's owner, as far as this slice looks.
#[derive(Deserialize)]
struct Subscription {
    customer: String,
}

/// The local Stripe's control address.
struct Controls<'a> {
    http: reqwest::Client,
    state: &'a State,
}

impl<'a> Controls<'a> {
    fn of(state: &'a State) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().map_err(Error::internal)?;
        Ok(Self { http, state })
    }

    fn url(&self, what: &str) -> String {
        format!("{}/_sandbox/{what}", self.state.config.stripe_api_base.as_str().trim_end_matches('/'))
    }

    async fn read<T: DeserializeOwned>(&self, what: &str) -> Result<T> {
        answer(self.http.get(self.url(what))).await
    }

    async fn act(&self, action: &str, body: Value) -> Result<Value> {
        answer(self.http.post(self.url(action)).json(&body)).await
    }

    async fn set_clock(&self) -> Result<()> {
        let clock: StripeClock = self.read("clock").await?;
        self.state.clock.set_ahead(TimeDelta::seconds(clock.offset));
        Ok(())
    }
}

async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T> {
    let unavailable = |error: reqwest::Error| Error::new(Code::PaymentsUnavailable).cause(error.without_url());
    let answer = request.send().await.map_err(unavailable)?;
    if answer.status().is_client_error() {
        let words: Value = answer.json().await.unwrap_or_default();
        let words = words["error"]["message"].as_str().unwrap_or("The local Stripe refused").to_owned();
        return Err(Error::new(Code::Conflict).detail(words));
    }
    answer.error_for_status().map_err(unavailable)?.json().await.map_err(unavailable)
}

/// Sets the shop's clock to the local Stripe's.
///
/// # Errors
/// `payments.unavailable` when the local Stripe does not answer.
pub async fn follow(state: &State) -> Result<()> {
    Controls::of(state)?.set_clock().await
}

/// Keeps the clocks together until `stop`.
pub async fn keep_following(state: &State, stop: CancellationToken) {
    let Ok(controls) = Controls::of(state) else { return };
    while !stop.is_cancelled() {
        // A local Stripe that is away for a moment is no reason to change anything.
        drop(controls.set_clock().await);
        tokio::select! { () = tokio::time::sleep(INTERVAL) => {} () = stop.cancelled() => {} }
    }
}

/// Moves the local Stripe's clock and the shop's.
///
/// # Errors
/// `request.conflict` when there is no renewal to move to, `payments.unavailable`.
pub async fn travel(state: &State, travel: &TimeTravel) -> Result<()> {
    let controls = Controls::of(state)?;
    if let Some(work) = travel.cards_work {
        let card = if work { "visa" } else { "fails_later" };
        let subscriptions: Vec<Subscription> = controls.read("subscriptions").await?;
        for Subscription { customer } in subscriptions {
            controls.act("turn_cards", json!({ "customer": customer, "card": card })).await?;
        }
    }
    let now = state.clock.now();
    let ahead = match travel.to {
        TimeTarget::Now => None,
        TimeTarget::Hour => Some(TimeDelta::hours(1)),
        TimeTarget::Day => Some(TimeDelta::days(1)),
        TimeTarget::Week => Some(TimeDelta::days(7)),
        TimeTarget::Month => {
            Some(now.checked_add_months(Months::new(1)).map_or(TimeDelta::days(30), |then| then - now))
        }
        TimeTarget::Renewal => {
            controls.act("advance_to_renewal", json!({})).await?;
            None
        }
    };
    if let Some(ahead) = ahead {
        controls.act("advance_clock", json!({ "seconds": ahead.num_seconds() })).await?;
    }
    controls.set_clock().await
}
