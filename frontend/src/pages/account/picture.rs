//! The profile picture: chosen, cut to a square here, sent.

use leptos::{ev, html, prelude::*, task::spawn_local};
use vitrine_client::{Client, Error, Result};
use vitrine_types::accounts::Customer;
use wasm_bindgen::{JsCast, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use crate::{
    components::{Button, ButtonKind, Dialog, perform, toast_ok, toasts::toast_note},
    session::use_session,
    texts::{self, account as t},
};

/// The sides of what is sent, in pixels.
const SIDE: u32 = 512;

/// The profile picture as it is, and ways to change it.
#[component]
pub fn ProfilePicture() -> impl IntoView {
    let session = use_session();
    let chosen = RwSignal::new_local(None::<ImageBitmap>);
    let open = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let file = input.files().and_then(|files| files.get(0));
        // So that the same file can be chosen again.
        input.set_value("");
        let Some(read) = file.and_then(|file| window().create_image_bitmap_with_blob(&file).ok()) else { return };
        spawn_local(async move {
            match JsFuture::from(read).await {
                Ok(picture) => {
                    chosen.try_set(Some(picture.unchecked_into()));
                    open.try_set(true);
                }
                Err(_) => toast_note(t::NOT_A_PICTURE),
            }
        });
    };
    let busy = RwSignal::new(false);
    let remove = move || {
        perform(busy, async move {
            session.me.set(Some(session.client().delete_avatar().await?));
            toast_ok(t::PICTURE_REMOVED);
            Ok(())
        });
    };
    let url = Memo::new(move |_| session.me.with(|me| me.as_ref().and_then(|me| me.avatar_url.clone())));
    let has_picture = move || url.with(Option::is_some);
    view! {
        <div class="flex flex-wrap items-center gap-6">
            {move || face(url.get(), session.me.get())}
            <div class="grid gap-2">
                <div class="flex flex-wrap gap-2">
                    <label class="btn btn-line focus-within:outline-2 focus-within:outline-offset-2">
                        {move || if has_picture() { t::PICTURE_CHANGE } else { t::PICTURE_CHOOSE }}
                        <input node_ref=input type="file" class="sr-only" accept="image/png,image/jpeg,image/webp" on:change=choose/>
                    </label>
                    <Show when=has_picture>
                        <Button kind=ButtonKind::Quiet busy on_press=remove>{t::PICTURE_REMOVE}</Button>
                    </Show>
                </div>
                <p class="text-sm text-muted">{t::PICTURE_HELP}</p>
            </div>
        </div>
        <Dialog open title=t::PICTURE_CUT>
            {move || chosen.get().map(|picture| view! { <Cropper picture open/> })}
        </Dialog>
    }
    .into_any()
}

fn face(url: Option<String>, me: Option<Customer>) -> AnyView {
    match url {
        Some(url) => {
            view! { <img src=url alt=t::PICTURE width="96" height="96" class="size-24 rounded-full object-cover"/> }
                .into_any()
        }
        None => {
            let initial = me.and_then(|me| me.name.chars().next()).map(|first| first.to_uppercase().to_string());
            view! { <span class="display grid size-24 place-content-center rounded-full border border-line text-5xl" aria-hidden="true">{initial}</span> }.into_any()
        }
    }
}

/// Which square of the picture is taken.
#[derive(Clone, Copy)]
struct Cut {
    /// The middle, as parts of width and height.
    middle: (f64, f64),
    /// 1 is the largest square.
    zoom: f64,
}

impl Cut {
    /// Left, top and side in pixels of the picture.
    fn square(self, picture: &ImageBitmap) -> (f64, f64, f64) {
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let side = width.min(height) / self.zoom;
        let start = |middle: f64, length: f64| (middle * length - side / 2.0).clamp(0.0, length - side);
        (start(self.middle.0, width), start(self.middle.1, height), side)
    }

    /// The square moved by parts of its own side; never beyond the picture.
    fn moved(self, picture: &ImageBitmap, by: (f64, f64)) -> Self {
        let (left, top, side) = self.square(picture);
        let middle = |start: f64, by: f64, length: u32| {
            let length = f64::from(length);
            ((start + by * side).clamp(0.0, length - side) + side / 2.0) / length
        };
        Self { middle: (middle(left, by.0, picture.width()), middle(top, by.1, picture.height())), ..self }
    }
}

/// Cuts a square out of `picture` and sends it.
#[component]
fn Cropper(picture: ImageBitmap, open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let picture = StoredValue::new_local(picture);
    let cut = RwSignal::new(Cut { middle: (0.5, 0.5), zoom: 1.0 });
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        if let Some(canvas) = canvas.get() {
            picture.with_value(|picture| draw(&canvas, picture, cut.get()));
        }
    });
    let shift = move |x: f64, y: f64| picture.with_value(|picture| cut.update(|cut| *cut = cut.moved(picture, (x, y))));
    let on_key = move |event: ev::KeyboardEvent| {
        let step = 0.05;
        let (x, y) = match event.key().as_str() {
            "ArrowLeft" => (-step, 0.0),
            "ArrowRight" => (step, 0.0),
            "ArrowUp" => (0.0, -step),
            "ArrowDown" => (0.0, step),
            _ => return,
        };
        event.prevent_default();
        shift(x, y);
    };
    let grab = move |event: ev::PointerEvent| {
        if let Some(canvas) = canvas.get_untracked() {
            let _ = canvas.set_pointer_capture(event.pointer_id());
        }
    };
    let drag = move |event: ev::PointerEvent| {
        if let Some(canvas) = canvas.get_untracked()
            && event.buttons() & 1 == 1
        {
            // The picture goes with the finger, so the square goes against it.
            let shown = f64::from(canvas.client_width()).max(1.0);
            shift(-f64::from(event.movement_x()) / shown, -f64::from(event.movement_y()) / shown);
        }
    };
    let busy = RwSignal::new(false);
    let send = move || {
        let Some(canvas) = canvas.get_untracked() else { return };
        perform(busy, async move {
            session.me.set(Some(upload(&session.client(), &canvas).await?));
            toast_ok(t::PICTURE_SAVED);
            open.try_set(false);
            Ok(())
        });
    };
    view! {
        <div class="grid justify-items-center gap-6">
            <canvas
                node_ref=canvas
                width=SIDE
                height=SIDE
                class="cropper"
                tabindex="0"
                role="application"
                aria-label=t::PICTURE_ACROSS
                on:keydown=on_key
                on:pointerdown=grab
                on:pointermove=drag
            ></canvas>
            <label class="grid w-full max-w-xs gap-1.5 text-sm font-medium">
                {t::ZOOM}
                <input
                    type="range"
                    class="range range-sm w-full"
                    min="1"
                    max="4"
                    step="0.05"
                    prop:value=move || cut.with(|cut| cut.zoom)
                    on:input=move |event| {
                        if let Ok(zoom) = event_target_value(&event).parse() {
                            cut.update(|cut| cut.zoom = zoom);
                        }
                    }
                />
            </label>
            <div class="flex flex-wrap justify-center gap-3">
                <Button busy on_press=send>{t::PICTURE_USE}</Button>
                <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{texts::CANCEL}</Button>
            </div>
        </div>
    }
    .into_any()
}

fn draw(canvas: &HtmlCanvasElement, picture: &ImageBitmap, cut: Cut) {
    let context = canvas.get_context("2d").ok().flatten().and_then(|it| it.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let (left, top, side) = cut.square(picture);
    let whole = f64::from(SIDE);
    context.clear_rect(0.0, 0.0, whole, whole);
    let _ = context.draw_image_with_image_bitmap_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
        picture, left, top, side, side, 0.0, 0.0, whole, whole,
    );
}

/// Sends what the canvas shows. As PNG, which every browser writes; of this size it is always within the server's limit.
async fn upload(client: &Client, canvas: &HtmlCanvasElement) -> Result<Customer> {
    let broken = |_| Error::Unreadable("the canvas gave no picture".into());
    let mut written = |resolve: js_sys::Function, _| {
        let done = Closure::once_into_js(move |blob: wasm_bindgen::JsValue| _ = resolve.call1(&blob, &blob));
        let _ = canvas.to_blob_with_type(done.unchecked_ref(), "image/png");
    };
    let blob = JsFuture::from(js_sys::Promise::new(&mut written)).await.map_err(broken)?;
    let blob = blob.dyn_into::<web_sys::Blob>().map_err(broken)?;
    let bytes = JsFuture::from(blob.array_buffer()).await.map_err(broken)?;
    client.set_avatar(js_sys::Uint8Array::new(&bytes).to_vec()).await
}
