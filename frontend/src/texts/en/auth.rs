//! Signing in and up, passwords, addresses.

pub const ALREADY_CONFIRMED: &str = "Your address is confirmed.";
pub const AS_SOMEBODY_ELSE: &str = "Sign in as somebody else";
pub const ASK_AGAIN: &str = "Ask for a new link";
pub const BACK_TO_SIGN_IN: &str = "Back to sign in";
pub const CONFIRMED_LEAD: &str = "Thank you. Receipts and links will reach you there.";
pub const CONFIRMED_TITLE: &str = "Address confirmed";
pub const CONFIRMING: &str = "Confirming your address…";
pub const EMAIL: &str = "E-mail address";
pub const FORGOT_LEAD: &str = "Tell us your address, and we send you a link to set a new password.";
pub const FORGOT_PASSWORD: &str = "Forgot your password?";
pub const HAVE_ACCOUNT: &str = "You have an account?";
pub const LINK_DEAD_TITLE: &str = "This link does not work";
pub const LINK_DEAD_WORDS: &str = "It was used already, or its time is over, or part of it got lost on the way. Ask for a new one; only the newest link works.";
pub const LINK_SENT_TITLE: &str = "Look into your mail";
pub const NAME: &str = "Name";
pub const NAME_HELP: &str = "As it shall stand on your receipts.";
pub const NEED_ADDRESS: &str = "Enter your e-mail address.";
pub const NEED_CODE: &str = "Enter a code.";
pub const NEED_NAME: &str = "Enter your name.";
pub const NEED_PASSWORD: &str = "Enter your password.";
pub const NEW_HERE: &str = "New here?";
pub const NEW_PASSWORD: &str = "Set a new password";
pub const NEW_PASSWORD_LEAD: &str = "After that you are signed out everywhere, and sign in with the new one.";
pub const PASSWORD: &str = "Password";
pub const PASSWORD_HELP: &str = "A few words in a row are easy to remember and hard to guess.";
pub const PASSWORD_SET: &str = "Your new password is set. Sign in with it.";
pub const RECOVERY_CODE: &str = "Recovery code";
pub const RECOVERY_LEAD: &str = "One of the codes you kept when you turned two-factor sign-in on. Each works once.";
pub const RULE_KEPT: &str = "done";
pub const RULE_LENGTH: &str = "8 characters or more";
pub const RULE_PERSONAL: &str = "not your name or address";
pub const SEND_LINK: &str = "Send the link";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_LEAD: &str = "To what you own, your orders and your account.";
pub const SIGN_OUT: &str = "Sign out";
pub const SIGN_UP: &str = "Make an account";
pub const SIGN_UP_LEAD: &str = "It keeps what you buy in one place, ready whenever you need it.";
pub const TO_YOUR_PRODUCTS: &str = "To your products";
pub const TOTP: &str = "Code";
pub const TOTP_LEAD: &str = "Enter the six digits that your authenticator app shows for this shop.";
pub const USE_RECOVERY_CODE: &str = "Use a recovery code";
pub const USE_TOTP: &str = "Use the authenticator app";
pub const VERIFY_EMAIL: &str = "Confirm your address";

/// What is said after asking for a link; does not tell whether there is such an account.
pub fn link_sent(email: &str) -> String {
    format!(
        "If there is an account of {email}, a link is on its way there. It works for an hour. Nothing there? Look into the spam folder, or ask again in a few minutes."
    )
}
