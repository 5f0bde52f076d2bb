//! A customer's account.

mod privacy;
mod profile;
mod security;

pub use privacy::Privacy;
pub use profile::Profile;
pub use security::Security;
