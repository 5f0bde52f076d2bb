//! Where something owned comes from, and why it is closed, in words.

use leptos::prelude::*;
use vitrine_types::entitlements::{Entitlement, EntitlementStatus, SourceKind};

use crate::{components::When, format, texts::desk as t};

/// Where it comes from, since when and until when.
#[component]
pub fn Origin(own: Entitlement) -> impl IntoView {
    let Entitlement { source, granted_at, expires_at, status, .. } = own;
    let since = view! { <When time=granted_at date_only=true/> };
    let origin = match source.kind {
        SourceKind::Order => {
            let href = format!("/dashboard/orders/{}", source.id);
            view! { <a href=href class="link-line">{t::BOUGHT} " " {since}</a> }.into_any()
        }
        SourceKind::Subscription => t::INCLUDED.into_any(),
        SourceKind::Free => view! { {t::CLAIMED} " " {since} }.into_any(),
        SourceKind::Gift => view! { {t::GIFT} " " {since} }.into_any(),
    };
    let until = expires_at
        .filter(|_| status == EntitlementStatus::Active)
        .map(|end| format!(", {}", t::until(&format::date(&end))));
    view! { <p class="text-sm text-muted">{origin} {until}</p> }.into_any()
}

/// Why it cannot be used; nothing when it can.
pub fn why_closed(own: &Entitlement) -> Option<String> {
    let ordered = own.source.kind == SourceKind::Order;
    match own.status {
        EntitlementStatus::Active => None,
        EntitlementStatus::Suspended => Some(if ordered { t::SUSPENDED_ORDER } else { t::SUSPENDED_OTHER }.into()),
        EntitlementStatus::Revoked => Some(if ordered { t::REVOKED_ORDER } else { t::REVOKED_OTHER }.into()),
        EntitlementStatus::Expired => Some(match own.expires_at {
            Some(end) => t::expired_on(&format::date(&end)),
            None => t::EXPIRED_WORDS.into(),
        }),
    }
}
