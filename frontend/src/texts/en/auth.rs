//! Signing in and up, passwords, addresses.

pub const FORGOT_PASSWORD: &str = "Forgot your password?";
pub const NEW_PASSWORD: &str = "Set a new password";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_OUT: &str = "Sign out";
pub const SIGN_UP: &str = "Make an account";
pub const VERIFY_EMAIL: &str = "Confirm your address";
