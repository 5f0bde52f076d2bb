//! The page that mails about an appointment lead to. The link itself is the right: nobody has to sign in.

use leptos::prelude::*;

use super::{change::Right, one::Details};
use crate::{
    components::{Load, Page},
    session::load,
    texts::booking as t,
};

/// One appointment, by the link of its mail. The token stands behind the `#`, which browsers send to nobody.
#[component]
pub fn Manage() -> impl IntoView {
    let token = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let booking = load({
        let token = token.clone();
        move |client| {
            let token = token.clone();
            async move { client.get_linked_booking(&token).await }
        }
    });
    let again = Callback::new(move |()| booking.refetch());
    view! {
        <Page title=t::YOUR_APPOINTMENT>
            <Load
                resource=booking
                render=move |booking| view! { <Details booking right=Right::Link(token.clone()) again/> }.into_any()
            />
        </Page>
    }
    .into_any()
}
