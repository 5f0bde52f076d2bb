//! A product's files and its picture.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    delete, get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    post, put, web,
};
use object_store::{ObjectStoreExt, path::Path};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{
    Code, Problem,
    catalog::{AdminProduct, ProductFile, ProductKind},
};

use super::{super::files, admin, receive, service, wire};
use crate::{
    auth::Admin,
    error::{Error, Result},
    extract,
    images::{self, Crop},
    media,
    state::App,
};

/// The largest picture sent, in bytes.
const MAX_IMAGE: usize = 15 * 1024 * 1024;

/// How wide a product's picture is kept, in pixels.
const IMAGE_WIDTHS: &[u32] = &[480, 960, 1600];

/// Registers the handlers.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(create_product_file)
        .service(get_product_file)
        .service(delete_product_file)
        .service(set_product_image)
        .service(delete_product_image);
}

/// A form with one file.
#[derive(utoipa::ToSchema)]
#[allow(dead_code)] // Describes the form; it is read piece by piece.
struct FileForm {
    /// Up to 5 GiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Add a file to a product
///
/// Streamed to the storage. The content says what kind of file it is, whatever its name.
#[utoipa::path(
    tag = "catalog",
    operation_id = "create_product_file",
    params(("id" = Uuid, Path)),
    request_body(content = inline(FileForm), content_type = "multipart/form-data"),
    responses(
        (status = 201, body = ProductFile),
        (status = 409, description = "`request.conflict`: only a download has files", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "`request.invalid`, `catalog.empty_file`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`server.storage_full`", body = Problem, content_type = "application/problem+json")
    ),
    security(("bearer" = []))
)]
#[post("/admin/products/{id}/files")]
async fn create_product_file(
    state: App,
    _: Admin,
    id: web::Path<Uuid>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse> {
    let product = service::find_product(&state.db, *id).await?.product.product;
    if product.kind != ProductKind::Download {
        return Err(Error::new(Code::Conflict).detail("Only a download has files"));
    }
    let key = format!("products/{}", Uuid::now_v7().simple());
    let (name, stored) = receive::file(&state, key, files::MAX_SIZE, &request, body).await?;
    let mut tx = state.db.begin().await?;
    let file = service::add_file(&mut tx, state.clock.now(), *id, &name, stored).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(wire::file(file)))
}

/// Get a file of a product
///
/// For the owner to check; customers download through their entitlement.
#[utoipa::path(
    tag = "catalog",
    operation_id = "get_product_file",
    params(("id" = Uuid, Path), ("file_id" = Uuid, Path)),
    responses((status = 200, description = "The file, typed by its content", content_type = "*/*")),
    security(("bearer" = []))
)]
#[get("/admin/products/{id}/files/{file_id}")]
async fn get_product_file(state: App, _: Admin, path: web::Path<(Uuid, Uuid)>) -> Result<HttpResponse> {
    let file = service::find_file(&state.db, path.0, path.1).await?;
    let found = state.storage.get(&Path::from(file.storage_key.as_str())).await?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(file.name)],
        })
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(SizedStream::new(found.meta.size, found.into_stream())))
}

/// Take a file from a product
///
/// Who owns the product can no longer download it.
#[utoipa::path(
    tag = "catalog",
    operation_id = "delete_product_file",
    params(("id" = Uuid, Path), ("file_id" = Uuid, Path)),
    responses((status = 204, description = "Gone")),
    security(("bearer" = []))
)]
#[delete("/admin/products/{id}/files/{file_id}")]
async fn delete_product_file(state: App, _: Admin, path: web::Path<(Uuid, Uuid)>) -> Result<HttpResponse> {
    let mut tx = state.db.begin().await?;
    service::delete_file(&mut tx, &state.clock, path.0, path.1).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Set a product's picture
///
/// A PNG, JPEG or WebP of at most 15 MiB and 33 megapixels. It is kept as WebP in several widths, without what the file
/// says beside the picture (place, camera).
#[utoipa::path(
    tag = "catalog",
    operation_id = "set_product_image",
    params(("id" = Uuid, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, body = AdminProduct),
        (status = 422, description = "`images.invalid`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`server.storage_full`", body = Problem, content_type = "application/problem+json")
    ),
    security(("bearer" = []))
)]
#[put("/admin/products/{id}/image")]
async fn set_product_image(
    state: App,
    _: Admin,
    id: web::Path<Uuid>,
    body: web::Payload,
) -> Result<web::Json<AdminProduct>> {
    service::find_product(&state.db, *id).await?;
    let bytes = extract::read_bytes(body, MAX_IMAGE).await?;
    let images = media::store(&state, images::convert(bytes, Crop::None, IMAGE_WIDTHS).await?).await?;
    let mut tx = state.db.begin().await?;
    service::set_images(&mut tx, &state.clock, *id, &images).await?;
    let files = service::list_files(&mut tx, *id).await?;
    let product = admin::shown(&mut tx, files, *id).await?;
    tx.commit().await?;
    Ok(web::Json(product))
}

/// Take a product's picture away
#[utoipa::path(
    tag = "catalog",
    operation_id = "delete_product_image",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = AdminProduct)),
    security(("bearer" = []))
)]
#[delete("/admin/products/{id}/image")]
async fn delete_product_image(state: App, _: Admin, id: web::Path<Uuid>) -> Result<web::Json<AdminProduct>> {
    let mut tx = state.db.begin().await?;
    service::set_images(&mut tx, &state.clock, *id, &[]).await?;
    let files = service::list_files(&mut tx, *id).await?;
    let product = admin::shown(&mut tx, files, *id).await?;
    tx.commit().await?;
    Ok(web::Json(product))
}
