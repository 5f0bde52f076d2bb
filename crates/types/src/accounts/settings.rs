//! What an account can be set to: its address, its second factor, its mails.

use serde::{Deserialize, Serialize};

/// Body of `POST /account/email`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailChange {
    /// The new address; a link is sent there.
    pub email: String,
    /// The account's password.
    pub password: String,
}

/// Where the second factor stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpStatus {
    /// Whether signing in asks for a code.
    pub enabled: bool,
    /// Whether the account may do nothing else before it has set one up: the shop asks it of its admins.
    pub required: bool,
    /// How many recovery codes have not been used.
    pub recovery_codes_left: i64,
}

/// Body of calls that ask who sits there, `POST /account/totp` and `DELETE /account`; it may be left out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerConfirmation {
    /// The account's password. Only a session that has just been opened can do without.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub password: Option<String>,
}

/// A second factor that waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpSetup {
    /// The key to type into an authenticator app, in Base32.
    pub secret: String,
    /// The same for apps that take links: `otpauth://totp/…`
    pub otpauth_url: String,
    /// The same as a QR code to scan: an SVG picture as `data:` address.
    pub qr_code: String,
}

/// Body of `POST /account/totp/confirm`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TotpCode {
    /// The six digits that the authenticator app shows now.
    pub code: String,
}

/// Codes that sign in once each when the authenticator app is out of reach. Only this answer shows them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryCodes {
    /// All that are good now; earlier ones are void.
    pub recovery_codes: Vec<String>,
}

/// Body of calls that ask for the password once more and for nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordConfirmation {
    /// The account's password.
    pub password: String,
}

/// Which mails the customer wants of those that can be done without. All others are sent in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notifications {
    /// Reminders of coming appointments.
    pub booking_reminders: bool,
    /// Reminders of tokens that end soon; wanted when absent.
    #[serde(default = "yes")]
    pub token_reminders: bool,
}

fn yes() -> bool {
    true
}
