//! Files on their way into the storage: piece by piece, hashed as they pass, never whole in memory.

use object_store::{WriteMultipart, path::Path};
use sha2::{Digest, Sha256};
use vitrine_types::Code;

use crate::{
    error::{Error, Result},
    state::State,
    storage,
};

/// The largest file: 5 GiB.
pub const MAX_SIZE: u64 = 5 * 1024 * 1024 * 1024;

/// What is handed to the storage at once. S3 takes at most 10,000 parts of at least 5 MiB.
const PART: usize = 8 * 1024 * 1024;

/// So much of the start tells what a file is.
const HEAD: usize = 8 * 1024;

/// A file that is arriving. Dropped before [`Upload::finish`] it leaves nothing behind.
pub struct Upload {
    key: String,
    /// `None` once finished.
    writer: Option<WriteMultipart>,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    limit: u64,
}

/// A file that has arrived.
pub struct Stored {
    /// Where it lies; it goes away again unless [`storage::keep`] is called.
    pub key: String,
    /// In bytes.
    pub size: i64,
    /// Hexadecimal, of the content.
    pub sha256: String,
    /// By content.
    pub content_type: &'static str,
}

impl Upload {
    /// Begins to store a file of at most `limit` bytes at `key`.
    ///
    /// # Errors
    /// When the storage or the database does not answer.
    pub async fn begin(state: &State, key: String, limit: u64) -> Result<Self> {
        storage::reserve(state, [key.as_str()]).await?;
        let upload = state.storage.put_multipart_opts(&Path::from(key.as_str()), Default::default()).await?;
        let writer = Some(WriteMultipart::new_with_chunk_size(upload, PART));
        Ok(Self { key, writer, hash: Sha256::new(), head: Vec::new(), size: 0, limit })
    }

    /// Takes the next piece, when the storage has room for it.
    ///
    /// # Errors
    /// `request.too_large`; `server.storage_full`; when the storage does not answer.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.size += piece.len() as u64;
        if self.size > self.limit {
            return Err(too_large(self.limit));
        }
        let Some(writer) = &mut self.writer else { return Ok(()) };
        self.hash.update(piece);
        let missing = HEAD - self.head.len();
        self.head.extend_from_slice(&piece[..missing.min(piece.len())]);
        writer.wait_for_capacity(1).await?;
        writer.write(piece);
        Ok(())
    }

    /// Ends it; when this returns, the storage has it.
    ///
    /// # Errors
    /// `catalog.empty_file`; `server.storage_full`; when the storage does not answer.
    pub async fn finish(mut self) -> Result<Stored> {
        if self.size == 0 {
            return Err(Code::EmptyFile.into());
        }
        if let Some(writer) = self.writer.take() {
            writer.finish().await?;
        }
        Ok(Stored {
            key: std::mem::take(&mut self.key),
            size: i64::try_from(self.size).map_err(Error::internal)?,
            sha256: hex::encode(std::mem::take(&mut self.hash).finalize()),
            content_type: content_type(&self.head),
        })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            let key = std::mem::take(&mut self.key);
            tokio::spawn(async move {
                if let Err(error) = writer.abort().await {
                    tracing::warn!(key, %error, "cannot abort an upload");
                }
            });
        }
    }
}

/// What is told of a file that is larger than `limit` bytes.
pub fn too_large(limit: u64) -> Error {
    let (most, unit) = if limit >> 30 > 0 { (limit >> 30, "GiB") } else { (limit >> 20, "MiB") };
    Error::new(Code::PayloadTooLarge).detail(format!("A file has at most {most} {unit}"))
}

/// What a file is, judged by how it starts.
fn content_type(head: &[u8]) -> &'static str {
    if let Some(kind) = infer::get(head) {
        return kind.mime_type();
    }
    // A character may be cut in two where the start ends.
    let text = match std::str::from_utf8(head) {
        Ok(text) => Some(text),
        Err(error) if head.len() == HEAD && head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    };
    let shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{c}');
    if text.is_some_and(|text| text.chars().all(shown)) { "text/plain" } else { "application/octet-stream" }
}

/// A file's name as it is kept: without folders, without characters that hide or turn others, at most 255 bytes.
pub fn clean_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or("");
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
    };
    let clean: String = name.chars().filter(|c| !hidden(*c)).collect();
    let edge = |c: char| c == '.' || c.is_whitespace();
    let clean = clean.trim_matches(edge);
    if clean.is_empty() {
        return "file".into();
    }
    if clean.len() <= 255 {
        return clean.into();
    }
    // The ending says what opens it: the middle gives way.
    let ending = clean.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 20);
    let room = 255 - ending.map_or(0, |ending| ending.len() + 1);
    let stem = &clean[..clean.floor_char_boundary(room)];
    ending.map_or_else(|| stem.trim_end_matches(edge).to_owned(), |ending| format!("{stem}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tamed() {
        for (given, kept) in [
            ("guide.pdf", "guide.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\guide.pdf", "guide.pdf"),
            ("a\r\nSet-Cookie: x\0.pdf", "aSet-Cookie: x.pdf"),
            ("invoice\u{202e}fdp.exe", "invoicefdp.exe"),
            (" .hidden. ", "hidden"),
            (". . hidden .", "hidden"),
            ("", "file"),
            ("..", "file"),
            ("Größe 日本.zip", "Größe 日本.zip"),
        ] {
            assert_eq!(clean_name(given), kept, "{given:?}");
        }
        let long = clean_name(&format!("{}.tar.gz", "ü".repeat(300)));
        assert!(long.len() <= 255 && long.ends_with(".gz"), "{long}");
        assert!(clean_name(&"x".repeat(300)).len() <= 255);
        assert_eq!(clean_name(&format!("{}. {}", "x".repeat(253), "y".repeat(300))), "x".repeat(253));
        assert!(clean_name(&format!("x.{}", "y".repeat(300))).len() <= 255);
    }

    #[test]
    fn content_says_what_a_file_is() {
        for (head, kind) in [
            (&b"%PDF-1.7\n"[..], "application/pdf"),
            (b"PK\x03\x04rest", "application/zip"),
            (b"<!DOCTYPE html><script>", "text/html"),
            (b"plain words\n", "text/plain"),
            ("größer".as_bytes(), "text/plain"),
            (b"\x00\x01\x02\x03", "application/octet-stream"),
            (b"caf\xe9", "application/octet-stream"),
        ] {
            assert_eq!(content_type(head), kind, "{head:?}");
        }
        let mut long = "ü".repeat(HEAD / 2).into_bytes();
        long.insert(0, b'x');
        assert_eq!(content_type(&long[..HEAD]), "text/plain", "a character cut in two");
    }
}
