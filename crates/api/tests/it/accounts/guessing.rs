//! Guessing is slow and blind, and a storm of it does not slow the shop.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{cookie, login, mails_to, refusal, send};
use crate::harness::{PASSWORD, Shop, eventually, with_configured_shop, with_shop};

/// Signs in with a wrong password; the status.
async fn guess(shop: &Shop, email: &str) -> u16 {
    login(shop, email, "not the password", &[]).await.status().as_u16()
}

#[test]
fn ten_failures_block_an_account_known_or_not_but_not_its_owners_device() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        let device = cookie(&login(shop, "ada@example.com", PASSWORD, &[]).await, "vitrine_device");
        for email in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..10 {
                assert_eq!(guess(shop, email).await, 401, "{email}");
            }
            let answer = login(shop, email, PASSWORD, &[]).await;
            let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
            assert!((1..=61).contains(&wait), "{wait}");
            assert_eq!(refusal(answer).await, (429, "request.rate_limited".into()), "{email}");
        }
        let known = [("Cookie", device.as_str())];
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &known).await.status(), 200);
        assert_eq!(
            login(shop, "nobody@example.com", PASSWORD, &known).await.status(),
            429,
            "not the device of that one"
        );
        // Nor is the device a way to guess on.
        for _ in 0..10 {
            login(shop, "ada@example.com", "not the password", &known).await;
        }
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &known).await.status(), 429);
    });
}

#[test]
fn signing_in_rightly_does_not_count() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        for _ in 0..15 {
            assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 200);
        }
        for _ in 0..10 {
            assert_eq!(guess(shop, "ada@example.com").await, 401);
        }
        assert_eq!(guess(shop, "ada@example.com").await, 429);
    });
}

#[test]
fn the_current_password_cannot_be_guessed_with_a_stolen_session_either() {
    with_shop(|shop| async move {
        let ada = shop.customer("ada").await;
        for _ in 0..10 {
            assert_eq!(ada.delete_account("not the password").await.unwrap_err().status(), Some(403));
        }
        assert_eq!(ada.delete_account(PASSWORD).await.unwrap_err().status(), Some(429));
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 200, "the owner still gets in");
    });
}

#[test]
fn an_address_is_limited_over_all_accounts_and_cannot_pretend_to_be_another() {
    with_shop(|shop| async move {
        let guess_from = async |number: usize| {
            let claimed = format!("198.51.100.{number}");
            let headers = [("X-Forwarded-For", claimed.as_str()), ("Forwarded", "for=198.51.100.7")];
            login(shop, &format!("customer{number}@example.com"), "not the password", &headers).await.status().as_u16()
        };
        for number in 0..60 {
            assert_eq!(guess_from(number).await, 401);
        }
        // One more is allowed every six seconds, on a machine however slow.
        let mut more = Vec::new();
        for number in 60..100 {
            more.push(guess_from(number).await);
        }
        assert!(more.contains(&429), "{more:?}");
    });
}

#[test]
fn behind_a_trusted_proxy_the_client_counts() {
    with_configured_shop(
        |config| config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()],
        |shop| async move {
            let guess_from = async |address: &str, number: usize| {
                let headers = [("X-Forwarded-For", address)];
                login(shop, &format!("c{number}@example.com"), "not the password", &headers).await.status().as_u16()
            };
            let fill = || {
                let limits = &shop.server.state.limits;
                while limits.count_attempt(&uuid::Uuid::now_v7().to_string(), "198.51.100.1".parse().unwrap()).is_ok() {
                }
            };
            fill();
            assert_eq!(guess_from("198.51.100.1", 1).await, 429);
            assert_eq!(guess_from("198.51.100.2", 100).await, 401, "somebody else");
            fill();
            assert_eq!(guess_from("198.51.100.2, 198.51.100.1", 101).await, 429, "the client wrote the first one");
        },
    );
}

#[test]
fn registrations_and_reset_mails_are_limited() {
    with_shop(|shop| async move {
        let weak = |name: usize| json!({"email": format!("c{name}@example.com"), "password": "x", "name": "x"});
        let mut refused = 0;
        for number in 0..230 {
            let answer = send(shop, "POST", "/auth/register", &[], Some(weak(number))).await;
            refused += usize::from(answer.status() == 429);
        }
        assert!((1..=30).contains(&refused), "200 at once, then one a second: {refused}");

        let reset = |email: &str| send(shop, "POST", "/auth/password-reset", &[], Some(json!({"email": email})));
        for email in ["owner@example.com", "nobody@example.com"] {
            for _ in 0..5 {
                assert_eq!(reset(email).await.status(), 202, "{email}");
            }
            assert_eq!(refusal(reset(email).await).await, (429, "request.rate_limited".into()), "{email}");
        }
        eventually("the five mails", || async { (mails_to(shop, "owner@example.com").await.len() == 5).then_some(()) })
            .await;
    });
}

/// The answer without what differs between any two answers.
async fn comparable(answer: reqwest::Response) -> (u16, Vec<String>, Value) {
    let status = answer.status().as_u16();
    let mut headers: Vec<String> = answer.headers().keys().map(ToString::to_string).collect();
    headers.sort();
    let mut body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.remove("request_id");
    }
    (status, headers, body)
}

/// A fast one of them: what the machine does besides makes times longer, never shorter.
fn lower_quartile(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 4].as_secs_f64()
}

#[test]
fn known_and_unknown_addresses_get_the_same_answer_in_the_same_time() {
    with_shop(|shop| async move {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for number in 0..5 {
            shop.customer(&format!("known{number}")).await;
        }
        for round in 0..25 {
            for (name, times) in
                [(format!("known{}", round % 5), &mut known), (format!("unknown{round}"), &mut unknown)]
            {
                let started = Instant::now();
                assert_eq!(guess(shop, &format!("{name}@example.com")).await, 401);
                times.push(started.elapsed());
            }
        }
        // Without the work done for nobody it is seventeen.
        let ratio = lower_quartile(known) / lower_quartile(unknown);
        assert!((0.5..2.0).contains(&ratio), "{ratio}");

        for path in ["/auth/login", "/auth/password-reset"] {
            let ask = async |email: &str| {
                let body = match path {
                    "/auth/login" => json!({"email": email, "password": "not the password"}),
                    _ => json!({"email": email}),
                };
                comparable(send(shop, "POST", path, &[], Some(body)).await).await
            };
            let known = ask("known0@example.com").await;
            for other in ["unknown@example.com", "no address", "", &"x".repeat(10_000)] {
                assert_eq!(ask(other).await, known, "{path} {other:.20}");
            }
        }
        let reset = || async { (mails_to(shop, "known0@example.com").await.len() == 2).then_some(()) };
        eventually("the mail with the link", reset).await;
        assert!(mails_to(shop, "unknown@example.com").await.is_empty());
    });
}

#[test]
fn a_storm_of_sign_ins_is_answered_or_sent_away_and_the_shop_goes_on() {
    with_shop(|shop| async move {
        shop.customer("ada").await;
        let storm = join_all((0..300).map(|_| login(shop, "ada@example.com", PASSWORD, &[])));
        let watch = async {
            let mut slowest = Duration::ZERO;
            for _ in 0..20 {
                let started = Instant::now();
                let answer = reqwest::get(format!("{}/healthz", shop.url)).await.unwrap();
                assert_eq!(answer.status(), 200);
                slowest = slowest.max(started.elapsed());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            slowest
        };
        let (answers, slowest) = tokio::join!(storm, watch);
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
        let mut busy = 0;
        for answer in answers {
            if answer.status() == 503 {
                assert!(answer.headers().contains_key("retry-after"));
                assert_eq!(refusal(answer).await.1, "server.busy");
                busy += 1;
            } else {
                assert_eq!(answer.status(), 200);
            }
        }
        assert!(busy > 0, "nobody had to wait");
        assert_eq!(login(shop, "ada@example.com", PASSWORD, &[]).await.status(), 200, "afterwards all is well");
    });
}
