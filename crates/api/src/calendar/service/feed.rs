//! The owner's bookings as a calendar that other calendars subscribe to.
//!
//! Its address is the key to it: 192 random bits, of which only the hash is kept.

use std::collections::HashMap;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vitrine_types::{
    Code,
    calendar::{Answer, BookingStatus},
    catalog::Question,
};

use crate::{
    accounts::service::{self as accounts, CustomerRecord},
    calendar::{
        ics::write::{self, Entry},
        store::{self, BookingFilter, BookingRecord},
    },
    catalog::service::{self as catalog, ProductRecord},
    db::{Db, Tx},
    error::Result,
    state::State,
};

/// How much of the past it shows.
const REACHES_BACK: TimeDelta = TimeDelta::days(90);
/// More bookings than this it does not show.
const LIMIT: i64 = 5000;

/// Makes a new secret address for the feed; the old one stops working.
///
/// # Errors
/// When the database does not answer.
pub async fn renew_feed(tx: &mut Tx, state: &State) -> Result<String> {
    let secret = hex::encode(rand::random::<[u8; 24]>());
    store::update_feed_secret(tx, &hash(&secret)).await?;
    Ok(state.config.public(&format!("/api/v1/calendar/{secret}.ics")))
}

/// The feed behind a secret: the bookings of the last months and all to come.
///
/// # Errors
/// `request.not_found` when it is not the secret.
pub async fn feed(db: &Db, state: &State, secret: &str) -> Result<String> {
    // Looked up by its hash, so that how long that takes says nothing about the secret.
    if !store::find_feed(db, &hash(secret)).await? {
        return Err(Code::NotFound.into());
    }
    let filter = BookingFilter { from: Some(state.clock.now() - REACHES_BACK), ..BookingFilter::default() };
    let mut bookings = store::list_bookings(db, &filter, LIMIT).await?;
    bookings.retain(|booking| booking.status != BookingStatus::Cancelled.as_str());

    let ids: Vec<Uuid> = bookings.iter().map(|booking| booking.product_id).collect();
    let products = catalog::find_products(db, None, &ids).await?;
    let products: HashMap<Uuid, ProductRecord> = products.into_iter().map(|product| (product.id, product)).collect();
    let mut customers: HashMap<Uuid, CustomerRecord> = HashMap::new();
    for booking in &bookings {
        if !customers.contains_key(&booking.customer_id)
            && let Some(customer) = accounts::find_customer(db, booking.customer_id).await?
        {
            customers.insert(customer.id, customer);
        }
    }
    let texts: Vec<(&BookingRecord, String, String)> = bookings
        .iter()
        .filter_map(|booking| {
            let (product, customer) = (products.get(&booking.product_id)?, customers.get(&booking.customer_id)?);
            let questions = product.service.as_ref().map_or(&[][..], |service| &service.questions);
            let title = format!("{}: {}", product.name, customer.name);
            Some((booking, title, description(booking, customer, questions)))
        })
        .collect();
    let host = state.config.public_url.host_str().unwrap_or("localhost");
    let entries = texts.iter().map(|(booking, title, description)| Entry {
        id: booking.id,
        sequence: booking.sequence,
        stamp: booking.updated_at,
        start: booking.starts_at,
        end: booking.ends_at,
        title,
        location: &booking.location,
        description,
        is_cancelled: false,
    });
    Ok(write::feed(host, &state.config.shop_name, entries))
}

fn description(booking: &BookingRecord, customer: &CustomerRecord, questions: &[Question]) -> String {
    let mut lines = vec![customer.email.clone()];
    for (id, answer) in booking.answers.iter() {
        let label =
            questions.iter().find(|question| question.id == *id).map_or(id.as_str(), |question| &question.label);
        lines.push(match answer {
            Answer::Text(text) => format!("{label}: {text}"),
            Answer::Flag(true) => format!("{label}: yes"),
            Answer::Flag(false) => format!("{label}: no"),
            Answer::File(file) => format!("{label}: {}", file.name),
        });
    }
    lines.join("\n")
}

fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}
