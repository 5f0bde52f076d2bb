//! Getting in: signing in and up, passwords, confirming addresses.

mod forgot_password;
mod new_password;
mod reset_password;
mod sheet;
mod sign_in;
mod sign_up;
mod verify_email;

pub use forgot_password::ForgotPassword;
pub use new_password::NewPasswordField;
pub use reset_password::ResetPassword;
pub use sign_in::SignIn;
pub use sign_up::SignUp;
pub use verify_email::VerifyEmail;
