//! What customers are told about their bookings. Each letter is queued in the transaction of what it tells, once per fact.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_types::{Code, mail::Attachment};

use super::{
    agenda::{Service, find_booked_service},
    bookings::{Money, cancel_until, is_made, is_open},
    hours::owners_hours,
};
use crate::{
    accounts::service::{self as accounts, CustomerRecord, OptionalMail},
    auth::TokenBody,
    calendar::{
        hours::Hours,
        ics::write::{self, Entry, Person},
        store::{self, BookingRecord},
    },
    db::{Cx, Tx},
    error::{Error, Result},
    jobs::{self, Job, Kind},
    mail::{self, Appointment, Letter},
    state::State,
};

/// How long before an appointment its customer is reminded, in hours.
const REMINDERS: [i64; 2] = [24, 1];

/// What the link in a mail says: which booking its bearer may see, move and cancel.
#[derive(Debug, Serialize, Deserialize)]
pub struct BookingLink {
    /// The booking.
    pub booking: Uuid,
}

impl TokenBody for BookingLink {
    const TYPE: &'static str = "booking";
}

/// The booking that a mailed link leads to.
///
/// # Errors
/// `calendar.link_expired` for an old or forged link.
pub async fn followed(cx: impl Into<Cx<'_>>, state: &State, token: &str) -> Result<BookingRecord> {
    let link: BookingLink = state.keys.verify(token, state.clock.now()).ok_or(Code::BookingLinkExpired)?;
    let booking = store::find_booking(cx, link.booking).await?.filter(is_made);
    booking.ok_or_else(|| Code::BookingLinkExpired.into())
}

/// The address where a booking can be managed without signing in. The token stands behind the `#`, which browsers keep
/// to themselves: it reaches neither access logs nor other sites.
fn manage_url(state: &State, booking: &BookingRecord) -> Result<String> {
    let now = state.clock.now();
    let life = (booking.ends_at - now).max(TimeDelta::days(1));
    let token = state.keys.sign(BookingLink { booking: booking.id }, now, life)?;
    Ok(state.config.public(&format!("/bookings/manage#{token}")))
}

/// It is booked; and reminders are due later.
pub(super) async fn booked(
    tx: &mut Tx,
    state: &State,
    service: &Service,
    booking: &BookingRecord,
    hours: &Hours,
) -> Result<()> {
    let told = tell(tx, state, service, booking, hours, policy(booking, state.clock.now()), None).await?;
    send(tx, state, booking, told, Letter::BookingConfirmed).await?;
    remind_later(tx, state, booking).await
}

/// It is at another time now.
pub(super) async fn moved(
    tx: &mut Tx,
    state: &State,
    service: &Service,
    booking: &BookingRecord,
    hours: &Hours,
    message: Option<&str>,
) -> Result<()> {
    let told = tell(tx, state, service, booking, hours, policy(booking, state.clock.now()), message).await?;
    send(tx, state, booking, told, Letter::BookingMoved).await?;
    remind_later(tx, state, booking).await
}

/// It will not take place.
pub(super) async fn cancelled(
    tx: &mut Tx,
    state: &State,
    service: &Service,
    booking: &BookingRecord,
    money: Money,
    message: Option<&str>,
) -> Result<()> {
    let policy = match (booking.paid_kind.as_deref(), money) {
        (None, _) => "Nothing was charged for it.",
        (Some(_), Money::WasRefunded) => "The payment for it was sent back.",
        (Some("tokens"), Money::ComesBack) => "The tokens it cost are yours again.",
        (Some(_), Money::ComesBack) => "You can use what you paid to book another time.",
        (Some(_), Money::Stays) => "It was cancelled after its deadline, so what paid for it does not come back.",
    };
    let hours = owners_hours(&mut *tx).await?;
    let told = tell(tx, state, service, booking, &hours, policy.into(), message).await?;
    send(tx, state, booking, told, Letter::BookingCancelled).await
}

/// What can still be done about it, in a letter written at `now`.
fn policy(booking: &BookingRecord, now: DateTime<Utc>) -> String {
    let zone = zone_of(booking);
    let until = cancel_until(booking);
    if booking.paid_kind.is_none() || until <= booking.created_at {
        return "If you cannot come, please tell us as early as you can.".into();
    }
    if until <= now {
        return "It can no longer be moved, and what paid for it does not come back when you cancel. If you cannot come, \
                please tell us."
            .into();
    }
    format!("Free to move or cancel until {}.", moment(until, zone))
}

type Told = Option<(CustomerRecord, Appointment)>;

/// All that a letter says; `None` when there is nobody to tell.
async fn tell(
    tx: &mut Tx,
    state: &State,
    service: &Service,
    booking: &BookingRecord,
    hours: &Hours,
    policy: String,
    message: Option<&str>,
) -> Result<Told> {
    let customer = accounts::find_customer(&mut *tx, booking.customer_id).await?;
    let Some(customer) = customer.filter(|customer| customer.deleted_at.is_none()) else { return Ok(None) };
    let (zone, at_owner) = (zone_of(booking), hours.zone_on(hours.date_of(booking.starts_at)));
    let differs = wall(booking.starts_at, zone) != wall(booking.starts_at, at_owner);
    let invite = Attachment {
        name: "invite.ics".into(),
        content_type: format!("text/calendar; method={}; charset=utf-8", write::method(&entry(service, booking))),
        content: invite(state, service, booking, &customer),
    };
    let appointment = Appointment {
        service: service.product.name.clone(),
        when: when(booking, zone),
        when_at_owner: differs.then(|| when(booking, at_owner)),
        location: booking.location.clone(),
        policy,
        message: message.map(str::to_owned),
        manage_url: manage_url(state, booking)?,
        invite: Some(invite),
    };
    Ok(Some((customer, appointment)))
}

async fn send(
    tx: &mut Tx,
    state: &State,
    booking: &BookingRecord,
    told: Told,
    letter: impl Fn(Appointment) -> Letter,
) -> Result<()> {
    let Some((customer, appointment)) = told else { return Ok(()) };
    let key = format!("booking:{}:{}:{}", booking.id, booking.status, booking.sequence);
    mail::service::queue(tx, state, &customer.email, &key, &letter(appointment)).await
}

/// The invite of a booking, as a file.
pub(super) fn invite(state: &State, service: &Service, booking: &BookingRecord, customer: &CustomerRecord) -> String {
    let host = state.config.public_url.host_str().unwrap_or("localhost");
    let shop: Option<Mailbox> = state.config.mail_from.parse().ok();
    let address = shop.map_or_else(|| format!("shop@{host}"), |shop| shop.email.to_string());
    let organizer = Person { name: &state.config.shop_name, email: &address };
    write::invite(host, &entry(service, booking), &organizer, &Person { name: &customer.name, email: &customer.email })
}

fn entry<'a>(service: &'a Service, booking: &'a BookingRecord) -> Entry<'a> {
    Entry {
        id: booking.id,
        sequence: booking.sequence,
        stamp: booking.updated_at,
        start: booking.starts_at,
        end: booking.ends_at,
        title: &service.product.name,
        location: &booking.location,
        description: "",
        is_cancelled: booking.status == "cancelled",
    }
}

fn zone_of(booking: &BookingRecord) -> Tz {
    booking.time_zone.parse().unwrap_or(Tz::UTC)
}

fn wall(at: DateTime<Utc>, zone: Tz) -> chrono::NaiveDateTime {
    at.with_timezone(&zone).naive_local()
}

/// `Monday, 23 November 2026, 15:00 to 16:00 (Asia/Tokyo, UTC+09:00)`. The offset tells apart a time that comes twice.
fn when(booking: &BookingRecord, zone: Tz) -> String {
    let (start, end) = (booking.starts_at.with_timezone(&zone), booking.ends_at.with_timezone(&zone));
    let until = if start.date_naive() == end.date_naive() { end.format("%H:%M") } else { end.format("%A %H:%M") };
    format!("{} to {until} ({zone}, UTC{})", start.format("%A, %-d %B %Y, %H:%M"), start.format("%:z"))
}

/// `Monday, 23 November 2026, 15:00 (Asia/Tokyo, UTC+09:00)`
pub(super) fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    let at = zone.from_utc_datetime(&at.naive_utc());
    format!("{} ({zone}, UTC{})", at.format("%A, %-d %B %Y, %H:%M"), at.format("%:z"))
}

/// Which reminder, of which time: one for a time that has been changed since says nothing.
#[derive(Serialize, Deserialize)]
struct Reminder {
    booking: Uuid,
    starts_at: DateTime<Utc>,
    hours: i64,
}

async fn remind_later(tx: &mut Tx, state: &State, booking: &BookingRecord) -> Result<()> {
    let (starts_at, now) = (booking.starts_at, state.clock.now());
    let reminders = REMINDERS.into_iter().filter_map(|hours| {
        let reminder = Reminder { booking: booking.id, starts_at, hours };
        let at = starts_at - TimeDelta::hours(hours);
        (at > now).then(|| (format!("{}:{}:{hours}", booking.id, starts_at.timestamp()), reminder, at))
    });
    jobs::enqueue_all(tx, &state.clock, Kind::RemindCustomer, reminders).await
}

/// Reminds a customer, unless the booking was cancelled or moved since, or they do without reminders.
///
/// # Errors
/// When the database does not answer.
pub async fn remind(state: &State, job: &Job) -> Result<()> {
    let Reminder { booking, starts_at, hours } = job.payload()?;
    let mut tx = state.db.begin().await?;
    let booking = store::find_booking(&mut tx, booking).await?;
    let ahead = starts_at - state.clock.now();
    // One that comes much too late, after the server stood still, would only confuse.
    let in_time = ahead > TimeDelta::hours(hours) / 2;
    let booking = booking.filter(|booking| is_open(booking) && booking.starts_at == starts_at && in_time);
    if let Some(booking) = booking
        && accounts::wants_mail(&mut tx, booking.customer_id, OptionalMail::BookingReminder).await?
    {
        let service = find_booked_service(&mut tx, booking.product_id).await?;
        let owners = owners_hours(&mut tx).await?;
        let policy = policy(&booking, state.clock.now());
        let told = tell(&mut tx, state, &service, &booking, &owners, policy, None).await?;
        if let Some((customer, appointment)) = told {
            let key = format!("reminder:{}:{}:{hours}", booking.id, starts_at.timestamp());
            mail::service::queue(&mut tx, state, &customer.email, &key, &Letter::BookingReminder(appointment)).await?;
        }
    }
    jobs::finish(&mut tx, job).await?;
    Ok(tx.commit().await?)
}

/// The invite of a booking, for its customer to save.
///
/// # Errors
/// When the database does not answer.
pub async fn invite_of(cx: impl Into<Cx<'_>>, state: &State, booking: &BookingRecord) -> Result<String> {
    let mut cx = cx.into();
    let service = find_booked_service(cx.again(), booking.product_id).await?;
    let customer = accounts::find_customer(cx, booking.customer_id).await?;
    let customer = customer.ok_or_else(|| Error::internal(anyhow::anyhow!("a booking without its customer")))?;
    Ok(invite(state, &service, booking, &customer))
}
