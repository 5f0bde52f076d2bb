//! Setting a new password with the token of the mailed link.

use leptos::prelude::*;

use crate::{components::Page, texts};

/// Setting a new password with the token of the mailed link.
#[component]
pub fn ResetPassword() -> impl IntoView {
    view! { <Page title=texts::auth::NEW_PASSWORD>""</Page> }.into_any()
}
