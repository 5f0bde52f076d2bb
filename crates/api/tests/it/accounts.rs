//! Accounts: registering, signing in and out, sessions, passwords, addresses, the profile.

mod appointments;
mod guessing;
mod links;
mod profile;
mod second_factor;
mod sessions;

use serde_json::{Value, json};
use vitrine_types::{
    Code, Problem,
    accounts::{Credentials, NewCustomer, Role},
    mail::{Mail, MailQuery},
};

use crate::harness::{ADMIN, PASSWORD, Shop, with_shop};

thread_local! {
    /// Without cookies; one per test, for making one takes its time.
    static HTTP: reqwest::Client = reqwest::Client::new();
}

/// One request as bare as can be, with these headers.
async fn send(
    shop: &Shop,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> reqwest::Response {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let mut request = HTTP.with(Clone::clone).request(method, format!("{}/api/v1{path}", shop.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request.header("Content-Type", "application/json").body(body.to_string());
    }
    request.send().await.unwrap()
}

/// The status and the code of an answer that says no.
async fn refusal(answer: reqwest::Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    let problem: Problem = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status} {text}"));
    (status, problem.code)
}

/// What an answer sets the cookie `name` to, with its attributes.
fn set_cookie(answer: &reqwest::Response, name: &str) -> Option<String> {
    let cookies = answer.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap().to_owned());
    cookies.into_iter().find(|cookie| cookie.starts_with(&format!("{name}=")))
}

/// The `name=value` part of it, to be sent back.
fn cookie(answer: &reqwest::Response, name: &str) -> String {
    set_cookie(answer, name).unwrap().split(';').next().unwrap().to_owned()
}

fn credentials(name: &str) -> Credentials {
    Credentials { email: format!("{name}@example.com"), password: PASSWORD.into(), ..Default::default() }
}

/// Signs in without keeping anything; the answer as it came.
async fn login(shop: &Shop, email: &str, password: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    send(shop, "POST", "/auth/login", headers, Some(json!({"email": email, "password": password}))).await
}

/// The mails to somebody, newest first.
async fn mails_to(shop: &Shop, to: &str) -> Vec<Mail> {
    let query = MailQuery { to: Some(to.into()), ..Default::default() };
    shop.admin().await.list_mails(&query).await.unwrap().data
}

/// The token of the newest mail to somebody with this in its subject.
pub async fn mailed_token(shop: &Shop, to: &str, subject: &str) -> String {
    let mails = mails_to(shop, to).await;
    let mail =
        mails.iter().find(|mail| mail.subject.contains(subject)).unwrap_or_else(|| panic!("{subject}: {mails:?}"));
    let (_, rest) = mail.text.split_once("?token=").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn registers_signs_in_and_knows_who_it_is() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let me = ada.get_account().await.unwrap();
        assert_eq!((me.email.as_str(), me.name.as_str(), me.role), ("ada@example.com", "ada", Role::Customer));
        assert!(!me.email_verified);
        let elsewhere = shop.visitor();
        let spelt = Credentials { email: " ADA@Example.com".into(), password: PASSWORD.into(), ..Default::default() };
        assert_eq!(elsewhere.login(&spelt).await.unwrap().customer.id, me.id);
        assert_eq!(shop.visitor().get_account().await.unwrap_err().code(), Some(Code::NotSignedIn));
        let admin = shop.admin().await.get_account().await.unwrap();
        assert_eq!((admin.email.as_str(), admin.role), (ADMIN.0, Role::Admin));
    });
}

#[test]
fn an_address_belongs_to_one_account_whatever_its_spelling() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        for spelling in ["ada@example.com", "ADA@EXAMPLE.COM", "  Ada@Example.Com\t"] {
            let again = NewCustomer { email: spelling.into(), password: PASSWORD.into(), name: "Eve".into() };
            assert_eq!(shop.visitor().register(&again).await.unwrap_err().code(), Some(Code::EmailTaken), "{spelling}");
        }
        // At the same time, too: one account, and nobody sees an error of the database.
        let new = NewCustomer { email: "bob@example.com".into(), password: PASSWORD.into(), name: "Bob".into() };
        let register = || async { shop.visitor().register(&new).await };
        let answers = futures_util::future::join_all((0..8).map(|_| register())).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        let refused = answers.into_iter().filter_map(|answer| answer.err());
        assert!(refused.into_iter().all(|error| error.code() == Some(Code::EmailTaken)));
    });
}

#[test]
fn what_cannot_be_an_account_is_refused_by_field() {
    with_shop(|shop| async move {
        let good = json!({"email": "ada@example.com", "password": PASSWORD, "name": "Ada"});
        for (field, value, code) in [
            ("email", "ada", "invalid"),
            ("email", "ada@example.com\r\nBcc: eve@example.com", "invalid"),
            ("email", "\"a b\"@example.com", "invalid"),
            ("email", "ada@example.com,eve@example.com", "invalid"),
            ("password", "short", "too_short"),
            ("password", "password123", "too_common"),
            ("password", "ada@example.com", "personal"),
            ("name", "", "required"),
            ("name", "  ", "required"),
            ("name", "Ada\r\nBcc: eve@example.com", "control_characters"),
            ("name", "Ada\0", "control_characters"),
            ("role", "admin", "unknown_field"),
        ] {
            let mut body = good.clone();
            body[field] = json!(value);
            let answer = send(shop, "POST", "/auth/register", &[], Some(body)).await;
            let problem: Problem = answer.json().await.unwrap();
            let error = &problem.errors[0];
            assert_eq!((error.field.as_str(), error.code.as_str()), (field, code), "{value:?}");
        }
        let mut long = good.clone();
        long["name"] = json!("x".repeat(101));
        assert_eq!(send(shop, "POST", "/auth/register", &[], Some(long)).await.status(), 422);
        assert!(mails_to(shop, "ada@example.com").await.is_empty());
        assert_eq!(send(shop, "POST", "/auth/register", &[], Some(good)).await.status(), 201);
    });
}

#[test]
fn the_first_admin_is_made_once_and_further_ones_by_command() {
    with_shop(|shop| async move {
        let state = &shop.server.state;
        let mut config = state.config.clone();
        config.first_admin = Some(("other@example.com".into(), "another quiet gallery".to_owned().into()));
        let second = vitrine::app::start(config, Default::default()).await.unwrap();
        assert_eq!(refusal(login(shop, "other@example.com", "another quiet gallery", &[]).await).await.0, 401);
        shop.admin().await;
        second.stop().await.unwrap();

        vitrine::accounts::service::create_admin(state, "second@example.com", "one more gallery", "Second")
            .await
            .unwrap();
        let session = shop.visitor();
        let second = Credentials {
            email: "second@example.com".into(),
            password: "one more gallery".into(),
            ..Default::default()
        };
        let me = session.login(&second).await.unwrap().customer;
        assert!(me.role == Role::Admin && me.email_verified);
        for (email, password) in [("second@example.com", "one more gallery"), ("x", "y"), ("a@example.com", "password")]
        {
            assert!(vitrine::accounts::service::create_admin(state, email, password, "No").await.is_err(), "{email}");
        }
    });
}
