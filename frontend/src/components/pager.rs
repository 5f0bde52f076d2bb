//! Lists that come a page at a time.

use leptos::{prelude::*, task::spawn_local};
use vitrine_client::{Client, Result};
use vitrine_types::Page;

use super::{Button, ButtonKind, toast_error};
use crate::{
    session::{Loading, load, use_session},
    texts,
};

/// A growing list: the first page as a resource for `<Load>`, further ones by [`LoadMore`]. Cheap to copy.
///
/// Fetched anew from the start when a signal that `fetch` reads changes; `fetch` gets the cursor.
pub struct List<T: Send + Sync + 'static> {
    /// The first page.
    pub first: Loading<Page<T>>,
    /// What further pages brought.
    pub more: RwSignal<Vec<T>>,
    cursor: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    next: Callback<()>,
}

impl<T: Send + Sync + 'static> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for List<T> {}

impl<T: Clone + Send + Sync + 'static> List<T> {
    /// A list whose pages come from `fetch`.
    pub fn new<F>(fetch: impl Fn(Client, Option<String>) -> F + Send + Sync + Clone + 'static) -> Self
    where
        F: Future<Output = Result<Page<T>>> + 'static,
    {
        let session = use_session();
        let (more, cursor) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        // Of the first page shown; answers that belong to an earlier one are dropped.
        let (busy, round) = (RwSignal::new(false), StoredValue::new(0_u32));
        let first = load({
            let fetch = fetch.clone();
            move |client| fetch(client, None)
        });
        Effect::new(move || {
            let next = first.with(|first| match first {
                Some(Ok(page)) => page.next_cursor.clone(),
                _ => None,
            });
            round.update_value(|round| *round += 1);
            more.set(Vec::new());
            cursor.set(next);
        });
        let next = Callback::new(move |()| {
            let Some(at) = cursor.get_untracked() else { return };
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            let (asked_in, answer) = (round.get_value(), untrack(|| fetch(session.client(), Some(at))));
            spawn_local(async move {
                let answer = answer.await;
                busy.try_set(false);
                match answer {
                    Ok(page) if round.try_get_value() == Some(asked_in) => {
                        more.update(|more| more.extend(page.data));
                        cursor.set(page.next_cursor);
                    }
                    Ok(_) => {}
                    Err(error) => toast_error(&error),
                }
            });
        });
        Self { first, more, cursor, busy, next }
    }
}

/// The button that fetches a list's next page; nothing when there is none.
#[component]
pub fn LoadMore<T: Clone + Send + Sync + 'static>(list: List<T>) -> impl IntoView {
    let List { cursor, busy, next, .. } = list;
    view! {
        <Show when=move || cursor.with(Option::is_some)>
            <div class="pt-8">
                <Button kind=ButtonKind::Secondary busy=busy on_press=next>{texts::LOAD_MORE}</Button>
            </div>
        </Show>
    }
    .into_any()
}
