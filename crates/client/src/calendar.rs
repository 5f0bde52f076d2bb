//! The calendar, for customers and for the owner.

use uuid::Uuid;
use vitrine_types::{
    Page, PageQuery,
    calendar::{
        AdminBooking, AdminBookingPatch, AdminBookingQuery, BlockedPeriod, Booking, BookingCancellation, BookingMove,
        CalendarFeed, ExternalCalendar, NewAdminBooking, NewBlockedPeriod, NewBooking, NewExternalCalendar,
        NewOverride, Override, Schedule, SlotQuery, Slots,
    },
};

use crate::{
    Client, Method, Result, escape, query_string,
    send::{Body, Request},
};

impl Client {
    /// The times of a service that can be booked.
    pub async fn list_slots(&self, slug: &str, query: &SlotQuery) -> Result<Slots> {
        self.get_with(&format!("/services/{}/slots", escape(slug)), query).await
    }

    /// Books a time. The same `key` makes one booking, however often it is sent.
    pub async fn create_booking(&self, new: &NewBooking, key: Option<&str>) -> Result<Booking> {
        self.post_once("/bookings", new, key).await
    }

    /// My bookings, the latest start first.
    pub async fn list_bookings(&self, query: &PageQuery) -> Result<Page<Booking>> {
        self.get_with("/bookings", query).await
    }

    /// One of my bookings.
    pub async fn get_booking(&self, id: Uuid) -> Result<Booking> {
        self.get(&format!("/bookings/{id}")).await
    }

    /// Cancels one of my bookings.
    pub async fn cancel_booking(&self, id: Uuid, body: &BookingCancellation) -> Result<Booking> {
        self.post(&format!("/bookings/{id}/cancel"), body).await
    }

    /// Moves one of my bookings.
    pub async fn reschedule_booking(&self, id: Uuid, body: &BookingMove) -> Result<Booking> {
        self.post(&format!("/bookings/{id}/reschedule"), body).await
    }

    /// The invite of a booking, as iCalendar text.
    pub async fn get_booking_invite(&self, id: Uuid) -> Result<String> {
        let path = format!("/bookings/{id}/invite.ics");
        self.request_text(Request { method: Method::Get, path, body: Body::Empty, idempotency_key: None }).await
    }

    /// Sends a file for an answer. The browser app streams with a progress bar instead (`XMLHttpRequest`).
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn create_intake_file(
        &self,
        slug: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<vitrine_types::calendar::IntakeFile> {
        let (path, body) = (format!("/services/{}/files", escape(slug)), Body::File { name: name.into(), bytes });
        self.request(Request { method: Method::Post, path, body, idempotency_key: None }).await
    }

    /// A file that came with the answers of a booking, for the owner.
    pub async fn get_intake_file(&self, booking: Uuid, file: Uuid) -> Result<Vec<u8>> {
        let path = format!("/admin/calendar/bookings/{booking}/files/{file}");
        self.request_bytes(Request { method: Method::Get, path, body: Body::Empty, idempotency_key: None }).await
    }

    /// The booking of a mailed link.
    pub async fn get_linked_booking(&self, token: &str) -> Result<Booking> {
        self.get(&format!("/bookings/by-link/{}", escape(token))).await
    }

    /// The times to which the booking of a mailed link can be moved.
    pub async fn list_linked_slots(&self, token: &str, query: &SlotQuery) -> Result<Slots> {
        self.get(&format!("/bookings/by-link/{}/slots{}", escape(token), query_string(query))).await
    }

    /// Cancels the booking of a mailed link.
    pub async fn cancel_linked_booking(&self, token: &str, body: &BookingCancellation) -> Result<Booking> {
        self.post(&format!("/bookings/by-link/{}/cancel", escape(token)), body).await
    }

    /// Moves the booking of a mailed link.
    pub async fn reschedule_linked_booking(&self, token: &str, body: &BookingMove) -> Result<Booking> {
        self.post(&format!("/bookings/by-link/{}/reschedule", escape(token)), body).await
    }

    /// The owner's weekly hours.
    pub async fn get_schedule(&self) -> Result<Schedule> {
        self.get("/admin/calendar/schedule").await
    }

    /// Sets the owner's weekly hours.
    pub async fn set_schedule(&self, schedule: &Schedule) -> Result<Schedule> {
        self.call(Method::Put, "/admin/calendar/schedule", Some(schedule)).await
    }

    /// Days with hours of their own.
    pub async fn list_overrides(&self) -> Result<Page<Override>> {
        self.get("/admin/calendar/overrides").await
    }

    /// Gives a day hours of its own.
    pub async fn create_override(&self, new: &NewOverride) -> Result<Override> {
        self.post("/admin/calendar/overrides", new).await
    }

    /// Gives a day its weekly hours again.
    pub async fn delete_override(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/calendar/overrides/{id}"), None::<&()>).await
    }

    /// Periods in which nothing can be booked.
    pub async fn list_blocked_periods(&self) -> Result<Page<BlockedPeriod>> {
        self.get("/admin/calendar/blocked-periods").await
    }

    /// Blocks a period.
    pub async fn create_blocked_period(&self, new: &NewBlockedPeriod) -> Result<BlockedPeriod> {
        self.post("/admin/calendar/blocked-periods", new).await
    }

    /// Opens a blocked period again.
    pub async fn delete_blocked_period(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/calendar/blocked-periods/{id}"), None::<&()>).await
    }

    /// Outside calendars whose busy times cannot be booked.
    pub async fn list_external_calendars(&self) -> Result<Page<ExternalCalendar>> {
        self.get("/admin/calendar/external").await
    }

    /// Adds an outside calendar.
    pub async fn create_external_calendar(&self, new: &NewExternalCalendar) -> Result<ExternalCalendar> {
        self.post("/admin/calendar/external", new).await
    }

    /// Takes an outside calendar away.
    pub async fn delete_external_calendar(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/calendar/external/{id}"), None::<&()>).await
    }

    /// Bookings by start, for the owner.
    pub async fn list_admin_bookings(&self, query: &AdminBookingQuery) -> Result<Page<AdminBooking>> {
        self.get_with("/admin/calendar/bookings", query).await
    }

    /// Cancels, moves, marks or annotates a booking.
    pub async fn update_admin_booking(&self, id: Uuid, patch: &AdminBookingPatch) -> Result<AdminBooking> {
        self.call(Method::Patch, &format!("/admin/calendar/bookings/{id}"), Some(patch)).await
    }

    /// Books for a customer; nothing is charged. The same `key` books once.
    pub async fn create_admin_booking(&self, new: &NewAdminBooking, key: Option<&str>) -> Result<AdminBooking> {
        self.post_once("/admin/bookings", new, key).await
    }

    /// Makes a new secret address for the feed of bookings.
    pub async fn renew_calendar_feed(&self) -> Result<CalendarFeed> {
        self.call(Method::Post, "/admin/calendar/feed", None::<&()>).await
    }
}
