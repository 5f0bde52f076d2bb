//! What can be done with the calendar.
//!
//! Whoever reads what is free in order to write takes [`lock`] first, before any other lock: so nobody waits for somebody
//! who waits for them, and the database's own guard against overlaps has nothing left to refuse.

mod agenda;
mod answers;
mod bookings;
mod external;
mod feed;
pub mod files;
mod holds;
mod hours;
mod letters;
mod owner;
mod payment;

pub use agenda::{
    Asker, MAX_DAYS, Offer, Service, find_booked_service, find_service, find_service_at, list_slots,
    list_slots_for_move,
};
pub use bookings::{book, cancel, cancel_until, find_booking, find_own_booking, leave, reschedule};
pub use external::{add_calendar, count_stale, is_stale, remove_calendar, sync};
pub use feed::{feed, renew_feed};
pub use holds::{
    Confirmed, MAX_HELD, amend_hold, confirm_hold, hold, ordered_time, refuse_too_many, release_hold, renew_hold,
};
pub use hours::{block_period, delete_override, owners_days, set_override, set_schedule, unblock_period, zone};
pub use letters::{BookingLink, followed, invite_of, remind};
pub use owner::{book_for, cancel_paid_with, change};

use crate::{db::Tx, error::Result};

/// Waits until no other transaction is about to change what is booked.
///
/// # Errors
/// When the database does not answer.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    Ok(tx.lock("calendar").await?)
}
