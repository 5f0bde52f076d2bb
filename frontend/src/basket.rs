//! The cart: in this browser before sign-in, on the server after, merged once.
//!
//! The browser keeps which products and how many; what they cost only the server says.

use std::sync::Arc;

use futures_util::lock::Mutex;
use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vitrine_client::{Client, Result};
use vitrine_types::{accounts::Customer, cart::Cart, catalog::Product};

use crate::components::toasts::toast_error;

const STORE: &str = "vitrine.cart";

/// At most so many of one product.
pub const MOST: u32 = 100;

/// A product the visitor means to buy, before sign-in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// Which product.
    pub id: Uuid,
    /// Its address in the shop.
    pub slug: String,
    /// How many.
    pub quantity: u32,
}

/// The cart. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Basket {
    client: StoredValue<Client>,
    /// One call to the server at a time: an answer that was overtaken must not be taken for the newest.
    turn: StoredValue<Arc<Mutex<()>>>,
    me: RwSignal<Option<Customer>>,
    /// What is kept in this browser.
    pub wishes: RwSignal<Vec<Wish>>,
    /// What the server keeps, once it has answered.
    pub cart: RwSignal<Option<Cart>>,
}

impl Basket {
    /// The cart of this browser; `me` decides where it is kept.
    pub fn new(client: Client, me: RwSignal<Option<Customer>>) -> Self {
        let wishes = RwSignal::new(read());
        Effect::new(move |before: Option<Vec<Wish>>| {
            let now = wishes.get();
            if before.is_some_and(|before| before != now) {
                write(&now);
            }
            now
        });
        let turn = StoredValue::new(Arc::default());
        Self { client: StoredValue::new(client), turn, me, wishes, cart: RwSignal::new(None) }
    }

    /// How many things are in it. Reactive.
    pub fn count(&self) -> u32 {
        match self.me.with(Option::is_some) {
            true => self.cart.with(|cart| cart.iter().flat_map(|cart| &cart.lines).map(|line| line.quantity).sum()),
            false => self.wishes.with(|wishes| wishes.iter().map(|wish| wish.quantity).sum()),
        }
    }

    /// How many of a product are in it. Reactive.
    pub fn quantity(&self, product: Uuid) -> u32 {
        match self.me.with(Option::is_some) {
            true => self.cart.with(|cart| {
                let mut lines = cart.iter().flat_map(|cart| &cart.lines);
                lines.find(|line| line.product.id == product).map_or(0, |line| line.quantity)
            }),
            false => {
                self.wishes.with(|wishes| wishes.iter().find(|wish| wish.id == product).map_or(0, |wish| wish.quantity))
            }
        }
    }

    /// Puts one more in.
    pub async fn add(self, product: &Product) -> Result<()> {
        let quantity = untrack(|| self.quantity(product.id)) + 1;
        self.set(product.id, &product.slug, quantity).await
    }

    /// Sets how many of a product are in it; 0 takes it out.
    pub async fn set(self, id: Uuid, slug: &str, quantity: u32) -> Result<()> {
        let quantity = quantity.min(MOST);
        if self.me.with_untracked(Option::is_some) {
            let turn = self.turn.get_value();
            let _ours = turn.lock().await;
            let cart = self.client.get_value().set_cart_line(id, quantity).await?;
            self.cart.set(Some(cart));
            return Ok(());
        }
        self.wishes.update(|wishes| match wishes.iter_mut().find(|wish| wish.id == id) {
            Some(wish) if quantity > 0 => wish.quantity = quantity,
            Some(_) => wishes.retain(|wish| wish.id != id),
            None if quantity > 0 => wishes.push(Wish { id, slug: slug.into(), quantity }),
            None => {}
        });
        Ok(())
    }

    /// Asks the server what is in the cart.
    pub async fn reload(self) -> Result<()> {
        if self.me.with_untracked(Option::is_some) {
            let turn = self.turn.get_value();
            let _ours = turn.lock().await;
            let cart = self.client.get_value().get_cart().await?;
            self.cart.set(Some(cart));
        }
        Ok(())
    }

    /// Carries what was put in before sign-in over to the server.
    ///
    /// The larger of both quantities wins, so that a merge that breaks off may be repeated. What the server refuses
    /// (sold out meanwhile, owned already) is told once and left behind.
    pub fn merge(self) {
        let (client, turn) = (self.client.get_value(), self.turn.get_value());
        spawn_local(async move {
            let _ours = turn.lock().await;
            let merged: Result<()> = async {
                let mut cart = client.get_cart().await?;
                for wish in self.wishes.get_untracked() {
                    let there = cart.lines.iter().find(|line| line.product.id == wish.id).map_or(0, |l| l.quantity);
                    if there < wish.quantity {
                        match client.set_cart_line(wish.id, wish.quantity).await {
                            Ok(changed) => cart = changed,
                            Err(error) if error.status().is_some_and(|status| status < 500 && status != 429) => {
                                toast_error(&error);
                            }
                            Err(error) => return Err(error),
                        }
                    }
                    self.wishes.update(|wishes| wishes.retain(|left| left.id != wish.id));
                }
                self.cart.set(Some(cart));
                Ok(())
            }
            .await;
            if let Err(error) = merged {
                toast_error(&error);
            }
        });
    }

    /// Nobody is signed in any more: what the server keeps is no longer ours to show.
    pub fn forget(&self) {
        self.cart.set(None);
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn read() -> Vec<Wish> {
    let kept = storage().and_then(|storage| storage.get_item(STORE).ok().flatten());
    kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn write(wishes: &[Wish]) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(wishes)) {
        // A browser that keeps nothing still sells for as long as the page is open.
        let _ = storage.set_item(STORE, &text);
    }
}
