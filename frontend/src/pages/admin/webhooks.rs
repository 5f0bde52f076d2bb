//! What Stripe delivered.

use leptos::prelude::*;
use vitrine_types::webhook::{WebhookEvent, WebhookEventQuery, WebhookEventStatus};

use super::filters::{Filters, query_as};
use crate::{
    components::{Badge, Button, ButtonKind, Empty, List, Load, LoadMore, Page, When, perform, toast_ok},
    session::use_session,
    texts::{self, admin as t},
};

/// What Stripe delivered.
#[component]
pub fn Webhooks() -> impl IntoView {
    let session = use_session();
    let status = query_as::<WebhookEventStatus>("status");
    let busy = RwSignal::new(false);
    let events = List::new(move |client, cursor| {
        let query = WebhookEventQuery { status: status.get(), cursor, limit: Some(50) };
        async move { client.list_webhook_events(&query).await }
    });
    let row = move |event: WebhookEvent| {
        let id = event.id;
        let replay = Callback::new(move |()| {
            perform(busy, async move {
                session.client().replay_webhook_event(id).await?;
                toast_ok(t::REPLAYED);
                events.first.refetch();
                Ok(())
            });
        });
        view! {
            <tr>
                <td data-label=t::RECEIVED><When time=event.received_at/></td>
                <td data-label=t::EVENT><span class="break-all">{event.kind}</span></td>
                <td data-label=t::STRIPE_ID class="font-mono text-xs text-muted">{event.stripe_event_id}</td>
                <td data-label=t::STATUS><Badge of=event.status/></td>
                <td data-label=t::NOTE class="text-muted">{event.note}</td>
                <td class="num">
                    <Button kind=ButtonKind::Quiet small=true busy=busy on_press=replay>{t::REPLAY}</Button>
                </td>
            </tr>
        }
    };
    let word = |status: WebhookEventStatus, word: &str| (status.as_str().to_owned(), word.to_owned());
    let statuses = vec![
        word(WebhookEventStatus::Received, texts::WAITING),
        word(WebhookEventStatus::Processed, texts::HANDLED),
        word(WebhookEventStatus::Ignored, texts::IGNORED),
        word(WebhookEventStatus::Failed, texts::FAILED),
    ];
    view! {
        <Page title=t::WEBHOOKS>
            <Filters action="/admin/webhooks" choices=vec![("status", t::ANY_STATUS, statuses)]/>
            <Load
                resource=events.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! { <Empty title=t::NO_EVENTS words=t::NO_EVENTS_WORDS/> }.into_any();
                    }
                    let first = page.data;
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::RECEIVED}</th>
                                    <th scope="col">{t::EVENT}</th>
                                    <th scope="col">{t::STRIPE_ID}</th>
                                    <th scope="col">{t::STATUS}</th>
                                    <th scope="col">{t::NOTE}</th>
                                    <th scope="col"><span class="sr-only">{t::ACTIONS}</span></th>
                                </tr>
                            </thead>
                            <tbody>{move || first.iter().cloned().chain(events.more.get()).map(row).collect_view()}</tbody>
                        </table>
                    }
                    .into_any()
                }
            />
            <LoadMore list=events/>
        </Page>
    }
    .into_any()
}
