//! The owner's view of everybody's subscriptions and their tokens.

use super::tokens::tokens;

pub const ADJUST: &str = "Give or take tokens";
pub const ADJUSTED_SUM: &str = "Given, less taken";
pub const ALL_TOKENS: &str = "All tokens together";
pub const ALL_TOKENS_WORDS: &str = "Since the shop began.";
pub const BALANCE: &str = "Can be spent now";
pub const BENEFITS: &str = "What it includes";
pub const BOOKS_AGREE: &str = "Ledger, lots and balances agree.";
pub const CLOSED: &str = "Closed";
pub const DISPUTED: &str = "The customer asked the bank for a payment back. Answer with evidence in Stripe's Dashboard. What the plan includes is closed, and tokens wait, until it is decided; lost, the subscription ends.";
pub const DISPUTES: &str = "Disputed or not";
pub const DISPUTES_ONLY: &str = "Disputed payments";
pub const ENDED: &str = "Ended";
pub const ENDED_NOW: &str = "It has ended.";
pub const ENDS: &str = "Ends";
pub const END_IT: &str = "End it";
pub const END_NOW_WORDS: &str = "What it includes closes at once. No money goes back; unspent tokens of the plan go when the period that is paid is over.";
pub const END_REASON_HELP: &str = "Kept at Stripe; the customer does not see it.";
pub const END_SUBSCRIPTION: &str = "End this subscription…";
pub const END_TITLE: &str = "End this subscription?";
pub const EXPIRED: &str = "Ended unspent";
pub const GIVE: &str = "Give";
pub const GRANTED: &str = "Came in";
pub const HOW_MANY: &str = "How many";
pub const HOW_MANY_HELP: &str = "Given tokens do not end. What ends first is taken first.";
pub const IN_DISPUTE: &str = "Disputed";
pub const NEXT_PLAN: &str = "Next plan";
pub const NONE: &str = "No subscriptions";
pub const NONE_WORDS: &str = "Whoever subscribes to one of your plans stands here. If you are filtering, try without.";
pub const NO_PLAN: &str = "None.";
pub const OPEN: &str = "Open";
pub const PERIOD: &str = "Period";
pub const PLAN: &str = "Plan";
pub const PRICE: &str = "Pays";
pub const REASON_HELP: &str = "The customer reads it in their statement.";
pub const REASON_NEEDED: &str = "Say why; the customer reads it.";
pub const RENEWS: &str = "Renews";
pub const RETURNED: &str = "Came back";
pub const SEARCH: &str = "Name, e-mail or plan";
pub const SEE_ORDER: &str = "Order";
pub const SPENT: &str = "Spent";
pub const STRIPE: &str = "At Stripe";
pub const SUBSCRIPTION: &str = "Subscription";
pub const SUBSCRIPTIONS: &str = "Subscriptions";
pub const SURPLUS: &str =
    "This customer has another subscription; this one gives nothing. End it, and refund its order.";
pub const TAKE: &str = "Take";
pub const TOKENS_LEFT: &str = "Tokens left";
pub const TRIAL_END: &str = "Trial until";
pub const WHOLE_NUMBER: &str = "A whole number, more than nothing";

/// `Open until Mar 4, 2027`
pub fn open_until(when: &str) -> String {
    format!("Open until {when}")
}

/// `Mar 4 – Apr 4, 2027`
pub fn period(start: &str, end: &str) -> String {
    format!("{start} – {end}")
}

/// Ending it with the period.
pub fn end_words(when: &str) -> String {
    format!("On {when}. Until then nothing changes, and the customer can take it back.")
}

/// It will end.
pub fn ends_on(when: &str) -> String {
    format!("It ends on {when}.")
}

/// `Ann, Studio`
pub fn title(customer: &str, plan: &str) -> String {
    format!("{customer}, {plan}")
}

/// `Gave 2 tokens`, `Took 2 tokens`
pub fn adjusted(amount: i64) -> String {
    if amount < 0 { format!("Took {}", tokens(-amount)) } else { format!("Gave {}", tokens(amount)) }
}

/// `Give 2 tokens`, `Take 2 tokens`
pub fn adjust(amount: i64) -> String {
    if amount < 0 { format!("Take {}", tokens(-amount)) } else { format!("Give {}", tokens(amount)) }
}
