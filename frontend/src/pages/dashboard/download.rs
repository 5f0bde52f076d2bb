//! Downloading: the link is made when it is asked for, and used at once.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::catalog::ProductFile;

use crate::{
    components::{Button, ButtonKind, perform, save_from},
    format,
    session::use_session,
    texts::desk as t,
};

/// Downloads one file of something owned. `alone` when it is the only one; else its name tells it apart.
#[component]
pub fn Download(own: Uuid, file: ProductFile, #[prop(optional)] alone: bool) -> impl IntoView {
    let session = use_session();
    let busy = RwSignal::new(false);
    let download = move || {
        perform(busy, async move {
            let link = session.client().create_download(own, file.id).await?;
            save_from(&link.url, "");
            Ok(())
        });
    };
    let label = t::download_file(&file.name);
    match alone {
        true => view! { <Button busy on_press=download label=Signal::stored(label)>{t::DOWNLOAD}</Button> }.into_any(),
        false => view! {
            <Button kind=ButtonKind::Secondary small=true busy on_press=download label=Signal::stored(label)>{t::DOWNLOAD}</Button>
        }
        .into_any(),
    }
}

/// Files with their sizes, each with its button.
#[component]
pub fn Files(own: Uuid, files: Vec<ProductFile>) -> impl IntoView {
    let rows = files.into_iter().map(|file| {
        let (name, size) = (file.name.clone(), format::bytes(file.size));
        view! {
            <li class="flex items-center justify-between gap-4 py-2.5">
                <span class="min-w-0">
                    <span class="block break-words text-sm font-medium">{name}</span>
                    <span class="figures block text-sm text-muted">{size}</span>
                </span>
                <Download own file/>
            </li>
        }
    });
    view! { <ul class="rows w-full">{rows.collect_view()}</ul> }.into_any()
}
