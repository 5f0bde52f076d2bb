//! The second factor: set up, asked for, good once, compulsory for admins where the shop says so.

use chrono::TimeDelta;
use serde_json::json;
use totp_rs::{Builder, Secret};
use vitrine::db::sql;
use vitrine_client::{Client, Error};
use vitrine_types::{
    Code,
    accounts::{Credentials, Session, TotpSetup},
};

use super::{credentials, mailed_token, mails_to, refusal, send};
use crate::harness::{ADMIN, PASSWORD, Shop, with_configured_shop, with_shop};

/// What an authenticator app that knows this key shows now.
fn code(shop: &Shop, setup: &TotpSetup) -> String {
    code_in(shop, setup, 0)
}

/// What it shows so many seconds from now.
fn code_in(shop: &Shop, setup: &TotpSetup, seconds: i64) -> String {
    let secret = Secret::try_from_base32(&setup.secret).unwrap();
    let totp = Builder::new().with_account_name("-").with_secret(secret).build().unwrap();
    let at = shop.server.state.clock.now().timestamp() + seconds;
    totp.generate(u64::try_from(at).unwrap()).to_string()
}

/// To the beginning of a step, so that a test does not run over the edge of one.
fn next_step(shop: &Shop) {
    let now = shop.server.state.clock.now().timestamp();
    shop.pass(TimeDelta::seconds(30 - now % 30));
}

/// Turns the second factor on; the key and the recovery codes. After it a new step begins.
async fn turn_on(shop: &Shop, client: &Client) -> (TotpSetup, Vec<String>) {
    let setup = client.start_totp(Some(PASSWORD)).await.unwrap();
    let codes = client.confirm_totp(&code(shop, &setup)).await.unwrap().recovery_codes;
    next_step(shop);
    (setup, codes)
}

async fn sign_in(shop: &Shop, totp: Option<&str>, recovery_code: Option<&str>) -> Result<Session, Error> {
    let [totp, recovery_code] = [totp, recovery_code].map(|code| code.map(str::to_owned));
    shop.visitor().login(&Credentials { totp, recovery_code, ..credentials("ada") }).await
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> (Option<u16>, Option<Code>) {
    let error = answer.unwrap_err();
    (error.status(), error.code())
}

const REQUIRED: (Option<u16>, Option<Code>) = (Some(401), Some(Code::TotpRequired));
const INVALID: (Option<u16>, Option<Code>) = (Some(401), Some(Code::InvalidTotp));

#[test]
fn signing_in_asks_for_it_once_it_is_confirmed() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let other = shop.visitor();
        other.login(&credentials("ada")).await.unwrap();
        let setup = ada.start_totp(None).await.unwrap();
        assert!(setup.otpauth_url.starts_with("otpauth://totp/") && setup.otpauth_url.contains(&setup.secret));
        assert!(setup.qr_code.starts_with("data:image/svg+xml;base64,"));
        assert!(sign_in(shop, None, None).await.is_ok(), "not confirmed yet");
        assert!(!ada.get_account().await.unwrap().totp_enabled);

        let wrong = ada.confirm_totp("000000").await.unwrap_err();
        assert_eq!((wrong.status(), wrong.code()), (Some(422), Some(Code::InvalidRequest)));
        let codes = ada.confirm_totp(&code(shop, &setup)).await.unwrap().recovery_codes;
        assert_eq!(codes.len(), 10);
        assert!(ada.get_account().await.unwrap().totp_enabled);
        assert_eq!(
            other.get_account().await.unwrap_err().status(),
            Some(401),
            "it was opened without the second factor"
        );
        let status = ada.get_totp().await.unwrap();
        assert!(status.enabled && !status.required && status.recovery_codes_left == 10, "{status:?}");

        next_step(shop);
        assert_eq!(refused(sign_in(shop, None, None).await), REQUIRED);
        assert_eq!(refused(sign_in(shop, Some("12345"), None).await), INVALID);
        assert!(sign_in(shop, Some(&code(shop, &setup)), None).await.unwrap().customer.totp_enabled);
        // Whoever does not know the password learns nothing about it.
        let guess = Credentials { password: "not the password".into(), ..credentials("ada") };
        assert_eq!(shop.visitor().login(&guess).await.unwrap_err().code(), Some(Code::InvalidCredentials));
        let guess = Credentials { totp: Some("123456".into()), ..guess };
        assert_eq!(shop.visitor().login(&guess).await.unwrap_err().code(), Some(Code::InvalidCredentials));

        assert_eq!(refused(ada.start_totp(Some(PASSWORD)).await).1, Some(Code::TotpEnabled));
        assert_eq!(refused(ada.confirm_totp(&code(shop, &setup)).await).1, Some(Code::TotpEnabled));
        assert_eq!(refused(ada.disable_totp("not the password").await).1, Some(Code::WrongPassword));
        ada.disable_totp(PASSWORD).await.unwrap();
        assert!(sign_in(shop, None, None).await.is_ok());
        assert_eq!(refused(ada.disable_totp(PASSWORD).await).1, Some(Code::TotpNotEnabled));
        assert_eq!(refused(ada.renew_recovery_codes(PASSWORD).await).1, Some(Code::TotpNotEnabled));
        let told: Vec<String> = mails_to(shop, "ada@example.com").await.into_iter().map(|mail| mail.text).collect();
        assert!(told[0].contains("turned off") && told[1].contains("turned on"), "{told:?}");
    });
}

#[test]
fn a_code_is_good_once_and_near_its_time() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        next_step(shop);
        let setup = ada.start_totp(Some(PASSWORD)).await.unwrap();
        let first = code(shop, &setup);
        ada.confirm_totp(&first).await.unwrap();
        assert_eq!(refused(sign_in(shop, Some(&first), None).await), INVALID, "it has confirmed the key");
        next_step(shop);
        assert_eq!(refused(sign_in(shop, Some(&first), None).await), INVALID, "still in its window");

        let early = code_in(shop, &setup, 30);
        assert!(sign_in(shop, Some(&early), None).await.is_ok(), "a clock that is a step ahead");
        assert_eq!(refused(sign_in(shop, Some(&early), None).await), INVALID, "twice");
        assert_eq!(refused(sign_in(shop, Some(&code(shop, &setup)), None).await), INVALID, "older than the last one");
        shop.pass(TimeDelta::seconds(120));
        assert!(sign_in(shop, Some(&code_in(shop, &setup, -30)), None).await.is_ok(), "a step behind");
        for seconds in [-60, 60, 90] {
            assert_eq!(refused(sign_in(shop, Some(&code_in(shop, &setup, seconds)), None).await), INVALID, "{seconds}");
        }
        // At the same time, too.
        shop.pass(TimeDelta::seconds(90));
        let now = code(shop, &setup);
        let answers = futures_util::future::join_all((0..5).map(|_| sign_in(shop, Some(&now), None))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    });
}

#[test]
fn a_recovery_code_signs_in_once() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let (_, codes) = turn_on(shop, &ada).await;
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert!(sign_in(shop, None, Some(&typed)).await.is_ok());
        assert_eq!(refused(sign_in(shop, None, Some(&codes[0])).await), INVALID, "used");
        assert_eq!(refused(sign_in(shop, None, Some("")).await), INVALID);
        let answers = futures_util::future::join_all((0..4).map(|_| sign_in(shop, None, Some(&codes[1])))).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
        assert_eq!(ada.get_totp().await.unwrap().recovery_codes_left, 8);
        let mail = &mails_to(shop, "ada@example.com").await[0];
        assert!(mail.subject.contains("recovery code") && mail.text.contains("8 of them are left"), "{mail:?}");

        let renewed = ada.renew_recovery_codes(PASSWORD).await.unwrap().recovery_codes;
        assert_eq!(refused(sign_in(shop, None, Some(&codes[2])).await), INVALID, "void");
        assert!(sign_in(shop, None, Some(&renewed[0])).await.is_ok());
        // Somebody else's codes are nobody's.
        let bob = shop.customer("bob").await;
        let (_, bobs) = turn_on(shop, &bob).await;
        assert_eq!(refused(sign_in(shop, None, Some(&bobs[0])).await), INVALID);
    });
}

#[test]
fn codes_cannot_be_guessed_and_the_owner_gets_in_meanwhile() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let (setup, codes) = turn_on(shop, &ada).await;
        // Where the owner has signed in before, failures elsewhere do not count.
        let login = Credentials { totp: Some(code(shop, &setup)), ..credentials("ada") };
        let known = shop.visitor();
        known.login(&login).await.unwrap();
        let mut answers = Vec::new();
        for _ in 0..12 {
            answers.push(refused(sign_in(shop, Some("000000"), None).await).0);
        }
        assert_eq!(answers.iter().filter(|status| **status == Some(401)).count(), 10, "{answers:?}");
        assert_eq!(answers.last(), Some(&Some(429)));
        assert_eq!(refused(sign_in(shop, None, Some(&codes[0])).await).0, Some(429));
        let login = Credentials { totp: None, recovery_code: Some(codes[0].clone()), ..credentials("ada") };
        assert!(known.login(&login).await.is_ok());
    });
}

#[test]
fn only_who_knows_the_password_sets_it_up() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let bearer = format!("Bearer {}", ada.token().unwrap());
        let headers = [("Authorization", bearer.as_str())];
        let answer = send(shop, "POST", "/account/totp", &headers, None).await;
        assert_eq!(answer.status(), 200, "no body, in a session that has just begun");
        let answer = send(shop, "POST", "/account/totp", &headers, Some(json!({}))).await;
        assert_eq!(answer.status(), 200);
        shop.pass(TimeDelta::minutes(11));
        let answer = send(shop, "POST", "/account/totp", &headers, None).await;
        assert_eq!(refusal(answer).await, (403, "accounts.password_required".into()));
        assert_eq!(refused(ada.start_totp(Some("not the password")).await).1, Some(Code::WrongPassword));
        let setup = ada.start_totp(Some(PASSWORD)).await.unwrap();
        // A key that nobody confirms is forgotten.
        shop.pass(TimeDelta::minutes(30));
        let late = refused(ada.confirm_totp(&code(shop, &setup)).await);
        assert_eq!(late, (Some(409), Some(Code::TotpNotEnabled)));
        // A new one takes the place of the one before.
        let before = ada.start_totp(Some(PASSWORD)).await.unwrap();
        let setup = ada.start_totp(Some(PASSWORD)).await.unwrap();
        assert_eq!(refused(ada.confirm_totp(&code(shop, &before)).await).0, Some(422));
        ada.confirm_totp(&code(shop, &setup)).await.unwrap();
        assert_eq!(shop.visitor().start_totp(None).await.unwrap_err().status(), Some(401));
    });
}

#[test]
fn nothing_goes_around_it_and_nothing_gives_it_away() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let (setup, codes) = turn_on(shop, &ada).await;
        shop.visitor().request_password_reset("ada@example.com").await.unwrap();
        let token = crate::harness::eventually("the mail", || async {
            let mails = mails_to(shop, "ada@example.com").await;
            mails.iter().any(|mail| mail.subject.contains("new password")).then_some(())
        });
        token.await;
        let token = mailed_token(shop, "ada@example.com", "new password").await;
        let reset = vitrine_types::accounts::PasswordReset { token, password: PASSWORD.replace("horse", "mare") };
        shop.visitor().confirm_password_reset(&reset).await.unwrap();
        let login = Credentials { password: reset.password.clone(), ..credentials("ada") };
        assert_eq!(refused(shop.visitor().login(&login).await), REQUIRED, "a new password is no second factor");

        let again = shop.visitor();
        again.login(&Credentials { totp: Some(code(shop, &setup)), ..login }).await.unwrap();
        let export = again.export_account().await.unwrap().to_string();
        let db = &shop.server.state.db;
        let id = again.get_account().await.unwrap().id;
        let (kept,): (String,) =
            sql(db, "select secret from second_factors where customer_id = $1").bind(id).one().await.unwrap();
        let hashes: Vec<(String,)> =
            sql(db, "select hash from recovery_codes where customer_id = $1").bind(id).all().await.unwrap();
        let kept = format!("{kept} {hashes:?} {export}").to_lowercase();
        let secret = Secret::try_from_base32(&setup.secret).unwrap();
        let hex: String = secret.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        for secret in [setup.secret.to_lowercase(), hex, codes[3].clone(), codes[3].replace('-', "")] {
            assert!(!kept.contains(&secret), "{secret}");
        }
        // The operator's way out.
        vitrine::accounts::service::disable_totp_of(&shop.server.state, "ADA@example.com").await.unwrap();
        let login = Credentials { password: reset.password.clone(), ..credentials("ada") };
        assert!(shop.visitor().login(&login).await.is_ok());
    });
}

#[test]
fn where_it_is_required_an_admin_without_it_may_only_set_it_up() {
    with_configured_shop(
        |config| config.require_admin_totp = true,
        |shop| async move {
            let owner = shop.admin().await;
            let bearer = format!("Bearer {}", owner.token().unwrap());
            let headers = [("Authorization", bearer.as_str())];
            let document: serde_json::Value =
                serde_json::from_str(&vitrine::openapi::document().to_json().unwrap()).unwrap();
            let mut asked = 0;
            for (path, methods) in document["paths"].as_object().unwrap() {
                let Some(path) = path.strip_prefix("/api/v1").filter(|path| path.starts_with("/admin/")) else {
                    continue;
                };
                for method in methods.as_object().unwrap().keys() {
                    let path = path.replace(['{', '}'], "");
                    let answer = send(shop, &method.to_uppercase(), &path, &headers, Some(json!({}))).await;
                    let told = refusal(answer).await;
                    // An address with a made-up id may be answered as absent before anybody is asked who they are.
                    let absent = (404, "request.not_found".to_owned());
                    assert!(
                        told == (403, "auth.totp_setup_required".into()) || told == absent,
                        "{method} {path}: {told:?}"
                    );
                    asked += usize::from(told != absent);
                }
            }
            assert!(asked >= 15, "{asked} routes");

            assert!(owner.get_totp().await.unwrap().required);
            assert!(owner.get_account().await.is_ok());
            let customer = shop.customer("ada").await;
            assert!(!customer.get_totp().await.unwrap().required);
            assert_eq!(customer.get_overview().await.unwrap_err().code(), Some(Code::Forbidden));

            let setup = owner.start_totp(Some(ADMIN.1)).await.unwrap();
            owner.confirm_totp(&code(shop, &setup)).await.unwrap();
            owner.get_overview().await.unwrap();
            assert!(!owner.get_totp().await.unwrap().required);
            owner.disable_totp(ADMIN.1).await.unwrap();
            assert_eq!(owner.get_overview().await.unwrap_err().code(), Some(Code::TotpSetupRequired));
        },
    );
}

#[test]
fn where_it_is_not_required_the_doctor_names_who_does_without() {
    with_shop(|shop| async move {
        let owner = shop.admin().await;
        owner.get_overview().await.unwrap();
        let check = async || {
            let health = owner.get_health().await.unwrap();
            health.checks.into_iter().find(|check| check.name == "second_factor").unwrap()
        };
        let before = check().await;
        assert!(!before.ok && before.detail.contains(ADMIN.0), "{before:?}");
        let setup = owner.start_totp(None).await.unwrap();
        assert!(!check().await.ok, "not confirmed yet");
        owner.confirm_totp(&code(shop, &setup)).await.unwrap();
        assert!(check().await.ok);
    });
}
