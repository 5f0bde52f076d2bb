//! Vitrine's browser app. `app.rs` tells how it is laid out and how to add a page.

mod app;
mod basket;
mod components;
mod format;
mod intention;
mod layout;
mod pages;
mod parts;
mod path;
mod session;
mod texts;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
