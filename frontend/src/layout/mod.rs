//! What stands around the pages: shop window, customer's desk, owner's desk.

mod admin;
mod desk;
mod guard;
mod header;
mod shop;
mod theme;
mod time_machine;
mod update;

pub use admin::AdminShell;
pub use desk::DeskShell;
pub use guard::{SignedIn, next_path, sign_in_path, with_next};
pub use shop::ShopShell;
pub use theme::ThemeSwitch;
pub use update::UpdateNotice;
