//! Records as what crosses the wire.

use vitrine_types::{
    Currency, Money,
    catalog::{Access, AdminProduct, ImageSize, Product, ProductFile, ProductKind, ProductStatus, Service},
};

use super::store::{AdminRecord, DetailRecord, ProductRecord, files::FileRecord};
use crate::media::{self, StoredImage};

/// A product as the storefront shows it; without its files and its description as HTML.
pub fn product(record: ProductRecord) -> Product {
    let access = match (record.owned_by.as_deref(), record.price_amount) {
        (Some("subscription"), _) => Access::Included,
        (Some(_), _) => Access::Owned,
        (None, 0) => Access::Free,
        (None, _) => Access::None,
    };
    let image =
        |image: &StoredImage| ImageSize { url: media::url(&image.name), width: image.width, height: image.height };
    let images: Vec<ImageSize> = record.images.iter().map(image).collect();
    let service = record.service.filter(|_| record.kind == ProductKind::Service).map(|service| Service {
        duration_minutes: service.duration_minutes,
        token_cost: service.token_cost,
        cancel_until_minutes: service.cancel_until_minutes,
        location: service.0.location,
        questions: service.0.questions,
    });
    Product {
        id: record.id,
        slug: record.slug,
        name: record.name,
        summary: record.summary,
        description: record.description,
        description_html: None,
        kind: record.kind,
        price: Money::new(record.price_amount, Currency::parse(&record.currency).unwrap_or(Currency::USD)),
        image_url: images.last().map(|image| image.url.clone()),
        images,
        tags: record.tags.0,
        stock: record.stock,
        access,
        files: Vec::new(),
        service,
        tokens: record.tokens.map(|tokens| tokens.0),
        only_tokens: record.only_tokens,
    }
}

/// A file without its content.
pub fn file(record: FileRecord) -> ProductFile {
    let FileRecord { id, name, size, content_type, sha256, .. } = record;
    ProductFile { id, name, size, content_type, sha256 }
}

/// A product on its own page.
pub fn detail(record: DetailRecord, files: Vec<FileRecord>) -> Product {
    Product {
        description_html: Some(record.description_html),
        files: files.into_iter().map(file).collect(),
        ..product(record.product.product)
    }
}

/// A product in the owner's list.
pub fn admin_product(record: AdminRecord) -> AdminProduct {
    let AdminRecord { product: record, sold } = record;
    let (status, created_at, updated_at) = (record.status, record.created_at, record.updated_at);
    let (embed, service_settings) = (record.embed.clone(), record.service.clone());
    AdminProduct {
        product: product(record),
        status,
        published: status == ProductStatus::Published,
        embed: embed.map(|embed| embed.0),
        service_settings: service_settings.map(|settings| settings.0),
        sold,
        created_at,
        updated_at,
    }
}

/// A product on the owner's page for it.
pub fn admin_detail(record: DetailRecord, files: Vec<FileRecord>) -> AdminProduct {
    let DetailRecord { product, description_html } = record;
    let mut admin = admin_product(product);
    admin.product.description_html = Some(description_html);
    admin.product.files = files.into_iter().map(file).collect();
    admin
}
