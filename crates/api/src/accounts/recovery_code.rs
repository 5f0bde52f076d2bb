//! Recovery codes: what signs in once when the authenticator app is out of reach.

use super::secret;

/// Without letters that look like digits (Crockford's Base32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Letters of a code: 140 random bits.
const LENGTH: usize = 28;

/// A new code, in groups of four: `7k2m-…`.
pub fn random() -> String {
    let letters = rand::random::<[u8; LENGTH]>().map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// What we keep of a code, however it is typed.
pub fn hash(code: &str) -> String {
    let letter = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    };
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(letter).collect();
    secret::hash(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_as_people_type_it() {
        let code = random();
        assert_eq!((code.len(), code.split('-').count()), (34, 7), "{code}");
        assert_ne!(code, random());
        assert_eq!(hash(&code), hash(&format!(" {} ", code.to_uppercase().replace('-', " "))));
        assert_eq!(hash("o1il"), hash("0111"));
        assert_ne!(hash(&code), hash(&code[1..]));
    }
}
