//! Files that customers send with their answers.

use actix_web::{
    HttpRequest, HttpResponse,
    body::SizedStream,
    get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    post, web,
};
use object_store::{ObjectStoreExt, path::Path};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use vitrine_types::{Code, Problem, calendar::IntakeFile};

use crate::{
    auth::{Admin, SignedIn},
    calendar::{
        service::{self, files},
        store,
    },
    catalog::routes::receive,
    error::Result,
    state::App,
};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(create_intake_file).service(get_intake_file);
}

/// A form with one file.
#[derive(utoipa::ToSchema)]
#[allow(dead_code)] // Describes the form; it is read piece by piece.
struct IntakeFileForm {
    /// Up to 10 MiB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Send a file for an answer
///
/// A picture, a PDF, a text or a document, by its content. What this answers is the answer to a question of the kind
/// `file`. A file with which nothing is booked is deleted after a week, the others 90 days after their appointment.
#[utoipa::path(
    tag = "calendar",
    operation_id = "create_intake_file",
    params(("slug" = String, Path, description = "The service's address")),
    request_body(content = inline(IntakeFileForm), content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "Kept for a week", body = IntakeFile),
        (status = 422, description = "`request.invalid`, `catalog.empty_file`", body = Problem, content_type = "application/problem+json"),
        (status = 507, description = "`server.storage_full`", body = Problem, content_type = "application/problem+json")
    ),
    security(("bearer" = []))
)]
#[post("/services/{slug}/files")]
async fn create_intake_file(
    state: App,
    caller: SignedIn,
    slug: web::Path<String>,
    request: HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse> {
    service::find_service_at(&state.db, Some(caller.id), &slug).await?;
    state.limits.count_intake_file(caller.id)?;
    let id = Uuid::now_v7();
    let (name, stored) = receive::file(&state, files::key(caller.id, id), files::MAX_SIZE, &request, body).await?;
    let mut tx = state.db.begin().await?;
    let file = files::accept(&mut tx, &state, id, &name, stored).await?;
    tx.commit().await?;
    Ok(HttpResponse::Created().json(file))
}

/// Get a file of a booking
///
/// What the customer sent with the answers.
#[utoipa::path(
    tag = "calendar",
    operation_id = "get_intake_file",
    params(("id" = Uuid, Path, description = "Which booking"), ("file_id" = Uuid, Path)),
    responses((status = 200, description = "The file, typed by its content", content_type = "*/*")),
    security(("bearer" = []))
)]
#[get("/admin/calendar/bookings/{id}/files/{file_id}")]
async fn get_intake_file(state: App, _: Admin, path: web::Path<(Uuid, Uuid)>) -> Result<HttpResponse> {
    let (booking, file) = path.into_inner();
    let booking = store::find_booking(&state.db, booking).await?.ok_or(Code::NotFound)?;
    let (_, file) = files::files(&booking.answers).find(|(_, one)| one.id == file).ok_or(Code::NotFound)?;
    let found = state.storage.get(&Path::from(files::key(booking.customer_id, file.id))).await?;
    Ok(HttpResponse::Ok()
        .content_type(files::served_as(&file.content_type))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(file.name.clone())],
        })
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(SizedStream::new(found.meta.size, found.into_stream())))
}
