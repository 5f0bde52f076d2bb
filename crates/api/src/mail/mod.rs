//! Mail: what the shop sends.
//!
//! A mail is a row, written in the transaction of what it tells of and sent by a job after the commit: none is lost, and
//! none tells of what was rolled back. At least once, that is: when a process dies between the mail server's "taken" and
//! our note of it, the mail goes out again, under the same `Message-ID`.
//! Without `SMTP_URL` nothing is sent; the owner reads the mails in the outbox.
//!
//! To add a mail: a variant of [`Letter`] with what it says, two templates (`templates/<name>.html` and `.txt`), and a
//! call to [`service::queue`] in the feature it belongs to.

mod letters;
mod render;
pub mod routes;
pub mod service;
pub mod smtp;
mod store;

pub use letters::{
    Access, Appointment, Delivery, Letter, Line, PaymentProcessing, PlanNews, Receipt, RefundSent, SecondFactorChange,
};
