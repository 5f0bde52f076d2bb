//! The owner's pages.

use vitrine_types::entitlements::SourceKind;

pub use super::{hours::CALENDAR, product_editor::*};

pub const ACCESS_ENDS: &str = "The customer loses access to everything in this order at once.";
pub const ACCESS_OF_LINES_ENDS: &str =
    "The customer loses access to the chosen products at once, and keeps the others.";
pub const ACCESS_STAYS: &str = "The customer keeps access to everything in this order.";
pub const ACTIONS: &str = "Actions";
pub const ADMIN_NAVIGATION: &str = "Owner's pages";
pub const AMOUNT: &str = "Amount";
pub const AMOUNT_NEEDED: &str = "How much? More than nothing, in this order's currency";
pub const ANY_STATUS: &str = "Any status";
pub const AN_AMOUNT: &str = "An amount";
pub const AS_HTML: &str = "Show as designed";
pub const AS_TEXT: &str = "Show plain text";
pub const CHART: &str = "Income per day, last 30 days";
pub const CHECK: &str = "Looked at";
pub const CHOSEN_PRODUCTS: &str = "Chosen products";
pub const COMPARED: &str = "Compared with Stripe";
pub const COMPARE_NOW: &str = "Compare now";
pub const CUSTOMER: &str = "Customer";
pub const CUSTOMERS: &str = "Customers";
pub const DATE: &str = "Date";
pub const DIFFERENCE: &str = "What differs";
pub const DISCOUNT: &str = "Discount";
pub const DISPUTE: &str = "Dispute";
pub const DISPUTE_WORDS: &str = "The customer asked the bank for the money back. Answer with evidence in Stripe's Dashboard; access rests until it is decided.";
pub const EDIT_PRODUCT: &str = "Edit product";
pub const EMAIL: &str = "E-mail";
pub const END_PLAN: &str = "End the subscription now";
pub const EVENT: &str = "Event";
pub const EVIDENCE_BY: &str = "Evidence until";
pub const FILTER: &str = "Filter";
pub const FIRST_PRODUCT_WORDS: &str = "Orders appear here within seconds of being paid. Is something for sale yet?";
pub const FROM: &str = "From";
pub const GIVE: &str = "Give";
pub const GIVEN: &str = "Given";
pub const GIVEN_BACK: &str = "Given back";
pub const GIVE_PRODUCT: &str = "Give a product: find it by name";
pub const HEALTH: &str = "Health";
pub const HEALTH_WORDS: &str = "What can be wrong without anybody noticing, looked at just now.";
pub const HOW_MUCH: &str = "How much goes back";
pub const LAST_COMPARED: &str = "Last compared";
pub const LAST_SEEN: &str = "Last seen";
pub const LOOK: &str = "Look";
pub const LOOKED_AT: &str = "Marked as looked at";
pub const MAIL: &str = "The mail";
pub const MAILS: &str = "Mails";
pub const MARK_LOOKED_AT: &str = "I have looked at it";
pub const NEEDS_A_LOOK: &str = "Needs a look";
pub const NEVER_COMPARED: &str = "Not compared yet";
pub const NEVER_COMPARED_WORDS: &str =
    "Once payments are set up, the shop compares its books with Stripe's every 15 minutes.";
pub const NEW_CUSTOMERS: &str = "New customers, 30 days";
pub const NEW_PRODUCT: &str = "New product";
pub const NOTE: &str = "Note";
pub const NOTHING_BEFORE: &str = "none in the 30 days before";
pub const NOTHING_FOUND: &str = "The books agree";
pub const NOTHING_FOUND_WORDS: &str = "What could be mended was mended; nothing is left to look at.";
pub const NOT_CONFIRMED: &str = " (not confirmed)";
pub const NO_CHANGE: &str = "as in the 30 days before";
pub const NO_CUSTOMERS: &str = "No customers";
pub const NO_CUSTOMERS_WORDS: &str = "Whoever signs up stands here. If you are searching, try fewer letters.";
pub const NO_EVENTS: &str = "Nothing delivered";
pub const NO_EVENTS_WORDS: &str = "What Stripe reports about payments, refunds and disputes arrives here.";
pub const NO_MAILS: &str = "No mails";
pub const NO_MAILS_WORDS: &str =
    "Receipts, confirmations and other letters of the shop stand here, also when no mail server is set.";
pub const NO_ORDERS: &str = "No orders";
pub const NO_ORDERS_WORDS: &str = "Orders appear here within seconds of being paid. If you are filtering, try without.";
pub const ORDER: &str = "Order";
pub const ORDERS: &str = "Orders";
pub const ORDERS_COMPARED: &str = "Orders compared";
pub const ORDERS_MENDED: &str = "Orders mended";
pub const OVERVIEW: &str = "Overview";
pub const OWNERS_DESK: &str = "Owner's desk";
pub const OWNS: &str = "Owns";
pub const OWNS_NOTHING: &str = "Nothing yet.";
pub const PAID: &str = "Paid";
pub const PASSWORD_ALONE: &str = "Only your password guards these pages.";
pub const PLACED: &str = "Placed";
pub const PRICE: &str = "Price";
pub const PRODUCT: &str = "Product";
pub const PRODUCTS: &str = "Products";
pub const PLAN_ENDS: &str = "The money goes back, and the subscription ends at once.";
pub const PLAN_GOES_ON: &str = "The subscription goes on and renews as before: sending money back does not end it.";
pub const PLAN_OVER: &str = "The subscription of this order is over; only money goes back.";
pub const QUANTITY: &str = "Quantity";
pub const REASON: &str = "Reason";
pub const REASON_HELP: &str = "For your records; the customer does not see it.";
pub const RECEIVED: &str = "Received";
pub const RECENT_ORDERS: &str = "Latest orders";
pub const RECONCILIATION: &str = "Reconciliation";
pub const RECONCILIATION_WORDS: &str =
    "Compares orders, refunds and disputes with Stripe's, mends what is safe and lists the rest.";
pub const REFUND: &str = "Refund";
pub const REFUNDS: &str = "Refunds";
pub const REPLAY: &str = "Replay";
pub const REPLAYED: &str = "Queued again";
pub const REVENUE: &str = "Income, 30 days";
pub const SEARCH: &str = "Search";
pub const SEARCH_CUSTOMERS: &str = "Name or e-mail";
pub const SEARCH_ORDERS: &str = "Number, name or e-mail";
pub const SEND_AGAIN: &str = "Send again";
pub const SENT_AGAIN: &str = "Queued to be sent";
pub const SET_UP_TWO_FACTOR: &str = "Set up two-factor sign-in";
pub const SINCE: &str = "Since";
pub const SPENT: &str = "Spent";
pub const STATUS: &str = "Status";
pub const STRIPE_ID: &str = "Stripe's id";
pub const STRIPE_PAYMENT: &str = "Stripe payment";
pub const STRIPE_SESSION: &str = "Stripe session";
pub const SUBJECT: &str = "Subject";
pub const TAKEN_AWAY: &str = "Taken away";
pub const TAKE_AWAY: &str = "Take away";
pub const TAX: &str = "Tax";
pub const TO: &str = "To";
pub const TOTAL: &str = "Total";
pub const TO_ADDRESS: &str = "To this address";
pub const UNDO: &str = "Give back";
pub const WEBHOOKS: &str = "Webhook inbox";
pub const WELL: &str = "Well";
pub const WENT_BACK: &str = "Went back";

/// `Everything that is left: $19.00`
pub fn all_that_is_left(money: &str) -> String {
    format!("Everything that is left: {money}")
}

/// `+12 % to the 30 days before`
pub fn change(percent: i64) -> String {
    format!("{percent:+} % to the 30 days before")
}

/// What ending the subscription with a refund means.
pub fn end_plan(plan: &str, since: &str) -> String {
    format!("{plan}, since {since}. What it includes closes at once, and nothing is charged again.")
}

/// `2 events could not be handled`
pub fn failed_events(count: i64) -> String {
    if count == 1 { "1 event could not be handled".into() } else { format!("{count} events could not be handled") }
}

/// `2 mails could not be sent`
pub fn failed_mails(count: i64) -> String {
    if count == 1 { "1 mail could not be sent".into() } else { format!("{count} mails could not be sent") }
}

/// `To ada@example.com`
pub fn mail_to(address: &str) -> String {
    format!("To {address}")
}

/// `2 orders do not add up`
pub fn orders_to_review(count: i64) -> String {
    if count == 1 { "1 order does not add up".into() } else { format!("{count} orders do not add up") }
}

/// `2 orders are disputed with the bank`
pub fn disputed_orders(count: i64) -> String {
    if count == 1 {
        "1 order is disputed with the bank".into()
    } else {
        format!("{count} orders are disputed with the bank")
    }
}

/// `2 plan payments are disputed with the bank`
pub fn disputed_subscriptions(count: i64) -> String {
    if count == 1 {
        "1 subscription’s payment is disputed with the bank".into()
    } else {
        format!("Payments of {count} subscriptions are disputed with the bank")
    }
}

/// `Order 1042`
pub fn order_title(number: &str) -> String {
    format!("Order {number}")
}

/// `Refund $19.00`
pub fn refund_button(money: &str) -> String {
    format!("Refund {money}")
}

/// `Refund $19.00 and end it`: the subscription, too.
pub fn refund_and_end(money: &str) -> String {
    format!("Refund {money} and end it")
}

/// `$19.00 went back`
pub fn refund_sent(money: &str) -> String {
    format!("{money} went back")
}

/// `$19.00 is on its way back`
pub fn refund_under_way(money: &str) -> String {
    format!("{money} is on its way back")
}

/// Where access comes from.
pub fn source(kind: SourceKind) -> &'static str {
    match kind {
        SourceKind::Order => "Bought",
        SourceKind::Subscription => "Subscription",
        SourceKind::Free => "Free",
        SourceKind::Gift => "Gift",
    }
}
