//! Accounts and sessions.

use uuid::Uuid;
use vitrine_types::accounts::{
    AccountPatch, Credentials, Customer, DeviceSession, EmailChange, EmailVerification, NewCustomer, Notifications,
    OwnerConfirmation, PasswordChange, PasswordConfirmation, PasswordReset, PasswordResetRequest, RecoveryCodes,
    Session, TotpCode, TotpSetup, TotpStatus,
};

use crate::{
    Client, Method, Result,
    send::{Body, Request},
};

impl Client {
    /// Makes an account and signs in.
    pub async fn register(&self, new: &NewCustomer) -> Result<Session> {
        self.post("/auth/register", new).await.map(|session| self.keep(session))
    }

    /// Signs in.
    pub async fn login(&self, credentials: &Credentials) -> Result<Session> {
        self.set_token(None);
        self.post("/auth/login", credentials).await.map(|session| self.keep(session))
    }

    /// Exchanges the refresh cookie for a new access token.
    pub async fn refresh_session(&self) -> Result<Session> {
        self.alone.run(self.exchange_cookie()).await
    }

    /// The exchange itself; only while [`Client::alone`] is held.
    pub(crate) async fn exchange_cookie(&self) -> Result<Session> {
        // Straight to the transport: a refresh must not itself try to refresh.
        let request =
            Request { method: Method::Post, path: "/auth/refresh".into(), body: Body::Empty, idempotency_key: None };
        let body = self.send(&request, None).await?;
        let session = serde_json::from_slice(&body).map_err(|e| crate::Error::Unreadable(e.to_string()))?;
        Ok(self.keep(session))
    }

    /// Ends this session.
    pub async fn logout(&self) -> Result<()> {
        let done = self.call(Method::Post, "/auth/logout", None::<&()>).await;
        self.set_token(None);
        done
    }

    /// Asks for a mail with a link to set a new password.
    pub async fn request_password_reset(&self, email: &str) -> Result<()> {
        self.post("/auth/password-reset", &PasswordResetRequest { email: email.into() }).await
    }

    /// Sets a new password with the token of that link.
    pub async fn confirm_password_reset(&self, reset: &PasswordReset) -> Result<()> {
        self.post("/auth/password-reset/confirm", reset).await
    }

    /// Confirms an address with the token of the mailed link.
    pub async fn verify_email(&self, token: &str) -> Result<()> {
        self.post("/auth/verify-email", &EmailVerification { token: token.into() }).await
    }

    /// Asks for that link again.
    pub async fn resend_verification(&self) -> Result<()> {
        self.call(Method::Post, "/auth/verify-email/resend", None::<&()>).await
    }

    /// Who is signed in.
    pub async fn get_account(&self) -> Result<Customer> {
        self.get("/account").await
    }

    /// Changes the profile.
    pub async fn update_account(&self, patch: &AccountPatch) -> Result<Customer> {
        self.call(Method::Patch, "/account", Some(patch)).await
    }

    /// Deletes the account.
    pub async fn delete_account(&self, password: &str) -> Result<()> {
        let body = OwnerConfirmation { password: Some(password.into()) };
        self.call(Method::Delete, "/account", Some(&body)).await.inspect(|()| self.set_token(None))
    }

    /// Changes the password and ends all other sessions.
    pub async fn change_password(&self, change: &PasswordChange) -> Result<()> {
        self.call(Method::Put, "/account/password", Some(change)).await
    }

    /// Asks to change the address; a link goes to the new one.
    pub async fn change_email(&self, change: &EmailChange) -> Result<()> {
        self.post("/account/email", change).await
    }

    /// Sets the profile picture (PNG, JPEG or WebP, at most 2 MiB).
    pub async fn set_avatar(&self, bytes: Vec<u8>) -> Result<Customer> {
        let body = Body::Bytes(bytes, "application/octet-stream");
        self.request(Request { method: Method::Put, path: "/account/avatar".into(), body, idempotency_key: None }).await
    }

    /// Takes the profile picture away.
    pub async fn delete_avatar(&self) -> Result<Customer> {
        self.call(Method::Delete, "/account/avatar", None::<&()>).await
    }

    /// Where the account is signed in.
    pub async fn list_sessions(&self) -> Result<vitrine_types::Page<DeviceSession>> {
        self.get("/account/sessions").await
    }

    /// Ends one of those sessions.
    pub async fn end_session(&self, id: Uuid) -> Result<()> {
        self.call(Method::Delete, &format!("/account/sessions/{id}"), None::<&()>).await
    }

    /// Where the second factor stands.
    pub async fn get_totp(&self) -> Result<TotpStatus> {
        self.get("/account/totp").await
    }

    /// Asks for a key for an authenticator app; a session that is not new gives the password.
    pub async fn start_totp(&self, password: Option<&str>) -> Result<TotpSetup> {
        self.post("/account/totp", &OwnerConfirmation { password: password.map(str::to_owned) }).await
    }

    /// Turns the second factor on by a first code.
    pub async fn confirm_totp(&self, code: &str) -> Result<RecoveryCodes> {
        self.post("/account/totp/confirm", &TotpCode { code: code.into() }).await
    }

    /// Turns the second factor off.
    pub async fn disable_totp(&self, password: &str) -> Result<()> {
        let body = PasswordConfirmation { password: password.into() };
        self.call(Method::Delete, "/account/totp", Some(&body)).await
    }

    /// Makes new recovery codes.
    pub async fn renew_recovery_codes(&self, password: &str) -> Result<RecoveryCodes> {
        self.post("/account/totp/recovery-codes", &PasswordConfirmation { password: password.into() }).await
    }

    /// Which optional mails the customer wants.
    pub async fn get_notifications(&self) -> Result<Notifications> {
        self.get("/account/notifications").await
    }

    /// Sets which optional mails the customer wants.
    pub async fn set_notifications(&self, wanted: &Notifications) -> Result<Notifications> {
        self.call(Method::Put, "/account/notifications", Some(wanted)).await
    }

    /// Everything the shop knows about me.
    pub async fn export_account(&self) -> Result<serde_json::Value> {
        self.get("/account/export").await
    }
}
