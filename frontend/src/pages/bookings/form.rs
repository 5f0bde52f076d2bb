//! The one form of booking: what the owner asks, the month, the day's times, what pays, the button.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use vitrine_client::Client;
use vitrine_types::{
    Code, PageQuery,
    calendar::{Booking, BookingChoice, NewBooking, PayWith, PaymentKind, Slot},
    catalog::Product,
    checkout::{CheckoutItem, NewCheckout},
};

use super::{
    choose::{Choice, Choose, Source},
    drafts::forget_answers,
    intake::{Intake, Questions},
    means::{HowToPay, Means, Purse},
    one::confirmation,
    policy::{clock, policy},
};
use crate::{
    components::{Button, ButtonKind, ButtonLink, ErrorBanner, FormErrors, toast_ok},
    format,
    intention::Intention,
    layout::sign_in_path,
    pages::checkout::HandOff,
    session::use_session,
    texts::{booking as t, checkout},
};

/// Asks for answers and a time, and books it or has it paid. When somebody else was faster, the free times are shown anew
/// and the answers stay.
#[component]
pub fn BookingForm(
    product: Product,
    purse: Purse,
    choice: Choice,
    /// What pays unless the customer chooses something else.
    means: Means,
) -> impl IntoView {
    let (session, navigate, hand_off) = (use_session(), use_navigate(), HandOff::new());
    let (intake, errors) = (Intake::of(&product), FormErrors::new());
    let (means, intention, crowded) = (RwSignal::new(means), Intention::new(), RwSignal::new(false));
    let (product_id, slug, cost) = (product.id, StoredValue::new(product.slug.clone()), purse.cost);
    let press = Callback::new(move |()| {
        let Some(slot) = choice.slot.get_untracked() else { return };
        let (start, time_zone, means) = (slot.start, choice.zone.get_untracked(), means.get_untracked());
        if session.me.with_untracked(Option::is_none) {
            // The answers are kept in the browser, the time in the address.
            let at = start.to_rfc3339_opts(SecondsFormat::Secs, true);
            let here = slug.with_value(|slug| format!("/products/{slug}/book?at={at}"));
            return navigate(&sign_in_path(&here), Default::default());
        }
        let answers = untrack(|| intake.answers());
        let navigate = navigate.clone();
        errors.submit(async move {
            let sent = match means {
                Means::Money => {
                    let booking = Some(BookingChoice { start, time_zone, answers });
                    let items = vec![CheckoutItem { product_id, quantity: 1, booking }];
                    hand_off.go(NewCheckout { items: Some(items), ..NewCheckout::default() }).await
                }
                Means::Own(pay_with) => {
                    let new = NewBooking { product_id, start, time_zone, answers, pay_with };
                    let booked = session.client().create_booking(&new, Some(&intention.key())).await;
                    // Another try is another intention: the time or the answers will differ.
                    intention.answered(&booked);
                    match booked {
                        Ok(booking) => {
                            forget_answers(product_id);
                            toast_ok(told(&session.client(), &booking).await);
                            navigate(&confirmation(booking.id), Default::default());
                            Ok(())
                        }
                        Err(error) => Err(error),
                    }
                }
            };
            // Too many times wait to be paid: the way to them.
            crowded.try_set(matches!(&sent, Err(error) if error.code() == Some(Code::Conflict)));
            if let Err(error) = &sent
                && matches!(error.code(), Some(Code::SlotTaken | Code::SlotUnavailable))
            {
                choice.refresh();
            }
            sent
        });
    });
    let tokens = move || matches!(means.get(), Means::Own(PayWith { kind: PaymentKind::Tokens, .. }));
    let words = product.service.as_ref().map(|service| {
        let before = TimeDelta::minutes(service.cancel_until_minutes.into());
        let now = clock();
        move || {
            let (zone, paid) = (choice.zone.get(), Some(means.get().pays(cost)));
            choice.slot.get().map(|slot| policy(now.get(), slot.start - before, &zone, paid, false))
        }
    });
    let label = move || match (choice.words(|slot| slot.start), means.get()) {
        (None, _) => t::CHOOSE_A_TIME.to_owned(),
        (Some(when), Means::Money) => t::hold_and_pay(&when),
        (Some(when), _) if tokens() => t::book_with_tokens(&when, cost),
        (Some(when), _) => t::book(&when),
    };
    let facts = product.service.as_ref().map(|service| t::about(service.duration_minutes, &service.location));
    view! {
        <p class="-mt-4 pb-8 text-muted">{facts}</p>
        <div class="grid gap-10">
            <div class="grid justify-items-start gap-4">
                <ErrorBanner errors/>
                <Show when=move || crowded.get()>
                    <ButtonLink href="/dashboard/orders" kind=ButtonKind::Secondary small=true>{checkout::SEE_ORDERS}</ButtonLink>
                </Show>
            </div>
            <Questions intake errors/>
            <Choose source=Source::Service(product.slug) choice/>
            <div class="grid max-w-xl gap-3"><HowToPay purse means/></div>
            <div class="sticky bottom-0 grid gap-2 border-t border-line bg-base-100 py-4">
                <p class="text-sm text-muted" aria-live="polite">{words.map(|words| view! { {words} })}</p>
                <div>
                    <Button busy=errors.busy disabled=Signal::derive(move || choice.slot.with(Option::is_none)) on_press=press>{label}</Button>
                </div>
            </div>
        </div>
    }
    .into_any()
}

/// What was booked, and how many tokens are left when they paid.
async fn told(client: &Client, booking: &Booking) -> String {
    let booked = t::booked(&format::moment_in(&booking.start, &booking.time_zone));
    let Some(paid) = booking.paid_with.filter(|paid| paid.kind == PaymentKind::Tokens) else { return booked };
    match client.get_tokens(paid.id, &PageQuery { limit: Some(1), cursor: None }).await {
        Ok(statement) => t::and_left(&booked, statement.balance),
        // It is booked all the same.
        Err(_) => booked,
    }
}

impl Choice {
    /// A moment of the chosen time, in words. Reactive.
    fn words(&self, moment: impl Fn(Slot) -> DateTime<Utc>) -> Option<String> {
        self.slot.get().map(|slot| format::moment_in(&moment(slot), &self.zone.get()))
    }
}
