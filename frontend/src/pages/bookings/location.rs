//! Where an appointment takes place: a link for a video call, a number to call, or a place.

use leptos::prelude::*;

/// The words of a location, as what they are.
#[component]
pub fn Location(text: String) -> impl IntoView {
    let text = text.trim().to_owned();
    let is_web =
        ["https://", "http://"].iter().any(|start| text.starts_with(start)) && !text.contains(char::is_whitespace);
    if is_web {
        let href = text.clone();
        return view! { <a class="link-line break-all" href=href target="_blank" rel="noopener noreferrer">{text}</a> }
            .into_any();
    }
    match phone(&text) {
        Some(number) => view! { <a class="link-line" href=format!("tel:{number}")>{text}</a> }.into_any(),
        None => text.into_any(),
    }
}

/// The digits of what is a telephone number and nothing else.
fn phone(text: &str) -> Option<String> {
    let fits = text.chars().all(|c| c.is_ascii_digit() || "+ ()-./".contains(c));
    let number: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    (fits && number.len() >= 6).then_some(number)
}
