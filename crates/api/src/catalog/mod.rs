//! Catalog: the products, their files and pictures, tags and stock.
//!
//! Rules:
//! - A product is a draft, published or archived; only published ones exist for customers. One that was ever sold or
//!   given is archived instead of deleted: who owns it keeps it.
//! - `stock` is what is left for sale. A checkout holds some of it and gives it back when it comes to nothing.
//! - Markdown is rendered and cleaned when it is saved, not when it is read.
//! - Files and pictures are in the storage before the row that names them is committed; see [`crate::storage`].
//! - Every list is one statement, walks an index from its cursor on, and costs the same on its first and last page.

pub mod check;
pub mod files;
pub mod markdown;
pub mod routes;
pub mod service;
pub mod store;
pub mod text;
pub mod wire;
