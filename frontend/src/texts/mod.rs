//! The shop's words, one folder per language. Another language is another folder with the same names.

mod en;

pub use en::*;
