//! What is told about bookings: mails with invites, reminders, links that work without signing in, the feed.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use vitrine_client::Client;
use vitrine_types::{
    Code,
    calendar::{BookingCancellation, BookingMove, BookingStatus, SlotQuery},
    mail::{Mail, MailQuery},
};

use crate::{
    calendar::{booking, code, days, left, open, rights, service, starts},
    harness::{Shop, eventually, with_shop},
};

/// The mails to a customer about bookings, oldest first.
async fn mails(shop: &Shop, to: &str) -> Vec<Mail> {
    let query = MailQuery { to: Some(to.into()), limit: Some(100), ..MailQuery::default() };
    let mut mails = shop.admin().await.list_mails(&query).await.unwrap().data;
    mails.reverse();
    mails.retain(|mail| {
        ["Booked:", "New time:", "Cancelled:", "Reminder:"].iter().any(|word| mail.subject.starts_with(word))
    });
    mails
}

fn token(mail: &Mail) -> String {
    let (_, token) = mail.text.split_once("/bookings/manage#").unwrap();
    token.split_whitespace().next().unwrap().to_owned()
}

/// The lines of an invite, unfolded.
fn lines(ics: &str) -> Vec<String> {
    ics.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn line<'a>(lines: &'a [String], name: &str) -> &'a str {
    lines.iter().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {lines:?}"))
}

fn ics(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

#[test]
fn every_change_is_mailed_with_an_invite_that_replaces_the_last() {
    with_shop(|shop| async move {
        open(shop, "America/New_York", "09:00", "17:00").await;
        let talk = service(shop, "Talk", |service| {
            service.location = "Room 5".into();
            service.cancel_until_minutes = 60;
        })
        .await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 1).await;
        let free = starts(&ann, &talk, &days(shop, 3, 2)).await;
        let made = ann.create_booking(&booking(&talk, free[0], right), None).await.unwrap();
        ann.reschedule_booking(made.id, &BookingMove { start: free[2] }).await.unwrap();
        let now = lines(&ann.get_booking_invite(made.id).await.unwrap());
        ann.cancel_booking(made.id, &BookingCancellation::default()).await.unwrap();

        let told = mails(shop, "ann@example.com").await;
        assert_eq!(told.len(), 3, "{told:?}");
        let invites: Vec<Vec<String>> = told.iter().map(|mail| lines(&mail.attachments[0].content)).collect();
        for (invite, (method, sequence, status, start)) in invites.iter().zip([
            ("REQUEST", "0", "CONFIRMED", free[0]),
            ("REQUEST", "1", "CONFIRMED", free[2]),
            ("CANCEL", "2", "CANCELLED", free[2]),
        ]) {
            assert_eq!(line(invite, "METHOD:"), method);
            assert_eq!(line(invite, "SEQUENCE:"), sequence);
            assert_eq!(line(invite, "STATUS:"), status);
            assert_eq!(line(invite, "DTSTART:"), ics(start));
            assert_eq!(line(invite, "DTEND:"), ics(start + TimeDelta::hours(1)));
            assert_eq!(line(invite, "UID:"), line(&invites[0], "UID:"), "one and the same entry");
            assert_eq!((line(invite, "SUMMARY:"), line(invite, "LOCATION:")), ("Talk", "Room 5"));
            assert!(line(invite, "ATTENDEE;").ends_with("mailto:ann@example.com"));
        }
        assert_eq!(now, invites[1], "the file to save is the mail's");
        assert_eq!(told[0].attachments[0].content_type, "text/calendar; method=REQUEST; charset=utf-8");

        // In the customer's zone, and in the owner's when that shows another time.
        let tokyo = (free[0] + TimeDelta::hours(9)).format("%A, %-d %B %Y, %H:%M").to_string();
        assert!(
            told[0].text.contains(&format!("{tokyo} to ")) && told[0].text.contains("(Asia/Tokyo, UTC+09:00)"),
            "{}",
            told[0].text
        );
        assert!(told[0].text.contains("America/New_York"), "{}", told[0].text);
        assert!(told[0].text.contains("Free to move or cancel until"), "{}", told[0].text);
        assert!(told[2].text.contains("book another time"), "{}", told[2].text);
    });
}

#[test]
fn reminders_come_once_and_follow_the_booking() {
    with_shop(|shop| async move {
        open(shop, "UTC", "00:00", "24:00").await;
        let talk = service(shop, "Talk", |_| {}).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 2).await;
        let free = starts(&ann, &talk, &days(shop, 3, 3)).await;
        let kept = ann.create_booking(&booking(&talk, free[0], right), None).await.unwrap();
        let gone = ann.create_booking(&booking(&talk, free[1], right), None).await.unwrap();
        ann.reschedule_booking(kept.id, &BookingMove { start: free[5] }).await.unwrap();
        ann.cancel_booking(gone.id, &BookingCancellation::default()).await.unwrap();
        let reminders = || async {
            let mails = mails(shop, "ann@example.com").await;
            mails.into_iter().filter(|mail| mail.subject.starts_with("Reminder:")).collect::<Vec<_>>()
        };
        let until = |at: DateTime<Utc>| at - shop.server.state.clock.now();
        // A day before the time it had at first: nothing; a day before the time it has: one.
        shop.pass(until(free[0] - TimeDelta::hours(24)) + TimeDelta::minutes(90));
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        assert_eq!(reminders().await.len(), 0);
        shop.pass(until(free[5] - TimeDelta::hours(24)) + TimeDelta::seconds(5));
        let first = eventually("the first reminder", || async { reminders().await.pop() }).await;
        assert!(first.text.contains(&free[5].format("%-d %B %Y").to_string()), "{}", first.text);
        assert!(!first.text.contains("Free to move"), "the deadline was a day before: {}", first.text);
        assert!(first.text.contains("what paid for it does not come back"), "{}", first.text);
        shop.pass(until(free[5] - TimeDelta::hours(1)) + TimeDelta::seconds(5));
        eventually("two reminders", || async { Some(reminders().await.len()).filter(|count| *count == 2) }).await;
        shop.pass(TimeDelta::hours(3));
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        assert_eq!(reminders().await.len(), 2);
    });
}

#[test]
fn a_mailed_link_manages_its_one_booking_without_signing_in() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let talk = service(shop, "Talk", |service| service.cancel_until_minutes = 60).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 2).await;
        let query = days(shop, 3, 1);
        let free = starts(&ann, &talk, &query).await;
        let made = ann.create_booking(&booking(&talk, free[0], right), None).await.unwrap();
        let token = token(&mails(shop, "ann@example.com").await[0]);
        let visitor = shop.visitor();
        assert_eq!(visitor.get_linked_booking(&token).await.unwrap().id, made.id);
        let slots = visitor.list_linked_slots(&token, &query).await.unwrap();
        assert_eq!(slots.days[0].slots.len(), 8, "its own time is not in its way");
        let moved = visitor.reschedule_linked_booking(&token, &BookingMove { start: free[3] }).await.unwrap();
        assert_eq!((moved.id, moved.start), (made.id, free[3]));
        let ended = visitor.cancel_linked_booking(&token, &BookingCancellation::default()).await.unwrap();
        assert_eq!(ended.status, BookingStatus::Cancelled);
        assert_eq!(left(&ann, right).await, 2);
        let again = visitor.cancel_linked_booking(&token, &BookingCancellation::default()).await;
        assert_eq!(code(again), Some(Code::BookingNotOpen));

        // Nothing else opens it, and it opens nothing else.
        let access = ann.token().unwrap();
        let forged = format!("{}x", &token[..token.len() - 1]);
        for wrong in ["x", "a.b.c", access.as_str(), forged.as_str()] {
            assert_eq!(code(visitor.get_linked_booking(wrong).await), Some(Code::BookingLinkExpired), "{wrong}");
        }
        let stranger = shop.visitor();
        stranger.set_token(Some(token.clone()));
        assert_eq!(stranger.get_booking(made.id).await.unwrap_err().status(), Some(401));
        // After the appointment it is of no use.
        shop.pass(free[3] + TimeDelta::hours(2) - shop.server.state.clock.now());
        assert_eq!(code(visitor.get_linked_booking(&token).await), Some(Code::BookingLinkExpired));
    });
}

async fn read(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[test]
fn the_feed_is_secret_and_its_address_can_be_renewed() {
    with_shop(|shop| async move {
        open(shop, "UTC", "09:00", "17:00").await;
        let questions = json!([{"id": "topic", "label": "What about?", "kind": "text", "required": false}]);
        let talk =
            service(shop, "Talk", |service| service.questions = serde_json::from_value(questions).unwrap()).await;
        let ann = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 2).await;
        let free = starts(&ann, &talk, &days(shop, 3, 1)).await;
        let mut new = booking(&talk, free[0], right);
        new.answers = serde_json::from_value(json!({"topic": "Trees"})).unwrap();
        ann.create_booking(&new, None).await.unwrap();
        let gone = ann.create_booking(&booking(&talk, free[1], right), None).await.unwrap();
        ann.cancel_booking(gone.id, &BookingCancellation::default()).await.unwrap();

        let admin = shop.admin().await;
        assert_eq!(code(ann.renew_calendar_feed().await), Some(Code::Forbidden));
        let here =
            |url: String| url.replace(shop.server.state.config.public_url.as_str().trim_end_matches('/'), &shop.url);
        let first = here(admin.renew_calendar_feed().await.unwrap().url);
        let (status, text) = read(&first).await;
        let lines = lines(&text);
        assert_eq!((status, lines.iter().filter(|line| *line == "BEGIN:VEVENT").count()), (200, 1));
        assert_eq!((line(&lines, "SUMMARY:"), line(&lines, "DTSTART:")), ("Talk: ann", ics(free[0]).as_str()));
        assert!(line(&lines, "DESCRIPTION:").contains("What about?: Trees"));
        let second = here(admin.renew_calendar_feed().await.unwrap().url);
        assert_eq!((read(&first).await.0, read(&second).await.0), (404, 200));
        assert_eq!(read(&second.replace(".ics", "0.ics")).await.0, 404);
        // The secret itself is nowhere in the database.
        let secret = second.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
        assert!(secret.len() >= 32);
        let kept = vitrine::calendar::store::find_feed(&shop.server.state.db, &secret).await.unwrap();
        assert!(!kept, "only its hash is kept");
    });
}

#[test]
fn over_a_change_of_clocks_everybody_sees_the_right_time() {
    with_shop(|shop| async move {
        // The owner in New York, the customer in Tokyo; the clocks in New York change on 14 March 2027.
        open(shop, "America/New_York", "09:00", "10:00").await;
        let talk = service(shop, "Talk", |service| service.horizon_days = 730).await;
        let change: DateTime<Utc> = "2027-03-14T07:00:00Z".parse().unwrap();
        shop.pass(change - TimeDelta::days(3) - shop.server.state.clock.now());
        let ann: Client = shop.customer("ann").await;
        let right = rights(&ann, talk.product.id, 1).await;
        let day = |text: &str| text.parse().unwrap();
        let query = SlotQuery {
            from: day("2027-03-13"),
            to: day("2027-03-16"),
            time_zone: Some("Asia/Tokyo".into()),
            booking_id: None,
        };
        let free = starts(&ann, &talk, &query).await;
        let wanted = ["2027-03-13T14:00:00Z", "2027-03-14T13:00:00Z", "2027-03-15T13:00:00Z", "2027-03-16T13:00:00Z"];
        assert_eq!(free, wanted.map(|at| at.parse::<DateTime<Utc>>().unwrap()));
        ann.create_booking(&booking(&talk, free[1], right), None).await.unwrap();
        let mail = &mails(shop, "ann@example.com").await[0];
        assert!(mail.text.contains("Sunday, 14 March 2027, 22:00 to 23:00 (Asia/Tokyo, UTC+09:00)"), "{}", mail.text);
        assert!(
            mail.text.contains("Sunday, 14 March 2027, 09:00 to 10:00 (America/New_York, UTC-04:00)"),
            "{}",
            mail.text
        );
        assert_eq!(line(&lines(&mail.attachments[0].content), "DTSTART:"), "20270314T130000Z");
    });
}
