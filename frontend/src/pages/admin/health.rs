//! Whether the shop is well.

use leptos::prelude::*;
use vitrine_types::admin::Check;

use crate::{
    components::{Badge, Load, Page, Tone},
    session::load,
    texts::admin as t,
};

/// Whether the shop is well.
#[component]
pub fn Health() -> impl IntoView {
    let health = load(|client| async move { client.get_health().await });
    let row = |Check { name, ok, detail }: Check| {
        let badge = if ok { (t::WELL, Tone::Good) } else { (t::LOOK, Tone::Care) };
        view! {
            <tr>
                <td data-label=t::CHECK class="font-medium capitalize">{name}</td>
                <td data-label=t::STATUS><Badge of=badge/></td>
                <td data-label=t::NOTE>{detail}</td>
            </tr>
        }
    };
    view! {
        <Page title=t::HEALTH lead=Signal::derive(|| t::HEALTH_WORDS.to_owned())>
            <Load
                resource=health
                render=move |health| {
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::CHECK}</th>
                                    <th scope="col">{t::STATUS}</th>
                                    <th scope="col">{t::NOTE}</th>
                                </tr>
                            </thead>
                            <tbody>{health.checks.into_iter().map(row).collect_view()}</tbody>
                        </table>
                    }
                    .into_any()
                }
            />
        </Page>
    }
    .into_any()
}
