//! Outside calendars: what is busy there cannot be booked here.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{self, Bytes},
};
use chrono::{DateTime, TimeDelta, Utc};
use vitrine_types::{
    Code,
    calendar::{NewExternalCalendar, SlotQuery, Stay},
};

use crate::{
    calendar::{code, days, open, service, starts},
    harness::{eventually, with_configured_shop, with_shop},
};

/// What the outside host answers: a status and a body.
type Answer = Arc<Mutex<(u16, String)>>;

/// A host that serves a calendar; its address.
fn host(answer: Answer) -> String {
    let serve = move |answer: web::Data<Answer>| {
        let (status, body) = answer.lock().unwrap().clone();
        let status = actix_web::http::StatusCode::from_u16(status).unwrap();
        async move { HttpResponse::build(status).insert_header(("Location", "/elsewhere")).body(body) }
    };
    let server = HttpServer::new(move || {
        App::new().app_data(web::Data::new(answer.clone())).route("/x.ics", web::get().to(serve))
    });
    let server = server.workers(1).bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    format!("http://{address}/x.ics")
}

fn calendar(from: DateTime<Utc>, hours: i64) -> String {
    let ics = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let until = from + TimeDelta::hours(hours);
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:{}\r\nDTEND:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        ics(from),
        ics(until)
    )
}

#[test]
fn what_is_busy_elsewhere_cannot_be_booked() {
    with_configured_shop(
        |config| config.fetch_private = true,
        |shop| async move {
            open(shop, "UTC", "09:00", "17:00").await;
            let talk = service(shop, "Talk", |_| {}).await;
            let visitor = shop.visitor();
            let query = days(shop, 3, 1);
            let free = starts(&visitor, &talk, &query).await;
            let answer: Answer = Arc::new(Mutex::new((200, calendar(free[2], 2))));
            let admin = shop.admin().await;
            let url = host(answer.clone());
            let added = admin.create_external_calendar(&NewExternalCalendar { url: url.clone() }).await.unwrap();
            assert_eq!((added.last_synced_at, added.stale), (None, false));
            let again = admin.create_external_calendar(&NewExternalCalendar { url }).await;
            assert_eq!(code(again), Some(Code::InvalidRequest));
            let read = || async { admin_list(shop).await.remove(0) };
            eventually("it is read", || async { read().await.last_synced_at }).await;
            assert_eq!(starts(&visitor, &talk, &query).await, [&free[..2], &free[4..]].concat());
            assert_eq!(read().await.busy_count, 1);

            // It changes, and is read again within a quarter of an hour.
            *answer.lock().unwrap() = (200, calendar(free[5], 1));
            shop.pass(TimeDelta::minutes(16));
            let seen = || async { Some(starts(&visitor, &talk, &query).await).filter(|now| now.contains(&free[2])) };
            let now = eventually("the change is seen", seen).await;
            assert!(!now.contains(&free[5]));

            // What fails keeps what was known, and is told; first as an error, then as stale.
            for broken in [(500, String::new()), (302, String::new()), (200, "<html>sign in</html>".to_owned())] {
                *answer.lock().unwrap() = broken;
                shop.pass(TimeDelta::minutes(16));
                let told = || async { read().await.error };
                let error = eventually("the error is told", told).await;
                assert!(!error.contains("127.0.0.1"), "{error}");
                assert!(!starts(&visitor, &talk, &query).await.contains(&free[5]));
            }
            shop.pass(TimeDelta::minutes(40));
            assert!(read().await.stale);
            let health = shop.admin().await.get_health().await.unwrap();
            assert!(health.checks.iter().any(|check| check.name == "calendars" && !check.ok));

            shop.admin().await.delete_external_calendar(added.id).await.unwrap();
            assert_eq!(starts(&visitor, &talk, &query).await, free);
        },
    );
}

async fn admin_list(shop: &crate::harness::Shop) -> Vec<vitrine_types::calendar::ExternalCalendar> {
    shop.admin().await.list_external_calendars().await.unwrap().data
}

#[test]
fn hosts_of_our_own_network_are_not_asked() {
    with_shop(|shop| async move {
        let answer: Answer = Arc::new(Mutex::new((200, calendar(shop.server.state.clock.now(), 2))));
        let admin = shop.admin().await;
        let inside = host(answer);
        for url in
            [inside.as_str(), "ftp://example.com/x.ics", "x", "https://example.com:8443/x.ics", "file:///etc/passwd"]
        {
            let refused = admin.create_external_calendar(&NewExternalCalendar { url: url.into() }).await;
            assert_eq!(code(refused), Some(Code::InvalidRequest), "{url}");
        }
        // A name that leads inside is found out when it is resolved; it is told like any host that does not answer.
        for url in ["http://localhost/x.ics", "webcal://127.0.0.1/x.ics", "http://[::ffff:127.0.0.1]/x.ics"] {
            admin.create_external_calendar(&NewExternalCalendar { url: url.into() }).await.unwrap();
        }
        let all = || async {
            let errors: Vec<_> = admin_list(shop).await.into_iter().filter_map(|calendar| calendar.error).collect();
            Some(errors).filter(|errors| errors.len() == 3)
        };
        let errors = eventually("all are refused", all).await;
        assert!(errors.iter().all(|error| error == "The host does not answer"), "{errors:?}");
    });
}

/// Whole days and times without a zone are those of the owner's wall, wherever that is on the day.
#[test]
fn what_is_busy_elsewhere_goes_along_on_journeys() {
    with_configured_shop(
        |config| config.fetch_private = true,
        |shop| async move {
            open(shop, "Europe/Berlin", "09:00", "16:00").await;
            let talk = service(shop, "Talk", |_| {}).await;
            let (admin, visitor) = (shop.admin().await, shop.visitor());
            let query = SlotQuery { time_zone: Some("Asia/Tokyo".into()), ..days(shop, 3, 3) };
            let slots = visitor.list_slots("talk", &query).await.unwrap();
            assert_eq!(slots.owner_time_zone, "Europe/Berlin");
            let mut schedule = admin.get_schedule().await.unwrap();
            schedule.travel = vec![Stay { from: query.from, to: query.to, time_zone: "Asia/Tokyo".into() }];
            admin.set_schedule(&schedule).await.unwrap();
            let slots = visitor.list_slots("talk", &query).await.unwrap();
            assert_eq!(slots.owner_time_zone, "Asia/Tokyo", "where the owner is on the days asked for");

            let free = starts(&visitor, &talk, &query).await;
            assert_eq!(free.len(), 3 * 7);
            let ics = |date: chrono::NaiveDate| date.format("%Y%m%d").to_string();
            let text = format!(
                "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:{}\r\nEND:VEVENT\r\n\
                 BEGIN:VEVENT\r\nUID:b\r\nDTSTART:{}T090000\r\nDTEND:{}T110000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                ics(query.from),
                ics(query.to),
                ics(query.to)
            );
            let url = host(Arc::new(Mutex::new((200, text))));
            admin.create_external_calendar(&NewExternalCalendar { url }).await.unwrap();
            eventually("it is read", || async { admin_list(shop).await.remove(0).last_synced_at }).await;
            assert_eq!(starts(&visitor, &talk, &query).await, [&free[7..14], &free[16..]].concat());
        },
    );
}

/// A calendar of a gigabyte is not read to its end, and what was known before still counts.
#[test]
fn a_calendar_without_end_is_given_up() {
    with_configured_shop(
        |config| config.fetch_private = true,
        |shop| async move {
            const PIECE: usize = 1024 * 1024;
            let sent = Arc::new(AtomicUsize::new(0));
            let counted = sent.clone();
            let serve = move || {
                let sent = counted.clone();
                let start = std::iter::once(Bytes::from_static(b"BEGIN:VCALENDAR\r\nX-FILL:"));
                let pieces = start.chain(std::iter::repeat_n(Bytes::from(vec![b'x'; PIECE]), 1024));
                let pieces = pieces.inspect(move |_| _ = sent.fetch_add(1, Ordering::SeqCst));
                let body = futures_util::stream::iter(pieces.map(Ok::<_, std::io::Error>));
                async move { HttpResponse::Ok().streaming(body) }
            };
            let server = HttpServer::new(move || App::new().route("/x.ics", web::get().to(serve.clone())));
            let server = server.workers(1).bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}/x.ics", server.addrs()[0]);
            actix_web::rt::spawn(server.run());
            shop.admin().await.create_external_calendar(&NewExternalCalendar { url }).await.unwrap();
            let told = || async { admin_list(shop).await.remove(0).error };
            let error = eventually("it is given up", told).await;
            assert_eq!(error, "The answer is larger than 10 MiB");
            // 10 MiB were taken; what the sockets buffer comes on top.
            assert!(sent.load(Ordering::SeqCst) < 64, "{} MiB were sent", sent.load(Ordering::SeqCst));
        },
    );
}
