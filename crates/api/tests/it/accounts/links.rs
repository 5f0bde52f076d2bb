//! Mailed links, passwords and addresses.

use chrono::TimeDelta;
use vitrine_types::{
    Code,
    accounts::{EmailChange, PasswordChange, PasswordReset},
    mail::MailQuery,
};

use super::{credentials, login, mailed_token, mails_to, send};
use crate::harness::{PASSWORD, Shop, eventually, with_shop};

const NEW: &str = "another good password";

fn with_token(token: &str) -> PasswordReset {
    PasswordReset { token: token.into(), password: NEW.into() }
}

/// Asks for a link to set a new password, and takes its token from the mail.
async fn reset_token(shop: &Shop, email: &str) -> String {
    let subject = "Set a new password";
    let admin = shop.admin().await;
    let query = MailQuery { to: Some(email.into()), ..Default::default() };
    let count = async || {
        let mails = admin.list_mails(&query).await.unwrap().data;
        mails.iter().filter(|mail| mail.subject.contains(subject)).count()
    };
    let before = count().await;
    shop.visitor().request_password_reset(email).await.unwrap();
    eventually("the mail", || async { (count().await > before).then_some(()) }).await;
    mailed_token(shop, email, subject).await
}

#[test]
fn an_address_is_confirmed_once_and_welcomed() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let first = mailed_token(shop, "ada@example.com", "Confirm your address").await;
        ada.resend_verification().await.unwrap();
        let token = mailed_token(shop, "ada@example.com", "Confirm your address").await;
        assert_ne!(first, token);
        for wrong in [first.as_str(), "", "made-up", &token[1..], &token.to_lowercase()] {
            let error = shop.visitor().verify_email(wrong).await.unwrap_err();
            assert_eq!(error.code(), Some(Code::InvalidOneTimeToken), "{wrong}");
        }
        let error = shop.visitor().confirm_password_reset(&with_token(&token)).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::InvalidOneTimeToken), "for another purpose");
        shop.visitor().verify_email(&token).await.unwrap();
        assert!(ada.get_account().await.unwrap().email_verified);
        assert_eq!(shop.visitor().verify_email(&token).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken));
        let mails = mails_to(shop, "ada@example.com").await;
        assert_eq!(mails.iter().filter(|mail| mail.subject.starts_with("Welcome")).count(), 1);
        ada.resend_verification().await.unwrap();
        assert_eq!(mails_to(shop, "ada@example.com").await.len(), mails.len(), "nothing left to confirm");
    });
}

#[test]
fn a_link_to_confirm_is_good_for_a_day() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        let token = mailed_token(shop, "ada@example.com", "Confirm").await;
        shop.pass(TimeDelta::hours(24));
        assert_eq!(shop.visitor().verify_email(&token).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken));
    });
}

#[test]
fn a_forgotten_password_is_set_anew_and_everybody_has_to_sign_in_again() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let old = reset_token(shop, "ada@example.com").await;
        let token = reset_token(shop, "ada@example.com").await;
        let set = async |token: &str| shop.visitor().confirm_password_reset(&with_token(token)).await;
        assert_eq!(set(&old).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken), "an older link");
        let weak = PasswordReset { token: token.clone(), password: "password123".into() };
        let error = shop.visitor().confirm_password_reset(&weak).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::InvalidRequest));
        set(&token).await.unwrap();
        assert_eq!(set(&token).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken), "used");
        assert_eq!(ada.get_account().await.unwrap_err().status(), Some(401));
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 401);
        assert_eq!(login(shop, "ada@example.com", NEW, &[]).await.status(), 200);
        let mails = mails_to(shop, "ada@example.com").await;
        assert!(mails.iter().any(|mail| mail.subject.contains("was changed")));

        let token = reset_token(shop, "ada@example.com").await;
        shop.pass(TimeDelta::minutes(60));
        assert_eq!(set(&token).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken), "an hour later");
    });
}

#[test]
fn two_who_use_a_link_at_once_do_not_both_succeed() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        let token = reset_token(shop, "ada@example.com").await;
        let set = || async { shop.visitor().confirm_password_reset(&with_token(&token)).await };
        let done = futures_util::future::join_all((0..6).map(|_| set())).await;
        assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 1, "{done:?}");
    });
}

#[test]
fn a_changed_password_ends_other_sessions_and_pending_links() {
    with_shop(|shop| async move {
        let here = shop.customer("ada").await;
        let there = shop.visitor();
        there.login(&credentials("ada")).await.unwrap();
        let reset = reset_token(shop, "ada@example.com").await;
        let change = EmailChange { email: "eve@example.com".into(), password: PASSWORD.into() };
        there.change_email(&change).await.unwrap();
        let takeover = mailed_token(shop, "eve@example.com", "Confirm your new address").await;

        let wrong = PasswordChange { current_password: NEW.into(), new_password: NEW.into() };
        assert_eq!(here.change_password(&wrong).await.unwrap_err().code(), Some(Code::WrongPassword));
        let weak = PasswordChange { current_password: PASSWORD.into(), new_password: "letmein123".into() };
        assert_eq!(here.change_password(&weak).await.unwrap_err().code(), Some(Code::InvalidRequest));
        assert!(there.get_account().await.is_ok());
        here.change_password(&PasswordChange { current_password: PASSWORD.into(), new_password: NEW.into() })
            .await
            .unwrap();

        assert!(here.get_account().await.is_ok());
        assert_eq!(there.get_account().await.unwrap_err().status(), Some(401));
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 401);
        for token in [&reset, &takeover] {
            assert_eq!(shop.visitor().verify_email(token).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken));
        }
        let error = shop.visitor().confirm_password_reset(&with_token(&reset)).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::InvalidOneTimeToken));
    });
}

#[test]
fn another_address_takes_effect_when_it_has_proved_itself() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        shop.customer("bob").await;
        let ask = async |email: &str, password: &str| {
            ada.change_email(&EmailChange { email: email.into(), password: password.into() }).await
        };
        assert_eq!(ask("new@example.com", NEW).await.unwrap_err().code(), Some(Code::WrongPassword));
        for bad in ["x", "ADA@example.com", "new@example.com\r\nBcc: eve@example.com"] {
            assert_eq!(ask(bad, PASSWORD).await.unwrap_err().code(), Some(Code::InvalidRequest), "{bad:?}");
        }
        let reset = reset_token(shop, "ada@example.com").await;
        ask("New@example.com", PASSWORD).await.unwrap();
        assert_eq!(ada.get_account().await.unwrap().email, "ada@example.com", "not yet");
        let notice = &mails_to(shop, "ada@example.com").await[0];
        assert!(notice.text.contains("New@example.com") && notice.subject.contains("about to change"), "{notice:?}");

        let token = mailed_token(shop, "new@example.com", "Confirm your new address").await;
        shop.visitor().verify_email(&token).await.unwrap();
        let me = ada.get_account().await.unwrap();
        assert!(me.email == "New@example.com" && me.email_verified);
        assert_eq!(login(shop, "new@example.com", PASSWORD, &[]).await.status(), 200);
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 401);
        let error = shop.visitor().confirm_password_reset(&with_token(&reset)).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::InvalidOneTimeToken), "it went to the old address");
        shop.customer("ada").await;

        ask("late@example.com", PASSWORD).await.unwrap();
        let token = mailed_token(shop, "late@example.com", "Confirm your new address").await;
        shop.customer("late").await;
        assert_eq!(shop.visitor().verify_email(&token).await.unwrap_err().code(), Some(Code::EmailTaken));
        assert_eq!(ada.get_account().await.unwrap().email, "New@example.com");
    });
}

#[test]
fn asking_for_an_address_does_not_tell_whether_it_is_taken() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let bob = shop.customer("bob").await;
        let bearer = format!("Bearer {}", ada.token().unwrap());
        let mut answers = Vec::new();
        for email in ["BOB@example.com", "nobody@example.com"] {
            let body = serde_json::json!({"email": email, "password": PASSWORD});
            let answer = send(shop, "POST", "/account/email", &[("Authorization", &bearer)], Some(body)).await;
            let mut headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
            headers.sort();
            answers.push((answer.status().as_u16(), headers, answer.text().await.unwrap()));
            let notices = mails_to(shop, "ada@example.com").await;
            assert!(notices[0].subject.contains("about to change") && notices[0].text.contains(email), "{email}");
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].0, 202);
        let told = &mails_to(shop, "BOB@example.com").await[0];
        assert!(told.subject.contains("have an account") && !told.text.contains("token="), "{told:?}");
        assert_eq!(ada.get_account().await.unwrap().email, "ada@example.com");
        assert_eq!(bob.get_account().await.unwrap().email, "bob@example.com");
    });
}

#[test]
fn the_link_to_another_address_works_for_a_day_from_anywhere_and_the_newest_only() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let ask = async |email: &str| {
            ada.change_email(&EmailChange { email: email.into(), password: PASSWORD.into() }).await.unwrap();
            mailed_token(shop, email, "Confirm your new address").await
        };
        let first = ask("first@example.com").await;
        let second = ask("second@example.com").await;
        assert_eq!(shop.visitor().verify_email(&first).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken));
        // Somebody else's session changes nothing about whose link it is.
        let bob = shop.customer("bob").await;
        bob.verify_email(&second).await.unwrap();
        assert_eq!(ada.get_account().await.unwrap().email, "second@example.com");
        assert_eq!(bob.get_account().await.unwrap().email, "bob@example.com");
        assert_eq!(bob.verify_email(&second).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken), "twice");

        let third = ask("third@example.com").await;
        shop.pass(TimeDelta::hours(24));
        assert_eq!(shop.visitor().verify_email(&third).await.unwrap_err().code(), Some(Code::InvalidOneTimeToken));
        assert_eq!(login(shop, "second@example.com", PASSWORD, &[]).await.status(), 200);
    });
}
