//! A customer's own pages: what they own and their orders.

use super::count;

pub const ACCOUNT: &str = "Account";
pub const APPOINTMENTS_USED: &str = "All appointments of this are used.";
pub const BOOK: &str = "Book";
pub const BOUGHT: &str = "Bought";
pub const CLAIMED: &str = "Yours for free since";
pub const CUSTOMER: &str = "Customer";
pub const DESK_NAVIGATION: &str = "Your pages";
pub const DISCOUNT: &str = "Discount";
pub const DOWNLOAD: &str = "Download";
pub const EMPTY_ORDERS: &str = "No orders yet";
pub const EMPTY_ORDERS_WORDS: &str = "Each purchase will stand here with its receipt, to look up or to print.";
pub const EMPTY_PRODUCTS: &str = "Your own shelf, still empty";
pub const EMPTY_PRODUCTS_WORDS: &str =
    "What you buy or get for free will stand here, ready to download, to open or to book.";
pub const EXPIRED_WORDS: &str = "Its time is over.";
pub const FILES: &str = "Files";
pub const FRAME_LOADING: &str = "Opening…";
pub const GIFT: &str = "A gift from the shop, since";
pub const INCLUDED: &str = "Comes with your subscription";
pub const ITEM: &str = "Item";
pub const NO_FILES: &str = "The files are not there yet. Look in again later.";
pub const NO_LONGER: &str = "No longer open to you";
pub const OPEN: &str = "Open";
pub const ORDER: &str = "Order";
pub const ORDERED: &str = "Ordered";
pub const ORDERS: &str = "Orders";
pub const ORDERS_LEAD: &str = "What you bought, with receipts.";
pub const PAID: &str = "Paid";
pub const PRICE_EACH: &str = "Each";
pub const PRINT: &str = "Print receipt";
pub const PRODUCT: &str = "Your product";
pub const PRODUCTS: &str = "Your products";
pub const QUANTITY: &str = "Quantity";
pub const REFUNDED: &str = "Refunded";
pub const RELOAD_FRAME: &str = "Start over";
pub const REVOKED_ORDER: &str = "Access ended: the purchase was refunded or taken back.";
pub const REVOKED_OTHER: &str = "Access ended: it was taken back.";
pub const SNIPPET: &str = "The frame as HTML";
pub const SNIPPET_HELP: &str = "For another page of this shop. The address in it works until";
pub const STATUS: &str = "Status";
pub const SUBTOTAL: &str = "Subtotal";
pub const SUSPENDED_ORDER: &str =
    "On hold while your bank looks into the payment. It opens again when that is settled.";
pub const SUSPENDED_OTHER: &str = "On hold. It opens again when the payment is settled.";
pub const TAX: &str = "Tax";
pub const TO_SHOP: &str = "See what is for sale";
pub const TOTAL: &str = "Total";
pub const UNPAID_NOTE: &str = "Not paid; this is no receipt.";

/// `All 12 files`.
pub fn all_files(files: usize) -> String {
    format!("All {files} files")
}

/// Downloads one file, for who cannot see the row.
pub fn download_file(name: &str) -> String {
    format!("Download {name}")
}

/// What an order is called.
pub fn order(number: &str) -> String {
    format!("Order {number}")
}

/// What a paid order's page is called on paper and in the browser's tab.
pub fn receipt(number: &str) -> String {
    format!("Receipt {number}")
}

/// How many appointments can still be booked.
pub fn appointments_left(left: i64) -> String {
    count(left, "appointment left", "appointments left")
}

/// The time of something is over.
pub fn expired_on(date: &str) -> String {
    format!("Its time ended on {date}.")
}

/// How long access lasts.
pub fn until(date: &str) -> String {
    format!("until {date}")
}

/// Where an order stands, in a sentence.
pub fn order_story(status: vitrine_types::checkout::OrderStatus) -> &'static str {
    use vitrine_types::checkout::OrderStatus::*;
    match status {
        Pending => "This order waits to be paid.",
        Processing => "Your bank is at it. As soon as the payment arrives, everything opens by itself.",
        Paid => "Thank you. Everything in it is yours.",
        PartiallyRefunded => "Part of the money went back to you. What was not refunded stays yours.",
        Refunded => "All of the money went back to you, and what was in it is closed.",
        Disputed => "Your bank looks into this payment. Until that is settled, what was in it is on hold.",
        Expired => "This order was never paid, so nothing was charged.",
        Failed => "The payment did not work, so nothing was charged.",
        NeedsReview => "Something about this payment needs a look by the shop. You need not do anything.",
    }
}
