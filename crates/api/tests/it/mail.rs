//! Mail: the outbox, and what a mail server really gets.

use chrono::TimeDelta;
use mail_sink::{EXPECTED_HEADERS, Received, Sink};
use vitrine::{
    config::Config,
    db::sql,
    mail::{Letter, service::queue},
};
use vitrine_client::Client;
use vitrine_types::{
    Code,
    accounts::NewCustomer,
    catalog::ProductKind,
    mail::{Mail, MailQuery, MailStatus},
    webhook::WebhookEventStatus,
};

use crate::harness::{PASSWORD, Shop, eventually, with_configured_shop, with_shop};

/// Runs `test` with a shop that hands its mails to a mail server.
fn with_mail_server<F: Future<Output = ()>>(test: impl FnOnce(&'static Shop, Sink) -> F) {
    let sink = Sink::default();
    let configured = sink.clone();
    let configure = move |config: &mut Config| config.smtp_url = Some(configured.start().unwrap().into());
    with_configured_shop(configure, |shop| test(shop, sink));
}

async fn outbox(admin: &Client, to: &str) -> Vec<Mail> {
    let query = MailQuery { to: Some(to.into()), ..Default::default() };
    admin.list_mails(&query).await.unwrap().data
}

/// Queues a letter to `to` as a feature would.
async fn send(shop: &Shop, to: &str, key: &str, letter: Letter) {
    let state = &shop.server.state;
    let mut tx = state.db.begin().await.unwrap();
    queue(&mut tx, state, to, key, &letter).await.unwrap();
    tx.commit().await.unwrap();
}

/// The one mail to `to`, once it is in that state.
async fn becomes(admin: &Client, to: &str, status: MailStatus) -> Mail {
    becomes_after(admin, to, status, 0).await
}

/// The same, and tried that often.
async fn becomes_after(admin: &Client, to: &str, status: MailStatus, attempts: i64) -> Mail {
    let one = || async {
        let mails = outbox(admin, to).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        mails.into_iter().find(|mail| mail.status == status && mail.attempts >= attempts)
    };
    eventually("the mail's state", one).await
}

async fn received(sink: &Sink, count: usize) -> Vec<Received> {
    eventually("what the server got", || async { Some(sink.received()).filter(|got| got.len() >= count) }).await
}

#[test]
fn a_mail_reaches_the_server_with_fixed_headers_and_both_parts() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        shop.customer("ada").await;
        let got = received(&sink, 1).await.remove(0);
        assert_eq!((got.from.as_str(), got.to.as_slice()), ("shop@localhost", &["ada@example.com".to_owned()][..]));
        assert_eq!(got.header_names(), EXPECTED_HEADERS);
        assert_eq!(got.header("To"), "ada@example.com");
        assert_eq!(got.header("From"), "Vitrine <shop@localhost>");
        assert_eq!(got.header("Subject"), "Confirm your address for Vitrine");
        let mail = becomes(&admin, "ada@example.com", MailStatus::Sent).await;
        assert!(got.header("Message-ID").contains(&mail.id.to_string()));
        for part in
            ["multipart/alternative", "text/plain; charset=utf-8", "text/html; charset=utf-8", "/verify-email?token"]
        {
            assert!(got.data.contains(part), "{part}: {}", got.data);
        }
        assert_eq!(mail.attempts, 1);
        assert!(mail.sent_at.is_some());
    });
}

#[test]
fn the_token_of_a_link_is_not_kept_once_it_is_sent() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        shop.customer("ada").await;
        let token = received(&sink, 1).await[0].token().unwrap();
        let mail = becomes(&admin, "ada@example.com", MailStatus::Sent).await;
        assert!(
            mail.text.contains("?token=…") && !mail.text.contains(&token) && !mail.html.contains(&token),
            "{mail:?}"
        );
        let error = admin.resend_mail(mail.id).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::Conflict));
        shop.visitor().verify_email(&token).await.unwrap();
    });
}

#[test]
fn a_mail_server_that_is_silent_holds_up_mails_alone() {
    // Connections wait in its queue, and nobody ever answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    with_configured_shop(
        |config| config.smtp_url = Some(url.into()),
        |shop| async move {
            let admin = shop.admin().await;
            // More than all workers together could have in hand.
            for number in 0..20 {
                send(shop, "bob@example.com", &format!("letter:{number}"), Letter::Welcome).await;
            }
            let held = || async {
                let (held,): (i64,) =
                    sql(&shop.server.state.db, "select count(*) from jobs where kind = 'send_mail' and attempts > 0")
                        .one()
                        .await
                        .unwrap();
                (held > 0).then_some(())
            };
            eventually("the first mails wait for the server", held).await;
            let guide = shop.product(ProductKind::Download, "Guide", 1900).await.product.id;
            shop.buy(&shop.customer("ada").await, &[guide]).await;
            let handled = || async {
                let events = admin.list_webhook_events(&Default::default()).await.unwrap().data;
                let waits = events.iter().any(|event| event.status == WebhookEventStatus::Received);
                (!events.is_empty() && !waits).then_some(())
            };
            eventually("Stripe's events are handled", handled).await;
            drop(silent);
        },
    );
}

#[test]
fn nothing_that_people_write_bends_a_mail() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        let hostile = [
            "x\r\nBcc: eve@example.com",
            "x\nSubject: other",
            "x\rBcc: eve@example.com",
            "x\0y",
            "x\r\n.\r\nMAIL FROM:<eve@example.com>\r\nRCPT TO:<eve@example.com>\r\nDATA\r\nhello\r\n.\r\n",
            ".",
            "..\r\n.",
            "\n.\n",
            "\r.\r",
            "=?utf-8?q?x=0D=0ABcc:_eve@example.com?=",
            "\u{2028}Bcc: eve@example.com",
            "\u{85}Bcc: eve@example.com",
            "<script>alert(1)</script>",
            "{{ shop_url }} {% raw %}",
            "ünïcödé 日本語 🎁",
            &"long ".repeat(400),
            &"x".repeat(3000),
        ];
        for (number, text) in hostile.iter().enumerate() {
            let letter = Letter::OrderFailed { order_number: text.to_string(), reason: text.to_string() };
            send(shop, "ada@example.com", &format!("hostile:{number}"), letter).await;
        }
        let got = received(&sink, hostile.len()).await;
        for mail in &got {
            assert_eq!(mail.to, ["ada@example.com"]);
            assert_eq!(mail.from, "shop@localhost");
            assert_eq!(mail.header_names(), EXPECTED_HEADERS, "{}", mail.data);
            assert!(mail.data.lines().all(|line| line.len() <= 998), "{}", mail.data);
            let html = mail.data.split("Content-Type: text/html").nth(1).unwrap();
            assert!(!html.contains("<script"), "{html}");
        }
        // Addresses: refused before there is a mail.
        for address in [
            "a@example.com\r\nBcc: e@example.com",
            "a@example.com>,<e@example.com",
            "\"a\r\nb\"@example.com",
            "a b@c.de",
        ] {
            let new = NewCustomer { email: address.into(), password: PASSWORD.into(), name: "x".into() };
            assert_eq!(
                shop.visitor().register(&new).await.unwrap_err().code(),
                Some(Code::InvalidRequest),
                "{address:?}"
            );
        }
        // Even one that got past that makes no second recipient: the mail fails.
        send(shop, "eve@example.com>\r\nRCPT TO:<ada@example.com", "bent", Letter::Welcome).await;
        let failed = || async {
            let query = MailQuery { status: Some(MailStatus::Failed), ..Default::default() };
            admin.list_mails(&query).await.unwrap().data.pop()
        };
        let bent = eventually("the refusal", failed).await;
        assert_eq!(bent.to, "eve@example.com>\r\nRCPT TO:<ada@example.com");
        assert_eq!(sink.received().len(), hostile.len());
        assert_eq!(sink.commands("RCPT TO"), hostile.len());
    });
}

#[test]
fn a_rolled_back_transaction_sends_nothing_and_a_fact_is_told_once() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        let state = &shop.server.state;
        let mut tx = state.db.begin().await.unwrap();
        queue(&mut tx, state, "ada@example.com", "fact", &Letter::Welcome).await.unwrap();
        drop(tx);
        for _ in 0..3 {
            send(shop, "bob@example.com", "fact", Letter::Welcome).await;
        }
        let mut tx = state.db.begin().await.unwrap();
        for _ in 0..3 {
            queue(&mut tx, state, "bob@example.com", "other fact", &Letter::Welcome).await.unwrap();
        }
        tx.commit().await.unwrap();
        send(shop, "gone@deleted.invalid", "third fact", Letter::Welcome).await;
        let last = || async {
            let mails = outbox(&admin, "bob@example.com").await;
            (mails.len() == 2 && mails.iter().all(|mail| mail.status == MailStatus::Sent)).then_some(())
        };
        eventually("both mails", last).await;
        assert!(outbox(&admin, "ada@example.com").await.is_empty());
        assert!(outbox(&admin, "gone@deleted.invalid").await.is_empty());
        let to: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.to).collect();
        assert_eq!(to, ["bob@example.com", "bob@example.com"]);
    });
}

#[test]
fn a_busy_server_is_tried_again_until_it_takes_the_mail() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        sink.refuse(3, "451 4.3.0 come back later");
        send(shop, "ada@example.com", "fact", Letter::Welcome).await;
        for attempt in 1..=3 {
            let mail = becomes_after(&admin, "ada@example.com", MailStatus::Queued, attempt).await;
            assert!(mail.error.unwrap().contains("451"));
            shop.pass(TimeDelta::minutes(1));
        }
        let mail = becomes(&admin, "ada@example.com", MailStatus::Sent).await;
        assert_eq!((mail.attempts, mail.error), (4, None));
        assert_eq!(sink.received().len(), 1);
    });
}

#[test]
fn a_mail_that_is_refused_for_good_fails_and_can_be_sent_again() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        sink.refuse(1, "550 5.1.1 no such person");
        send(shop, "ada@example.com", "fact", Letter::Welcome).await;
        let mail = becomes(&admin, "ada@example.com", MailStatus::Failed).await;
        assert!(mail.attempts == 1 && mail.error.unwrap().contains("no such person"));
        let again = admin.resend_mail(mail.id).await.unwrap();
        assert_eq!(again.status, MailStatus::Queued);
        assert_eq!(becomes(&admin, "ada@example.com", MailStatus::Sent).await.attempts, 2);
        assert_eq!(received(&sink, 1).await[0].header("Subject"), "Welcome to Vitrine");
        // One that has arrived can be sent once more.
        admin.resend_mail(mail.id).await.unwrap();
        let got = received(&sink, 2).await;
        assert_eq!(got[0].header("Message-ID"), got[1].header("Message-ID"));
    });
}

#[test]
fn a_wrong_sign_in_to_the_server_is_the_owners_to_mend_and_loses_no_mail() {
    with_mail_server(|shop, sink| async move {
        let admin = shop.admin().await;
        sink.refuse(1, "530 5.7.0 authentication required");
        send(shop, "ada@example.com", "fact", Letter::Welcome).await;
        becomes_after(&admin, "ada@example.com", MailStatus::Queued, 1).await;
        shop.pass(TimeDelta::minutes(1));
        becomes(&admin, "ada@example.com", MailStatus::Sent).await;
    });
}

#[test]
fn without_a_server_mails_wait_in_the_outbox_to_be_read() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        for number in 0..5 {
            send(shop, "Ada@Example.com", &format!("fact:{number}"), Letter::Welcome).await;
        }
        send(shop, "bob@example.com", "fact", Letter::Welcome).await;
        let mails = outbox(&admin, "ada@EXAMPLE.com").await;
        assert_eq!(mails.len(), 5);
        assert!(mails.iter().all(|mail| mail.status == MailStatus::Queued && mail.attempts == 0));
        assert!(mails[0].html.contains("<!doctype html>") && mails[0].text.contains("Your address is confirmed"));
        assert_eq!(admin.resend_mail(mails[0].id).await.unwrap().status, MailStatus::Queued);

        let mut query = MailQuery { limit: Some(4), status: Some(MailStatus::Queued), ..Default::default() };
        let first = admin.list_mails(&query).await.unwrap();
        query.cursor = first.next_cursor;
        let second = admin.list_mails(&query).await.unwrap();
        let ids: Vec<_> = first.data.iter().chain(&second.data).map(|mail| mail.id).collect();
        assert!(ids.len() == 6 && ids.is_sorted_by(|a, b| a > b) && second.next_cursor.is_none(), "{ids:?}");
        let none = MailQuery { status: Some(MailStatus::Sent), ..Default::default() };
        assert!(admin.list_mails(&none).await.unwrap().data.is_empty());
    });
}

#[test]
fn the_outbox_is_the_owners_alone() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let ada = shop.customer("ada").await;
        let id = outbox(&admin, "ada@example.com").await[0].id;
        for (client, status) in [(&ada, 403), (&shop.visitor(), 401)] {
            assert_eq!(client.list_mails(&MailQuery::default()).await.unwrap_err().status(), Some(status));
            assert_eq!(client.resend_mail(id).await.unwrap_err().status(), Some(status));
        }
        let unknown = uuid::Uuid::now_v7();
        assert_eq!(admin.resend_mail(unknown).await.unwrap_err().code(), Some(Code::NotFound));
    });
}

#[test]
fn settings_that_cannot_work_stop_the_start_without_telling_the_password() {
    with_shop(|shop| async move {
        for (smtp, from) in [
            ("http://user:hunter2@localhost", "Vitrine <shop@localhost>"),
            ("smtp//user:hunter2@localhost", "Vitrine <shop@localhost>"),
            ("smtp://user:hunter2@localhost", "nobody"),
            ("smtp://user:hunter2@localhost", "Vitrine <shop@localhost>\r\nBcc: eve@example.com"),
        ] {
            let mut config = shop.server.state.config.clone();
            config.smtp_url = Some(smtp.to_owned().into());
            config.mail_from = from.into();
            let error = vitrine::state::State::open(config, Default::default()).await.err().unwrap();
            let text = format!("{error:?}");
            assert!(text.contains("SMTP_URL") || text.contains("VITRINE_MAIL_FROM"), "{text}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    });
}
