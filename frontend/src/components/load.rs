//! What a page shows while it waits, when it fails, and when it has what it asked for.

use leptos::prelude::*;
use vitrine_client::Error;

use super::{Button, ButtonKind, ButtonLink, Page, page::InPage};
use crate::{session::Loading, texts};

/// Shows a skeleton, then what was fetched, or why it could not be and a way to try again.
/// What there is stays in view while it is fetched anew, and when the same comes again, so do focus and scroll position.
#[component]
pub fn Load<T, F>(
    resource: Loading<T>,
    /// What is shown meanwhile; a few bars when absent.
    #[prop(into, optional)]
    skeleton: ViewFn,
    render: F,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Fn(T) -> AnyView + Send + Sync + 'static,
{
    let outcome = Memo::new(move |_| resource.get());
    move || match outcome.get() {
        None => {
            let skeleton = skeleton.run();
            view! {
                <div aria-busy="true">
                    <span class="sr-only" role="status">{texts::LOADING}</span>
                    {skeleton}
                </div>
            }
            .into_any()
        }
        Some(Ok(value)) => render(value),
        Some(Err(error)) => view! { <Failure error=error retry=move || resource.refetch()/> }.into_any(),
    }
}

/// Why something could not be shown, and a way on. Where no [`Page`] is around it, it is one itself.
#[component]
pub fn Failure(error: Error, #[prop(into, optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let missing = error.status() == Some(404);
    let title = if missing { texts::NOT_FOUND_TITLE } else { texts::FAILED_TITLE };
    let retry = retry.filter(|_| !missing).map(|retry| {
        view! { <Button kind=ButtonKind::Secondary on_press=retry>{texts::TRY_AGAIN}</Button> }
    });
    // Nothing ends here: who cannot try again can go on.
    let way_on = missing.then(|| {
        view! { <ButtonLink href="/" kind=ButtonKind::Secondary>{texts::store::SHOP_WINDOW}</ButtonLink> }
    });
    let words = view! {
        <p class="text-muted">{texts::error(&error)}</p>
        {retry}
        {way_on}
    };
    match use_context::<InPage>() {
        Some(InPage) => view! {
            <div class="grid max-w-prose justify-items-start gap-4 py-12" role="alert">
                <h2>{title}</h2>
                {words}
            </div>
        }
        .into_any(),
        None => view! {
            <Page title=title>
                <div class="grid max-w-prose justify-items-start gap-4" role="alert">{words}</div>
            </Page>
        }
        .into_any(),
    }
}

/// A bar in the place of something that is on its way; give it the size by classes, such as `h-6 w-40`.
#[component]
pub fn Skeleton(#[prop(into)] class: String) -> impl IntoView {
    view! { <div class=format!("skeleton-bar {class}") aria-hidden="true"></div> }.into_any()
}
