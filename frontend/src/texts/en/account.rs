//! A customer's account: profile, address, password, sessions, data.

pub const ACCOUNT_SECTIONS: &str = "Parts of your account";
pub const ADDRESS_NOW: &str = "Your address now";
pub const ALWAYS_SENT: &str = "Sent in any case";
pub const ALWAYS_SENT_MAILS: [&str; 3] = [
    "Receipts, refunds, and news about an order of yours.",
    "Appointments booked, moved or cancelled.",
    "What concerns the safety of your account: links, a new password, another address.",
];
pub const BOOKING_REMINDERS: &str = "Reminders of appointments";
pub const BOOKING_REMINDERS_HELP: &str = "A day and an hour before.";
pub const CHANGE_EMAIL: &str = "Send the link";
pub const CHANGE_EMAIL_HELP: &str = "A link goes to the new address. Until you use it, nothing changes.";
pub const CHANGE_PASSWORD: &str = "Change password";
pub const CODE: &str = "Code";
pub const CODES_KEPT: &str = "I have kept them";
pub const CODE_HELP: &str = "Six digits, new every half minute.";
pub const CONFIRMED: &str = "Confirmed";
pub const COPY_CODES: &str = "Copy all";
pub const COPY_KEY: &str = "Copy the key";
pub const CURRENT_PASSWORD: &str = "Password so far";
pub const DATA: &str = "Your data";
pub const DATA_ABOUT: &str = "Take it with you, or delete your account.";
pub const DELETE: &str = "Delete account";
pub const DELETE_CANCELS: &str = "Coming appointments are cancelled. What paid for them does not come back.";
pub const DELETE_FOR_GOOD: &str = "Delete for good";
pub const DELETE_GOES: &str =
    "Your name, address, picture and all sign-ins are erased at once, and with them your access to what you own.";
pub const DELETE_INTRO: &str = "Ends your access to everything you own here. It cannot be undone.";
pub const DELETE_KEPT: &str =
    "Your orders stay in the shop's books, as the law asks, but no longer carry your name or address.";
pub const DELETE_PLAN: &str =
    "If you have a plan, it ends now. No money comes back, and all your tokens go, those you bought as well.";
pub const DELETE_STRIPE: &str = "If you have paid here, Stripe, which handles the payments, keeps you as a customer, and your invoices, for the books.";
pub const DELETE_TITLE: &str = "Delete your account?";
pub const EMAIL: &str = "E-mail";
pub const EMAIL_ABOUT: &str = "Where you sign in and get your mail.";
pub const END: &str = "Sign out";
pub const ENDED: &str = "Signed out there.";
pub const END_OTHERS: &str = "Sign out everywhere else";
pub const EXPORT: &str = "Download my data";
pub const EXPORT_INTRO: &str =
    "Everything the shop keeps about you, as one file: account, orders, what you own, mails, sign-ins.";
pub const EXPORT_TITLE: &str = "Take it with you";
pub const FIRST_CODE: &str = "Enter the code that the app shows";
pub const INVOICES: &str = "Receipts";
pub const INVOICES_ABOUT: &str = "With your orders, to look up or to print.";
pub const KEEP_ACCOUNT: &str = "Keep my account";
pub const LAST_SEEN: &str = "last used";
pub const NAME: &str = "Name";
pub const NAME_HELP: &str = "As it stands on your receipts.";
pub const NEW_ADDRESS: &str = "New address";
pub const NEW_CODES: &str = "Make new codes";
pub const NEW_CODES_WORDS: &str = "The codes so far stop working.";
pub const NEW_PASSWORD: &str = "New password";
pub const NOTIFICATIONS: &str = "Notifications";
pub const NOTIFICATIONS_ABOUT: &str = "Which mails you get.";
pub const NOTIFICATIONS_LEAD: &str = "Choose which mails you get from the shop.";
pub const NOT_A_PICTURE: &str = "This file cannot be read as a picture. Choose a PNG, JPEG or WebP.";
pub const NOT_CONFIRMED: &str = "Not confirmed yet";
pub const OPEN_IN_APP: &str = "Open it in an app on this device";
pub const OR_TYPE_KEY: &str = "or type this key into the app:";
pub const PASSWORD: &str = "Password";
pub const PASSWORD_ABOUT: &str = "Set a new one.";
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
pub const PRINT_CODES: &str = "Print";
pub const PROFILE: &str = "Profile";
pub const PROFILE_ABOUT: &str = "Name, picture, time zone.";
pub const QR_CODE: &str = "QR code with the key that is also written below";
pub const RECOVERY_CODES: &str = "Recovery codes";
pub const RECOVERY_CODES_WORDS: &str = "Keep these where you will find them without your phone. Each signs you in once when the app is out of reach. They are shown only now.";
pub const RESEND: &str = "Send the link again";
pub const SAVED: &str = "Saved.";
pub const SAVE_CODES: &str = "Download";
pub const SCAN: &str = "Scan this with an authenticator app";
pub const SESSIONS: &str = "Sign-ins";
pub const SESSIONS_ABOUT: &str = "Where you are signed in.";
pub const SESSIONS_LEAD: &str =
    "Where your account is signed in. Do you see one you do not know? End it, and change your password.";
pub const SET_UP: &str = "Set it up";
pub const SIGNED_IN: &str = "Signed in";
pub const THIS_ONE: &str = "This one";
pub const TIME_ZONE: &str = "Time zone";
pub const TIME_ZONE_HELP: &str = "In mails about appointments, times are given in this zone.";
pub const TOKEN_REMINDERS: &str = "Reminders of tokens";
pub const TOKEN_REMINDERS_HELP: &str = "A week before tokens of your plan end.";
pub const TURN_OFF: &str = "Turn it off";
pub const TURN_OFF_WORDS: &str = "Then your password alone is enough to sign in, and the recovery codes stop working.";
pub const TURN_ON: &str = "Turn it on";
pub const TWO_FACTOR: &str = "Two-factor sign-in";
pub const TWO_FACTOR_ABOUT: &str = "A code from your phone beside the password.";
pub const TWO_FACTOR_LEAD: &str = "Beside the password, signing in asks for a code that only your phone knows. So a stolen password alone opens nothing.";
pub const TWO_FACTOR_OFF: &str = "Two-factor sign-in is off.";
pub const TWO_FACTOR_ON: &str = "On";
pub const TWO_FACTOR_REQUIRED: &str =
    "This shop asks its owner for two-factor sign-in. Set it up to open the owner's pages.";
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

/// How many recovery codes can still be used.
pub fn recovery_codes_left(left: i64) -> String {
    match left {
        0 => "None is left. Make new ones, for the day your phone is out of reach.".into(),
        left => format!("{} left, for the day your phone is out of reach.", super::count(left, "code is", "codes are")),
    }
}

/// The heading of the file with the recovery codes.
pub fn recovery_codes_of(shop: &str) -> String {
    format!("Recovery codes for {shop}. Each works once.")
}
