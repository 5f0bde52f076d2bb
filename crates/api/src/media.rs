//! Pictures anybody may see.

/// The address of a stored picture, from the shop's root on.
pub fn url(name: &str) -> String {
    format!("/media/{name}")
}
