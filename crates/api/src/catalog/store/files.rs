//! SQL of products' files and pictures.

use chrono::{DateTime, Utc};
use sqlx::{FromRow, types::Json};
use uuid::Uuid;

use crate::{
    db::{Cx, Result, Tx, sql, sql_for},
    media::StoredImage,
};

/// A file that belongs to a product.
#[derive(Clone, Debug, FromRow)]
pub struct FileRecord {
    /// UUIDv7.
    pub id: Uuid,
    /// Whose file it is.
    pub product_id: Uuid,
    /// The name it is saved under.
    pub name: String,
    /// In bytes.
    pub size: i64,
    /// By content.
    pub content_type: String,
    /// Hexadecimal, of the content.
    pub sha256: String,
    /// Where it lies in the storage.
    pub storage_key: String,
}

/// The files of a product, oldest first.
pub async fn list_files(cx: impl Into<Cx<'_>>, product: Uuid) -> Result<Vec<FileRecord>> {
    sql(
        cx,
        "select id, product_id, name, size, content_type, sha256, storage_key from product_files
         where product_id = $1 order by id",
    )
    .bind(product)
    .all()
    .await
}

/// The files of several products, oldest first.
pub async fn list_files_of(cx: impl Into<Cx<'_>>, products: &[Uuid]) -> Result<Vec<FileRecord>> {
    let products: Vec<String> = products.iter().map(|id| id.simple().to_string()).collect();
    // The databases have different functions for "one of these".
    sql_for(
        cx,
        "select id, product_id, name, size, content_type, sha256, storage_key from product_files
         where product_id in (select unhex(value) from json_each($1)) order by id",
        "select id, product_id, name, size, content_type, sha256, storage_key from product_files
         where product_id in (select cast(value as uuid) from jsonb_array_elements_text($1) as t (value)) order by id",
    )
    .bind(Json(products))
    .all()
    .await
}

/// A file of a product.
pub async fn find_file(cx: impl Into<Cx<'_>>, product: Uuid, file: Uuid) -> Result<Option<FileRecord>> {
    sql(
        cx,
        "select id, product_id, name, size, content_type, sha256, storage_key from product_files
         where product_id = $1 and id = $2",
    )
    .bind(product)
    .bind(file)
    .opt()
    .await
}

/// Adds a file, if its product is still there.
pub async fn insert_file(tx: &mut Tx, file: &FileRecord, now: DateTime<Utc>) -> Result<bool> {
    let added = sql(
        tx,
        "insert into product_files (id, product_id, name, size, content_type, sha256, storage_key, created_at)
         select $1, id, $3, $4, $5, $6, $7, $8 from products where id = $2",
    )
    .bind(file.id)
    .bind(file.product_id)
    .bind(file.name.clone())
    .bind(file.size)
    .bind(file.content_type.clone())
    .bind(file.sha256.clone())
    .bind(file.storage_key.clone())
    .bind(now)
    .exec()
    .await?;
    Ok(added == 1)
}

/// Takes a file from a product; where it lay, if there was one.
pub async fn delete_file(tx: &mut Tx, product: Uuid, file: Uuid) -> Result<Option<String>> {
    let gone: Option<(String,)> =
        sql(tx, "delete from product_files where product_id = $1 and id = $2 returning storage_key")
            .bind(product)
            .bind(file)
            .opt()
            .await?;
    Ok(gone.map(|(key,)| key))
}

/// Sets a product's pictures.
pub async fn update_images(tx: &mut Tx, product: Uuid, images: &[StoredImage], now: DateTime<Utc>) -> Result<()> {
    sql(tx, "update products set images = $2, updated_at = $3 where id = $1")
        .bind(product)
        .bind(Json(images.to_vec()))
        .bind(now)
        .exec()
        .await
        .map(drop)
}
