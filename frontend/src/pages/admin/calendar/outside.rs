//! Calendars elsewhere: those whose busy times cannot be booked here, and the feed that others can read.

use std::time::Duration;

use leptos::{ev, prelude::*};
use vitrine_types::calendar::{ExternalCalendar, NewExternalCalendar};

use super::CalendarTabs;
use crate::{
    components::{
        Badge, Button, ButtonKind, Copy, Dialog, ErrorBanner, FormErrors, Load, Page, TextField, Tone, When, perform,
        toast_ok,
    },
    session::{load, use_session},
    texts::hours as t,
};

/// Calendars elsewhere.
#[component]
pub fn OutsideCalendars() -> impl IntoView {
    let calendars = load(|client| async move { client.list_external_calendars().await.map(|page| page.data) });
    let again = Callback::new(move |()| calendars.refetch());
    let focus = window_event_listener(ev::focus, move |_| calendars.refetch());
    on_cleanup(move || focus.remove());
    view! {
        <Page title=t::OUTSIDE_TITLE>
            <CalendarTabs/>
            <section class="grid gap-4 pb-8">
                <h2 class="text-lg">{t::READ_CALENDARS}</h2>
                <p class="max-w-prose text-sm text-muted">{t::READ_CALENDARS_HELP}</p>
                <Load resource=calendars render=move |calendars| view! { <Calendars calendars again/> }.into_any()/>
                <Add again/>
            </section>
            <Feed/>
        </Page>
    }
    .into_any()
}

#[component]
fn Calendars(calendars: Vec<ExternalCalendar>, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    if calendars.is_empty() {
        return view! { <p class="text-sm">{t::NO_CALENDARS}</p> }.into_any();
    }
    if calendars.iter().any(|one| one.last_synced_at.is_none() && one.error.is_none()) {
        // It is being read for the first time.
        set_timeout(move || _ = again.try_run(()), Duration::from_secs(2));
    }
    let rows = calendars.into_iter().map(|one| {
        let id = one.id;
        let stand = standing(&one);
        let warning = one.stale.then(|| view! { <p class="text-sm text-warning">{t::STALE_WORDS}</p> });
        let tone = if stand.1 == Tone::Care { "text-sm text-warning" } else { "text-sm text-error" };
        let error = one.error.map(|error| view! { <p class=tone>{error}</p> });
        let remove = Callback::new(move |()| {
            perform(busy, async move {
                session.client().delete_external_calendar(id).await?;
                toast_ok(t::CALENDAR_REMOVED);
                again.run(());
                Ok(())
            });
        });
        view! {
            <li class="grid gap-x-8 gap-y-2 border-t border-line py-4 sm:grid-cols-[minmax(0,1fr)_auto]">
                <div class="grid gap-1">
                    <p class="break-all text-sm font-medium">{one.url}</p>
                    <p class="text-sm text-muted">
                        {match one.last_synced_at {
                            Some(at) => view! { {t::LAST_READ}" " <When time=at/> }.into_any(),
                            None => t::NEVER_READ.into_any(),
                        }}
                        {format!(" · {}", t::busy_times(one.busy_count))}
                    </p>
                    {error}
                    {warning}
                </div>
                <div class="flex items-start gap-3">
                    <Badge of=stand/>
                    <Button kind=ButtonKind::Quiet small=true busy=busy on_press=remove>{t::REMOVE}</Button>
                </div>
            </li>
        }
    });
    view! { <ul>{rows.collect_view()}</ul> }.into_any()
}

/// What is to be said of a calendar. One with an entry that cannot be read was read all the same.
fn standing(one: &ExternalCalendar) -> (&'static str, Tone) {
    match (&one.error, one.stale, one.last_synced_at) {
        (Some(_), false, Some(_)) => (t::READ_IN_PART, Tone::Care),
        (Some(_), ..) => (t::NOT_READ, Tone::Bad),
        (None, true, _) => (t::STALE, Tone::Care),
        (None, false, None) => (t::BEING_READ, Tone::Wait),
        (None, false, Some(_)) => (t::UP_TO_DATE, Tone::Good),
    }
}

#[component]
fn Add(again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (errors, url) = (FormErrors::new(), RwSignal::new(String::new()));
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let new = NewExternalCalendar { url: url.get_untracked().trim().to_owned() };
        errors.submit(async move {
            session.client().create_external_calendar(&new).await?;
            url.set(String::new());
            again.run(());
            Ok(())
        });
    };
    view! {
        <form class="grid max-w-xl gap-4" novalidate on:submit=submit>
            <ErrorBanner errors/>
            <TextField errors name="url" label=t::CALENDAR_ADDRESS value=url kind="url" placeholder="https://" help=t::CALENDAR_ADDRESS_HELP/>
            <div><Button kind=ButtonKind::Secondary submit=true busy=errors.busy>{t::ADD_CALENDAR}</Button></div>
        </form>
    }
    .into_any()
}

/// The secret address at which other calendars read the bookings.
#[component]
fn Feed() -> impl IntoView {
    let session = use_session();
    let (busy, asking) = (RwSignal::new(false), RwSignal::new(false));
    let url = RwSignal::new(None::<String>);
    let renew = Callback::new(move |()| {
        perform(busy, async move {
            url.set(Some(session.client().renew_calendar_feed().await?.url));
            asking.set(false);
            Ok(())
        });
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::FEED}</h2>
            <p class="max-w-prose text-sm text-muted">{t::FEED_HELP}</p>
            {move || url.get().map(|url| view! {
                <div class="grid gap-2" role="status">
                    <p class="text-sm">{t::FEED_ONCE}</p>
                    <p class="flex flex-wrap items-center gap-3"><code class="break-all text-sm">{url.clone()}</code><Copy text=Signal::stored(url)/></p>
                </div>
            })}
            <div><Button kind=ButtonKind::Secondary on_press=Callback::new(move |()| asking.set(true))>{t::RENEW_FEED}</Button></div>
            <Dialog open=asking title=t::RENEW_FEED_TITLE>
                <div class="grid gap-5">
                    <p>{t::RENEW_FEED_WORDS}</p>
                    <div class="flex justify-end gap-3">
                        <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| asking.set(false))>{crate::texts::CANCEL}</Button>
                        <Button busy=busy on_press=renew>{t::RENEW_FEED}</Button>
                    </div>
                </div>
            </Dialog>
        </section>
    }
    .into_any()
}
