//! What can happen to a subscription in two months, and how each story ends.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;
use stripe_sandbox::Card;
use vitrine_types::subscriptions::Plan;

use super::{Plans, field::Outcome};
use crate::harness::Shop;

/// The days on which something is done, from the first purchase on. The first renewal comes between the third and the
/// fourth of them, the second one before the last.
const DAYS: [i64; 7] = [0, 10, 27, 32, 36, 50, 63];

/// How many there are.
pub const STEPS: usize = DAYS.len();

/// Both clocks go to the day of this step.
pub fn pass(shop: &Shop, step: usize) {
    let days = DAYS[step] - step.checked_sub(1).map_or(0, |before| DAYS[before]);
    shop.pass(TimeDelta::days(days));
}

/// A story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Subscribed just now.
    First,
    /// Renewed twice.
    Renewed,
    /// The first renewal failed, and was paid with another card.
    Recovered,
    /// The first renewal was never paid.
    Lost,
    /// The first payment was sent back.
    Refunded,
    /// A part of it was.
    PartlyRefunded,
    /// Went to a better plan in the first month.
    Upgraded,
    /// Goes to a smaller plan with the first renewal.
    Downgraded,
    /// Went from months to a year.
    Yearly,
    /// Ended with the first month.
    Ended,
    /// Ended at once.
    Stopped,
    /// Began with a trial.
    Tried,
}

impl Kind {
    pub const ALL: [Self; 12] = [
        Self::First,
        Self::Renewed,
        Self::Recovered,
        Self::Lost,
        Self::Refunded,
        Self::PartlyRefunded,
        Self::Upgraded,
        Self::Downgraded,
        Self::Yearly,
        Self::Ended,
        Self::Stopped,
        Self::Tried,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Renewed => "renewed",
            Self::Recovered => "recovered",
            Self::Lost => "lost",
            Self::Refunded => "refunded",
            Self::PartlyRefunded => "partly",
            Self::Upgraded => "upgraded",
            Self::Downgraded => "downgraded",
            Self::Yearly => "yearly",
            Self::Ended => "ended",
            Self::Stopped => "stopped",
            Self::Tried => "tried",
        }
    }

    /// The step in which the subscription begins.
    pub fn begins(self) -> usize {
        if self == Self::First { STEPS - 1 } else { 0 }
    }

    pub fn plan(self, plans: &Plans) -> &Plan {
        match self {
            Self::Downgraded => &plans.atelier,
            Self::Tried => &plans.trial,
            _ => &plans.studio,
        }
    }

    /// What happens at Stripe in this step, without the shop.
    pub async fn act(self, shop: &Shop, step: usize, plans: &Plans, customer: &str) {
        let stripe = AtStripe { shop, customer };
        match (self, step) {
            (Self::Recovered | Self::Lost, 2) => {
                shop.stripe.turn_cards(customer, Card::Declined).unwrap();
            }
            (Self::Recovered, 4) => {
                shop.stripe.save_card(customer, Card::Mastercard).unwrap();
            }
            (Self::Refunded, 1) => {
                shop.stripe.refund(&stripe.payment(), None).unwrap();
            }
            (Self::PartlyRefunded, 1) => {
                shop.stripe.refund(&stripe.payment(), Some(500)).unwrap();
            }
            (Self::Upgraded, 1) => stripe.change_plan(&plans.atelier).await,
            (Self::Yearly, 1) => stripe.change_plan(&plans.year).await,
            (Self::Downgraded, 1) => stripe.change_plan_later(&plans.studio).await,
            (Self::Ended, 1) => {
                shop.stripe.cancel_in_portal(&stripe.subscription_id()).unwrap();
            }
            (Self::Stopped, 1) => {
                let path = format!("subscriptions/{}", stripe.subscription_id());
                stripe.send(reqwest::Method::DELETE, &path, &[]).await;
            }
            _ => {}
        }
    }

    /// How it ends, mails apart.
    pub fn end(self) -> Outcome {
        let (order, back) = match self {
            Self::Refunded => ("refunded", 2900),
            Self::PartlyRefunded => ("partially_refunded", 500),
            _ => ("paid", 0),
        };
        let (status, plan) = match self {
            Self::Lost | Self::Ended | Self::Stopped => ("canceled", "Studio"),
            Self::Upgraded => ("active", "Atelier"),
            Self::Yearly => ("active", "Year"),
            Self::Tried => ("active", "Trial"),
            _ => ("active", "Studio"),
        };
        let (period, carried) = match self {
            Self::Lost | Self::Ended | Self::Stopped => (0, 0),
            Self::First => (10, 0),
            Self::Upgraded => (30, 8),
            Self::Yearly => (100, 5),
            _ => (10, 4),
        };
        let lots = [("period", period), ("rollover", carried)].into_iter().filter(|(_, tokens)| *tokens > 0);
        Outcome {
            order: (order.into(), back),
            subscription: (status.into(), plan.into(), status == "active"),
            lots: lots.map(|(source, tokens)| (source.into(), tokens, true)).collect(),
            active: i64::from(status == "active"),
            mails: BTreeMap::new(),
        }
    }

    /// What is told when everything is reported at once.
    pub fn mails(self) -> BTreeMap<String, usize> {
        let more: &[(&str, usize)] = match self {
            Self::First => &[],
            Self::Renewed | Self::Tried => &[("plan_renewed", 2)],
            Self::Recovered => &[("plan_unpaid", 1), ("plan_recovered", 1), ("plan_renewed", 1)],
            Self::Lost => &[("plan_unpaid", 1), ("plan_ended", 1)],
            Self::Refunded | Self::PartlyRefunded => &[("refund", 1), ("plan_renewed", 2)],
            Self::Upgraded | Self::Downgraded => &[("plan_changed", 1), ("plan_renewed", 2)],
            Self::Yearly => &[("plan_changed", 1)],
            Self::Ended | Self::Stopped => &[("plan_ended", 1)],
        };
        let mails = [("receipt", 1), ("plan_started", 1)].iter().chain(more);
        mails.map(|(name, count)| ((*name).to_owned(), *count)).collect()
    }
}

/// What somebody does in Stripe's Dashboard or portal.
struct AtStripe<'a> {
    shop: &'a Shop,
    customer: &'a str,
}

impl AtStripe<'_> {
    async fn send(&self, method: reqwest::Method, path: &str, form: &[(&str, String)]) -> Value {
        let url = format!("{}v1/{path}", self.shop.server.state.config.stripe_api_base);
        let request = reqwest::Client::new()
            .request(method, url)
            .bearer_auth("sk_test_of_these_tests")
            .header("Stripe-Version", stripe_sandbox::NEWEST_VERSION)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish());
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {body}");
        body
    }

    fn of_customer(&self, kind: &str) -> Value {
        let found = self.shop.stripe.objects(kind);
        found.into_iter().find(|object| object["customer"] == self.customer).unwrap()
    }

    fn subscription_id(&self) -> String {
        self.of_customer("subscription")["id"].as_str().unwrap().to_owned()
    }

    /// The first payment.
    fn payment(&self) -> String {
        self.of_customer("payment_intent")["id"].as_str().unwrap().to_owned()
    }

    fn price_of(&self, plan: &Plan) -> String {
        let found = self.shop.stripe.objects("price");
        let price = found.iter().find(|price| price["metadata"]["plan_id"] == plan.id.to_string());
        price.unwrap()["id"].as_str().unwrap().to_owned()
    }

    async fn change_plan(&self, plan: &Plan) {
        let subscription = self.of_customer("subscription");
        let item = subscription["items"]["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("subscriptions/{}", subscription["id"].as_str().unwrap());
        let form = [
            ("items[0][id]", item),
            ("items[0][price]", self.price_of(plan)),
            ("proration_behavior", "always_invoice".into()),
        ];
        self.send(reqwest::Method::POST, &path, &form).await;
    }

    async fn change_plan_later(&self, plan: &Plan) {
        let form = [("from_subscription", self.subscription_id())];
        let schedule = self.send(reqwest::Method::POST, "subscription_schedules", &form).await;
        let phase = &schedule["phases"][0];
        let number = |name: &str| phase[name].as_i64().unwrap();
        let form = [
            ("phases[0][items][0][price]", phase["items"][0]["price"].as_str().unwrap().to_owned()),
            ("phases[0][start_date]", number("start_date").to_string()),
            ("phases[0][end_date]", number("end_date").to_string()),
            ("phases[1][items][0][price]", self.price_of(plan)),
            ("phases[1][start_date]", number("end_date").to_string()),
            ("phases[1][end_date]", (number("end_date") + 31 * 86_400).to_string()),
            ("phases[1][proration_behavior]", "none".into()),
            ("end_behavior", "release".into()),
        ];
        let path = format!("subscription_schedules/{}", schedule["id"].as_str().unwrap());
        self.send(reqwest::Method::POST, &path, &form).await;
    }
}
