//! The app's only global state: who is signed in, what the shop is called, what is in the cart.

use leptos::prelude::*;
use vitrine_client::{Client, Error, Result};
use vitrine_types::{
    Code,
    accounts::{Customer, Role},
    catalog::Shop,
};

use crate::{basket::Basket, components::toasts, texts};

/// What every part of the app may know. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Session {
    client: StoredValue<Client>,
    /// Who is signed in.
    pub me: RwSignal<Option<Customer>>,
    /// The shop, once it has answered.
    pub shop: RwSignal<Option<Shop>>,
    /// Whether it is known who is signed in and what the shop is called. Pages are shown only from then on.
    pub ready: RwSignal<bool>,
    /// Why the shop could not be opened.
    pub failure: RwSignal<Option<Error>>,
    /// What the visitor means to buy.
    pub basket: Basket,
}

/// The session; to be called while a component is made, not from its event handlers.
pub fn use_session() -> Session {
    expect_context()
}

/// What a page fetches. Fetched anew when somebody signs in or out, and when a signal read in `fetch` itself changes.
pub type Loading<T> = LocalResource<Result<T>>;

/// Fetches what a page shows; give the outcome to `<Load>`.
pub fn load<T, F>(fetch: impl Fn(Client) -> F + 'static) -> Loading<T>
where
    T: 'static,
    F: Future<Output = Result<T>> + 'static,
{
    let session = use_session();
    // Not the whole customer: a changed name or picture is no reason to fetch anew.
    let who = Memo::new(move |_| session.me.with(|me| me.as_ref().map(|me| me.id)));
    LocalResource::new(move || {
        who.track();
        let answer = fetch(session.client());
        async move { answer.await.inspect_err(|error| session.note(error)) }
    })
}

impl Session {
    /// Makes the session and puts it where [`use_session`] finds it.
    pub fn provide() -> Self {
        let client = Client::new("");
        let me = RwSignal::new(None);
        let session = Self {
            basket: Basket::new(client.clone(), me),
            client: StoredValue::new(client),
            me,
            shop: RwSignal::new(None),
            ready: RwSignal::new(false),
            failure: RwSignal::new(None),
        };
        provide_context(session);
        session
    }

    /// Finds out what the shop is called and who is signed in.
    pub async fn start(self) {
        self.failure.set(None);
        let client = self.client();
        let (shop, who) = futures_util::join!(client.get_shop(), client.refresh_session());
        match shop {
            Ok(shop) => self.shop.set(Some(shop)),
            Err(error) => return self.failure.set(Some(error)),
        }
        if let Ok(found) = who {
            self.signed_in(found.customer);
        }
        self.ready.set(true);
    }

    /// The way to the server.
    pub fn client(&self) -> Client {
        self.client.get_value()
    }

    /// Whether somebody is signed in. Reactive.
    pub fn is_signed_in(&self) -> bool {
        self.me.with(Option::is_some)
    }

    /// Whether the owner is signed in. Reactive.
    pub fn is_owner(&self) -> bool {
        self.me.with(|me| me.as_ref().is_some_and(|me| me.role == Role::Admin))
    }

    /// To be called with the customer that register, login or refresh answered.
    pub fn signed_in(&self, customer: Customer) {
        self.me.set(Some(customer));
        self.basket.merge();
    }

    /// Signs out here and at the server.
    pub async fn sign_out(self) -> Result<()> {
        self.client().logout().await?;
        self.forget();
        Ok(())
    }

    /// Nobody is signed in any more.
    pub fn forget(&self) {
        self.client().set_token(None);
        self.me.set(None);
        self.basket.forget();
    }

    /// Notices from any failed call that the session has ended.
    pub fn note(&self, error: &Error) {
        let ended = matches!(error.code(), Some(Code::InvalidRefreshToken | Code::NotSignedIn | Code::InvalidToken));
        if ended && self.me.with_untracked(Option::is_some) {
            self.forget();
            toasts::toast_note(texts::SESSION_ENDED);
        }
    }
}
