//! A customer's account: profile, address, password, sessions, data.

pub const ACCOUNT_SECTIONS: &str = "Parts of your account";
pub const ADDRESS_NOW: &str = "Your address now";
pub const CHANGE_EMAIL: &str = "Send the link";
pub const CHANGE_EMAIL_HELP: &str = "A link goes to the new address. Until you use it, nothing changes.";
pub const CHANGE_PASSWORD: &str = "Change password";
pub const CONFIRMED: &str = "Confirmed";
pub const CURRENT_PASSWORD: &str = "Password so far";
pub const DATA: &str = "Your data";
pub const DELETE: &str = "Delete account";
pub const DELETE_FOR_GOOD: &str = "Delete for good";
pub const DELETE_GOES: &str =
    "Your name, address, picture and all sign-ins are erased at once, and with them your access to what you own.";
pub const DELETE_INTRO: &str = "Ends your access to everything you own here. It cannot be undone.";
pub const DELETE_KEPT: &str =
    "Your orders stay in the shop's books, as the law asks, but no longer carry your name or address.";
pub const DELETE_TITLE: &str = "Delete your account?";
pub const EMAIL: &str = "E-mail";
pub const END: &str = "Sign out";
pub const END_OTHERS: &str = "Sign out everywhere else";
pub const ENDED: &str = "Signed out there.";
pub const EXPORT: &str = "Download my data";
pub const EXPORT_INTRO: &str =
    "Everything the shop keeps about you, as one file: account, orders, what you own, mails, sign-ins.";
pub const EXPORT_TITLE: &str = "Take it with you";
pub const LAST_SEEN: &str = "last used";
pub const KEEP_ACCOUNT: &str = "Keep my account";
pub const NAME: &str = "Name";
pub const NAME_HELP: &str = "As it stands on your receipts.";
pub const NEW_ADDRESS: &str = "New address";
pub const NEW_PASSWORD: &str = "New password";
pub const NOT_A_PICTURE: &str = "This file cannot be read as a picture. Choose a PNG, JPEG or WebP.";
pub const NOT_CONFIRMED: &str = "Not confirmed yet";
pub const PASSWORD: &str = "Password";
pub const PASSWORD_CHANGED: &str = "Your password is changed. Everywhere else you are signed out.";
pub const PASSWORD_LEAD: &str = "Changing it signs you out everywhere but here.";
pub const PICTURE: &str = "Picture";
pub const PICTURE_ACROSS: &str = "Your picture, as it will be cut. Drag it, or move it with the arrow keys.";
pub const PICTURE_CHANGE: &str = "Change picture";
pub const PICTURE_CHOOSE: &str = "Choose a picture";
pub const PICTURE_CUT: &str = "Cut your picture";
pub const PICTURE_HELP: &str = "PNG, JPEG or WebP.";
pub const PICTURE_REMOVE: &str = "Remove";
pub const PICTURE_REMOVED: &str = "Your picture is removed.";
pub const PICTURE_SAVED: &str = "Your picture is saved.";
pub const PICTURE_USE: &str = "Use this picture";
pub const PROFILE: &str = "Profile";
pub const RESEND: &str = "Send the link again";
pub const SAVED: &str = "Saved.";
pub const SESSIONS: &str = "Sign-ins";
pub const SESSIONS_LEAD: &str =
    "Where your account is signed in. Do you see one you do not know? End it, and change your password.";
pub const SIGNED_IN: &str = "Signed in";
pub const THIS_ONE: &str = "This one";
pub const TIME_ZONE: &str = "Time zone";
pub const TIME_ZONE_HELP: &str = "In mails about appointments, times are given in this zone.";
pub const UNKNOWN_DEVICE: &str = "Unknown device";
pub const YOUR_PASSWORD: &str = "Your password";
pub const ZOOM: &str = "Zoom";

/// Asks to confirm the address.
pub fn please_confirm(email: &str) -> String {
    format!("Please confirm your address: use the link we sent to {email}.")
}

/// A link is on its way.
pub fn link_sent(email: &str) -> String {
    format!("A link is on its way to {email}.")
}

/// The choice to go by the device's zone.
pub fn zone_of_device(zone: &str) -> String {
    format!("As my device has it ({zone})")
}

/// A browser and where it runs.
pub fn browser_on(browser: &str, system: &str) -> String {
    format!("{browser} on {system}")
}

/// Signs out one of the places, for who cannot see the row.
pub fn end_session(device: &str) -> String {
    format!("Sign out {device}")
}
