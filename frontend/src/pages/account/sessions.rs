//! Where the account is signed in.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::accounts::DeviceSession;

use super::{Part, device::describe};
use crate::{
    components::{Badge, Button, ButtonKind, Load, Skeleton, Tone, When, perform, toast_ok},
    session::{load, use_session},
    texts::account as t,
};

/// Where the account is signed in.
#[component]
pub fn Sessions() -> impl IntoView {
    let session = use_session();
    let sessions = load(|client| async move { client.list_sessions().await.map(|page| page.data) });
    let busy = RwSignal::new(false);
    let end = Callback::new(move |ids: Vec<Uuid>| {
        perform(busy, async move {
            for id in ids {
                session.client().end_session(id).await?;
            }
            toast_ok(t::ENDED);
            sessions.refetch();
            Ok(())
        });
    });
    let skeleton = || view! { <div class="grid gap-4">{(0..3).map(|_| view! { <Skeleton class="h-14 w-full"/> }).collect_view()}</div> };
    let render = move |sessions: Vec<DeviceSession>| {
        let others: Vec<Uuid> = sessions.iter().filter(|one| !one.current).map(|one| one.id).collect();
        let many = others.len() > 1;
        let end_others = move || end.run(others.clone());
        view! {
            <ul class="rows">{sessions.into_iter().map(|one| view! { <Row one busy end/> }).collect_view()}</ul>
            {many.then(|| view! {
                <div class="pt-8">
                    <Button kind=ButtonKind::Secondary busy on_press=end_others>{t::END_OTHERS}</Button>
                </div>
            })}
        }
        .into_any()
    };
    view! {
        <Part title=t::SESSIONS lead=t::SESSIONS_LEAD>
            <Load resource=sessions skeleton render/>
        </Part>
    }
    .into_any()
}

#[component]
fn Row(one: DeviceSession, busy: RwSignal<bool>, end: Callback<Vec<Uuid>>) -> impl IntoView {
    let DeviceSession { id, user_agent, created_at, last_seen_at, current } = one;
    let device = describe(user_agent.as_deref());
    let label = t::end_session(&device);
    let action = match current {
        true => view! { <Badge of=(t::THIS_ONE, Tone::Good)/> }.into_any(),
        false => view! {
            <Button kind=ButtonKind::Secondary small=true busy label=Signal::stored(label) on_press=move || end.run(vec![id])>{t::END}</Button>
        }
        .into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 py-4">
            <div class="min-w-0">
                <p class="font-medium" title=user_agent>{device}</p>
                <p class="text-sm text-muted">
                    {t::SIGNED_IN} " " <When time=created_at/> " · " {t::LAST_SEEN} " " <When time=last_seen_at/>
                </p>
            </div>
            {action}
        </li>
    }
    .into_any()
}
