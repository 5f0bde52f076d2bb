//! Takes files by button or by drop, and sends each with its progress shown.

use leptos::{html, prelude::*, task::spawn_local};
use vitrine_client::{Client, Error};
use vitrine_types::Problem;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{DragEvent, File, FileList, FormData, ProgressEvent, XmlHttpRequest};

use super::toast_error;
use crate::{format, session::use_session, texts};

/// How a file is sent.
#[derive(Clone, Copy, PartialEq)]
pub enum Upload {
    /// `POST` as `multipart/form-data` in the field `file`.
    Multipart,
    /// `PUT` as the bytes themselves.
    Bytes,
}

#[derive(Clone)]
struct Sending {
    id: u32,
    name: String,
    size: f64,
    sent: RwSignal<f64>,
    started: f64,
    request: StoredValue<XmlHttpRequest, LocalStorage>,
}

/// A place to drop files. Each is sent to `path` below `/api/v1`; `on_done` gets each answer's JSON.
#[component]
pub fn FileDrop(
    #[prop(into)] path: Signal<String>,
    upload: Upload,
    #[prop(into)] label: String,
    #[prop(into, optional)] help: String,
    /// As in `<input accept>`.
    #[prop(optional)]
    accept: Option<&'static str>,
    #[prop(optional)] multiple: bool,
    #[prop(into)] on_done: Callback<String>,
) -> impl IntoView {
    let client = use_session().client();
    let over = RwSignal::new(false);
    let sending = RwSignal::new(Vec::<Sending>::new());
    let counter = StoredValue::new(0_u32);
    let input = NodeRef::<html::Input>::new();
    let take = move |files: Option<FileList>| {
        let files = files.into_iter().flat_map(|files| (0..files.length()).filter_map(move |at| files.get(at)));
        for file in files.take(if multiple { usize::MAX } else { 1 }) {
            let Ok(request) = XmlHttpRequest::new() else { return };
            counter.update_value(|counter| *counter += 1);
            let one = Sending {
                id: counter.get_value(),
                name: file.name(),
                size: file.size(),
                sent: RwSignal::new(0.0),
                started: js_sys::Date::now(),
                request: StoredValue::new_local(request.clone()),
            };
            sending.update(|sending| sending.push(one.clone()));
            let (client, path) = (client.clone(), path.get_untracked());
            spawn_local(async move {
                let answer = send(&client, &request, &path, upload, &file, one.sent).await;
                sending.try_update(|sending| sending.retain(|other| other.id != one.id));
                match answer {
                    Ok(Some(text)) => drop(on_done.try_run(text)),
                    Ok(None) => {}
                    Err(error) => toast_error(&error),
                }
            });
        }
    };
    let on_drop = {
        let take = take.clone();
        move |event: DragEvent| {
            event.prevent_default();
            over.set(false);
            take(event.data_transfer().and_then(|data| data.files()));
        }
    };
    view! {
        <div
            class="grid gap-3 border border-dashed border-line p-6 data-[over]:bg-base-200"
            data-over=move || over.get().then_some("true")
            on:dragover=move |event| { event.prevent_default(); over.set(true) }
            on:dragleave=move |_| over.set(false)
            on:drop=on_drop
        >
            <label class="btn btn-line justify-self-start focus-within:outline-2">
                {label}
                <input
                    node_ref=input
                    type="file"
                    class="sr-only"
                    accept=accept
                    multiple=multiple
                    on:change=move |_| {
                        if let Some(input) = input.get_untracked() {
                            take(input.files());
                            // So that the same file can be chosen again.
                            input.set_value("");
                        }
                    }
                />
            </label>
            <p class="text-sm text-muted">{help}</p>
            <For each=move || sending.get() key=|one| one.id let:one>
                <Progress one/>
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn Progress(one: Sending) -> impl IntoView {
    let Sending { name, size, sent, started, request, .. } = one;
    let rate = move || {
        let seconds = (js_sys::Date::now() - started) / 1000.0;
        let sent = sent.get();
        if sent >= size {
            texts::ALMOST_DONE.into()
        } else {
            texts::upload_rate(
                &format::bytes(sent as i64),
                &format::bytes(size as i64),
                &format::bytes((sent / seconds.max(0.1)) as i64),
            )
        }
    };
    view! {
        <div class="grid gap-1 text-sm">
            <div class="flex justify-between gap-4">
                <span class="truncate">{name.clone()}</span>
                <button type="button" class="link-line cursor-pointer" on:click=move |_| request.with_value(|request| drop(request.abort()))>
                    {texts::CANCEL}
                </button>
            </div>
            <progress class="progress progress-primary" max="1" aria-label=name value=move || (sent.get() / size.max(1.0)).to_string()></progress>
            <span class="figures text-muted">{rate}</span>
        </div>
    }
    .into_any()
}

/// Sends one file; nothing when it was called off. `XMLHttpRequest`, as `fetch` tells no progress.
async fn send(
    client: &Client,
    request: &XmlHttpRequest,
    path: &str,
    upload: Upload,
    file: &File,
    sent: RwSignal<f64>,
) -> Result<Option<String>, Error> {
    // A large file outlives an access token only when it starts with a fresh one; any call refreshes an old one.
    client.get_account().await?;
    let broken = |_| Error::Network(texts::CONNECTION_BROKE.into());
    let method = if upload == Upload::Bytes { "PUT" } else { "POST" };
    request.open(method, &format!("/api/v1{path}")).map_err(broken)?;
    if let Some(token) = client.token() {
        request.set_request_header("Authorization", &format!("Bearer {token}")).map_err(broken)?;
    }
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| _ = sent.try_set(event.loaded()));
    if let Ok(upload) = request.upload() {
        upload.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    }
    let mut listen = |resolve: js_sys::Function, _| request.set_onloadend(Some(&resolve));
    let ended = js_sys::Promise::new(&mut listen);
    match upload {
        Upload::Multipart => {
            let form = FormData::new().map_err(broken)?;
            form.append_with_blob_and_filename("file", file, &file.name()).map_err(broken)?;
            request.send_with_opt_form_data(Some(&form)).map_err(broken)?;
        }
        Upload::Bytes => request.send_with_opt_blob(Some(file)).map_err(broken)?,
    }
    let aborted = std::rc::Rc::new(std::cell::Cell::new(false));
    let on_abort = Closure::<dyn Fn()>::new({
        let aborted = aborted.clone();
        move || aborted.set(true)
    });
    request.set_onabort(Some(on_abort.as_ref().unchecked_ref()));
    let _ = wasm_bindgen_futures::JsFuture::from(ended).await;
    let status = request.status().unwrap_or_default();
    let text = request.response_text().ok().flatten().unwrap_or_default();
    match status {
        200..300 => Ok(Some(text)),
        _ if aborted.get() => Ok(None),
        0 => Err(Error::Network(texts::CONNECTION_BROKE.into())),
        _ => Err(serde_json::from_str::<Problem>(&text).map_or_else(
            |_| Error::Unreadable(format!("status {status}")),
            |problem| Error::Problem(Box::new(problem)),
        )),
    }
}
