//! What we write is read by a parser that knows nothing of us: Python's `icalendar`.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use vitrine_types::calendar::{BookingCancellation, BookingMove};

use crate::{
    calendar::{booking, days, open, rights, service, starts},
    harness::with_shop,
};

/// What `icalendar` understands of these texts. `python` is one that has it.
fn read(python: &str, texts: &[String]) -> Vec<Value> {
    let mut child = Command::new(python)
        .args(["-c", include_str!("read_ics.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(texts).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "icalendar objects; see above");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// `cargo xtask test` says in `ICALENDAR_PYTHON` which Python has the package, where there is one.
#[test]
fn an_independent_parser_reads_invites_and_feed() {
    let Ok(python) = std::env::var("ICALENDAR_PYTHON") else {
        println!("SKIPPED: no Python with the package icalendar (run by cargo xtask test, which installs it)");
        return;
    };
    with_shop(|shop| async move {
        open(shop, "America/New_York", "09:00", "17:00").await;
        let name = format!("Größe; ein Kurs, „gut“ \\ {} \u{1f3ba}", "über Töne ".repeat(8).trim_end());
        let place = "https://video.example/room?a=1;b=2,3";
        let talk = service(shop, &name, |service| service.location = place.into()).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 1).await;
        let free = starts(&ann, &talk, &days(shop, 3, 1)).await;
        let made = ann.create_booking(&booking(&talk, free[0], right), None).await.unwrap();
        let mut texts = vec![ann.get_booking_invite(made.id).await.unwrap()];
        let feed = shop.admin().await.renew_calendar_feed().await.unwrap().url;
        let feed = feed.replace(shop.server.state.config.public_url.as_str().trim_end_matches('/'), &shop.url);
        ann.reschedule_booking(made.id, &BookingMove { start: free[2] }).await.unwrap();
        texts.push(ann.get_booking_invite(made.id).await.unwrap());
        texts.push(reqwest::get(&feed).await.unwrap().text().await.unwrap());
        ann.cancel_booking(made.id, &BookingCancellation::default()).await.unwrap();
        texts.push(ann.get_booking_invite(made.id).await.unwrap());
        texts.push(reqwest::get(&feed).await.unwrap().text().await.unwrap());

        let found = read(&python, &texts);
        let uid = found[0]["events"][0]["uid"].as_str().unwrap().to_owned();
        assert!(uid.starts_with(&made.id.to_string()), "{uid}");
        let wanted = [(0, 0, "REQUEST", "CONFIRMED"), (2, 1, "REQUEST", "CONFIRMED"), (2, 2, "CANCEL", "CANCELLED")];
        for ((slot, sequence, method, status), text) in wanted.into_iter().zip([&found[0], &found[1], &found[3]]) {
            let at = |time: TimeDelta| (free[slot] + time).to_rfc3339_opts(SecondsFormat::Secs, true);
            let event = json!({
                "uid": uid, "start": at(TimeDelta::zero()), "end": at(TimeDelta::hours(1)), "sequence": sequence,
                "status": status, "summary": name, "location": place, "attendee": "mailto:ann@example.com",
                "attendee_name": "ann",
            });
            assert_eq!(text, &json!({"method": method, "events": [event]}));
        }
        let shown: Vec<_> = found[2]["events"].as_array().unwrap().iter().map(|event| &event["uid"]).collect();
        assert_eq!((&found[2]["method"], shown), (&json!("PUBLISH"), vec![&json!(uid)]));
        assert_eq!(found[4]["events"], json!([]), "what is cancelled is gone");
    });
}
