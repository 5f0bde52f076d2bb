//! Confirming an address by the mailed link: the account's, or one that is to become it.

use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use vitrine_client::Error;
use vitrine_types::Code;

use super::sheet::Sheet;
use crate::{
    components::{ButtonKind, ButtonLink, Failure, Skeleton},
    layout::sign_in_path,
    pages::account::ResendLink,
    session::use_session,
    texts::auth as t,
};

/// Where the confirming stands.
#[derive(Clone, PartialEq)]
enum Stage {
    Working,
    Done,
    DeadLink,
    Failed(Error),
}

/// Confirming an address by the mailed link.
#[component]
pub fn VerifyEmail() -> impl IntoView {
    let session = use_session();
    let token = use_query_map().with_untracked(|query| query.get("token")).unwrap_or_default();
    let stage = RwSignal::new(Stage::Working);
    let confirm = move || {
        let token = token.clone();
        stage.set(Stage::Working);
        spawn_local(async move {
            let client = session.client();
            let answer = client.verify_email(&token).await;
            // Whatever came of it: the address or its state may be another now.
            if session.me.with_untracked(Option::is_some)
                && let Ok(me) = client.get_account().await
            {
                session.me.set(Some(me));
            }
            stage.try_set(match answer {
                Ok(()) => Stage::Done,
                Err(error) => match error.code() {
                    Some(Code::InvalidOneTimeToken | Code::InvalidRequest) => Stage::DeadLink,
                    _ => Stage::Failed(error),
                },
            });
        });
    };
    confirm();
    let confirmed = move || session.me.with(|me| me.as_ref().is_some_and(|me| me.email_verified));
    let title = Signal::derive(move || {
        let title = match stage.get() {
            Stage::Done => t::CONFIRMED_TITLE,
            Stage::DeadLink => t::LINK_DEAD_TITLE,
            Stage::Working | Stage::Failed(_) => t::VERIFY_EMAIL,
        };
        title.to_owned()
    });
    let onward = move || match session.is_signed_in() {
        true => view! { <ButtonLink href="/dashboard">{t::TO_YOUR_PRODUCTS}</ButtonLink> }.into_any(),
        false => view! { <ButtonLink href=sign_in_path("/dashboard")>{t::SIGN_IN}</ButtonLink> }.into_any(),
    };
    let dead = move || match (session.is_signed_in(), confirmed()) {
        (true, true) => view! {
            <p>{t::ALREADY_CONFIRMED}</p>
            <ButtonLink href="/dashboard">{t::TO_YOUR_PRODUCTS}</ButtonLink>
        }
        .into_any(),
        (true, false) => view! { <p class="text-muted">{t::LINK_DEAD_WORDS}</p> <ResendLink/> }.into_any(),
        (false, _) => view! {
            <p class="text-muted">{t::LINK_DEAD_WORDS}</p>
            <ButtonLink href=sign_in_path("/account/email") kind=ButtonKind::Secondary>{t::SIGN_IN}</ButtonLink>
        }
        .into_any(),
    };
    view! {
        <Sheet title>
            <div class="grid justify-items-start gap-5" role="status">
                {move || match stage.get() {
                    Stage::Working => view! {
                        <span class="sr-only">{t::CONFIRMING}</span>
                        <Skeleton class="h-6 w-64"/>
                    }
                    .into_any(),
                    Stage::Done => view! { <p class="text-muted">{t::CONFIRMED_LEAD}</p> {onward} }.into_any(),
                    Stage::DeadLink => view! { {dead} }.into_any(),
                    Stage::Failed(error) => view! { <Failure error retry=confirm.clone()/> }.into_any(),
                }}
            </div>
        </Sheet>
    }
    .into_any()
}
