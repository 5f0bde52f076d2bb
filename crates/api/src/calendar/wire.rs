//! Records as what crosses the wire.

use std::collections::{HashMap, hash_map::Entry};

use uuid::Uuid;
use vitrine_types::{
    Page,
    calendar::{
        AdminBooking, BlockedPeriod, Booking, BookingStatus, ExternalCalendar, Override, PaidWith, PaymentKind,
        Schedule, Slot, SlotDay, Slots,
    },
};

use super::{
    service::{self, Offer},
    store::{BlockedPeriodRecord, BookingRecord, CalendarRecord, ExternalCalendarRecord, OverrideRecord},
};
use crate::{
    accounts,
    catalog::{self, service::ProductRecord},
    error::{Error, Result},
    state::State,
};

/// Times that can be booked.
pub fn slots(offer: Offer) -> Slots {
    let slot = |slot: super::slots::Slot| Slot { start: slot.start, end: slot.end };
    let day = |(date, slots): (_, Vec<_>)| SlotDay { date, slots: slots.into_iter().map(slot).collect() };
    Slots {
        time_zone: offer.zone.name().into(),
        owner_time_zone: offer.owner_zone.name().into(),
        days: offer.days.into_iter().map(day).collect(),
    }
}

/// A booking with its service.
pub fn booking_of(record: BookingRecord, product: ProductRecord) -> Booking {
    use BookingStatus::*;
    let status = [Accepted, Cancelled, Completed, NoShow].into_iter().find(|status| status.as_str() == record.status);
    let kind = match record.paid_kind.as_deref() {
        Some("tokens") => PaymentKind::Tokens,
        _ => PaymentKind::Entitlement,
    };
    let paid_with = record.paid_id.zip(record.paid_amount).map(|(id, amount)| PaidWith { kind, id, amount });
    Booking {
        id: record.id,
        product: catalog::wire::product(product),
        start: record.starts_at,
        end: record.ends_at,
        status: status.unwrap_or(Cancelled),
        paid_with,
        cancel_until: service::cancel_until(&record),
        time_zone: record.time_zone,
        answers: record.answers.0,
        location: record.location,
        cancel_reason: record.cancel_reason,
        created_at: record.created_at,
    }
}

/// Bookings with their services, as they are to `caller`.
///
/// # Errors
/// When the database does not answer.
pub async fn bookings(state: &State, caller: Option<Uuid>, records: Vec<BookingRecord>) -> Result<Vec<Booking>> {
    let ids: Vec<Uuid> = records.iter().map(|record| record.product_id).collect();
    let products = catalog::service::find_products(&state.db, caller, &ids).await?;
    let products: HashMap<Uuid, ProductRecord> = products.into_iter().map(|product| (product.id, product)).collect();
    let shown = records.into_iter().filter_map(|record| {
        let product = products.get(&record.product_id)?.clone();
        Some(booking_of(record, product))
    });
    Ok(shown.collect())
}

/// One booking.
///
/// # Errors
/// When the database does not answer.
pub async fn booking(state: &State, caller: Option<Uuid>, record: BookingRecord) -> Result<Booking> {
    let shown = bookings(state, caller, vec![record]).await?.pop();
    shown.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking without its product")))
}

/// Bookings as the owner sees them.
///
/// # Errors
/// When the database does not answer.
pub async fn admin_bookings(state: &State, page: Page<BookingRecord>) -> Result<Page<AdminBooking>> {
    let mut customers = HashMap::new();
    for record in &page.data {
        if let Entry::Vacant(unseen) = customers.entry(record.customer_id) {
            let customer = accounts::service::find_customer(&state.db, record.customer_id).await?;
            let customer =
                customer.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking without its customer")))?;
            unseen.insert(accounts::routes::customer(&customer));
        }
    }
    let of_booking: HashMap<Uuid, (Uuid, String)> =
        page.data.iter().map(|record| (record.id, (record.customer_id, record.note.clone()))).collect();
    let shown = bookings(state, None, page.data).await?.into_iter().filter_map(|booking| {
        let (customer, note) = of_booking.get(&booking.id)?;
        Some(AdminBooking { customer: customers.get(customer)?.clone(), note: note.clone(), booking })
    });
    Ok(Page { data: shown.collect(), next_cursor: page.next_cursor })
}

/// One booking as the owner sees it.
///
/// # Errors
/// When the database does not answer.
pub async fn admin_booking(state: &State, record: BookingRecord) -> Result<AdminBooking> {
    let shown = admin_bookings(state, Page::whole(vec![record])).await?.data.pop();
    shown.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking without its product")))
}

/// The weekly hours.
pub fn schedule(record: CalendarRecord) -> Schedule {
    Schedule { time_zone: record.time_zone, rules: record.rules.0, travel: record.travel.0 }
}

/// A day with hours of its own.
pub fn one_override(record: OverrideRecord) -> Override {
    Override { id: record.id, date: record.date, ranges: record.ranges.0 }
}

/// A blocked period.
pub fn blocked_period(record: BlockedPeriodRecord) -> BlockedPeriod {
    BlockedPeriod { id: record.id, start: record.starts_at, end: record.ends_at, reason: record.reason }
}

/// An outside calendar.
pub fn external_calendar(state: &State, record: ExternalCalendarRecord) -> ExternalCalendar {
    ExternalCalendar {
        id: record.id,
        stale: service::is_stale(&record, state.clock.now()),
        url: record.url,
        last_synced_at: record.last_synced_at,
        error: record.error,
        busy_count: record.busy_count,
    }
}
