//! An appointment as a file that calendars read.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    components::{Button, ButtonKind, perform, save_as},
    session::use_session,
    texts::booking as t,
};

/// Saves the invite of one's own appointment.
#[component]
pub fn AddToCalendar(id: Uuid, start: DateTime<Utc>) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let save = Callback::new(move |()| {
        perform(busy, async move {
            let invite = session.client().get_booking_invite(id).await?;
            save_as(&format!("appointment-{}.ics", start.date_naive()), "text/calendar", &invite);
            Ok(())
        });
    });
    view! { <Button kind=ButtonKind::Secondary small=true busy=busy on_press=save>{t::ADD_TO_CALENDAR}</Button> }
        .into_any()
}
