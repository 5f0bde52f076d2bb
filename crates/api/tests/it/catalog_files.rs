//! Products' files and pictures: what may come in, what is kept, what goes out.

use std::{
    io::{BufRead, BufReader, Cursor, Read, Write},
    net::TcpStream,
    path::PathBuf,
    time::Duration,
};

use chrono::TimeDelta;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::{Response, header::HeaderMap};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use vitrine::catalog::{files::Upload, service};
use vitrine_client::Client;
use vitrine_types::{
    Code,
    catalog::{AdminProduct, ProductFile},
};

use crate::{
    catalog::product,
    harness::{Shop, eventually, with_shop},
};

async fn make(admin: &Client) -> Uuid {
    admin.create_product(&product("Guide", json!({}))).await.unwrap().product.id
}

/// Every file in the shop's storage.
fn stored(shop: &Shop) -> Vec<PathBuf> {
    let root = shop.server.state.config.storage_url.to_file_path().unwrap();
    let (mut found, mut folders) = (Vec::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found
}

async fn storage_has(shop: &Shop, files: usize) {
    eventually(&format!("{files} files in the storage"), || async { (stored(shop).len() == files).then_some(()) })
        .await;
}

async fn get(shop: &Shop, path: &str, token: Option<String>) -> Response {
    let request = reqwest::Client::new().get(format!("{}{path}", shop.url));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, 90]));
    let mut bytes = Vec::new();
    DynamicImage::from(picture).write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

#[test]
fn a_file_is_kept_as_it_came_and_goes_with_its_row() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let content: Vec<u8> = (0..20_000_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        let file = admin.upload_product_file(id, "noise.bin", content.clone()).await.unwrap();
        assert_eq!((file.size, file.content_type.as_str()), (20_000_000, "application/octet-stream"));
        assert_eq!(file.sha256, hex::encode(Sha256::digest(&content)));
        assert_eq!(admin.get_admin_product(id).await.unwrap().product.files, vec![file.clone()]);
        assert_eq!(shop.visitor().get_product("guide").await.unwrap().files, vec![file.clone()]);
        let path = format!("/api/v1/admin/products/{id}/files/{}", file.id);
        let answer = get(shop, &path, admin.token()).await;
        assert_eq!(header(answer.headers(), "content-disposition"), "attachment; filename=\"noise.bin\"");
        assert!(answer.bytes().await.unwrap() == content);
        storage_has(shop, 1).await;
        admin.delete_product_file(id, file.id).await.unwrap();
        assert_eq!(get(shop, &path, admin.token()).await.status(), 404);
        storage_has(shop, 0).await;
        assert_eq!(admin.delete_product_file(id, file.id).await.unwrap_err().code(), Some(Code::NotFound));
    });
}

#[test]
fn what_is_in_a_file_decides_and_its_name_is_tamed() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        for (name, content, kept, kind) in [
            ("picture.png", &b"<!DOCTYPE html><script>alert(1)</script>"[..], "picture.png", "text/html"),
            ("evil.svg", b"<svg xmlns='x' onload='alert(1)'/>", "evil.svg", "text/plain"),
            ("book.txt", b"%PDF-1.7 javascript", "book.txt", "application/pdf"),
            ("../../../etc/passwd", b"root", "passwd", "text/plain"),
            ("..\\..\\boot.ini", b"\x7fELF\x02\x01\x01", "boot.ini", "application/octet-stream"),
            ("a\u{202e}gnp.exe", b"MZ\x90\0", "agnp.exe", "application/vnd.microsoft.portable-executable"),
            ("Größe 日本 \"x\".zip", b"PK\x03\x04", "Größe 日本 \"x\".zip", "application/zip"),
        ] {
            let file = admin.upload_product_file(id, name, content.to_vec()).await.unwrap();
            assert_eq!((file.name.as_str(), file.content_type.as_str()), (kept, kind), "{name}");
            let path = format!("/api/v1/admin/products/{id}/files/{}", file.id);
            let headers = get(shop, &path, admin.token()).await.headers().clone();
            assert!(headers["content-disposition"].as_bytes().starts_with(b"attachment"), "{name}");
            assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
            assert_eq!(header(&headers, "content-security-policy"), "default-src 'none'; sandbox");
            assert_eq!(header(&headers, "content-type"), kind);
        }
        let long = admin.upload_product_file(id, &format!("{}.pdf", "x".repeat(400)), vec![1]).await.unwrap();
        assert!(long.name.len() == 255 && long.name.ends_with(".pdf"));
        for key in stored(shop) {
            let name = key.file_name().unwrap().to_str().unwrap().to_owned();
            assert!(name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        }
    });
}

/// Sends the start of a request by hand, and reads what comes back until the server closes.
fn by_hand(shop: &Shop, head: &str, body: &[u8], wait: bool) -> String {
    let mut stream = TcpStream::connect(shop.server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    if wait {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = stream.read(&mut piece) {
            answer.extend_from_slice(&piece[..read]);
            if answer.windows(2).any(|end| end == b"}}") || answer.ends_with(b"}") {
                break;
            }
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn upload_head(id: Uuid, token: &str, length: u64, kind: &str) -> String {
    format!(
        "POST /api/v1/admin/products/{id}/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {length}\r\nContent-Type: {kind}\r\n\r\n"
    )
}

const FORM: &str = "multipart/form-data; boundary=B";
const PART: &str = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n";

#[test]
fn what_is_no_file_is_refused_and_leaves_nothing() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let empty = admin.upload_product_file(id, "a.txt", Vec::new()).await.unwrap_err();
        assert_eq!((empty.code(), empty.status()), (Some(Code::EmptyFile), Some(422)));
        let gone = admin.upload_product_file(Uuid::now_v7(), "a.txt", vec![1]).await.unwrap_err();
        assert_eq!(gone.code(), Some(Code::NotFound));
        let service = admin.create_product(&product("Call", json!({"kind": "service"}))).await.unwrap();
        let wrong = admin.upload_product_file(service.product.id, "a.txt", vec![1]).await.unwrap_err();
        assert_eq!(wrong.code(), Some(Code::Conflict));
        let token = admin.token().unwrap();
        let two = format!("{PART}x\r\n{PART}y\r\n--B--\r\n");
        let other = PART.replace("\"file\"", "\"other\"") + "x\r\n--B--\r\n";
        let unfinished = format!("{PART}x\r\n");
        for (kind, body, status) in [
            ("application/json", "{}", "415"),
            ("multipart/form-data", "--B--", "400"),
            (FORM, "--B--\r\n", "422"),
            (FORM, "nothing of the kind", "400"),
            (FORM, &two, "422"),
            (FORM, &other, "422"),
            (FORM, &unfinished, "400"),
        ] {
            let head = upload_head(id, &token, body.len() as u64, kind);
            let answer = tokio::task::spawn_blocking(move || head).await.unwrap();
            let (body, shop) = (body.to_owned(), shop);
            let said =
                tokio::task::spawn_blocking(move || by_hand(shop, &answer, body.as_bytes(), true)).await.unwrap();
            assert_eq!(said.get(9..12), Some(status), "{kind}: {said}");
            assert!(said.contains("application/problem+json"), "{said}");
        }
        storage_has(shop, 0).await;
    });
}

#[test]
fn a_file_too_large_is_refused_before_it_is_read() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let head = upload_head(make(&admin).await, &admin.token().unwrap(), 6 << 30, FORM);
        let said = tokio::task::spawn_blocking(move || by_hand(shop, &head, PART.as_bytes(), true)).await.unwrap();
        assert_eq!(said.get(9..12), Some("413"), "{said}");
        // One that does not say how large it is.
        let mut upload = Upload::begin(&shop.server.state, "products/a".into(), 10).await.unwrap();
        upload.write(&[0; 10]).await.unwrap();
        assert_eq!(upload.write(&[0]).await.unwrap_err().code(), Code::PayloadTooLarge);
        drop(upload);
        storage_has(shop, 0).await;
    });
}

#[test]
fn an_upload_that_breaks_off_leaves_nothing_behind() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let head = upload_head(id, &admin.token().unwrap(), 50_000_000, FORM);
        let begun = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(shop.server.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(PART.as_bytes()).unwrap();
            stream.write_all(&vec![7; 20_000_000]).unwrap();
            stream
        });
        let stream = begun.await.unwrap();
        storage_has(shop, 1).await;
        drop(stream);
        storage_has(shop, 0).await;
        assert!(admin.get_admin_product(id).await.unwrap().product.files.is_empty());
    });
}

#[test]
fn a_stored_file_that_nothing_refers_to_goes_away_after_a_day() {
    with_shop(|shop| async move {
        let state = &shop.server.state;
        let id = make(&shop.admin().await).await;
        let upload = async || {
            let mut upload = Upload::begin(state, Uuid::now_v7().to_string(), 10).await.unwrap();
            upload.write(b"content").await.unwrap();
            upload.finish().await.unwrap()
        };
        // As if the server had died before the row was written.
        drop(upload().await);
        let kept = upload().await;
        let mut tx = state.db.begin().await.unwrap();
        service::add_file(&mut tx, state.clock.now(), id, "a", kept).await.unwrap();
        tx.commit().await.unwrap();
        let late = upload().await;
        storage_has(shop, 3).await;
        shop.pass(TimeDelta::hours(25));
        storage_has(shop, 1).await;
        let mut tx = state.db.begin().await.unwrap();
        let refused = service::add_file(&mut tx, state.clock.now(), id, "b", late).await.unwrap_err();
        assert_eq!(refused.code(), Code::RequestTimeout, "its file is gone");
    });
}

/// 300 MB pass through a server that never holds more than some parts of them.
#[test]
fn a_large_file_streams_through() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let folder = tempfile::tempdir().unwrap();
        let mut server = std::process::Command::new(env!("CARGO_BIN_EXE_vitrine"))
            .env("VITRINE_DATA_DIR", folder.path())
            .env("DATABASE_URL", &shop.server.state.config.database_url)
            .env("VITRINE_JWT_SECRET", vitrine::config::reveal(&shop.server.state.config.jwt_secrets[0]))
            .env("VITRINE_BIND", "127.0.0.1:0")
            .env("RUST_LOG", "vitrine=info")
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
        let address = log.find_map(|line| {
            serde_json::from_str::<Value>(&line).ok()?["fields"]["address"].as_str().map(str::to_owned)
        });
        let address = address.expect("the log tells the address");
        let memory = |pid: u32| -> u64 {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
            let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
            peak.trim().trim_end_matches(" kB").parse().unwrap()
        };
        let before = memory(server.id());
        let piece = bytes::Bytes::from((0..65536_u32).map(|n| n.to_be_bytes()[3]).collect::<Vec<_>>());
        let mut hash = Sha256::new();
        (0..4800).for_each(|_| hash.update(&piece));
        let pieces = futures_util::stream::iter((0..4800).map(move |_| Ok::<_, std::io::Error>(piece.clone())));
        let part = reqwest::multipart::Part::stream(reqwest::Body::wrap_stream(pieces)).file_name("large.bin");
        let request = reqwest::Client::new().post(format!("http://{address}/api/v1/admin/products/{id}/files"));
        let request = request.bearer_auth(admin.token().unwrap());
        let answer = request.multipart(reqwest::multipart::Form::new().part("file", part)).send().await.unwrap();
        let (status, file) = (answer.status(), answer.json::<ProductFile>().await.unwrap());
        let grown = memory(server.id()) - before;
        server.kill().unwrap();
        server.wait().unwrap();
        assert_eq!((status.as_u16(), file.size), (201, 4800 * 65536));
        assert_eq!(file.sha256, hex::encode(hash.finalize()));
        assert!(grown < 60_000, "took {grown} kB more");
    });
}

#[test]
fn a_picture_is_encoded_anew_in_several_sizes() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let sizes =
            |product: &AdminProduct| product.product.images.iter().map(|i| (i.width, i.height)).collect::<Vec<_>>();
        for (format, width, height, expected) in [
            (ImageFormat::Jpeg, 2000, 1000, vec![(480, 240), (960, 480), (1600, 800)]),
            (ImageFormat::Png, 700, 700, vec![(480, 480), (700, 700)]),
            (ImageFormat::WebP, 100, 50, vec![(100, 50)]),
        ] {
            let mut sent = encoded(width, height, format);
            sent.extend(b"<script>alert(1)</script>");
            let product = admin.set_product_image(id, sent).await.unwrap();
            assert_eq!(sizes(&product), expected, "{format:?}");
            let shown = shop.visitor().get_product("guide").await.unwrap();
            assert_eq!(shown.image_url, shown.images.last().map(|image| image.url.clone()));
            for image in &shown.images {
                let answer = get(shop, &image.url, None).await;
                let headers = answer.headers().clone();
                assert_eq!(header(&headers, "content-type"), "image/webp");
                assert_eq!(header(&headers, "cache-control"), "public, max-age=31536000, immutable");
                assert_eq!(header(&headers, "x-content-type-options"), "nosniff");
                assert_eq!(header(&headers, "content-security-policy"), "default-src 'none'; sandbox");
                let bytes = answer.bytes().await.unwrap();
                assert!(!bytes.windows(7).any(|found| found == b"<script"));
                let decoded = image::load_from_memory_with_format(&bytes, ImageFormat::WebP).unwrap();
                assert_eq!((decoded.width(), decoded.height()), (image.width, image.height));
                let request = reqwest::Client::new().get(format!("{}{}", shop.url, image.url));
                let again = request.header("If-None-Match", &headers["etag"]).send().await.unwrap();
                assert_eq!(again.status(), 304);
            }
            // The pictures before this one are gone.
            storage_has(shop, expected.len()).await;
        }
        let product = admin.delete_product_image(id).await.unwrap();
        assert_eq!((product.product.image_url, product.product.images.len()), (None, 0));
        storage_has(shop, 0).await;
    });
}

#[test]
fn what_is_no_picture_is_refused() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        let png = encoded(20, 20, ImageFormat::Png);
        let mut huge = png.clone();
        huge[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        let html_in_png = [&png[..8], b"<!DOCTYPE html><script>alert(1)</script>"].concat();
        for (what, bytes) in [
            ("nothing", Vec::new()),
            ("HTML", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
            ("SVG", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec()),
            ("GIF with script", b"GIF89a/*\x01\0*/=1;alert(1)".to_vec()),
            ("PDF", b"%PDF-1.7".to_vec()),
            ("zip", b"PK\x03\x04".to_vec()),
            ("BMP", b"BM\x46\0\0\0".to_vec()),
            ("TIFF", b"II*\0\x08\0\0\0".to_vec()),
            ("HTML behind a PNG's signature", html_in_png),
            ("half a PNG", png[..png.len() / 2].to_vec()),
            ("50,000 by 50,000", huge),
        ] {
            let refused = admin.set_product_image(id, bytes).await.unwrap_err();
            assert_eq!((refused.code(), refused.status()), (Some(Code::BadImage), Some(422)), "{what}");
        }
        let large = admin.set_product_image(id, vec![0; 15 * 1024 * 1024 + 1]).await;
        assert!(large.is_err_and(|error| error.status().is_none_or(|status| status == 413)));
        let gone = admin.set_product_image(Uuid::now_v7(), png).await.unwrap_err();
        assert_eq!(gone.code(), Some(Code::NotFound));
        storage_has(shop, 0).await;
    });
}

#[test]
fn media_names_only_what_was_stored() {
    with_shop(|shop| async move {
        let admin = shop.admin().await;
        let id = make(&admin).await;
        admin.upload_product_file(id, "secret.txt", b"secret".to_vec()).await.unwrap();
        let key = stored(shop)[0].file_name().unwrap().to_str().unwrap().to_owned();
        let uuid = Uuid::now_v7();
        for name in [
            format!("../products/{key}"),
            format!("..%2fproducts%2f{key}"),
            format!("%2e%2e/products/{key}"),
            key,
            format!("{uuid}-480.webp"),
            format!("{uuid}-480.webp%00"),
            format!("{{{}}}-4.webp", uuid.simple()),
            "%00".into(),
            "a".repeat(3000),
        ] {
            let answer = get(shop, &format!("/media/{name}"), None).await;
            assert_eq!(answer.status(), 404, "{name}");
            assert!(!answer.text().await.unwrap().contains("secret\""), "{name}");
        }
    });
}
