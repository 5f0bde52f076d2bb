//! Plans and subscriptions.

use uuid::Uuid;
use vitrine_types::{
    Page, PageQuery,
    subscriptions::{
        AdminPlan, AdminSubscription, BillingPortal, Cancellation, NewPlan, Plan, PlanChange, PlanChanged, PlanPatch,
        Subscription, SubscriptionQuery,
    },
};

use crate::{Client, Method, Result};

impl Client {
    /// What can be subscribed to.
    pub async fn list_plans(&self) -> Result<Page<Plan>> {
        self.get("/plans").await
    }

    /// All plans, for the owner.
    pub async fn list_admin_plans(&self) -> Result<Page<AdminPlan>> {
        self.get("/admin/plans").await
    }

    /// Makes a plan.
    pub async fn create_plan(&self, new: &NewPlan) -> Result<AdminPlan> {
        self.call(Method::Post, "/admin/plans", Some(new)).await
    }

    /// Changes a plan.
    pub async fn update_plan(&self, id: Uuid, patch: &PlanPatch) -> Result<AdminPlan> {
        self.call(Method::Patch, &format!("/admin/plans/{id}"), Some(patch)).await
    }

    /// My subscriptions, newest first; those that ended too.
    pub async fn list_subscriptions(&self, query: &PageQuery) -> Result<Page<Subscription>> {
        self.get_with("/subscriptions", query).await
    }

    /// Everybody's subscriptions, newest first.
    pub async fn list_admin_subscriptions(&self, query: &SubscriptionQuery) -> Result<Page<AdminSubscription>> {
        self.get_with("/admin/subscriptions", query).await
    }

    /// Anybody's subscription.
    pub async fn get_admin_subscription(&self, id: Uuid) -> Result<AdminSubscription> {
        self.get(&format!("/admin/subscriptions/{id}")).await
    }

    /// Ends a subscription: at the end of its period, or now.
    pub async fn cancel_subscription(&self, id: Uuid, how: &Cancellation) -> Result<Subscription> {
        self.call(Method::Post, &format!("/subscriptions/{id}/cancel"), Some(how)).await
    }

    /// Ends anybody's subscription: at the end of its period, or now.
    pub async fn cancel_admin_subscription(&self, id: Uuid, how: &Cancellation) -> Result<AdminSubscription> {
        self.call(Method::Post, &format!("/admin/subscriptions/{id}/cancel"), Some(how)).await
    }

    /// Takes the cancellation back, until it has ended.
    pub async fn resume_subscription(&self, id: Uuid) -> Result<Subscription> {
        self.call(Method::Post, &format!("/subscriptions/{id}/resume"), None::<&()>).await
    }

    /// Changes the plan, or says what that would cost.
    pub async fn change_plan(&self, id: Uuid, change: &PlanChange) -> Result<PlanChanged> {
        self.call(Method::Post, &format!("/subscriptions/{id}/change-plan"), Some(change)).await
    }

    /// Stripe's page for my cards and invoices.
    pub async fn create_billing_portal_session(&self) -> Result<BillingPortal> {
        self.call(Method::Post, "/billing-portal/sessions", None::<&()>).await
    }
}
