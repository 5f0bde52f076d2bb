//! From rows to the question which times are offered.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;
use vitrine_types::{
    Code,
    catalog::{ProductKind, ProductStatus, ServiceSettings},
};

use super::hours::{hours, owners_hours};
use crate::{
    calendar::{
        hours::{Hours, Range, bounds},
        slots::{self, Agenda, Closed, Slot, Taken, Terms, Why},
        store::{self, BookingRecord, TakenRecord},
    },
    catalog::service::{self as catalog, ProductRecord},
    db::{Cx, Instants, Tx},
    error::{Error, Result},
};

/// At most so many days are listed at once.
pub const MAX_DAYS: i64 = 62;

/// A service with its settings.
#[derive(Clone, Debug)]
pub struct Service {
    /// The product.
    pub product: ProductRecord,
    /// All its settings.
    pub settings: ServiceSettings,
}

impl Service {
    /// A product as a service that `product.owned_by`'s customer may book: for sale, or theirs.
    fn of(product: ProductRecord) -> Option<Self> {
        let bookable = product.status == ProductStatus::Published || product.owned_by.is_some();
        let settings = product.service.clone().filter(|_| product.kind == ProductKind::Service && bookable)?.0;
        Some(Self { product, settings })
    }

    /// What it asks of a slot.
    pub fn terms(&self) -> Terms {
        let minutes = |minutes: u32| TimeDelta::minutes(minutes.into());
        let settings = &self.settings;
        Terms {
            product_id: self.product.id,
            duration: minutes(settings.duration_minutes),
            interval: minutes(settings.slot_interval_minutes.unwrap_or(settings.duration_minutes)),
            before_buffer: minutes(settings.before_buffer_minutes),
            after_buffer: minutes(settings.after_buffer_minutes),
            minimum_notice: minutes(settings.minimum_notice_minutes),
            horizon: TimeDelta::days(settings.horizon_days.into()),
            seats: settings.seats.into(),
            limit_per_day: settings.limit_per_day.map(i64::from),
            limit_per_week: settings.limit_per_week.map(i64::from),
            limit_per_customer: settings.limit_per_customer.map(i64::from),
        }
    }
}

/// The service with that id.
///
/// # Errors
/// `request.not_found` when there is none, or it is neither for sale nor the caller's.
pub async fn find_service(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, product: Uuid) -> Result<Service> {
    let found = catalog::find_products(cx, caller, &[product]).await?.pop();
    found.and_then(Service::of).ok_or_else(|| Code::NotFound.into())
}

/// The service at that address.
///
/// # Errors
/// As [`find_service`].
pub async fn find_service_at(cx: impl Into<Cx<'_>>, caller: Option<Uuid>, slug: &str) -> Result<Service> {
    catalog::find_by_slug(cx, caller, slug).await?.and_then(Service::of).ok_or_else(|| Code::NotFound.into())
}

/// The service of a booking, in whatever state it is.
///
/// # Errors
/// When the database does not answer.
pub async fn find_booked_service(cx: impl Into<Cx<'_>>, product: Uuid) -> Result<Service> {
    let product = catalog::find_products(cx, None, &[product]).await?.pop();
    let product = product.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking without its product")))?;
    let settings = product.service.clone();
    let settings = settings.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking of what is no service")))?.0;
    Ok(Service { product, settings })
}

/// For whom times are looked up, and what is left out of what is taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asker {
    /// The customer, for the limits that count by customer.
    pub customer: Option<Uuid>,
    /// A booking that is to be moved, so that it is not in its own way.
    pub except: Option<Uuid>,
}

/// The rows that the offer depends on.
struct Rows {
    hours: Hours,
    closed: Vec<Closed>,
    taken: Vec<Taken>,
    terms: Terms,
    customer_has: i64,
    now: DateTime<Utc>,
    has_lapsed: bool,
}

impl Rows {
    /// Those for slots that start in `from..=until`.
    async fn read(
        cx: impl Into<Cx<'_>>,
        now: DateTime<Utc>,
        terms: Terms,
        asker: Asker,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self> {
        let mut cx = cx.into();
        // Whatever touches such a slot with its buffers, and not a row more: there may be a month of them. Who joins a slot
        // gets the buffers it was booked with, which may be longer, but not than a day.
        let (before, after) = match terms.seats {
            1 => (terms.before_buffer, terms.after_buffer),
            _ => (TimeDelta::days(1), TimeDelta::days(1)),
        };
        let reach = (from - before, until + terms.duration + after);
        // No zone is a whole day away from UTC, and no appointment longer than a day.
        let days = ((from - TimeDelta::days(1)).date_naive(), (until + TimeDelta::days(2)).date_naive());
        let found = store::find_agenda(cx.again(), reach, days, now, asker.except).await?;
        let of_others = spans(found.busy_from, found.busy_until).map(|(busy_from, busy_until)| {
            // Of no service: nobody joins it.
            let slot = Slot { start: busy_from, end: busy_until, busy_from, busy_until };
            Taken { product_id: Uuid::nil(), slot, seats: 1 }
        });
        let mut taken: Vec<Taken> = of_others.collect();
        let counts_weeks = terms.limit_per_day.or(terms.limit_per_week).is_some();
        if terms.seats > 1 || counts_weeks {
            // Limits count whole weeks of the owner's.
            let more = TimeDelta::days(if counts_weeks { 9 } else { 0 });
            let (from, until) = (reach.0 - more, reach.1 + more);
            let own = store::list_taken(cx.again(), terms.product_id, from, until, now, asker.except).await?;
            taken.extend(own.into_iter().map(taken_slot));
        }
        let customer_has = match asker.customer.filter(|_| terms.limit_per_customer.is_some()) {
            Some(customer) => store::count_coming(cx.again(), terms.product_id, customer, now, asker.except).await?,
            None => 0,
        };
        let days = found.overrides.iter().flat_map(|days| days.iter());
        let closed = spans(found.closed_from, found.closed_until);
        Ok(Self {
            hours: hours(&found.calendar, days.map(|day| (day.date, day.ranges.as_slice()))),
            closed: closed.map(|(from, until)| Closed { from, until }).collect(),
            taken,
            terms,
            customer_has,
            now,
            has_lapsed: found.has_lapsed,
        })
    }

    fn agenda(&self) -> Agenda<'_> {
        let Self { hours, closed, taken, terms, customer_has, now, .. } = self;
        Agenda { hours, closed, taken, terms, customer_has: *customer_has, now: *now }
    }
}

/// Beginnings with their ends, as they were gathered side by side.
fn spans(from: Option<Instants>, until: Option<Instants>) -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
    let [from, until] = [from, until].map(|side| side.unwrap_or_default().0.into_iter());
    from.zip(until)
}

fn taken_slot(row: TakenRecord) -> Taken {
    let TakenRecord { product_id, starts_at, ends_at, busy_from, busy_until, seats } = row;
    Taken { product_id, slot: Slot { start: starts_at, end: ends_at, busy_from, busy_until }, seats }
}

/// What a booking keeps of its service when it is moved: its length and its buffers.
pub(super) fn terms_of_booking(service: &Service, booking: &BookingRecord) -> Terms {
    Terms {
        duration: booking.ends_at - booking.starts_at,
        before_buffer: booking.starts_at - booking.busy_from,
        after_buffer: booking.busy_until - booking.ends_at,
        ..service.terms()
    }
}

/// The offered times of each day in `from..=to`, read in `zone`; and where the owner is on the first of them.
///
/// # Errors
/// `request.invalid` for more days than [`MAX_DAYS`], or in the wrong order.
pub async fn list_slots(
    cx: impl Into<Cx<'_>>,
    now: DateTime<Utc>,
    terms: Terms,
    asker: Asker,
    zone: Option<Tz>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Offer> {
    let days = (to - from).num_days() + 1;
    if days < 1 {
        return Err(Error::field("to", "out_of_range", "Not before from"));
    }
    if days > MAX_DAYS {
        return Err(Error::field("to", "out_of_range", format!("At most {MAX_DAYS} days at once")));
    }
    let mut cx = cx.into();
    let zone = match zone {
        Some(zone) => zone,
        None => owners_hours(cx.again()).await?.zone,
    };
    // Times before now and far away are never offered: no need to read what is taken there.
    let farthest = now + terms.horizon + TimeDelta::minutes(1);
    let first = bounds(zone, from).0.clamp(now, farthest);
    let last = bounds(zone, to).1.clamp(first, farthest);
    let rows = Rows::read(cx, now, terms, asker, (first, last)).await?;
    let mut slots = slots::slots(&rows.agenda(), first, last).into_iter().peekable();
    let days = from.iter_days().take(days as usize).map(|date| {
        let until = bounds(zone, date).1;
        let of_day = std::iter::from_fn(|| slots.next_if(|slot| slot.start < until)).collect();
        (date, of_day)
    });
    let owner_zone = rows.hours.zone_on(from.max(rows.hours.date_of(now)));
    Ok(Offer { zone, days: days.collect(), owner_zone })
}

/// The times to which a booking of a service can be moved by its customer, and by the owner within hours, as [`list_slots`].
///
/// # Errors
/// As [`list_slots`].
pub async fn list_slots_for_move(
    cx: impl Into<Cx<'_>>,
    now: DateTime<Utc>,
    service: &Service,
    booking: &BookingRecord,
    zone: Option<Tz>,
    days: (NaiveDate, NaiveDate),
) -> Result<Offer> {
    let asker = Asker { customer: Some(booking.customer_id), except: Some(booking.id) };
    list_slots(cx, now, terms_of_booking(service, booking), asker, zone, days).await
}

/// Times that can be booked.
#[derive(Debug)]
pub struct Offer {
    /// The zone the days are read in.
    pub zone: Tz,
    /// Where the owner is on the first of the days, or today when that is over.
    pub owner_zone: Tz,
    /// Each day asked for.
    pub days: Vec<(NaiveDate, Vec<Slot>)>,
}

/// How far a rule book binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rulebook {
    /// What is listed can be booked, nothing else.
    Offered,
    /// For money that came late: what is listed, without regard to notice and limits.
    Late,
    /// For the owner: any time at which no appointment is.
    Free,
}

/// The slot at `start`, free in the database's eyes too: holds whose time is over have let go of it. Call it under the
/// calendar's lock, so that it is still free when it is written. With it come the owner's hours around it.
///
/// # Errors
/// `calendar.slot_taken`, `calendar.slot_unavailable`.
pub(super) async fn check_slot(
    tx: &mut Tx,
    now: DateTime<Utc>,
    mut terms: Terms,
    asker: Asker,
    start: DateTime<Utc>,
    rulebook: Rulebook,
) -> Result<(Slot, Hours)> {
    // Beyond any horizon; and times are computed with below.
    if (start - now).abs() > TimeDelta::days(3660) {
        return Err(unavailable(if start < now { Why::Past } else { Why::Horizon }));
    }
    if rulebook != Rulebook::Offered {
        (terms.limit_per_customer, terms.limit_per_day, terms.limit_per_week) = (None, None, None);
        terms.minimum_notice = TimeDelta::zero();
    }
    if rulebook == Rulebook::Free {
        terms.horizon = TimeDelta::days(3660);
        terms.interval = TimeDelta::minutes(1);
    }
    let mut rows = Rows::read(&mut *tx, now, terms, asker, (start, start)).await?;
    if rows.has_lapsed {
        store::update_lapsed(tx, now).await?;
    }
    let hours = rows.hours.clone();
    if rulebook == Rulebook::Free {
        rows.closed.clear();
        let always = vec![Range { start: 0, end: 1440 }];
        rows.hours = Hours { week: std::array::from_fn(|_| always.clone()), ..Hours::none(Tz::UTC) };
    }
    let slot = slots::check(&rows.agenda(), start).map_err(unavailable)?;
    Ok((slot, hours))
}

fn unavailable(why: Why) -> Error {
    match why {
        Why::Taken => Code::SlotTaken.into(),
        why => Error::new(Code::SlotUnavailable).detail(match why {
            Why::Past => "It has begun already",
            Why::Notice => "It is too soon: this has to be booked earlier",
            Why::Horizon => "It is too far ahead to be booked yet",
            Why::DayFull => "This day is fully booked",
            Why::WeekFull => "This week is fully booked",
            Why::CustomerFull => "You have as many coming appointments of this kind as one customer may have",
            Why::NotOffered | Why::Closed | Why::Taken => "Choose one of the listed times",
        }),
    }
}
