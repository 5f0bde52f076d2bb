//! What pages are built from. One component per file; pages put them together and style nothing twice.

mod badge;
mod button;
mod copy;
mod dialog;
mod empty;
mod exhibit;
mod field;
mod file_drop;
pub mod form;
mod html;
mod load;
mod menu;
mod page;
mod pager;
mod picture;
mod tabs;
pub mod toasts;
mod values;

pub use badge::{Badge, Tone};
pub use button::{Button, ButtonKind, ButtonLink, perform};
pub use copy::Copy;
pub use dialog::Dialog;
pub use empty::Empty;
pub use exhibit::{Exhibit, Wall, wall_skeleton};
pub use field::{Checkbox, PasswordField, Select, TextArea, TextField};
pub use file_drop::{FileDrop, Upload};
pub use form::{ErrorBanner, FormErrors};
pub use html::Html;
pub use load::{Failure, Load, Skeleton};
pub use menu::Menu;
pub use page::Page;
pub use pager::{List, LoadMore};
pub use picture::Picture;
pub use tabs::Tabs;
pub use toasts::{Toasts, toast_error, toast_ok};
pub use values::{Price, When};
