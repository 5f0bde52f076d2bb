//! Checkout, orders and refunds.

use uuid::Uuid;
use vitrine_types::{
    Page, PageQuery,
    checkout::{AdminOrder, Checkout, CheckoutResult, NewCheckout, NewRefund, Order, OrderQuery, Refund},
};

use crate::{Client, Method, Result, escape};

impl Client {
    /// Makes an order and Stripe's page to pay it on. With the same `key` the same order comes back.
    pub async fn create_checkout_session(&self, new: &NewCheckout, key: Option<&str>) -> Result<Checkout> {
        self.post_once("/checkout/sessions", new, key).await
    }

    /// How that ended; settles the order if the webhook has not yet.
    pub async fn get_checkout_session(&self, stripe_session_id: &str) -> Result<CheckoutResult> {
        self.get(&format!("/checkout/sessions/{}", escape(stripe_session_id))).await
    }

    /// My orders, newest first.
    pub async fn list_orders(&self, query: &PageQuery) -> Result<Page<Order>> {
        self.get_with("/orders", query).await
    }

    /// One of my orders.
    pub async fn get_order(&self, id: Uuid) -> Result<Order> {
        self.get(&format!("/orders/{id}")).await
    }

    /// Gives up one of my orders that is not paid.
    pub async fn cancel_order(&self, id: Uuid) -> Result<Order> {
        self.call(Method::Post, &format!("/orders/{id}/cancel"), None::<&()>).await
    }

    /// All orders, for the owner.
    pub async fn list_admin_orders(&self, query: &OrderQuery) -> Result<Page<AdminOrder>> {
        self.get_with("/admin/orders", query).await
    }

    /// One order, for the owner.
    pub async fn get_admin_order(&self, id: Uuid) -> Result<AdminOrder> {
        self.get(&format!("/admin/orders/{id}")).await
    }

    /// Sends money back. With the same `key` the same refund comes back.
    pub async fn create_refund(&self, order: Uuid, new: &NewRefund, key: Option<&str>) -> Result<Refund> {
        self.post_once(&format!("/admin/orders/{order}/refunds"), new, key).await
    }

    /// Says that a flagged order has been looked at.
    pub async fn resolve_review(&self, order: Uuid) -> Result<AdminOrder> {
        self.call(Method::Post, &format!("/admin/orders/{order}/resolve-review"), None::<&()>).await
    }
}
