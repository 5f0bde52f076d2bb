//! The profile, its picture, everything about me, and going.

use std::io::Cursor;

use chrono::TimeDelta;
use image::{DynamicImage, ImageFormat};
use serde_json::{Value, json};
use vitrine::db::sql;
use vitrine_client::Method;
use vitrine_types::{Code, accounts::AccountPatch, checkout::OrderStatus};

use super::{credentials, login, mails_to, refusal, send};
use crate::harness::{ADMIN, PASSWORD, Shop, eventually, with_shop};

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(640, 480).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

async fn fetch(shop: &Shop, path: &str) -> reqwest::Response {
    reqwest::get(format!("{}{path}", shop.url)).await.unwrap()
}

#[test]
fn name_and_zone_change_and_nothing_else_does() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let patch = AccountPatch { name: Some("  Ada Lovelace ".into()), time_zone: Some("Europe/London".into()) };
        let me = ada.update_account(&patch).await.unwrap();
        assert_eq!((me.name.as_str(), me.time_zone.as_deref()), ("Ada Lovelace", Some("Europe/London")));
        let me =
            ada.update_account(&AccountPatch { time_zone: Some(String::new()), ..Default::default() }).await.unwrap();
        assert_eq!((me.name.as_str(), me.time_zone), ("Ada Lovelace", None));
        let bearer = format!("Bearer {}", ada.token().unwrap());
        for forbidden in [
            json!({"role": "admin"}),
            json!({"email": "x@example.com"}),
            json!({"email_verified": true}),
            json!({"id": "018f4e9e-0000-7000-8000-000000000000"}),
            json!({"password_hash": "x"}),
            json!({"time_zone": "Mars/Olympus"}),
            json!({"time_zone": "+02:00"}),
            json!({"name": ""}),
            json!({"name": "a\u{0}b"}),
        ] {
            let headers = [("Authorization", bearer.as_str())];
            let answer = send(shop, "PATCH", "/account", &headers, Some(forbidden.clone())).await;
            assert_eq!(refusal(answer).await, (422, "request.invalid".into()), "{forbidden}");
        }
        assert_eq!(ada.get_account().await.unwrap(), me_of(shop, "ada").await);
    });
}

async fn me_of(shop: &Shop, name: &str) -> vitrine_types::accounts::Customer {
    shop.visitor().login(&credentials(name)).await.unwrap().customer
}

#[test]
fn a_picture_is_made_anew_and_served_to_anybody() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let mut before: Option<String> = None;
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let url = ada.set_avatar(picture(format)).await.unwrap().avatar_url.unwrap();
            let answer = fetch(shop, &url).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "image/webp");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
            assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            let kept = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap();
            assert_eq!((kept.width(), kept.height()), (320, 320));
            if let Some(old) = before.replace(url) {
                eventually("the old one goes", || async { (fetch(shop, &old).await.status() == 404).then_some(()) })
                    .await;
            }
        }
        assert_eq!(ada.delete_avatar().await.unwrap().avatar_url, None);
        let old = before.unwrap();
        eventually("the last one goes", || async { (fetch(shop, &old).await.status() == 404).then_some(()) }).await;
        assert_eq!(shop.visitor().set_avatar(picture(ImageFormat::Png)).await.unwrap_err().status(), Some(401));
    });
}

#[test]
fn what_is_no_small_picture_is_refused() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let mut bomb = picture(ImageFormat::Png);
        bomb[16..24].copy_from_slice(&[0, 0, 195, 80, 0, 0, 195, 80]);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
        let mut polyglot = b"GIF89a".to_vec();
        polyglot.extend(picture(ImageFormat::Png));
        for bad in
            [bomb, svg, polyglot, b"<html><script>".to_vec(), Vec::new(), picture(ImageFormat::Png)[..100].to_vec()]
        {
            assert_eq!(
                ada.set_avatar(bad.clone()).await.unwrap_err().code(),
                Some(Code::BadImage),
                "{} bytes",
                bad.len()
            );
        }
        let mut large = picture(ImageFormat::Png);
        large.resize(2 * 1024 * 1024 + 1, 0);
        assert_eq!(ada.set_avatar(large).await.unwrap_err().code(), Some(Code::PayloadTooLarge));
        assert_eq!(ada.get_account().await.unwrap().avatar_url, None);
    });
}

#[test]
fn the_export_holds_everything_and_no_secret() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        ada.update_account(&AccountPatch { name: Some("Canary Byron".into()), ..Default::default() }).await.unwrap();
        ada.set_avatar(picture(ImageFormat::Png)).await.unwrap();
        let product = shop.product(vitrine_types::catalog::ProductKind::Download, "Field Guide", 1900).await;
        let order = shop.buy(&ada, &[product.product.id]).await;
        assert_eq!(order.status, OrderStatus::Paid);
        shop.customer("eve").await;
        let export = ada.export_account().await.unwrap();
        assert_eq!(export["account"]["name"], "Canary Byron");
        assert_eq!(export["orders"][0]["number"], json!(order.number));
        assert_eq!(export["entitlements"][0]["product"]["name"], "Field Guide");
        assert!(
            export["mails"]
                .as_array()
                .unwrap()
                .iter()
                .any(|mail| mail["subject"].as_str().unwrap().contains("Confirm"))
        );
        assert_eq!(export["sessions"].as_array().unwrap().len(), 1);
        let text = export.to_string();
        let token = super::mailed_token(shop, "ada@example.com", "Confirm").await;
        for secret in ["argon2", token.as_str(), "eve@example.com"] {
            assert!(!text.contains(secret), "{secret}");
        }
        assert_eq!(shop.visitor().export_account().await.unwrap_err().status(), Some(401));
    });
}

#[test]
fn only_who_has_just_signed_in_goes_without_a_password() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        let go = async || ada.call::<()>(Method::Delete, "/account", None::<&()>).await;
        shop.pass(TimeDelta::minutes(11));
        for refused in [go().await.unwrap_err(), ada.start_totp(None).await.unwrap_err()] {
            assert_eq!(refused.code(), Some(Code::PasswordRequired));
        }
        ada.login(&credentials("ada")).await.unwrap();
        go().await.unwrap();
        assert_eq!(ada.get_account().await.unwrap_err().status(), Some(401));
    });
}

#[test]
fn a_deleted_account_is_gone_but_for_the_books() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        ada.update_account(&AccountPatch { name: Some("Canary Byron".into()), ..Default::default() }).await.unwrap();
        let avatar = ada.set_avatar(picture(ImageFormat::Png)).await.unwrap().avatar_url.unwrap();
        let other = shop.visitor();
        let id = other.login(&credentials("ada")).await.unwrap().customer.id;
        assert_eq!(ada.delete_account("not the password").await.unwrap_err().code(), Some(Code::WrongPassword));
        let token = ada.token();
        ada.delete_account(PASSWORD).await.unwrap();
        ada.set_token(token);
        for client in [&ada, &other] {
            assert_eq!(client.get_account().await.unwrap_err().status(), Some(401));
        }
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 401);
        assert!(mails_to(shop, "ada@example.com").await.is_empty());
        eventually("the picture goes", || async { (fetch(shop, &avatar).await.status() == 404).then_some(()) }).await;

        let db = &shop.server.state.db;
        let (email, name): (String, String) =
            sql(db, "select email, name from customers where id = $1").bind(id).one().await.unwrap();
        assert_eq!((email, name.as_str()), (format!("{id}@deleted.invalid"), "Deleted customer"));
        for table in [
            "select count(*) from sessions where customer_id = $1",
            "select count(*) from one_time_tokens where customer_id = $1",
        ] {
            let (left,): (i64,) = sql(db, table).bind(id).one().await.unwrap();
            assert_eq!(left, 0, "{table}");
        }
        assert_ne!(shop.customer("ada").await.get_account().await.unwrap().id, id, "the address is free again");

        let error = shop.admin().await.delete_account(ADMIN.1).await.unwrap_err();
        assert_eq!(error.code(), Some(Code::LastAdmin));
        let _: Value = shop.admin().await.export_account().await.unwrap();
    });
}
