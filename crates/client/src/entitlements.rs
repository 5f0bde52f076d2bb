//! What a customer owns.

use uuid::Uuid;
use vitrine_types::{
    Page, PageQuery,
    entitlements::{DownloadLink, EmbedLink, Entitlement, NewDownload, NewGift},
};

use crate::{Client, Method, Result, escape};

impl Client {
    /// What I own.
    pub async fn list_entitlements(&self, query: &PageQuery) -> Result<Page<Entitlement>> {
        self.get_with("/entitlements", query).await
    }

    /// One thing that I own, or owned.
    pub async fn get_entitlement(&self, id: Uuid) -> Result<Entitlement> {
        self.get(&format!("/entitlements/{id}")).await
    }

    /// Takes a free product.
    pub async fn claim_product(&self, slug: &str) -> Result<Entitlement> {
        self.call(Method::Post, &format!("/products/{}/claim", escape(slug)), None::<&()>).await
    }

    /// A link to download a file of something I own.
    pub async fn create_download(&self, entitlement: Uuid, file_id: Uuid) -> Result<DownloadLink> {
        self.post(&format!("/entitlements/{entitlement}/downloads"), &NewDownload { file_id }).await
    }

    /// How to show an embed I own.
    pub async fn get_embed(&self, entitlement: Uuid) -> Result<EmbedLink> {
        self.get(&format!("/entitlements/{entitlement}/embed")).await
    }

    /// Gives a product to a customer.
    pub async fn create_entitlement(&self, gift: &NewGift) -> Result<Entitlement> {
        self.post("/admin/entitlements", gift).await
    }

    /// Takes something away from a customer; giving it again undoes that.
    pub async fn delete_entitlement(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/entitlements/{id}"), None::<&()>).await
    }

    /// Undoes taking it away.
    pub async fn restore_entitlement(&self, id: Uuid) -> Result<()> {
        self.call(Method::Post, &format!("/admin/entitlements/{id}/restore"), None::<&()>).await
    }
}
