//! The catalog, for customers and for the owner.

use uuid::Uuid;
use vitrine_types::{
    Page,
    catalog::{AdminProduct, NewProduct, Product, ProductPatch, ProductQuery, Shop, Tag},
};

use crate::{
    Client, Method, Result, escape,
    send::{Body, Request},
};

impl Client {
    /// What the app has to know of the shop.
    pub async fn get_shop(&self) -> Result<Shop> {
        self.get("/shop").await
    }

    /// Products for sale.
    pub async fn list_products(&self, query: &ProductQuery) -> Result<Page<Product>> {
        self.get_with("/products", query).await
    }

    /// One product.
    pub async fn get_product(&self, slug: &str) -> Result<Product> {
        self.get(&format!("/products/{}", escape(slug))).await
    }

    /// Tags of the products for sale.
    pub async fn list_tags(&self) -> Result<Page<Tag>> {
        self.get("/tags").await
    }

    /// All products, for the owner.
    pub async fn list_admin_products(&self, query: &ProductQuery) -> Result<Page<AdminProduct>> {
        self.get_with("/admin/products", query).await
    }

    /// One product, for the owner.
    pub async fn get_admin_product(&self, id: Uuid) -> Result<AdminProduct> {
        self.get(&format!("/admin/products/{id}")).await
    }

    /// Makes a product.
    pub async fn create_product(&self, new: &NewProduct) -> Result<AdminProduct> {
        self.post("/admin/products", new).await
    }

    /// Changes a product.
    pub async fn update_product(&self, id: Uuid, patch: &ProductPatch) -> Result<AdminProduct> {
        self.call(Method::Patch, &format!("/admin/products/{id}"), Some(patch)).await
    }

    /// Deletes a product that was never sold, archives one that was.
    pub async fn delete_product(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/products/{id}"), None::<&()>).await
    }

    /// Sets a product's picture (PNG, JPEG or WebP).
    pub async fn set_product_image(&self, id: Uuid, bytes: Vec<u8>) -> Result<AdminProduct> {
        let body = Body::Bytes(bytes, "application/octet-stream");
        let path = format!("/admin/products/{id}/image");
        self.request(Request { method: Method::Put, path, body, idempotency_key: None }).await
    }

    /// Takes a product's picture away.
    pub async fn delete_product_image(&self, id: Uuid) -> Result<AdminProduct> {
        self.call(Method::Delete, &format!("/admin/products/{id}/image"), None::<&()>).await
    }

    /// Adds a file to a product. The browser app streams with a progress bar instead (`XMLHttpRequest`).
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn upload_product_file(
        &self,
        id: Uuid,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<vitrine_types::catalog::ProductFile> {
        let body = Body::File { name: name.into(), bytes };
        let path = format!("/admin/products/{id}/files");
        self.request(Request { method: Method::Post, path, body, idempotency_key: None }).await
    }

    /// Takes a file from a product.
    pub async fn delete_product_file(&self, id: Uuid, file: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/admin/products/{id}/files/{file}"), None::<&()>).await
    }
}
