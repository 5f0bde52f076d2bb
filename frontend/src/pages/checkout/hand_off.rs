//! Going to Stripe's page to pay.

use leptos::{ev, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use vitrine_client::Result;
use vitrine_types::checkout::NewCheckout;

use super::Held;
use crate::{
    components::perform,
    intention::Intention,
    session::{Session, use_session},
};

/// Starts a checkout and leaves for Stripe's page. Cheap to copy.
#[derive(Clone, Copy)]
pub struct HandOff {
    session: Session,
    /// Whether the visitor is on the way there.
    pub busy: RwSignal<bool>,
    /// One press makes one order, also when its answer never came.
    intention: Intention,
    navigate: Callback<String>,
}

impl HandOff {
    /// To be called while a component is made.
    pub fn new() -> Self {
        let busy = RwSignal::new(false);
        // Whoever comes back by the browser's button finds the page as it was left: busy.
        let back = window_event_listener(ev::Custom::<web_sys::Event>::new("pageshow"), move |_| busy.set(false));
        on_cleanup(move || back.remove());
        let navigate = use_navigate();
        let navigate = Callback::new(move |path: String| navigate(&path, NavigateOptions::default()));
        Self { session: use_session(), busy, intention: Intention::new(), navigate }
    }

    /// Makes the order and goes to pay it; what costs nothing is there at once. A failure reaches the user as a toast.
    pub fn start(self, new: NewCheckout) {
        perform(self.busy, self.go(new));
    }

    /// As [`HandOff::start`], for who shows failures in another way.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn go(self, new: NewCheckout) -> Result<()> {
        let answer = self.session.client().create_checkout_session(&new, Some(&self.intention.key())).await;
        self.intention.answered(&answer);
        let checkout = answer.inspect_err(|error| self.session.note(error))?;
        Held::remember(&new, &checkout);
        match checkout.url {
            Some(url) => {
                let _ = window().location().set_href(&url);
                // Stays busy until the page is left.
                gone().await;
            }
            None => self.navigate.run(format!("/checkout/success?order={}", checkout.order_id)),
        }
        Ok(())
    }
}

/// Leaving a page takes a while, and may be called off.
async fn gone() {
    let later = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10_000);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(later).await;
}
