//! Accounts: who a customer is, signing in, sessions.

mod settings;

pub use settings::{
    EmailChange, Notifications, OwnerConfirmation, PasswordConfirmation, RecoveryCodes, TotpCode, TotpSetup, TotpStatus,
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Buys.
    Customer,
    /// Owns the shop.
    Admin,
}

impl Role {
    /// As it stands on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Admin => "admin",
        }
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    /// Reads [`Role::as_str`].
    fn try_from(text: String) -> Result<Self, String> {
        [Self::Customer, Self::Admin].into_iter().find(|role| role.as_str() == text).ok_or(text)
    }
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Customer {
    /// UUIDv7.
    pub id: Uuid,
    /// As the customer wrote it.
    pub email: String,
    /// Display name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// Address of the profile picture, if there is one.
    pub avatar_url: Option<String>,
    /// Whether the address has been confirmed.
    pub email_verified: bool,
    /// IANA name, such as `Europe/Berlin`; null follows the browser.
    pub time_zone: Option<String>,
    /// Whether signing in asks for a second factor.
    pub totp_enabled: bool,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
}

/// Body of `POST /auth/register`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCustomer {
    /// The address to sign in with.
    #[cfg_attr(feature = "openapi", schema(example = "ada@example.com"))]
    pub email: String,
    /// 8 to 128 characters, not a well-known one.
    #[cfg_attr(feature = "openapi", schema(example = "correct horse battery", min_length = 8, max_length = 128))]
    pub password: String,
    /// Display name, 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schema(example = "Ada", min_length = 1, max_length = 100))]
    pub name: String,
}

/// Body of `POST /auth/login`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// The address of the account.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The code of the second factor, where it is on: six digits, good once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub totp: Option<String>,
    /// One of the recovery codes, in the place of `totp`; good once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub recovery_code: Option<String>,
}

/// A signed-in session: the answer to register, login and refresh. The refresh token comes as a cookie.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// A JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    /// Who is signed in.
    pub customer: Customer,
}

/// Body of `POST /auth/password-reset`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordResetRequest {
    /// The address of the account.
    pub email: String,
}

/// Body of `POST /auth/password-reset/confirm`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordReset {
    /// From the link in the mail.
    pub token: String,
    /// The new password.
    pub password: String,
}

/// Body of `POST /auth/verify-email`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailVerification {
    /// From the link in the mail.
    pub token: String,
}

/// Body of `PATCH /account`; absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountPatch {
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// IANA name; an empty string follows the browser again.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub time_zone: Option<String>,
}

/// Body of `PUT /account/password`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The password so far.
    pub current_password: String,
    /// The password from now on.
    pub new_password: String,
}

/// A place where the account is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeviceSession {
    /// Ends with `DELETE /account/sessions/{id}`.
    pub id: Uuid,
    /// The browser's own description of itself, if it gave one.
    pub user_agent: Option<String>,
    /// When it signed in.
    pub created_at: DateTime<Utc>,
    /// When it last asked for a new access token.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the session of this request.
    pub current: bool,
}
