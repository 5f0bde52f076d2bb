//! The owner's product pages.

use vitrine_types::catalog::{ProductKind, ProductStatus};

pub const ADDRESS: &str = "A page";
pub const ADDRESS_HELP: &str = "An https address that allows being shown in a frame.";
pub const ADD_FILES: &str = "Add files";
pub const ADD_QUESTION: &str = "Add a question";
pub const ANSWER: &str = "Answer";
pub const ANY_KIND: &str = "Any kind";
pub const APPOINTMENT: &str = "Appointment";
pub const ARCHIVE: &str = "Archive";
pub const CHOICES: &str = "Choices";
pub const CHOICES_HELP: &str = "One per line.";
pub const CHOOSE_PICTURE: &str = "Choose a picture";
pub const CREATE_DRAFT: &str = "Create draft";
pub const DELETE: &str = "Delete";
pub const DELETE_PRODUCT: &str = "Delete this product?";
pub const DELETE_SOLD_WORDS: &str =
    "It has been sold, so it is archived: nobody can buy it any more, and who owns it keeps it.";
pub const DELETE_WORDS: &str = "Its words, picture and files are gone for good.";
pub const DESCRIPTION: &str = "Description";
pub const EMBED: &str = "What it shows";
pub const EMBED_START: &str = "<p>Paste your snippet here.</p>";
pub const FILE: &str = "File";
pub const FILES: &str = "Files";
pub const FILES_HELP: &str = "Or drop them here. Up to 5 GB each. Who bought it before gets them too.";
pub const FILE_ADDED: &str = "File added";
pub const FILE_REMOVED: &str = "File removed";
pub const HEIGHT: &str = "Height in pixels";
pub const IN_STOCK: &str = "In stock";
pub const KIND: &str = "Kind";
pub const LOCATION: &str = "Where";
pub const LOCATION_HELP: &str = "An address, a phone number or a video link. Shown to who has booked.";
pub const MARKDOWN_HELP: &str = "Markdown: **bold**, *italic*, - lists, [links](https://…), ## headings.";
pub const MOVE_UP: &str = "Move up";
pub const MUST_BE_ANSWERED: &str = "Must be answered";
pub const NAME: &str = "Name";
pub const NEW_PRODUCT_WORDS: &str = "Three answers to begin with. It stays a draft until you publish it.";
pub const NO_PRODUCTS: &str = "No products";
pub const NO_PRODUCTS_WORDS: &str = "What you sell hangs here. If you are filtering, try without.";
pub const NUMBER_NEEDED: &str = "A whole number";
pub const PICTURE: &str = "Picture";
pub const PICTURE_HELP: &str = "PNG, JPEG or WebP; portrait or square looks best. A new one replaces the old.";
pub const PICTURE_SET: &str = "Picture set";
pub const PREVIEW: &str = "In the shop";
pub const PRICE_HELP: &str = "0 makes it free.";
pub const PRICE_NEEDED: &str = "A price such as 19 or 19.50; 0 for free";
pub const PRODUCT_ARCHIVED: &str = "Archived";
pub const PRODUCT_DELETED: &str = "Deleted";
pub const PUBLISH: &str = "Publish";
pub const PUBLISH_AGAIN: &str = "Publish again";
pub const QUESTION: &str = "Question";
pub const QUESTIONS: &str = "Questions";
pub const QUESTIONS_HELP: &str = "What you need to know before the appointment; asked when booking.";
pub const REMOVE: &str = "Remove";
pub const SEARCH_PRODUCTS: &str = "Name, words or tag";
pub const SEE_IN_SHOP: &str = "See it in the shop";
pub const SIZE: &str = "Size";
pub const SLUG: &str = "Address";
pub const SLUG_HELP: &str = "Links to the old address stop working when you change it.";
pub const SNIPPET: &str = "A snippet";
pub const SNIPPET_HELP: &str =
    "HTML, as video and audio hosts give it. It runs in a frame that sees nothing of the shop.";
pub const SOLD: &str = "Sold";
pub const STOCK: &str = "Stock";
pub const STOCK_HELP: &str = "How many are left; empty for no limit.";
pub const SUMMARY: &str = "In a sentence or two";
pub const SUMMARY_HELP: &str = "Shown on its page and by search engines.";
pub const TAGS: &str = "Tags";
pub const TAGS_HELP: &str = "With commas between.";
pub const TOKENS: &str = "Comes with tokens";
pub const TOKENS_AMOUNT: &str = "Tokens";
pub const TOKENS_AMOUNT_HELP: &str = "How many come with each one sold. Empty: none.";
pub const TOKENS_DAYS: &str = "Good for … days";
pub const TOKENS_DAYS_HELP: &str = "From the payment on. Empty: they do not end.";
pub const TOKENS_HELP: &str = "For customers with a plan: tokens to spend on appointments beyond those of their plan. Only they can \
    buy it. A change is for orders from now on.";
pub const TOKENS_ALONE_HELP: &str = "Without files it is a pack of tokens and nothing else.";
pub const UNPUBLISH: &str = "Take off sale";
pub const UNSAVED: &str = "Not saved yet";

/// What a kind of product is good for.
pub fn kind_words(kind: ProductKind) -> &'static str {
    match kind {
        ProductKind::Download => "Files: sounds, fonts, books, presets. Bought, then downloaded as often as needed.",
        ProductKind::Embed => "A video, a course, a player: shown inside the shop to who bought it.",
        ProductKind::Service => "Your time: an appointment in your calendar.",
    }
}

/// `Price in USD`
pub fn price_in(currency: &str) -> String {
    format!("Price in {currency}")
}

/// What an intake question can take, as the API and as people call it.
pub fn question_kinds() -> Vec<(String, String)> {
    let kinds = [
        ("text", "One line"),
        ("long_text", "Several lines"),
        ("select", "One of several"),
        ("checkbox", "Yes or no"),
        ("email", "E-mail address"),
        ("url", "Web address"),
        ("file", "A file"),
    ];
    kinds.map(|(kind, words)| (kind.to_owned(), words.to_owned())).to_vec()
}

/// What was just done.
pub fn saved(status: Option<ProductStatus>) -> &'static str {
    match status {
        None => "Saved",
        Some(ProductStatus::Published) => "Published",
        Some(ProductStatus::Draft) => "Taken off sale",
        Some(ProductStatus::Archived) => "Archived",
    }
}

/// A number of a service: label and help.
pub fn service_number(name: &str) -> (&'static str, &'static str) {
    match name {
        "duration_minutes" => ("Length in minutes", ""),
        "slot_interval_minutes" => ("A start every … minutes", "Empty: as long as the appointment."),
        "before_buffer_minutes" => ("Minutes kept free before", ""),
        "after_buffer_minutes" => ("Minutes kept free after", ""),
        "minimum_notice_minutes" => ("Minutes of notice", "How long before the start it must be booked."),
        "horizon_days" => ("Days ahead", "How far ahead it can be booked."),
        "seats" => ("Seats", "How many can book the same time."),
        "cancel_until_minutes" => ("Free to cancel until … minutes before", "1440 is a day."),
        "limit_per_day" => ("At most a day", "Empty: no limit."),
        "limit_per_week" => ("At most a week", "Empty: no limit."),
        "limit_per_customer" => ("At most per customer", "Coming appointments at a time. Empty: no limit."),
        _ => ("Tokens", "What one appointment costs who has a plan. Empty or 0: tokens are not taken."),
    }
}
