//! A product's page: its words and price, what the buyer gets, its picture, and whether it is for sale.

use leptos::{ev, prelude::*};
use leptos_router::hooks::use_navigate;
use vitrine_types::catalog::{AdminProduct, ProductFile, ProductKind, ProductPatch, ProductStatus};

use super::{
    draft::Draft,
    service::{EmbedFields, ServiceFields, TokenFields},
};
use crate::{
    components::{
        Badge, Button, ButtonKind, Dialog, ErrorBanner, Exhibit, FileDrop, FormErrors, Load, Page, TextArea, TextField,
        Upload, perform, toast_ok,
    },
    format,
    path::id_in_path,
    session::{load, use_session},
    texts::{self, admin as t},
};

/// A product's page.
#[component]
pub fn EditProduct() -> impl IntoView {
    let id = id_in_path();
    let product = load(move |client| {
        let id = id.get();
        async move { client.get_admin_product(id).await }
    });
    let title = Signal::derive(move || {
        product.with(|product| match product {
            Some(Ok(product)) => product.product.name.clone(),
            _ => t::EDIT_PRODUCT.to_owned(),
        })
    });
    let again = Callback::new(move |()| product.refetch());
    view! {
        <Page title=title>
            <Load resource=product render=move |product| view! { <Editor product again/> }.into_any()/>
        </Page>
    }
    .into_any()
}

#[component]
fn Editor(product: AdminProduct, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (draft, errors) = (Draft::of(&product), FormErrors::new());
    let (id, kind) = (product.product.id, product.product.kind);
    let changed = Memo::new(move |_| draft.is_changed());
    warn_before_leaving(changed);
    let save = Callback::new(move |status: Option<ProductStatus>| {
        errors.clear();
        let Some(patch) = untrack(|| draft.read(errors)) else { return };
        let patch = ProductPatch { status, ..patch };
        errors.submit(async move {
            session.client().update_product(id, &patch).await?;
            toast_ok(t::saved(status));
            again.run(());
            Ok(())
        });
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        save.run(None);
    };
    let price = t::price_in(&product.product.price.currency.as_str().to_uppercase());
    let body = match kind {
        ProductKind::Download => view! { <Files product=product.clone() again/> }.into_any(),
        ProductKind::Embed => view! { <EmbedFields draft errors/> }.into_any(),
        ProductKind::Service => view! { <ServiceFields draft errors/> }.into_any(),
    };
    view! {
        <div class="grid gap-x-16 gap-y-8 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <form class="grid content-start gap-6" novalidate on:submit=submit>
                <ErrorBanner errors/>
                <TextField errors name="name" label=t::NAME value=draft.name required=true/>
                <TextField errors name="summary" label=t::SUMMARY value=draft.summary help=t::SUMMARY_HELP/>
                <div class="grid gap-6 sm:grid-cols-2">
                    <TextField errors name="price.amount" label=price value=draft.price input_mode="decimal" help=t::PRICE_HELP/>
                    <TextField errors name="stock" label=t::STOCK value=draft.stock input_mode="numeric" help=t::STOCK_HELP/>
                </div>
                <TextArea errors name="description" label=t::DESCRIPTION value=draft.description rows=10 help=t::MARKDOWN_HELP/>
                <div class="grid gap-6 sm:grid-cols-2">
                    <TextField errors name="tags" label=t::TAGS value=draft.tags help=t::TAGS_HELP/>
                    <TextField errors name="slug" label=t::SLUG value=draft.slug help=t::SLUG_HELP/>
                </div>
                {body}
                <TokenFields draft errors kind/>
                <div class="sticky bottom-0 flex flex-wrap items-center gap-4 border-t border-line bg-base-100 py-4">
                    <Button submit=true busy=errors.busy>{texts::SAVE}</Button>
                    <span class="text-sm text-muted" aria-live="polite">{move || changed.get().then_some(t::UNSAVED)}</span>
                </div>
            </form>
            <div>
                <Standing product=product.clone() save/>
                <section class="sheet">
                    <h2 class="text-lg">{t::PICTURE}</h2>
                    <FileDrop
                        path=format!("/admin/products/{id}/image")
                        upload=Upload::Bytes
                        label=t::CHOOSE_PICTURE
                        help=t::PICTURE_HELP
                        accept="image/png,image/jpeg,image/webp"
                        on_done=Callback::new(move |_| { toast_ok(t::PICTURE_SET); again.run(()) })
                    />
                </section>
                <section class="sheet">
                    <h2 class="text-lg">{t::PREVIEW}</h2>
                    <div class="max-w-xs" inert>{move || view! { <Exhibit product=draft.preview()/> }}</div>
                </section>
            </div>
        </div>
    }
    .into_any()
}

/// Whether it is for sale, and changing that.
#[component]
fn Standing(product: AdminProduct, save: Callback<Option<ProductStatus>>) -> impl IntoView {
    let session = use_session();
    let navigate = use_navigate();
    let (asking, busy) = (RwSignal::new(false), RwSignal::new(false));
    let (id, sold) = (product.product.id, product.sold);
    let shop_page = format!("/products/{}", product.product.slug);
    let delete = Callback::new(move |()| {
        let navigate = navigate.clone();
        perform(busy, async move {
            session.client().delete_product(id).await?;
            toast_ok(if sold > 0 { t::PRODUCT_ARCHIVED } else { t::PRODUCT_DELETED });
            navigate("/admin/products", Default::default());
            Ok(())
        });
    });
    let to = move |status| Callback::new(move |()| save.run(Some(status)));
    let actions = match product.status {
        ProductStatus::Draft => view! { <Button on_press=to(ProductStatus::Published)>{t::PUBLISH}</Button> }.into_any(),
        ProductStatus::Published => view! {
            <Button kind=ButtonKind::Secondary on_press=to(ProductStatus::Draft)>{t::UNPUBLISH}</Button>
            <Button kind=ButtonKind::Secondary on_press=to(ProductStatus::Archived)>{t::ARCHIVE}</Button>
        }
        .into_any(),
        ProductStatus::Archived => {
            view! { <Button kind=ButtonKind::Secondary on_press=to(ProductStatus::Published)>{t::PUBLISH_AGAIN}</Button> }.into_any()
        }
    };
    let in_shop = (product.status == ProductStatus::Published)
        .then(|| view! { <a class="text-sm underline underline-offset-4" href=shop_page>{t::SEE_IN_SHOP}</a> });
    view! {
        <section class="sheet">
            <dl class="facts">
                <dt>{t::STATUS}</dt><dd><Badge of=product.status/></dd>
                <dt>{t::KIND}</dt><dd>{texts::what(&product.product)}</dd>
                <dt>{t::SOLD}</dt><dd>{sold}</dd>
            </dl>
            <div class="flex flex-wrap items-center gap-3">
                {actions}
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| asking.set(true))>{t::DELETE}</Button>
                {in_shop}
            </div>
        </section>
        <Dialog open=asking title=t::DELETE_PRODUCT>
            <div class="grid gap-5">
                <p class="text-sm text-muted">{if sold > 0 { t::DELETE_SOLD_WORDS } else { t::DELETE_WORDS }}</p>
                <div class="flex justify-end gap-3">
                    <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| asking.set(false))>{texts::CANCEL}</Button>
                    <Button kind=ButtonKind::Danger busy=busy on_press=delete>{t::DELETE}</Button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}

/// What the buyer downloads.
#[component]
fn Files(product: AdminProduct, again: Callback<()>) -> impl IntoView {
    let session = use_session();
    let (busy, id) = (RwSignal::new(false), product.product.id);
    let row = move |file: ProductFile| {
        let file_id = file.id;
        let remove = Callback::new(move |()| {
            perform(busy, async move {
                session.client().delete_product_file(id, file_id).await?;
                toast_ok(t::FILE_REMOVED);
                again.run(());
                Ok(())
            });
        });
        view! {
            <tr>
                <td data-label=t::FILE class="font-medium"><span title=format!("SHA-256 {}", file.sha256)>{file.name}</span></td>
                <td data-label=t::KIND class="text-muted">{file.content_type}</td>
                <td data-label=t::SIZE class="num">{format::bytes(file.size)}</td>
                <td class="num"><Button kind=ButtonKind::Quiet small=true busy=busy on_press=remove>{t::REMOVE}</Button></td>
            </tr>
        }
    };
    let files = product.product.files;
    let table = (!files.is_empty()).then(|| {
        view! {
            <table class="table-desk">
                <thead>
                    <tr>
                        <th scope="col">{t::FILE}</th>
                        <th scope="col">{t::KIND}</th>
                        <th scope="col" class="num">{t::SIZE}</th>
                        <th scope="col"><span class="sr-only">{t::ACTIONS}</span></th>
                    </tr>
                </thead>
                <tbody>{files.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    });
    view! {
        <section class="sheet">
            <h2 class="text-lg">{t::FILES}</h2>
            {table}
            <FileDrop
                path=format!("/admin/products/{id}/files")
                upload=Upload::Multipart
                label=t::ADD_FILES
                help=t::FILES_HELP
                multiple=true
                on_done=Callback::new(move |_| { toast_ok(t::FILE_ADDED); again.run(()) })
            />
        </section>
    }
    .into_any()
}

/// The browser asks before the page is left with changes that are not saved.
fn warn_before_leaving(changed: Memo<bool>) {
    let listener = window_event_listener(ev::beforeunload, move |event| {
        if changed.try_get_untracked().unwrap_or(false) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}
