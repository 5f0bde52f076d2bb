//! Plans and subscriptions.

use vitrine_types::subscriptions::{Interval, PlanStatus, SubscriptionStatus};

use super::count;

pub const ALL_DOWNLOADS: &str = "Every download, those to come as well";
pub const ALL_DOWNLOADS_HELP: &str = "At once, for everybody who has the plan.";
pub const ALREADY_IN: &str = "in it already";
pub const ARCHIVE: &str = "Archive";
pub const BENEFITS: &str = "What else it is good for";
pub const BENEFITS_HELP: &str = "One per line, as the pricing page lists them.";
pub const CANCEL: &str = "Cancel my plan";
pub const CANCELLED: &str = "Cancelled. You can change your mind until it ends.";
pub const CANCEL_AT_END: &str = "At the end of the period";
pub const CANCEL_NOW: &str = "Now";
pub const CANCEL_NOW_WORDS: &str = "What it includes closes at once, and no money comes back. Unspent tokens of the plan go when the period that is paid is over.";
pub const CANCEL_REASON: &str = "Why, if you like to say";
pub const CANCEL_TITLE: &str = "Cancel your plan?";
pub const CANCEL_WHEN: &str = "When it ends";
pub const CARDS: &str = "Cards and invoices";
pub const CARDS_HELP: &str = "On Stripe’s page; it brings you back here.";
pub const CHANGE: &str = "Change plan";
pub const CHANGED: &str = "Your plan is changed.";
pub const CHANGE_CONTINUES: &str = "Your plan goes on: the planned end is taken back.";
pub const CHANGE_TITLE: &str = "Change to this plan?";
pub const CHOOSE: &str = "Choose this plan";
pub const CREATE: &str = "Create plan";
pub const DESCRIPTION: &str = "In a sentence or two";
pub const DISPUTED: &str = "A payment for this plan is disputed with the bank. Until that is settled, what it includes is closed and its tokens wait.";
pub const DRAFT: &str = "Not offered yet";
pub const DRAFT_HELP: &str = "Only you see it, until you take the tick away.";
pub const ENDED_NOW: &str = "Your plan has ended.";
pub const FIND_PRODUCT: &str = "Find a product";
pub const FIX_CARD: &str = "Fix the payment";
pub const INCOMPLETE: &str = "The first payment is still missing; what the plan includes opens as soon as it arrives.";
pub const INTERVAL: &str = "Paid";
pub const INTERVAL_HELP: &str = "It stays so: another rhythm is another plan.";
pub const KEEP: &str = "Keep it";
pub const NAME: &str = "Name";
pub const NEW_PLAN: &str = "New plan";
pub const NONE: &str = "No plan yet";
pub const NONE_FOR_SALE: &str = "No plans are offered at the moment.";
pub const NONE_FOUND: &str = "No product of this name.";
pub const NONE_OWNER: &str =
    "A plan is a monthly or yearly price with tokens for appointments and access to what you choose.";
pub const NONE_WORDS: &str = "With a plan you get tokens for appointments, and what it includes opens at once.";
pub const NO_PRODUCTS: &str = "Downloads and interactive products stand here once there are some.";
pub const PAUSED: &str = "Your plan rests: nothing is charged, and what it includes is closed until it goes on.";
pub const PER_MONTH: &str = "a month";
pub const PER_YEAR: &str = "a year";
pub const PLAN: &str = "Plan";
pub const PLANS: &str = "Plans";
pub const PLANS_LEAD: &str =
    "Everything a plan includes opens at once. Cancel whenever you like; it then runs to the end of what is paid.";
pub const PLAN_ABOUT: &str = "What you have, what it costs, how to change or end it";
pub const PRICE_CHANGE_HELP: &str = "Another price is for who subscribes from now on.";
pub const PRODUCTS: &str = "Products that come with it";
pub const PRODUCTS_HELP: &str = "Downloads and interactive products, at once for everybody who has the plan.";
pub const PUBLISH: &str = "Offer it again";
pub const RESUME: &str = "Keep my plan after all";
pub const RESUMED: &str = "Your plan goes on.";
pub const ROLLOVER: &str = "Tokens carried over at most";
pub const ROLLOVER_HELP: &str = "How many unspent tokens go into the next period; 0 is none.";
pub const SEE_PLANS: &str = "See the plans";
pub const SEE_TOKENS: &str = "See the statement";
pub const SUBSCRIBERS: &str = "Subscribers";
pub const TOKENS: &str = "Tokens per period";
pub const TRIAL: &str = "Days free before the first payment";
pub const UNCHOSEN_DOWNLOADS: &str = "every download that is not ticked";
pub const UNPAID: &str =
    "A payment did not go through and is no longer tried. What your plan includes is closed until it is paid.";
pub const WHOLE_NUMBER: &str = "A whole number, 0 for none";
pub const YOURS: &str = "This is your plan";
pub const YOURS_NEXT: &str = "Yours from the next period on";

/// `a month`
pub fn per(interval: Interval) -> &'static str {
    match interval {
        Interval::Month => PER_MONTH,
        Interval::Year => PER_YEAR,
    }
}

/// The choices of the editor.
pub fn intervals() -> Vec<(String, String)> {
    [(Interval::Month, "Monthly"), (Interval::Year, "Yearly")]
        .map(|(interval, word)| (interval.as_str().to_owned(), word.to_owned()))
        .to_vec()
}

/// `8 tokens a month for appointments`
pub fn tokens(number: i64, interval: Interval) -> String {
    format!("{} {} for appointments", count(number, "token", "tokens"), per(interval))
}

/// `Unspent tokens are carried over, up to 4`
pub fn carried(cap: i64) -> String {
    format!("Unspent tokens are carried over, up to {cap}")
}

/// `14 days free`
pub fn trial(days: u32) -> String {
    format!("{} free, then", count(i64::from(days), "day", "days"))
}

/// `3 products`
pub fn products(number: usize) -> String {
    count(i64::try_from(number).unwrap_or(i64::MAX), "product from the shop", "products from the shop")
}

/// `and 2 more`, after the names of a few.
pub fn and_more(number: usize) -> String {
    format!("and {number} more")
}

/// What an edit takes away, before it is saved.
pub fn takes_away(what: &str, subscribers: i64) -> String {
    let whom = count(subscribers, "subscriber", "subscribers");
    format!("This takes something away at once, for everybody who has the plan ({whom}): {what}.")
}

/// What happens next, in a sentence.
pub fn renews(price: &str, when: &str) -> String {
    format!("Renews on {when} for {price}.")
}

/// It is decided that it ends.
pub fn ends(when: &str) -> String {
    format!("Ends on {when}. Until then nothing changes.")
}

/// It ends, and a payment is missing as well.
pub fn ends_unpaid(when: &str) -> String {
    format!("It ends on {when}.")
}

/// It is free until then.
pub fn trial_until(price: &str, when: &str) -> String {
    format!("Free until {when}, then {price}.")
}

/// A payment is missing.
pub fn missing(until: Option<&str>) -> String {
    match until {
        Some(until) => {
            format!("The last payment did not go through. What your plan includes stays open until {until}.")
        }
        None => "The last payment did not go through, and what your plan includes is closed.".into(),
    }
}

/// Another plan follows.
pub fn next(plan: &str, price: &str, when: &str) -> String {
    format!("From {when} on: {plan} for {price}.")
}

/// Takes the planned change back.
pub fn keep(plan: &str) -> String {
    format!("Keep {plan}")
}

/// The planned change is taken back.
pub fn kept(plan: &str) -> String {
    format!("You keep {plan}.")
}

/// What cancelling means.
pub fn cancel_words(when: &str) -> String {
    format!(
        "Everything stays as it is until {when}; then it ends, and unspent tokens of the plan with it. You can undo this until then."
    )
}

/// What cancelling means while a payment is missing.
pub fn cancel_unpaid_words(when: &str) -> String {
    format!("On {when}. Until then the missing payment is still asked for. You can undo this until then.")
}

/// What a change costs.
pub fn preview(now: &str, next: &str, next_at: &str) -> String {
    format!("You pay {now} now and {next} on {next_at}.")
}

/// When a change counts.
pub fn effective(at_once: bool, when: &str) -> String {
    if at_once {
        "It counts at once.".into()
    } else {
        format!("It counts from {when} on; until then you keep what you have.")
    }
}

/// Where a plan stands.
pub fn plan_status(status: PlanStatus) -> &'static str {
    match status {
        PlanStatus::Draft => super::DRAFT,
        PlanStatus::Published => "Offered",
        PlanStatus::Archived => super::ARCHIVED,
    }
}

/// Where a subscription stands.
pub fn status(status: SubscriptionStatus) -> &'static str {
    match status {
        SubscriptionStatus::Incomplete => "Waiting for the first payment",
        SubscriptionStatus::IncompleteExpired | SubscriptionStatus::Canceled => super::ENDED,
        SubscriptionStatus::Trialing => "Trial",
        SubscriptionStatus::Active => super::ACTIVE,
        SubscriptionStatus::PastDue => "Payment missing",
        SubscriptionStatus::Unpaid => "Unpaid",
        SubscriptionStatus::Paused => "At rest",
    }
}
