//! Pictures that people send: checked, turned the right way up, stripped, made smaller, and encoded anew as WebP.
//!
//! Nothing of the sent bytes is ever served. Size is checked before anything is decoded, and one picture is decoded at a
//! time, off the threads that answer requests: that bounds the memory, whatever is sent.

use std::{borrow::Cow, io::Cursor, sync::LazyLock, time::Duration};

use bytes::Bytes;
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops::FilterType, metadata::Orientation,
};
use tokio::{sync::Semaphore, time::timeout};
use vitrine_types::Code;

use crate::error::{Error, Result};

/// The longest side, in pixels.
const MAX_SIDE: u32 = 12_000;

/// What a decoded picture may take in bytes: 33 megapixels of a photograph.
const MAX_DECODED: u64 = 100_000_000;

/// What is told when a picture is larger.
const TOO_LARGE: &str = "At most 12,000 pixels a side and 33 megapixels";

/// How well WebP is to look, of 100.
const QUALITY: f32 = 82.0;

static DECODING: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// A picture in one size.
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The encoded file.
    pub webp: Vec<u8>,
}

/// What part of a picture is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crop {
    /// All of it.
    None,
    /// The square in its middle.
    Square,
}

/// Reads a PNG, JPEG or WebP and gives it in these widths (ascending), smallest first; never larger than it is.
///
/// # Errors
/// `images.invalid` when it is none of these, is broken or too large; `server.busy` when too many are waiting.
pub async fn convert(bytes: Bytes, crop: Crop, widths: &'static [u32]) -> Result<Vec<Picture>> {
    let Ok(Ok(_turn)) = timeout(Duration::from_secs(20), DECODING.acquire()).await else {
        return Err(Code::Busy.into());
    };
    let work = tokio::task::spawn_blocking(move || {
        let largest = widths.last().copied().unwrap_or(MAX_SIDE);
        let picture = decode_bounded(&bytes, 2 * largest)?;
        let picture = if crop == Crop::Square { middle(&picture) } else { picture };
        sizes(picture.width(), widths).into_iter().map(|width| to_webp(&picture, width)).collect()
    });
    work.await.map_err(Error::internal)?
}

/// The widths that make sense of a picture that is `width` wide: those clearly smaller, and the largest it has.
fn sizes(width: u32, widths: &[u32]) -> Vec<u32> {
    let largest = width.min(widths.last().copied().unwrap_or(width));
    let mut sizes: Vec<u32> = widths.iter().copied().filter(|smaller| smaller * 10 <= largest * 9).collect();
    sizes.push(largest);
    sizes
}

/// Decodes a picture of bounded size, the right way up. One much wider than `enough` is made smaller, coarsely: what
/// follows works on copies, and in floating point.
pub(crate) fn decode_bounded(bytes: &[u8], enough: u32) -> Result<DynamicImage> {
    let bad = |why: &'static str| Error::new(Code::BadImage).detail(why);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) {
        return Err(bad("Send a PNG, JPEG or WebP"));
    }
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_DECODED + MAX_DECODED / 2);
    reader.limits(limits);
    let unreadable = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => bad(TOO_LARGE).cause(error),
        _ => bad("The file is damaged").cause(error),
    };
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    if decoder.total_bytes() > MAX_DECODED {
        return Err(bad(TOO_LARGE));
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    if picture.width() > enough || picture.height() > 2 * enough {
        picture = picture.thumbnail(enough, 2 * enough);
    }
    picture.apply_orientation(turned);
    Ok(picture)
}

fn middle(picture: &DynamicImage) -> DynamicImage {
    let side = picture.width().min(picture.height());
    picture.crop_imm((picture.width() - side) / 2, (picture.height() - side) / 2, side, side)
}

/// Encodes a picture, made `width` wide.
fn to_webp(picture: &DynamicImage, width: u32) -> Result<Picture> {
    let scaled = if picture.width() == width {
        Cow::Borrowed(picture)
    } else {
        let height = u64::from(picture.height()) * u64::from(width) / u64::from(picture.width());
        let height = u32::try_from(height).unwrap_or(MAX_SIDE).max(1);
        Cow::Owned(picture.resize_exact(width, height, FilterType::Lanczos3))
    };
    let (width, height) = (scaled.width(), scaled.height());
    let encoded = if scaled.color().has_alpha() {
        webp::Encoder::from_rgba(&scaled.to_rgba8(), width, height).encode_simple(false, QUALITY)
    } else {
        webp::Encoder::from_rgb(&scaled.to_rgb8(), width, height).encode_simple(false, QUALITY)
    };
    let encoded = encoded.map_err(|error| Error::internal(anyhow::anyhow!("encode WebP: {error:?}")))?;
    Ok(Picture { width, height, webp: encoded.to_vec() })
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

    use super::*;

    fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
        bytes
    }

    fn refused(bytes: &[u8]) -> bool {
        decode_bounded(bytes, 3200).is_err_and(|error| error.code() == Code::BadImage)
    }

    /// A PNG that says it is this large, and holds next to nothing.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut png = encode(&DynamicImage::new_rgb8(1, 1), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let mut table = [0_u32; 256];
        for (index, entry) in table.iter_mut().enumerate() {
            *entry = (0..8).fold(index as u32, |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 });
        }
        let step = |c: u32, byte: &u8| table[((c ^ u32::from(*byte)) & 255) as usize] ^ (c >> 8);
        let crc = !png[12..29].iter().fold(u32::MAX, step);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        png
    }

    #[test]
    fn pictures_keep_their_proportions_and_never_grow() {
        assert_eq!(sizes(4000, &[480, 960, 1600]), [480, 960, 1600]);
        assert_eq!(sizes(1000, &[480, 960, 1600]), [480, 1000]);
        assert_eq!(sizes(100, &[480, 960, 1600]), [100]);
        let picture = to_webp(&DynamicImage::new_rgb8(1000, 500), 480).unwrap();
        assert_eq!((picture.width, picture.height), (480, 240));
        assert_eq!(image::guess_format(&picture.webp).unwrap(), ImageFormat::WebP);
    }

    #[test]
    fn only_pictures_of_bounded_size_are_decoded() {
        let small = DynamicImage::new_rgb8(8, 8);
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            assert!(decode_bounded(&encode(&small, format), 3200).is_ok());
        }
        assert!(!refused(&bomb(1, 1)), "the bomb's other bytes are fine");
        for (width, height) in [(50_000, 50_000), (12_001, 1), (1, 12_001), (12_000, 12_000), (u32::MAX, u32::MAX)] {
            assert!(refused(&bomb(width, height)), "{width}x{height}");
        }
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bad in [&b""[..], b"GIF89a\x01\0\x01\0", svg, b"<html>", b"\x89PNG\r\n\x1a\n"] {
            assert!(refused(bad), "{bad:?}");
        }
        let png = encode(&small, ImageFormat::Png);
        assert!(refused(&png[..png.len() / 2]), "cut off");
    }

    #[test]
    fn a_photograph_is_turned_and_says_nothing_more_of_itself() {
        // Red on the left, blue on the right; EXIF says that the top is to the left.
        let picture = RgbImage::from_fn(64, 32, |x, _| if x < 32 { Rgb([255, 0, 0]) } else { Rgb([0, 0, 255]) });
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0GPS 59.9".to_vec();
        let mut jpeg = Vec::new();
        JpegEncoder::new(&mut jpeg).write_image(&picture, 64, 32, image::ExtendedColorType::Rgb8).unwrap();
        let mut sent = jpeg[..2].to_vec();
        sent.extend([0xff, 0xe1]);
        sent.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        sent.append(&mut exif);
        sent.extend(&jpeg[2..]);
        let turned = decode_bounded(&sent, 3200).unwrap();
        assert_eq!((turned.width(), turned.height()), (32, 64));
        let top = turned.to_rgb8().get_pixel(16, 8).0;
        assert!(top[0] > 200 && top[2] < 60, "{top:?}");
        let kept = to_webp(&turned, 32).unwrap().webp;
        assert!(!kept.windows(3).any(|bytes| bytes == b"GPS") && !kept.windows(4).any(|bytes| bytes == b"EXIF"));
    }

    #[test]
    fn a_square_is_cut_from_the_middle() {
        let square = middle(&DynamicImage::new_rgb8(30, 10));
        assert_eq!((square.width(), square.height()), (10, 10));
    }
}
