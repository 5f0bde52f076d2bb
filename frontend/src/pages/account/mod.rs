//! A customer's account, a page for each part.

mod data;
mod device;
mod email;
mod password;
mod picture;
mod profile;
mod sessions;

use leptos::prelude::*;

use crate::{
    components::{Page, Tabs},
    texts::{account as t, desk},
};

pub use data::Data;
pub use email::{Email, ResendLink};
pub use password::Password;
pub use profile::Profile;
pub use sessions::Sessions;

/// The frame of each part: where one is, and the way to the others.
#[component]
fn Part(title: &'static str, #[prop(into, optional)] lead: &'static str, children: Children) -> impl IntoView {
    let tabs = [
        ("/account", t::PROFILE),
        ("/account/email", t::EMAIL),
        ("/account/password", t::PASSWORD),
        ("/account/sessions", t::SESSIONS),
        ("/account/data", t::DATA),
    ];
    let tabs = tabs.map(|(href, text)| (href.to_owned(), text.to_owned())).to_vec();
    view! {
        <p class="eyebrow pb-2">{desk::ACCOUNT}</p>
        <Page title=title>
            <Tabs label=t::ACCOUNT_SECTIONS tabs/>
            {(!lead.is_empty()).then(|| view! { <p class="max-w-prose pb-8 text-muted">{lead}</p> })}
            {children()}
        </Page>
    }
    .into_any()
}
