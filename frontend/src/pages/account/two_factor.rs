//! Two-factor sign-in: setting it up, its recovery codes, turning it off.

use leptos::prelude::*;
use vitrine_types::{
    Code,
    accounts::{TotpSetup, TotpStatus},
};

use super::{Part, recovery_codes::RecoveryCodes};
use crate::{
    components::{
        Badge, Button, ButtonKind, Copy, Dialog, ErrorBanner, FormErrors, Load, PasswordField, TextField, Tone,
        toast_ok,
    },
    session::{load, use_session},
    texts::{self, account as t},
};

/// Two-factor sign-in.
#[component]
pub fn TwoFactor() -> impl IntoView {
    let status = load(|client| async move { client.get_totp().await });
    let codes = RwSignal::new(None::<Vec<String>>);
    let kept = move || {
        codes.set(None);
        status.refetch();
    };
    let changed = move || status.refetch();
    let render = move |status: TotpStatus| match status.enabled {
        true => view! { <On left=status.recovery_codes_left codes changed/> }.into_any(),
        false => view! { <Off required=status.required codes/> }.into_any(),
    };
    let shown = move || match codes.get() {
        Some(codes) => view! { <RecoveryCodes codes kept/> }.into_any(),
        None => view! { <Load resource=status render/> }.into_any(),
    };
    view! { <Part title=t::TWO_FACTOR lead=t::TWO_FACTOR_LEAD>{shown}</Part> }.into_any()
}

/// It is off: ask for the password, show the key, take a first code.
#[component]
fn Off(required: bool, codes: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let setup = RwSignal::new(None::<TotpSetup>);
    let step = move || match setup.get() {
        None => view! { <Start setup/> }.into_any(),
        Some(setup) => view! { <Confirm setup codes/> }.into_any(),
    };
    view! {
        {required.then(|| view! { <p role="status" class="mb-8 max-w-prose border-s-2 border-warning bg-base-200 px-4 py-3">{t::TWO_FACTOR_REQUIRED}</p> })}
        {step}
    }
    .into_any()
}

#[component]
fn Start(setup: RwSignal<Option<TotpSetup>>) -> impl IntoView {
    let session = use_session();
    let password = RwSignal::new(String::new());
    let errors = FormErrors::new().at(Code::WrongPassword, "password");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.submit(async move {
            let answer = session.client().start_totp(Some(&password.get_untracked())).await?;
            setup.try_set(Some(answer));
            Ok(())
        });
    };
    view! {
        <form class="grid max-w-md gap-5" novalidate on:submit=send>
            <ErrorBanner errors/>
            <PasswordField errors name="password" label=t::YOUR_PASSWORD value=password/>
            <div class="pt-1">
                <Button submit=true busy=errors.busy>{t::SET_UP}</Button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Confirm(setup: TotpSetup, codes: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let session = use_session();
    let TotpSetup { secret, otpauth_url, qr_code } = setup;
    let code = RwSignal::new(String::new());
    let errors = FormErrors::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.submit(async move {
            let answer = session.client().confirm_totp(code.get_untracked().trim()).await?;
            session.me.update(|me| me.iter_mut().for_each(|me| me.totp_enabled = true));
            codes.try_set(Some(answer.recovery_codes));
            Ok(())
        });
    };
    view! {
        <ol class="grid max-w-prose gap-10">
            <li class="grid justify-items-start gap-4">
                <h2>{t::SCAN}</h2>
                <img src=qr_code alt=t::QR_CODE width="220" height="220" class="rounded-sm bg-white"/>
                <p class="text-sm text-muted">
                    <a href=otpauth_url class="link-line text-base-content">{t::OPEN_IN_APP}</a> " " {t::OR_TYPE_KEY}
                </p>
                <p class="flex flex-wrap items-center gap-x-3">
                    <code class="break-all font-mono text-sm">{in_fours(&secret)}</code>
                    <Copy text=Signal::stored(secret) label=t::COPY_KEY/>
                </p>
            </li>
            <li>
                <h2 class="pb-4">{t::FIRST_CODE}</h2>
                <form class="grid max-w-xs gap-5" novalidate on:submit=send>
                    <ErrorBanner errors/>
                    <TextField errors name="code" label=t::CODE value=code help=t::CODE_HELP input_mode="numeric" autocomplete="one-time-code" required=true/>
                    <div class="pt-1">
                        <Button submit=true busy=errors.busy>{t::TURN_ON}</Button>
                    </div>
                </form>
            </li>
        </ol>
    }
    .into_any()
}

/// `ABCD EFGH …`, which is easier to type.
fn in_fours(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}

/// It is on.
#[component]
fn On(left: i64, codes: RwSignal<Option<Vec<String>>>, #[prop(into)] changed: Callback<()>) -> impl IntoView {
    let (renewing, ending) = (RwSignal::new(false), RwSignal::new(false));
    view! {
        <div class="grid max-w-prose gap-12">
            <Badge of=(t::TWO_FACTOR_ON, Tone::Good)/>
            <section class="grid justify-items-start gap-3">
                <h2>{t::RECOVERY_CODES}</h2>
                <p class="text-muted">{t::recovery_codes_left(left)}</p>
                <Button kind=ButtonKind::Secondary on_press=move || renewing.set(true) class="mt-2">{t::NEW_CODES}</Button>
            </section>
            <section class="rule grid justify-items-start gap-3 pt-10">
                <h2>{t::TURN_OFF}</h2>
                <p class="text-muted">{t::TURN_OFF_WORDS}</p>
                <Button kind=ButtonKind::Danger on_press=move || ending.set(true) class="mt-2">{t::TURN_OFF}</Button>
            </section>
        </div>
        <Dialog open=renewing title=t::NEW_CODES><Renew open=renewing codes/></Dialog>
        <Dialog open=ending title=t::TURN_OFF><TurnOff open=ending changed/></Dialog>
    }
    .into_any()
}

#[component]
fn Renew(open: RwSignal<bool>, codes: RwSignal<Option<Vec<String>>>) -> impl IntoView {
    let session = use_session();
    let act = move |password: String| async move {
        let answer = session.client().renew_recovery_codes(&password).await?;
        open.try_set(false);
        codes.try_set(Some(answer.recovery_codes));
        Ok(())
    };
    view! { <WithPassword open words=t::NEW_CODES_WORDS verb=t::NEW_CODES kind=ButtonKind::Primary act/> }.into_any()
}

#[component]
fn TurnOff(open: RwSignal<bool>, changed: Callback<()>) -> impl IntoView {
    let session = use_session();
    let act = move |password: String| async move {
        session.client().disable_totp(&password).await?;
        session.me.update(|me| me.iter_mut().for_each(|me| me.totp_enabled = false));
        toast_ok(t::TWO_FACTOR_OFF);
        open.try_set(false);
        changed.try_run(());
        Ok(())
    };
    view! { <WithPassword open words=t::TURN_OFF_WORDS verb=t::TURN_OFF kind=ButtonKind::Danger act/> }.into_any()
}

/// Says what will be done, and does it with the password.
#[component]
fn WithPassword<F>(
    open: RwSignal<bool>,
    words: &'static str,
    verb: &'static str,
    kind: ButtonKind,
    act: impl Fn(String) -> F + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    F: Future<Output = vitrine_client::Result<()>> + 'static,
{
    let password = RwSignal::new(String::new());
    let errors = FormErrors::new().at(Code::WrongPassword, "password");
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        errors.submit(act(password.get_untracked()));
    };
    view! {
        <form class="grid gap-5" novalidate on:submit=send>
            <p class="text-muted">{words}</p>
            <ErrorBanner errors/>
            <PasswordField errors name="password" label=t::YOUR_PASSWORD value=password/>
            <div class="flex flex-wrap gap-3 pt-1">
                <Button submit=true kind busy=errors.busy>{verb}</Button>
                <Button kind=ButtonKind::Quiet on_press=move || open.set(false)>{texts::CANCEL}</Button>
            </div>
        </form>
    }
    .into_any()
}
