//! The owner's desk: overview, customers, webhook inbox, mail outbox, reconciliation.

use uuid::Uuid;
use vitrine_types::{
    Page,
    admin::{AdminCustomer, AdminCustomerDetail, CustomerQuery, Health, Overview},
    mail::{Mail, MailQuery},
    webhook::{Reconciliation, WebhookEvent, WebhookEventQuery},
};

use crate::{Client, Method, Result};

impl Client {
    /// What happened lately and what needs a look.
    pub async fn get_overview(&self) -> Result<Overview> {
        self.get("/admin/overview").await
    }

    /// What `vitrine doctor` says.
    pub async fn get_health(&self) -> Result<Health> {
        self.get("/admin/health").await
    }

    /// The customers, newest first.
    pub async fn list_customers(&self, query: &CustomerQuery) -> Result<Page<AdminCustomer>> {
        self.get_with("/admin/customers", query).await
    }

    /// One customer with what they bought and own.
    pub async fn get_customer(&self, id: Uuid) -> Result<AdminCustomerDetail> {
        self.get(&format!("/admin/customers/{id}")).await
    }

    /// Events that Stripe delivered, newest first.
    pub async fn list_webhook_events(&self, query: &WebhookEventQuery) -> Result<Page<WebhookEvent>> {
        self.get_with("/admin/webhook-events", query).await
    }

    /// Handles an event once more.
    pub async fn replay_webhook_event(&self, id: Uuid) -> Result<WebhookEvent> {
        self.call(Method::Post, &format!("/admin/webhook-events/{id}/replay"), None::<&()>).await
    }

    /// What the last comparison with Stripe found.
    pub async fn get_reconciliation(&self) -> Result<Reconciliation> {
        self.get("/admin/reconciliation").await
    }

    /// Compares with Stripe now.
    pub async fn run_reconciliation(&self) -> Result<Reconciliation> {
        self.call(Method::Post, "/admin/reconciliation", None::<&()>).await
    }

    /// Mails, newest first.
    pub async fn list_mails(&self, query: &MailQuery) -> Result<Page<Mail>> {
        self.get_with("/admin/mails", query).await
    }

    /// Sends a mail once more.
    pub async fn resend_mail(&self, id: Uuid) -> Result<Mail> {
        self.call(Method::Post, &format!("/admin/mails/{id}/resend"), None::<&()>).await
    }
}
