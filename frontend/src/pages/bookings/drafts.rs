//! Answers that were typed and not sent yet. The browser keeps them: of who is signed in until they are sent or that
//! person signs out, of a visitor only as long as the tab is open.

use leptos::prelude::*;
use uuid::Uuid;
use vitrine_types::calendar::{Answer, Answers};

const START: &str = "vitrine.answers.";

fn key(product: Uuid, account: Option<Uuid>) -> String {
    match account {
        Some(account) => format!("{START}{product}.{account}"),
        None => format!("{START}{product}"),
    }
}

fn storage(account: Option<Uuid>) -> Option<web_sys::Storage> {
    let storage = match account {
        Some(_) => window().local_storage(),
        None => window().session_storage(),
    };
    storage.ok().flatten()
}

fn find(product: Uuid, account: Option<Uuid>) -> Answers {
    let text = storage(account).and_then(|storage| storage.get_item(&key(product, account)).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// What `account` has typed. What it typed before it signed in is its own from then on.
pub fn read(product: Uuid, account: Option<Uuid>) -> Answers {
    let mut answers = find(product, account);
    if account.is_some() {
        let before = find(product, None);
        answers.extend(before.into_iter().filter(|(_, answer)| *answer != Answer::Flag(false)));
        if let Some(storage) = storage(None) {
            let _ = storage.remove_item(&key(product, None));
        }
    }
    answers
}

/// Keeps what `account` has typed.
pub fn keep(product: Uuid, account: Option<Uuid>, answers: &Answers) {
    if let (Some(storage), Ok(text)) = (storage(account), serde_json::to_string(answers)) {
        let _ = storage.set_item(&key(product, account), &text);
    }
}

/// The answers to a service's questions are no longer needed: it is booked.
pub fn forget_answers(product: Uuid) {
    forget(&key(product, None));
}

/// Nothing that was typed is left to who comes next.
pub fn forget_all_answers() {
    forget(START);
}

/// Forgets what is kept under keys with this start.
fn forget(start: &str) {
    let storages = [window().local_storage(), window().session_storage()];
    for storage in storages.into_iter().filter_map(|storage| storage.ok().flatten()) {
        let count = storage.length().unwrap_or(0);
        let keys: Vec<String> = (0..count).filter_map(|at| storage.key(at).ok().flatten()).collect();
        keys.iter().filter(|key| key.starts_with(start)).for_each(|key| _ = storage.remove_item(key));
    }
}
