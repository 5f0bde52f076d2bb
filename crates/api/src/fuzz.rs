//! What strangers write and we read: one function per reader, for any bytes at all.
//!
//! Each panics when its reader does, or when what it read breaks a promise that is checked here by other means. The tests
//! feed them the corpus in `fuzz/corpus` and mutations of it.

mod html;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use actix_web::http::header::{ContentDisposition, HeaderValue, TryIntoHeaderValue};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::Sha256;
use uuid::Uuid;
use vitrine_types::{
    accounts::NewCustomer,
    calendar::{NewBooking, Schedule},
    catalog::{NewProduct, ProductPatch, ProductSort},
    checkout::NewCheckout,
};

use crate::{
    accounts::email::Email,
    auth::{Access, Keys},
    calendar::{
        hours::{Hours, Stay},
        ics::busy,
    },
    catalog::{files, markdown, text},
    entitlements::routes::delivery::{self, Part},
    error::Error,
    extract, paging, stripe,
    webhook::handle,
};

/// A reader, and its name: that of its folder in the corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 12] = [
    ("cursor", cursor),
    ("email", email),
    ("event", event),
    ("file_name", file_name),
    ("ics", ics),
    ("json", json),
    ("markdown", markdown),
    ("picture", picture),
    ("range", range),
    ("signature", signature),
    ("text", text),
    ("token", token),
];

/// The present, in seconds since 1970, for what depends on it.
const NOW: i64 = 1_800_000_000;
const SECRETS: [&str; 2] = ["whsec_the_present_one_of_the_fuzzer", "whsec_the_former_one_of_the_fuzzer"];

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap_or_default()
}

/// The first line, and the rest.
fn first_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

fn hmac(secret: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().to_vec()
}

/// A refusal that tells the sender what to mend, and is not our fault.
fn refused(error: &Error) {
    let problem = error.problem();
    assert!((400..500).contains(&problem.status), "our own fault: {}", error.describe());
    assert!(!problem.code.is_empty());
}

/// `Stripe-Signature`, and below it the body: believed only when one of our secrets signed just that, just now.
pub fn signature(data: &[u8]) {
    let (header, body) = first_line(data);
    let Ok(header) = std::str::from_utf8(header) else { return };
    let secrets = SECRETS.map(SecretString::from);
    if stripe::verify(body, header, &secrets, now()).is_ok() {
        let spelt = header.to_ascii_lowercase();
        let signed = (NOW - 300..=NOW + 300).any(|time| {
            let time = time.to_string();
            let signed_with = |secret: &&str| {
                let signature = hex::encode(hmac(secret, &[time.as_bytes(), b".", body]));
                spelt.contains(&format!("v1={signature}"))
            };
            header.contains(&format!("t={time}")) && SECRETS.iter().any(signed_with)
        });
        assert!(signed, "nobody signed this: {header}");
    }
    let time = NOW.to_string();
    let ours = format!("t={time},v1={}", hex::encode(hmac(SECRETS[1], &[time.as_bytes(), b".", body])));
    assert_eq!(stripe::verify(body, &ours, &secrets, now()), Ok(()));
}

/// A delivered event: what is read is what it says, and only ids that stand in it are looked at.
pub fn event(data: &[u8]) {
    let Ok(event) = serde_json::from_slice::<stripe::objects::Event>(data) else { return };
    // What we have no name for is skipped unread, and may hold what is no text.
    let Ok(plain) = serde_json::from_slice::<Value>(data) else { return };
    assert_eq!(plain["id"], event.id);
    assert_eq!(plain["type"], event.kind);
    assert_eq!(plain["livemode"], event.livemode);
    if let Some(id) = handle::subject_id(&event) {
        assert!(event.data.object.to_string().contains(&Value::from(id).to_string()), "an id from nowhere");
    }
}

/// An outside calendar: bounded in what it makes busy and in the time it takes.
pub fn ics(data: &[u8]) {
    let begun = Instant::now();
    let day = |ahead| (now() + TimeDelta::days(ahead)).date_naive();
    let tokyo = Stay { from: day(20), to: day(40), zone: chrono_tz::Asia::Tokyo };
    let owner = Hours { stays: vec![tokyo], ..Hours::none(chrono_tz::Europe::Berlin) };
    let read = busy::read(&String::from_utf8_lossy(data), &owner, now());
    // It stops by itself after five; the machine may be busy with other things.
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    let Some(read) = read else { return };
    assert!(read.spans.len() <= 20_000, "{}", read.spans.len());
    for (from, until) in &read.spans {
        assert!(from < until && *until > now() && *from < now() + TimeDelta::days(733), "{from} {until}");
    }
    assert!(read.spans.windows(2).all(|pair| pair[0].1 < pair[1].0), "they overlap");
    let problem = read.problem.unwrap_or_default();
    assert!(problem.len() < 500 && !problem.chars().any(char::is_control), "{problem:?}");
}

/// The owner's Markdown: nothing in the result runs, and cleaning it again changes nothing.
pub fn markdown(data: &[u8]) {
    let begun = Instant::now();
    let html = markdown::render(&String::from_utf8_lossy(data));
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    html::check(&html);
}

/// A file's size in the first line, and `Range` below it: what is sent lies within the file.
pub fn range(data: &[u8]) {
    let (size, header) = first_line(data);
    let size = std::str::from_utf8(size).ok().and_then(|size| size.parse().ok()).unwrap_or(size.len() as u64);
    let header = std::str::from_utf8(header).ok();
    match delivery::part(header, size) {
        Part::Whole => {}
        Part::Range(first, last) => {
            assert!(first <= last && last < size, "{first}-{last} of {size}");
            assert!(header.is_some_and(|header| header.contains("bytes=")), "nobody asked for a part");
        }
        Part::Unsatisfiable => assert!(header.is_some_and(|header| header.contains('-'))),
    }
    // Whatever the size, its first byte and its last can be had.
    if size > 0 {
        assert_eq!(delivery::part(Some("bytes=0-0"), size), Part::Range(0, 0));
        assert_eq!(delivery::part(Some("bytes=-1"), size), Part::Range(size - 1, size - 1));
    }
}

/// A cursor: read as the key it was made of, or refused by name.
pub fn cursor(data: &[u8]) {
    fn check<K: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
        match paging::cursor::<K>(Some(text)) {
            Ok(None) => panic!("a cursor was read as none"),
            Ok(Some(key)) => {
                let page = paging::page(vec![(), ()], 1, |()| &key);
                let again = page.next_cursor.expect("there is a further page");
                assert_eq!(paging::cursor::<K>(Some(&again)).ok().flatten(), Some(key), "{text}");
            }
            Err(error) => {
                refused(&error);
                assert_eq!(error.problem().errors[0].field, "cursor");
            }
        }
    }
    let text = String::from_utf8_lossy(data);
    // As it came, and as the JSON within one.
    for text in [text.to_string(), URL_SAFE_NO_PAD.encode(data)] {
        check::<Uuid>(&text);
        check::<(DateTime<Utc>, Uuid)>(&text);
        check::<(ProductSort, i64, String, i64)>(&text);
    }
}

/// A token's header in the first line and its claims in the second, signed with our own key; or a whole token: good only
/// when every claim is as we make it.
pub fn token(data: &[u8]) {
    let secret = "a secret of the fuzzer, long enough";
    let keys = Keys::new(&[SecretString::from(secret)]);
    let text = String::from_utf8_lossy(data);
    let (header, claims) = first_line(data);
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signed = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac(secret, &[signed.as_bytes()])));
    for token in [text.trim(), &signed] {
        if keys.verify::<Access>(token, now()).is_none() {
            continue;
        }
        let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).expect("base64"));
        let mut part = || parts.next().expect("three parts");
        let (header, claims, signature) = (part(), part(), part());
        let (message, _) = token.rsplit_once('.').unwrap_or_default();
        assert_eq!(signature, hmac(secret, &[message.as_bytes()]), "nobody signed this");
        let read = |json: &[u8]| serde_json::from_slice::<Value>(json).expect("JSON");
        let (header, claims) = (read(&header), read(&claims));
        assert_eq!(header["alg"], "HS256");
        assert_eq!((&claims["iss"], &claims["aud"]), (&"vitrine".into(), &"vitrine".into()));
        assert_eq!(claims["typ"], "access");
        let time = |name: &str| claims[name].as_i64().expect("a number of seconds");
        assert!(time("nbf") <= NOW && NOW < time("exp"), "{claims}");
        for name in ["sub", "sid"] {
            assert!(claims[name].as_str().is_some_and(|id| Uuid::try_parse(id).is_ok()), "{claims}");
        }
    }
}

/// A JSON body: read, or refused with what to mend.
pub fn json(data: &[u8]) {
    fn check<T: DeserializeOwned>(data: &[u8]) {
        if let Err(error) = extract::read_json::<T>(data) {
            refused(&error);
            assert!(matches!(error.problem().status, 400 | 422));
        }
    }
    check::<NewCheckout>(data);
    check::<NewBooking>(data);
    check::<NewProduct>(data);
    check::<ProductPatch>(data);
    check::<Schedule>(data);
    check::<NewCustomer>(data);
}

/// An e-mail address: one that is taken bends no mail, and its key is its own key.
pub fn email(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let email = match Email::parse(&text, "email") {
        Ok(email) => email,
        Err(error) => return refused(&error),
    };
    assert!(email.address.len() <= 254 && email.address.matches('@').count() == 1, "{email:?}");
    let bends = |c: char| c.is_control() || c.is_whitespace() || "\"<>,;:\\()".contains(c);
    assert!(!email.address.chars().any(bends), "{email:?}");
    assert!(email.key.is_ascii() && email.key == email.key.to_ascii_lowercase(), "{email:?}");
    let again = Email::parse(&email.key, "email").expect("a key is an address");
    assert_eq!(again.key, email.key);
    assert!(email.address.parse::<lettre::message::Mailbox>().is_ok(), "{email:?}");
}

/// Free text that becomes an address, a tag or a question to the database.
pub fn text(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let slug = text::slug(&text);
    assert!(slug.is_empty() || text::is_slug(&slug), "{slug:?}");
    assert_eq!(text::slug(&slug), slug);
    assert!(!text::is_slug(&text) || text.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-'));
    let tag = text::tag(&text);
    assert_eq!(text::tag(&tag), tag);
    let plain = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    assert!(text::findable([&*text]).split(' ').all(|word| plain(word) || word.is_empty()));
    if let Some(question) = text::Question::new(&text) {
        let (fts5, tsquery) = (question.fts5(), question.tsquery());
        let quoted = fts5.strip_suffix(" *").expect("the last one is the beginning of a word").split(' ');
        assert!(quoted.clone().count() <= 10, "{fts5}");
        assert!(
            quoted.map(|word| word.strip_prefix('"')?.strip_suffix('"')).all(|word| word.is_some_and(plain)),
            "{fts5}"
        );
        let quoted = tsquery.strip_suffix(":*").expect("the last one is the beginning of a word").split(" & ");
        assert!(
            quoted.map(|word| word.strip_prefix('\'')?.strip_suffix('\'')).all(|word| word.is_some_and(plain)),
            "{tsquery}"
        );
    }
}

/// A file's name, as a form's `Content-Disposition` and as it is: it names no place, and bends no header.
pub fn file_name(data: &[u8]) {
    let mut names = vec![String::from_utf8_lossy(data).into_owned()];
    if let Ok(header) = HeaderValue::from_bytes(data)
        && let Ok(disposition) = ContentDisposition::from_raw(&header)
    {
        names.push(crate::catalog::routes::receive::sent_name(&disposition));
    }
    for name in names {
        let clean = files::clean_name(&name);
        assert!((1..=255).contains(&clean.len()) && clean != "." && clean != "..", "{clean:?}");
        let bends = |c: char| c.is_control() || "/\\\u{202e}\u{200f}\u{feff}".contains(c);
        assert!(!clean.chars().any(bends) && !clean.starts_with('.'), "{clean:?}");
        assert_eq!(files::clean_name(&clean), clean);
        let header = delivery::attachment(&clean).try_into_value().expect("a header's value");
        let header = header.to_str().expect("ASCII");
        assert!(header.starts_with("attachment; filename=\""), "{header}");
        assert_eq!(header.matches('"').count(), 2, "{header}");
        assert_eq!(header.matches(';').count(), 2, "{header}");
    }
}

/// A picture: decoded within bounds, or refused.
pub fn picture(data: &[u8]) {
    match crate::images::decode_bounded(data, 64) {
        Ok(picture) => assert!(picture.width() <= 12_000 && picture.height() <= 12_000),
        Err(error) => refused(&error),
    }
}
