//! Tokens over HTTP: the statement, the owner's corrections; and how the database guards them.

use chrono::TimeDelta;
use uuid::Uuid;
use vitrine::{
    db::sql,
    tokens::service::{self, REMINDED_BEFORE},
};
use vitrine_types::{
    Code, PageQuery,
    accounts::Notifications,
    mail::MailQuery,
    tokens::{TokenAdjustment, TokenEntryKind, TokenSource, TokenStatement},
};

use crate::{
    calendar::code,
    harness::{eventually, with_shop},
    tokens::{Account, books_balance, summary},
};

#[test]
fn the_owner_gives_and_takes_with_a_reason() {
    with_shop(|shop| async move {
        let (admin, ann) = (shop.admin().await, shop.customer("ann").await);
        let account = Account::open(shop, &ann).await;
        account.grant("one", 3, account.now() + TimeDelta::days(30)).await;
        let change = |amount, reason: &str| TokenAdjustment { amount, reason: reason.into() };
        let given = admin.adjust_tokens(account.id, &change(5, " For the wait "), None).await.unwrap();
        assert_eq!(
            (given.kind, given.amount, given.reason.as_deref()),
            (TokenEntryKind::Adjust, 5, Some("For the wait"))
        );
        let taken = admin.adjust_tokens(account.id, &change(-4, "Counted twice"), None).await.unwrap();
        assert_eq!((taken.amount, taken.booking_id), (-4, None));
        assert_eq!((account.left().await, account.summary().await), (vec![4], summary(3, 0, 4)));
        let too_many = admin.adjust_tokens(account.id, &change(-5, "All of it"), None).await;
        assert_eq!(code(too_many), Some(Code::TokensInsufficient));
        for wrong in [change(0, "Nothing"), change(1_000_001, "Much"), change(1, ""), change(1, " "), change(1, "\0")] {
            assert_eq!(
                code(admin.adjust_tokens(account.id, &wrong, None).await),
                Some(Code::InvalidRequest),
                "{wrong:?}"
            );
        }
        assert_eq!(code(admin.adjust_tokens(Uuid::now_v7(), &change(1, "Who?"), None).await), Some(Code::NotFound));
        assert_eq!(code(ann.adjust_tokens(account.id, &change(1, "Please"), None).await), Some(Code::Forbidden));

        // A request whose answer was lost is sent again: it gives nothing more.
        let key = Some("once");
        let once = admin.adjust_tokens(account.id, &change(2, "Sorry"), key).await.unwrap();
        assert_eq!(admin.adjust_tokens(account.id, &change(2, "Sorry"), key).await.unwrap(), once);
        let other = admin.adjust_tokens(account.id, &change(3, "Sorry"), key).await;
        assert_eq!(code(other), Some(Code::IdempotencyMismatch));
        assert_eq!(account.left().await, vec![4, 2]);
        let back = admin.adjust_tokens(account.id, &change(-2, "Not so sorry"), Some("twice")).await.unwrap();
        assert_eq!(admin.adjust_tokens(account.id, &change(-2, "Not so sorry"), Some("twice")).await.unwrap(), back);

        let totals = admin.get_token_totals().await.unwrap();
        assert_eq!((totals.accounts, totals.balance, totals.granted, totals.adjusted), (1, 4, 3, 1));
        assert_eq!(totals.findings, Vec::<String>::new());
        assert_eq!(code(ann.get_token_totals().await), Some(Code::Forbidden));
    });
}

#[test]
fn the_statement_has_every_line_and_only_its_customer_reads_it() {
    with_shop(|shop| async move {
        let (admin, ann, bob) = (shop.admin().await, shop.customer("ann").await, shop.customer("bob").await);
        let account = Account::open(shop, &ann).await;
        let end = account.now() + TimeDelta::days(30);
        account.grant("one", 30, end).await;
        let bookings: Vec<Uuid> = (0..25).map(|_| Uuid::now_v7()).collect();
        for booking in &bookings {
            account.spend(1, *booking).await.unwrap();
        }
        account.give_back(bookings[24]).await;

        let first: TokenStatement = ann.get_tokens(account.id, &PageQuery::default()).await.unwrap();
        assert_eq!((first.balance, first.allotted, first.spent, first.entries.len()), (6, 30, 24, 20));
        assert_eq!((first.lots.len(), first.lots[0].remaining, first.lots[0].amount), (1, 6, 30));
        assert_eq!(first.lots[0].expires_at, Some(end));
        let newest = &first.entries[0];
        assert_eq!((newest.kind, newest.amount, newest.booking_id), (TokenEntryKind::Return, 1, Some(bookings[24])));
        let next = PageQuery { limit: Some(20), cursor: first.next_cursor.clone() };
        let second = ann.get_tokens(account.id, &next).await.unwrap();
        assert_eq!((second.balance, second.entries.len(), second.next_cursor.clone()), (6, 7, None));
        let oldest = &second.entries[6];
        assert_eq!((oldest.kind, oldest.amount, oldest.source), (TokenEntryKind::Grant, 30, Some(TokenSource::Period)));
        assert_eq!(oldest.source_ref.as_deref(), Some("in_one"));
        let spent: Vec<Uuid> =
            first.entries.iter().chain(&second.entries).filter_map(|entry| entry.booking_id).collect();
        let expected: Vec<Uuid> = [bookings[24]].into_iter().chain(bookings.iter().rev().copied()).collect();
        assert_eq!(spent, expected, "each booking, newest first");

        assert_eq!(admin.get_admin_tokens(account.id, &PageQuery::default()).await.unwrap(), first);
        let query = PageQuery::default();
        assert_eq!(code(bob.get_tokens(account.id, &query).await), Some(Code::NotFound));
        assert_eq!(code(ann.get_tokens(Uuid::now_v7(), &query).await), Some(Code::NotFound));
        assert_eq!(code(admin.get_admin_tokens(Uuid::now_v7(), &query).await), Some(Code::NotFound));
        assert_eq!(code(ann.get_admin_tokens(account.id, &query).await), Some(Code::Forbidden));
        assert_eq!(code(shop.visitor().get_tokens(account.id, &query).await), Some(Code::NotSignedIn));
        let foreign = PageQuery { limit: None, cursor: Some("nonsense".into()) };
        assert_eq!(code(ann.get_tokens(account.id, &foreign).await), Some(Code::InvalidRequest));
    });
}

#[test]
fn the_database_keeps_the_ledger_as_it_is() {
    with_shop(|shop| async move {
        let ann = shop.customer("ann").await;
        let account = Account::open(shop, &ann).await;
        account.grant("one", 8, account.now() + TimeDelta::days(30)).await;
        let db = &shop.server.state.db;
        for statement in [
            "update token_entries set amount = 9",
            "update token_movements set amount = 9",
            "delete from token_movements",
            "delete from token_entries",
            "update token_accounts set balance = -1",
            "update token_lots set remaining = -1",
            "update token_lots set remaining = 9",
            "update token_lots set spent = 1",
        ] {
            let refused = sql(db, statement).exec().await;
            assert!(refused.is_err(), "{statement}");
        }
        books_balance(shop).await;

        // What can be changed past the ledger is found.
        sql(db, "update token_accounts set balance = 7").exec().await.unwrap();
        assert_eq!(service::verify(db).await.unwrap().len(), 1);
        sql(db, "update token_lots set remaining = 7").exec().await.unwrap();
        let findings = service::verify(db).await.unwrap();
        assert_eq!(findings.len(), 2, "{findings:?}");
        sql(db, "update token_accounts set balance = 8").exec().await.unwrap();
        sql(db, "update token_lots set remaining = 7, spent = 1").exec().await.unwrap();
        assert_eq!(service::verify(db).await.unwrap().len(), 2);
        sql(db, "update token_lots set remaining = 8, spent = 0").exec().await.unwrap();
        books_balance(shop).await;
    });
}

#[test]
fn a_mail_tells_of_tokens_before_they_end() {
    with_shop(|shop| async move {
        let (ann, bob) = (shop.customer("ann").await, shop.customer("bob").await);
        let account = Account::open(shop, &ann).await;
        let end = account.now() + REMINDED_BEFORE + TimeDelta::hours(1);
        // Bob does without; a body that does not speak of tokens leaves them on.
        let quiet = Notifications { booking_reminders: true, token_reminders: false };
        assert_eq!(bob.set_notifications(&quiet).await.unwrap(), quiet);
        assert_eq!(bob.get_notifications().await.unwrap(), quiet);
        let old: Notifications = serde_json::from_str(r#"{"booking_reminders": true}"#).unwrap();
        assert!(ann.set_notifications(&old).await.unwrap().token_reminders);
        Account::open(shop, &bob).await.grant("three", 8, end).await;
        account.grant("one", 8, end).await;
        account.grant("two", 2, end).await;
        account.grant("soon", 4, end - TimeDelta::hours(2)).await;
        account.spend(5, Uuid::now_v7()).await.unwrap();
        let mails = || async {
            let mails = shop.admin().await.list_mails(&MailQuery::default()).await.unwrap().data;
            mails.into_iter().filter(|mail| mail.subject.contains("to spend until")).collect::<Vec<_>>()
        };
        assert!(mails().await.is_empty(), "not yet");
        shop.pass(TimeDelta::hours(1) + TimeDelta::seconds(1));
        let mail = eventually("the reminder", || async { mails().await.pop() }).await;
        assert!(mail.subject.starts_with("9 tokens to spend until"), "{}", mail.subject);
        assert!(mail.text.contains(&format!("/account/plan/{}/tokens", account.id)), "{}", mail.text);
        let db = &shop.server.state.db;
        eventually("all reminders are dealt with", || async {
            let waiting = sql(db, "select count(*) from jobs where kind = 'remind_of_tokens' and run_at <= $1");
            let (waiting,): (i64,) = waiting.bind(shop.server.state.clock.now()).one().await.unwrap();
            (waiting == 0).then_some(())
        })
        .await;
        assert_eq!((mail.to.as_str(), mails().await.len()), ("ann@example.com", 1));
    });
}
