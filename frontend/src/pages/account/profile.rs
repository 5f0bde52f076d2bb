//! Name, picture, time zone.

use leptos::prelude::*;
use vitrine_types::accounts::AccountPatch;

use super::{Part, picture::ProfilePicture};
use crate::{
    components::{Button, ErrorBanner, FormErrors, Select, TextField, toast_ok},
    format,
    session::use_session,
    texts::{self, account as t},
};

/// Name, picture, time zone.
#[component]
pub fn Profile() -> impl IntoView {
    let session = use_session();
    let me = session.me.get_untracked();
    let (name, zone) = match &me {
        Some(me) => (me.name.clone(), me.time_zone.clone().unwrap_or_default()),
        None => Default::default(),
    };
    let zones = time_zones(&zone);
    let (name, zone, errors) = (RwSignal::new(name), RwSignal::new(zone), FormErrors::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let patch = AccountPatch { name: Some(name.get_untracked()), time_zone: Some(zone.get_untracked()) };
        errors.submit(async move {
            let me = session.client().update_account(&patch).await?;
            name.try_set(me.name.clone());
            session.me.set(Some(me));
            toast_ok(t::SAVED);
            Ok(())
        });
    };
    view! {
        <Part title=t::PROFILE>
            <div class="grid max-w-md gap-10">
                <ProfilePicture/>
                <form class="grid gap-5" novalidate on:submit=send>
                    <ErrorBanner errors/>
                    <TextField errors name="name" label=t::NAME value=name help=t::NAME_HELP autocomplete="name" required=true/>
                    <Select errors name="time_zone" label=t::TIME_ZONE value=zone options=zones help=t::TIME_ZONE_HELP/>
                    <div class="pt-1">
                        <Button submit=true busy=errors.busy>{texts::SAVE}</Button>
                    </div>
                </form>
            </div>
        </Part>
    }
    .into_any()
}

/// The zones to choose from: first the device's own, then all there are.
fn time_zones(chosen: &str) -> Vec<(String, String)> {
    let device = (String::new(), t::zone_of_device(&format::time_zone()));
    let readable = |zone: String| (zone.clone(), zone.replace('_', " "));
    std::iter::once(device).chain(format::time_zones(chosen).into_iter().map(readable)).collect()
}
