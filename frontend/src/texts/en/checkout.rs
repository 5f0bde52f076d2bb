//! Coming back from paying.

use vitrine_types::catalog::ProductKind;

pub const CANCELLED: &str = "Nothing was paid";
pub const CANCELLED_WORDS: &str = "You came back without paying. What you chose is still in your cart.";
pub const CANCELLED_TIME_WORDS: &str = "You came back without paying. Your answers are kept.";
pub const BACK_TO_CART: &str = "Back to the cart";
pub const CANCEL_ORDER: &str = "Cancel the order";
pub const CANCEL_ORDER_TITLE: &str = "Cancel this order?";
pub const CANCEL_ORDER_WORDS: &str = "Nothing is charged, and what it holds for you is free for others again.";
pub const CHECKING: &str = "Checking your payment";
pub const CHECKING_WORDS: &str = "This takes a moment. You need not do anything.";
pub const CHOOSE_ANOTHER: &str = "Choose another time";
pub const DISPUTED: &str = "This order is on hold";
pub const DISPUTED_WORDS: &str =
    "Its payment is disputed with the bank. Until that is settled, what you bought is on hold.";
pub const EXPIRED: &str = "The time to pay ran out";
pub const EXPIRED_WORDS: &str = "Nothing was charged. What you chose may still be there.";
pub const FAILED: &str = "The payment did not go through";
pub const FAILED_WORDS: &str = "Nothing was charged, or it comes back to you by itself. You can try again.";
pub const GONE: &str = "Your time was no longer free";
pub const GO_ON_PAYING: &str = "Go on to pay";
pub const KEEP_ORDER: &str = "Keep it";
pub const NOT_FOUND: &str = "We cannot find that payment";
pub const NOT_FOUND_WORDS: &str =
    "It may belong to another account. Sign in with the one you bought with, or look at your orders.";
pub const NO_LONGER_HELD: &str = "No longer held for you. If it is still free, you can choose it again.";
pub const ON_ITS_WAY: &str = "Your payment is on its way";
pub const ON_ITS_WAY_WORDS: &str = "Your bank takes a little longer, up to a few days. We send you a mail as soon as the \
    money is here, and what you bought appears under “Your products” by itself. You can close this page.";
pub const ORDER_CANCELLED: &str = "The order is cancelled.";
pub const OPEN: &str = "Not paid yet";
pub const OPEN_WORDS: &str = "We have not heard of a payment. If you have just paid, this page will notice.";
pub const REFUNDED: &str = "This order was refunded";
pub const REFUNDED_WORDS: &str = "The money is on its way back to you.";
pub const REMAINS_HELD: &str = "Yours until the bank has answered.";
pub const REVIEW: &str = "We are looking at your order";
pub const REVIEW_WORDS: &str = "Your payment has arrived, but something does not add up. We will write to you.";
pub const SEE_APPOINTMENT: &str = "See the appointment";
pub const SEE_APPOINTMENTS: &str = "See your appointments";
pub const SEE_ORDER: &str = "See the order";
pub const SEE_ORDERS: &str = "Your orders";
pub const SEE_PRODUCTS: &str = "Your products";
pub const STILL_TRYING: &str = "The shop does not answer at the moment. This page keeps trying.";
pub const THANKS: &str = "Thank you. It is yours.";
pub const THANKS_WORDS: &str = "A receipt is on its way to your mailbox.";
pub const THANKS_BOOKED_WORDS: &str = "The receipt and the invite are on their way to your mailbox.";

/// The money came when somebody else had the time.
pub fn gone(when: &str, money: &str) -> String {
    format!(
        "Your payment came after the time it was held for you was over, and {when} is no longer free. Nothing is booked, \
         and all of your money, {money}, goes back to you."
    )
}

/// It is on its way back.
pub const GONE_REFUNDED: &str =
    "It is on its way to the card or account you paid with; banks take up to ten days. A mail says the same.";
/// It could not be sent by itself.
pub const GONE_REVIEW: &str = "The shop has been told and sees to it. You need not do anything.";

/// The time that waits for its payment.
pub fn held(when: &str, until: &str) -> String {
    format!("{when} is held for you until {until}.")
}

/// It waited long enough.
pub fn no_longer_held(when: &str) -> String {
    format!("{when} is no longer held for you. If it is still free, you can choose it again.")
}

/// Several things in a sentence: `this and that`.
pub fn and(things: &[String]) -> String {
    things.join(" and ")
}

/// `Order 1042`
pub fn order(number: &str) -> String {
    format!("Order {number}")
}

/// The button beside what was just bought.
pub fn use_it(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Download",
        ProductKind::Embed => "Open",
        ProductKind::Service => "Book",
    }
}
