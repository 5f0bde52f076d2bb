//! The app's only global state: who is signed in, what the shop is called, what is in the cart.

use std::pin::Pin;

use leptos::{prelude::*, task::spawn_local};
use vitrine_client::{Client, Error, Result};
use vitrine_types::{
    Code,
    accounts::{Customer, Role},
    catalog::Shop,
};

use crate::{basket::Basket, components::toasts, pages::bookings::forget_all_answers, texts};

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

/// What a page fetches; give it to `<Load>`. Cheap to copy.
///
/// Signals and one boxed future, not a `LocalResource`: that one is compiled anew for each thing fetched.
pub struct Loading<T: Send + Sync + 'static> {
    outcome: RwSignal<Option<Result<T>>>,
    again: RwSignal<()>,
}

type Fetch<T> = Box<dyn Fn(Client) -> Pin<Box<dyn Future<Output = Result<T>>>>>;

impl<T: Send + Sync + 'static> Clone for Loading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Loading<T> {}

impl<T: Send + Sync + 'static> Loading<T> {
    fn start(fetch: Fetch<T>) -> Self {
        let session = use_session();
        let loading = Self { outcome: RwSignal::new(None), again: RwSignal::new(()) };
        // Not the whole customer: a changed name or picture is no reason to fetch anew.
        let who = Memo::new(move |_| session.me.with(|me| me.as_ref().map(|me| me.id)));
        // An answer that was overtaken is dropped.
        let newest = StoredValue::new(0_u32);
        Effect::new(move || {
            loading.again.track();
            who.track();
            newest.update_value(|newest| *newest += 1);
            let (round, answer) = (newest.get_value(), fetch(session.client()));
            spawn_local(async move {
                let answer = answer.await.inspect_err(|error| session.note(error));
                if newest.try_get_value() == Some(round) {
                    loading.outcome.try_set(Some(answer));
                }
            });
        });
        loading
    }

    /// What came of it, `None` before the first answer. Reactive.
    pub fn get(&self) -> Option<Result<T>>
    where
        T: Clone,
    {
        self.outcome.get()
    }

    /// Looks at what came of it. Reactive.
    pub fn with<U>(&self, look: impl FnOnce(&Option<Result<T>>) -> U) -> U {
        self.outcome.with(look)
    }

    /// Fetches anew; what there is stays until then.
    pub fn refetch(&self) {
        self.again.set(());
    }
}

/// Fetches what a page shows, and anew when somebody signs in or out, or when a signal read in `fetch` itself changes.
pub fn load<T, F>(fetch: impl Fn(Client) -> F + 'static) -> Loading<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = Result<T>> + 'static,
{
    Loading::start(Box::new(move |client| Box::pin(fetch(client))))
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
        forget_all_answers();
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
