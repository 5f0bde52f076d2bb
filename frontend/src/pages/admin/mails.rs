//! What the shop wrote: the outbox, each mail to be read and sent again.

use leptos::prelude::*;
use vitrine_types::mail::{Mail, MailQuery, MailStatus};

use super::filters::{Filters, query, query_as};
use crate::{
    components::{Badge, Button, ButtonKind, Dialog, Empty, List, Load, LoadMore, Page, When, perform, toast_ok},
    session::use_session,
    texts::{self, admin as t},
};

/// What the shop wrote.
#[component]
pub fn Mails() -> impl IntoView {
    let (to, status) = (query("to"), query_as::<MailStatus>("status"));
    let mails = List::new(move |client, cursor| {
        let to = Some(to.get()).filter(|to| !to.is_empty());
        let query = MailQuery { to, status: status.get(), cursor, limit: Some(50) };
        async move { client.list_mails(&query).await }
    });
    let (open, reading) = (RwSignal::new(false), RwSignal::new(None::<Mail>));
    let row = move |mail: Mail| {
        let read = {
            let mail = mail.clone();
            move |_| {
                reading.set(Some(mail.clone()));
                open.set(true);
            }
        };
        view! {
            <tr>
                <td data-label=t::DATE><When time=mail.created_at/></td>
                <td data-label=t::TO>{mail.to}</td>
                <td data-label=t::SUBJECT>
                    <button type="button" class="cursor-pointer text-start font-medium underline decoration-line underline-offset-4" on:click=read>
                        {mail.subject}
                    </button>
                </td>
                <td data-label=t::STATUS><Badge of=mail.status/></td>
                <td data-label=t::NOTE class="text-muted">{mail.error}</td>
            </tr>
        }
    };
    let word = |status: MailStatus, word: &str| (status.as_str().to_owned(), word.to_owned());
    let statuses = vec![
        word(MailStatus::Queued, texts::WAITING),
        word(MailStatus::Sent, texts::SENT),
        word(MailStatus::Failed, texts::FAILED),
    ];
    let title =
        Signal::derive(move || reading.with(|mail| mail.as_ref().map(|mail| mail.subject.clone())).unwrap_or_default());
    let again = Callback::new(move |()| mails.first.refetch());
    view! {
        <Page title=t::MAILS>
            <Filters action="/admin/mails" search=t::TO_ADDRESS search_name="to" choices=vec![("status", t::ANY_STATUS, statuses)]/>
            <Load
                resource=mails.first
                render=move |page| {
                    if page.data.is_empty() {
                        return view! { <Empty title=t::NO_MAILS words=t::NO_MAILS_WORDS/> }.into_any();
                    }
                    let first = page.data;
                    view! {
                        <table class="table-desk">
                            <thead>
                                <tr>
                                    <th scope="col">{t::DATE}</th>
                                    <th scope="col">{t::TO}</th>
                                    <th scope="col">{t::SUBJECT}</th>
                                    <th scope="col">{t::STATUS}</th>
                                    <th scope="col">{t::NOTE}</th>
                                </tr>
                            </thead>
                            <tbody>{move || first.iter().cloned().chain(mails.more.get()).map(row).collect_view()}</tbody>
                        </table>
                    }
                    .into_any()
                }
            />
            <LoadMore list=mails/>
            <Dialog open=open title=title>
                {move || reading.get().map(|mail| view! { <Letter mail again open/> })}
            </Dialog>
        </Page>
    }
    .into_any()
}

#[component]
fn Letter(mail: Mail, again: Callback<()>, open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let (busy, as_text) = (RwSignal::new(false), RwSignal::new(false));
    let id = mail.id;
    let resend = Callback::new(move |()| {
        perform(busy, async move {
            session.client().resend_mail(id).await?;
            toast_ok(t::SENT_AGAIN);
            open.set(false);
            again.run(());
            Ok(())
        });
    });
    let (html, text) = (mail.html, mail.text);
    let body = move || {
        if as_text.get() {
            view! { <pre class="h-96 overflow-auto whitespace-pre-wrap border border-line p-4 text-sm" tabindex="0">{text.clone()}</pre> }.into_any()
        } else {
            // Without any permission: a mail runs no script and opens nothing.
            view! { <iframe sandbox="" srcdoc=html.clone() title=t::MAIL class="h-96 w-full border border-line bg-white"></iframe> }.into_any()
        }
    };
    view! {
        <div class="grid gap-4">
            <p class="text-sm text-muted">{t::mail_to(&mail.to)}</p>
            {body}
            <div class="flex flex-wrap justify-between gap-3">
                <Button kind=ButtonKind::Quiet on_press=Callback::new(move |()| as_text.update(|text| *text = !*text))>
                    {move || if as_text.get() { t::AS_HTML } else { t::AS_TEXT }}
                </Button>
                <Button kind=ButtonKind::Secondary busy=busy on_press=resend>{t::SEND_AGAIN}</Button>
            </div>
        </div>
    }
    .into_any()
}
