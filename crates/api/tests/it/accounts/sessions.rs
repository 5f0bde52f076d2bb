//! Sessions: renewing, ending, and what cannot be forged.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::TimeDelta;
use futures_util::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use uuid::Uuid;
use vitrine::{config::reveal, db::sql};
use vitrine_types::{Code, accounts::Session};

use super::{cookie, credentials, login, refusal, send, set_cookie};
use crate::harness::{PASSWORD, Shop, with_configured_shop, with_shop};

const COOKIE: &str = "vitrine_refresh";

async fn refresh(shop: &Shop, cookie: &str) -> reqwest::Response {
    send(shop, "POST", "/auth/refresh", &[("Cookie", cookie)], None).await
}

async fn account(shop: &Shop, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    send(shop, "GET", "/account", &[("Authorization", &bearer)], None).await.status().as_u16()
}

/// A new session of an account made for it: access token and cookie.
async fn signed_in(shop: &Shop) -> (String, String) {
    shop.customer("ada").await;
    let answer = login(shop, "ada@example.com", PASSWORD, &[]).await;
    let cookie = cookie(&answer, COOKIE);
    (answer.json::<Session>().await.unwrap().access_token, cookie)
}

#[test]
fn a_refresh_token_is_good_once_and_using_it_again_ends_the_session() {
    with_shop(|shop| async move {
        let (_, first) = signed_in(shop).await;
        let renewed = refresh(shop, &first).await;
        assert_eq!(renewed.status(), 200);
        let second = cookie(&renewed, COOKIE);
        let session: Session = renewed.json().await.unwrap();
        assert_ne!(first, second);
        assert_eq!(session.customer.email, "ada@example.com");
        assert_eq!(account(shop, &session.access_token).await, 200);

        let stolen = refresh(shop, &first).await;
        assert!(set_cookie(&stolen, COOKIE).unwrap().contains("Max-Age=0"));
        assert_eq!(refusal(stolen).await, (401, "auth.invalid_refresh_token".into()));
        assert_eq!(account(shop, &session.access_token).await, 401, "the thief's access is gone, and the owner's");
        assert_eq!(refresh(shop, &second).await.status(), 401);
        assert_eq!(refresh(shop, "vitrine_refresh=made-up").await.status(), 401);
        assert_eq!(send(shop, "POST", "/auth/refresh", &[], None).await.status(), 401);
    });
}

#[test]
fn many_renewals_at_once_with_one_token_leave_no_session() {
    with_shop(|shop| async move {
        for _ in 0..5 {
            let answer = login_again(shop).await;
            let answers = join_all((0..20).map(|_| refresh(shop, &answer))).await;
            let good: Vec<_> = answers.into_iter().filter(|answer| answer.status() == 200).collect();
            assert!(good.len() <= 1, "{} renewed", good.len());
            for answer in good {
                let next = cookie(&answer, COOKIE);
                let session: Session = answer.json().await.unwrap();
                assert_eq!(account(shop, &session.access_token).await, 401);
                assert_eq!(refresh(shop, &next).await.status(), 401);
            }
        }
    });
}

async fn login_again(shop: &Shop) -> String {
    if shop.visitor().login(&credentials("ada")).await.is_err() {
        shop.customer("ada").await;
    }
    cookie(&login(shop, "ada@example.com", PASSWORD, &[]).await, COOKIE)
}

#[test]
fn signing_out_acts_at_once_also_when_the_access_token_has_expired() {
    with_shop(|shop| async move {
        let (token, cookie) = signed_in(shop).await;
        let answer = send(shop, "POST", "/auth/logout", &[("Cookie", &cookie)], None).await;
        assert!(set_cookie(&answer, COOKIE).unwrap().contains("Max-Age=0"));
        assert_eq!(answer.status(), 204);
        assert_eq!(account(shop, &token).await, 401);
        assert_eq!(refresh(shop, &cookie).await.status(), 401);

        let client = shop.visitor();
        let session = client.login(&credentials("ada")).await.unwrap();
        client.logout().await.unwrap();
        assert_eq!(account(shop, &session.access_token).await, 401);

        let session = client.login(&credentials("ada")).await.unwrap();
        shop.pass(TimeDelta::minutes(20));
        let bearer = format!("Bearer {}", session.access_token);
        let answer = send(shop, "POST", "/auth/logout", &[("Authorization", &bearer)], None).await;
        assert_eq!(answer.status(), 204);
        assert_eq!(send(shop, "POST", "/auth/logout", &[], None).await.status(), 204, "nobody was signed in");
    });
}

#[test]
fn a_session_ends_when_idle_and_after_thirty_days_in_any_case() {
    with_shop(|shop| async move {
        let (_, idle) = signed_in(shop).await;
        let mut used = cookie(&login(shop, "ada@example.com", PASSWORD, &[]).await, COOKIE);
        for _ in 0..2 {
            shop.pass(TimeDelta::days(13));
            let answer = refresh(shop, &used).await;
            assert_eq!(answer.status(), 200);
            used = cookie(&answer, COOKIE);
        }
        assert_eq!(refresh(shop, &idle).await.status(), 401, "26 days idle");
        shop.pass(TimeDelta::days(4) - TimeDelta::minutes(5));
        let answer = refresh(shop, &used).await;
        assert_eq!(answer.status(), 200);
        used = cookie(&answer, COOKIE);
        let session: Session = answer.json().await.unwrap();
        shop.pass(TimeDelta::minutes(6));
        assert_eq!(
            account(shop, &session.access_token).await,
            401,
            "the access token would be good for 9 minutes more"
        );
        assert_eq!(refresh(shop, &used).await.status(), 401);
    });
}

#[test]
fn other_sites_cannot_use_the_cookie() {
    with_shop(|shop| async move {
        let (token, cookie) = signed_in(shop).await;
        for origin in ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1.evil.example", "x"] {
            for path in ["/auth/refresh", "/auth/logout"] {
                let answer = send(shop, "POST", path, &[("Cookie", &cookie), ("Origin", origin)], None).await;
                assert_eq!(refusal(answer).await, (403, "auth.forbidden".into()), "{origin} {path}");
            }
        }
        assert_eq!(account(shop, &token).await, 200, "nothing has ended");
        let ours = shop.server.state.config.public_url.origin().ascii_serialization();
        for origin in [ours, shop.url.clone()] {
            let session = login_again(shop).await;
            let answer = send(shop, "POST", "/auth/refresh", &[("Cookie", &session), ("Origin", &origin)], None).await;
            assert_eq!(answer.status(), 200, "{origin}");
        }
        // A form of another site can send neither JSON nor another method than POST and GET.
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let body = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
            let request = reqwest::Client::new().post(format!("{}/api/v1/auth/login", shop.url));
            let answer = request.header("Content-Type", kind).body(body).send().await.unwrap();
            assert_eq!(answer.status(), 415, "{kind}");
        }
        assert_eq!(send(shop, "GET", "/auth/logout", &[("Cookie", &cookie)], None).await.status(), 405);
    });
}

#[test]
fn the_cookie_is_for_this_site_and_not_for_scripts() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        let set = set_cookie(&login(shop, "ada@example.com", PASSWORD, &[]).await, COOKIE).unwrap();
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=1209600"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    });
    with_configured_shop(
        |config| config.public_url = "https://shop.example".parse().unwrap(),
        |shop| async move {
            shop.customer("ada").await;
            let answer = login(shop, "ada@example.com", PASSWORD, &[]).await;
            assert!(set_cookie(&answer, COOKIE).is_none());
            let set = set_cookie(&answer, "__Host-vitrine_refresh").unwrap();
            for attribute in ["HttpOnly", "SameSite=Strict", "Path=/", "Secure"] {
                assert!(set.contains(attribute), "{set}");
            }
            assert!(!set.contains("Domain"), "{set}");
            let cookie = cookie(&answer, "__Host-vitrine_refresh");
            assert_eq!(refresh(shop, &cookie).await.status(), 200);
            let host = shop.url.clone();
            let headers = [("Cookie", cookie.as_str()), ("Origin", host.as_str())];
            assert_eq!(send(shop, "POST", "/auth/refresh", &headers, None).await.status(), 403, "not by plain http");
        },
    );
}

#[test]
fn sessions_are_listed_and_ended_by_their_owner_only() {
    with_shop(|shop| async move {
        let here = shop.customer("ada").await;
        let there = shop.visitor();
        there.login(&credentials("ada")).await.unwrap();
        let eve = shop.customer("eve").await;
        let sessions = here.list_sessions().await.unwrap().data;
        assert_eq!(sessions.iter().map(|session| session.current).collect::<Vec<_>>(), [false, true]);
        let other = sessions[0].id;
        assert_eq!(eve.end_session(other).await.unwrap_err().code(), Some(Code::NotFound));
        assert!(there.get_account().await.is_ok());
        here.end_session(other).await.unwrap();
        assert_eq!(there.get_account().await.unwrap_err().status(), Some(401));
        assert_eq!(here.end_session(other).await.unwrap_err().code(), Some(Code::NotFound));
        assert_eq!(here.list_sessions().await.unwrap().data.len(), 1);
    });
}

#[test]
fn another_role_acts_at_once() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        assert!(admin.list_mails(&Default::default()).await.is_ok());
        sql(&shop.server.state.db, "update customers set role = 'customer'").exec().await.unwrap();
        assert_eq!(admin.list_mails(&Default::default()).await.unwrap_err().code(), Some(Code::Forbidden));
    });
}

#[test]
fn forged_tokens_open_nothing() {
    with_shop(|shop| async move {
        let (token, refresh_cookie) = signed_in(shop).await;
        let state = &shop.server.state;
        let secret = reveal(&state.config.jwt_secrets[0]).as_bytes();
        let mut parts = token.split('.').map(|part| BASE64.decode(part).unwrap());
        let header: Header = serde_json::from_slice(&parts.next().unwrap()).unwrap();
        let claims: Value = serde_json::from_slice(&parts.next().unwrap()).unwrap();
        let sign = |header: &Header, claims: &Value, secret: &[u8]| {
            jsonwebtoken::encode(header, claims, &EncodingKey::from_secret(secret)).unwrap()
        };
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            sign(&header, &claims, secret)
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            sign(&header, &claims, secret)
        };
        let unsigned = |algorithm: &str| {
            let header = json!({"alg": algorithm, "typ": "JWT", "kid": header.kid});
            format!("{}.{}.", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()))
        };
        let headed = |change: &dyn Fn(&mut Header)| {
            let mut header = header.clone();
            change(&mut header);
            sign(&header, &claims, secret)
        };
        assert_eq!(account(shop, &with("x", json!(1))).await, 200, "this is how they are signed");
        let now = state.clock.now().timestamp();
        let cookie_value = refresh_cookie.split_once('=').unwrap().1.to_owned();
        for (index, forged) in [
            unsigned("none"),
            unsigned("None"),
            unsigned("HS256"),
            headed(&|header| header.alg = Algorithm::HS384),
            headed(&|header| header.alg = Algorithm::HS512),
            headed(&|header| header.kid = None),
            headed(&|header| header.kid = Some("../../etc/passwd".into())),
            headed(&|header| header.kid = Some("' or 1=1 --".into())),
            sign(&header, &claims, b"another secret, also of thirty-two bytes"),
            sign(&header, &claims, b""),
            with("exp", json!(now)),
            with("exp", json!(format!("{}", now + 600))),
            with("exp", json!("never")),
            with("exp", Value::Null),
            without("exp"),
            with("nbf", json!(now + 60)),
            with("nbf", json!("0")),
            without("nbf"),
            with("iss", json!("somebody")),
            without("iss"),
            with("aud", json!("somebody")),
            without("aud"),
            with("typ", json!("device")),
            with("typ", json!("download")),
            without("typ"),
            with("sid", json!(Uuid::now_v7())),
            with("sid", Value::Null),
            without("sid"),
            with("sub", json!(Uuid::now_v7())),
            without("sub"),
            cookie_value,
            String::new(),
            "x".repeat(5000),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(account(shop, &forged).await, 401, "no. {index}: {forged}");
        }
        // Another's account with one's own session; a role that the token merely claims.
        let eve = shop.customer("eve").await.get_account().await.unwrap();
        assert_eq!(account(shop, &with("sub", json!(eve.id))).await, 401);
        let bearer = format!("Bearer {}", with("role", json!("admin")));
        assert_eq!(send(shop, "GET", "/admin/mails", &[("Authorization", &bearer)], None).await.status(), 403);
        let device = cookie(&login(shop, "ada@example.com", PASSWORD, &[]).await, "vitrine_device");
        assert_eq!(account(shop, device.split_once('=').unwrap().1).await, 401, "a device's token opens nothing");
    });
}
