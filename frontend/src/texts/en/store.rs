//! The storefront: front page, products, cart, checkout; header and footer.

use vitrine_types::{catalog::ProductKind, catalog::ProductSort};

pub const ADDED: &str = "In your cart";
pub const ADD_TO_CART: &str = "Add to cart";
pub const ALL_PRODUCTS: &str = "Everything";
pub const ANY_TAG: &str = "Any subject";
pub const BUY_NOW: &str = "Buy now";
pub const CART: &str = "Cart";
pub const CART_EMPTY: &str = "Your cart is empty";
pub const CART_EMPTY_WORDS: &str = "What you want to take home waits here until you pay.";
pub const CHOOSE_TIME: &str = "Choose a time and pay";
pub const CLEAR_FILTERS: &str = "Show everything";
pub const FREE_BUTTON: &str = "Get it free";
pub const GONE: &str = "No longer for sale";
pub const FOOTER_NAVIGATION: &str = "Ways on";
pub const IN_CART: &str = "View cart";
pub const KEEP_LOOKING: &str = "Keep looking";
pub const KINDS: &str = "Kinds";
pub const LOOK_AROUND: &str = "Look around";
pub const MAIN_NAVIGATION: &str = "Shop";
pub const MAKE_ACCOUNT_TO_PAY: &str = "Make an account";
pub const NEW: &str = "New";
pub const NOTHING_FOUND: &str = "Nothing matches";
pub const NOTHING_FOUND_WORDS: &str = "Try fewer words, or look through everything.";
pub const NOTHING_FOR_SALE: &str = "The first works are being hung";
pub const NOTHING_FOR_SALE_WORDS: &str = "There is nothing for sale yet. Come back soon.";
pub const NO_PAYMENTS: &str = "This shop cannot take payments yet.";
pub const OWNED: &str = "Yours";
pub const PAY_HINT: &str = "You pay on Stripe's page. We never see your card.";
pub const PRODUCTS: &str = "Products";
pub const REMOVE: &str = "Remove";
pub const SEARCH: &str = "Search";
pub const SHOP_WINDOW: &str = "To the shop";
pub const SIGN_IN: &str = "Sign in";
pub const SIGN_IN_TO_PAY: &str = "Sign in to pay";
pub const SOLD_OUT: &str = "Sold out";
pub const SORT: &str = "Order";
pub const SUBJECT: &str = "Subject";
pub const TERMS_TITLE: &str = "Good to know";
pub const THEME: &str = "Colours";
pub const THEME_DARK: &str = "Dark";
pub const THEME_LIGHT: &str = "Light";
pub const THEME_SYSTEM: &str = "Auto";
pub const TOTAL: &str = "Total";
pub const WITH_TOKENS: &str = "With tokens";
pub const WAYS_IN: &str = "What there is";
pub const YOU_GET: &str = "You get";
pub const YOURS_TITLE: &str = "You own this";

/// What is in the cart, for who cannot see the number; stands after its name.
pub fn cart_holds(count: u32) -> String {
    match count {
        0 => "empty".into(),
        1 => "1 item".into(),
        count => format!("{count} items"),
    }
}

/// Several products of a kind.
pub fn kinds(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Downloads",
        ProductKind::Embed => "Interactive",
        ProductKind::Service => "Appointments",
    }
}

/// What a kind is, in a few words.
pub fn kind_words(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Files to keep",
        ProductKind::Embed => "To use in your browser",
        ProductKind::Service => "Time together",
    }
}

/// How a product comes to its buyer.
pub fn delivery(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Ready to download as soon as you have paid, and as often as you like.",
        ProductKind::Embed => "Opens in your browser as soon as you have paid. Nothing to install.",
        ProductKind::Service => "Book your time as soon as you have paid.",
    }
}

/// What happens with the money if something is wrong, in plain words.
pub fn policy(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download | ProductKind::Embed => {
            "Not what you expected? Write to us. When we refund you, access to it ends."
        }
        ProductKind::Service => "Cancel in time and you get your appointment back, to book another.",
    }
}

/// Until when an appointment can be cancelled.
pub fn cancel_until(minutes: u32) -> String {
    match minutes {
        0 => "You can cancel until it starts.".into(),
        minutes if minutes % 1440 == 0 => format!("You can cancel until {} before.", plural(minutes / 1440, "day")),
        minutes if minutes % 60 == 0 => format!("You can cancel until {} before.", plural(minutes / 60, "hour")),
        minutes => format!("You can cancel until {} before.", plural(minutes, "minute")),
    }
}

/// `60 minutes`
pub fn length(minutes: u32) -> String {
    plural(minutes, "minute")
}

/// `3 left`
pub fn left(stock: i64) -> String {
    format!("{stock} left")
}

/// The button of who owns it.
pub fn use_it(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Go to your download",
        ProductKind::Embed => "Open it",
        ProductKind::Service => "Go to your appointments",
    }
}

/// An order of the list.
pub fn sort(sort: ProductSort) -> &'static str {
    match sort {
        ProductSort::Newest => "Newest",
        ProductSort::Price => "Cheapest",
        ProductSort::PriceDescending => "Dearest",
        ProductSort::Name => "By name",
    }
}

/// The button that goes to Stripe.
pub fn pay(total: &str) -> String {
    format!("Pay {total}")
}

/// What was looked for.
pub fn results_for(words: &str) -> String {
    format!("“{words}”")
}

/// For a screen reader: how many of what.
pub fn quantity_of(name: &str) -> String {
    format!("How many of {name}")
}

/// For a screen reader: which line goes.
pub fn remove_named(name: &str) -> String {
    format!("Remove {name}")
}

fn plural(count: u32, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
