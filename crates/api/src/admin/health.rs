//! What `vitrine doctor` says: is the shop well, and if not, what to do.

use chrono::TimeDelta;
use vitrine_types::admin::{Check, Health};

use super::store;
use crate::{accounts, calendar, error::Result, state::State, tokens, webhook};

/// Things that are a choice, not an illness: they do not make the shop unwell.
const CHOICES: [&str; 3] = ["mail", "payments", "second_factor"];

/// Looks at everything that can be wrong without anybody noticing.
///
/// # Errors
/// When the database stops answering.
pub async fn examine(state: &State) -> Result<Health> {
    let now = state.clock.now();
    let mut checks = Vec::new();
    let mut check = |name: &str, ok: bool, detail: String| checks.push(Check { name: name.into(), ok, detail });

    let ready = state.db.ready().await;
    check(
        "database",
        matches!(ready, Ok(true)),
        match &ready {
            Ok(true) => "The database answers and its schema is current.".into(),
            Ok(false) => "The schema is not the one this version needs: run `vitrine migrate`.".into(),
            Err(error) => {
                format!("The database does not answer ({error}), or holds no shop yet: run `vitrine migrate`.")
            }
        },
    );
    if !matches!(ready, Ok(true)) {
        // What follows asks for tables that may not be there.
        return Ok(Health { healthy: false, checks });
    }
    let payments = state.takes_payments() && !state.config.stripe_webhook_secrets.is_empty();
    check(
        "payments",
        payments,
        match (state.takes_payments(), payments) {
            (true, true) => "Stripe's key and webhook secret are set.".into(),
            (true, false) => "STRIPE_WEBHOOK_SECRET is missing: Stripe's events are refused.".into(),
            _ => "STRIPE_SECRET_KEY is missing: only free products can be ordered.".into(),
        },
    );
    let mail = state.mailer.is_some();
    check(
        "mail",
        mail,
        match mail {
            true => "A mail server is set.".into(),
            false => "SMTP_URL is missing: mails stay in the outbox, where you can read them.".into(),
        },
    );
    let public = state.config.is_https() || state.config.public_url.host_str().is_some_and(|host| host == "localhost");
    check(
        "address",
        public,
        match public {
            true => format!("The shop's address is {}.", state.config.public_url),
            false => format!("{} is not https: sign-in cookies and payments need TLS.", state.config.public_url),
        },
    );
    let unguarded = accounts::service::list_admins_without_second_factor(&state.db).await?;
    check(
        "second_factor",
        unguarded.is_empty(),
        match unguarded.is_empty() {
            true => "Every admin signs in with a second factor.".into(),
            false => format!(
                "Only a password guards the shop: {} without two-factor sign-in. Turn it on under Account, Two-factor sign-in.",
                unguarded.join(", ")
            ),
        },
    );
    let (failing, why, oldest) = store::jobs(&state.db, now).await?;
    check(
        "jobs",
        failing == 0,
        match failing {
            0 => "No work fails again and again.".into(),
            n => format!(
                "{n} jobs have failed for more than a day, such as: {}. Mails and events can be tried again by hand (Outbox, \
                 Webhook inbox); all others are tried every three hours.",
                why.unwrap_or_default()
            ),
        },
    );
    let late = oldest.is_some_and(|oldest| now - oldest > TimeDelta::minutes(10));
    check(
        "worker",
        !late,
        match late {
            false => "Work is done on time.".into(),
            true => format!("Work has waited since {}: is a server process running?", oldest.unwrap_or(now)),
        },
    );
    let stale = calendar::service::count_stale(state).await?;
    check(
        "calendars",
        stale == 0,
        match stale {
            0 => "The outside calendars are up to date.".into(),
            n => format!("{n} outside calendars could not be read for an hour: appointments may collide with them."),
        },
    );
    let store::Worries { needs_review: flagged, failed_events, failed_mails, .. } = store::worries(&state.db).await?;
    check(
        "orders",
        flagged == 0,
        match flagged {
            0 => "No order needs a look.".into(),
            n => format!("{n} orders need a look: see Orders, filter “Needs review”."),
        },
    );
    check(
        "events",
        failed_events == 0,
        match failed_events {
            0 => "All of Stripe's events were handled.".into(),
            n => format!("{n} events could not be handled: see Webhook inbox; they can be replayed."),
        },
    );
    check(
        "outbox",
        failed_mails == 0,
        match failed_mails {
            0 => "No mail was given up.".into(),
            n => format!("{n} mails could not be sent: see Outbox; they can be sent again."),
        },
    );
    let contradictions = store::list_contradictions(&state.db).await?;
    check(
        "books",
        contradictions.is_empty(),
        match contradictions.as_slice() {
            [] => "Orders, refunds, access and appointments agree with each other.".into(),
            [first, ..] => format!(
                "The books contradict themselves ({first}; {} in all): run `vitrine reconcile`, then report this as a bug.",
                contradictions.len()
            ),
        },
    );
    let disagreements = tokens::service::verify(&state.db).await?;
    check(
        "tokens",
        disagreements.is_empty(),
        match disagreements.first() {
            None => "Token ledger, lots and balances agree.".into(),
            Some(first) => {
                format!("{} things do not add up, such as: {first} Report this as a bug.", disagreements.len())
            }
        },
    );
    let last = webhook::store::find_reconciliation(&state.db).await?.map(|(at, ..)| at);
    let stale = state.takes_payments() && last.is_some_and(|at| now - at > TimeDelta::hours(2));
    check(
        "reconciliation",
        !stale,
        match (last, stale) {
            (Some(at), true) => format!("Last compared with Stripe at {at}: it should run every 15 minutes."),
            (Some(at), false) => format!("Last compared with Stripe at {at}."),
            (None, _) => "Not compared with Stripe yet.".into(),
        },
    );
    let healthy = checks.iter().all(|check| check.ok || CHOICES.contains(&check.name.as_str()));
    Ok(Health { healthy, checks })
}
