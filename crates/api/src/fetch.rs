//! Asking hosts that somebody else named, such as an outside calendar, without being made to ask our own network.
//!
//! The name is resolved once; when any of its addresses is not public, nothing is asked. The connection then goes to just
//! the addresses that were looked at, so that a name that answers differently the second time gains nothing. Redirects
//! are not followed. What is refused, closed or filtered is told in the same words, so that nobody can scan with us.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use url::{Host, Url};

/// The largest answer, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;
/// All the time it may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer. Its text is for the owner and repeats no address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not `http` or `https` on its usual port.
    #[error("Only http and https addresses on their usual ports are read")]
    Address,
    /// No public host answers there.
    #[error("The host does not answer")]
    Unreachable,
    /// It answered with something else than success; redirects are not followed.
    #[error("The host answered with status {0}")]
    Status(u16),
    /// The answer is larger than [`MAX_BYTES`].
    #[error("The answer is larger than 10 MiB")]
    TooLarge,
}

/// Whether [`get`] would ask this address at all; its host is looked up only then.
///
/// # Errors
/// [`Refused::Address`].
pub fn check(url: &str, private: bool) -> Result<Url, Refused> {
    let url = Url::parse(url).map_err(|_| Refused::Address)?;
    let usual = matches!((url.scheme(), url.port_or_known_default()), ("http", Some(80)) | ("https", Some(443)));
    let plain = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.as_str().len() <= 2000;
    if plain && (usual || private) { Ok(url) } else { Err(Refused::Address) }
}

/// What is at `url`. `private` allows any port and hosts of our own network: for tests alone.
///
/// # Errors
/// Why it could not be read.
pub async fn get(url: &str, private: bool) -> Result<Vec<u8>, Refused> {
    let look_up = async |name: String, port| Ok(tokio::net::lookup_host((name, port)).await?.collect());
    let answer = ask(check(url, private)?, private, look_up);
    tokio::time::timeout(PATIENCE, answer).await.unwrap_or(Err(Refused::Unreachable))
}

/// `look_up` is asked once, for the addresses of a name.
async fn ask(
    url: Url,
    private: bool,
    look_up: impl AsyncFnOnce(String, u16) -> std::io::Result<Vec<SocketAddr>>,
) -> Result<Vec<u8>, Refused> {
    let unreachable = |_| Refused::Unreachable;
    let port = url.port_or_known_default().ok_or(Refused::Address)?;
    let (name, addresses): (&str, Vec<SocketAddr>) = match url.host().ok_or(Refused::Address)? {
        Host::Ipv4(ip) => ("", vec![(ip, port).into()]),
        Host::Ipv6(ip) => ("", vec![(ip, port).into()]),
        Host::Domain(name) => (name, look_up(name.to_owned(), port).await.map_err(|_| Refused::Unreachable)?),
    };
    if !may_ask(&addresses, private) {
        return Err(Refused::Unreachable);
    }
    let client = reqwest::Client::builder()
        .resolve_to_addrs(name, &addresses)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .timeout(PATIENCE)
        .user_agent(concat!("Vitrine/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(unreachable)?;
    let mut answer = client.get(url).send().await.map_err(unreachable)?;
    if !answer.status().is_success() {
        return Err(Refused::Status(answer.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// One address of our own among them is enough to refuse all.
fn may_ask(addresses: &[SocketAddr], private: bool) -> bool {
    !addresses.is_empty() && (private || addresses.iter().all(|address| is_public(address.ip())))
}

/// Whether an address lies in the public internet.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// By the IANA registry of special-purpose addresses.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Global unicast (2000::/3) without the blocks that carry other addresses inside or are not routed. What maps IPv4
/// (`::ffff:0:0/96`, NAT64) lies outside of it.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    let global = first & 0xe000 == 0x2000;
    let special = matches!(
        (first, second),
        // Teredo, ORCHID and others; documentation; 6to4; documentation.
        (0x2001, ..0x0200) | (0x2001, 0x0db8) | (0x2002, _) | (0x3fff, ..0x1000)
    );
    global && !special
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn only_the_public_internet_is_asked() {
        let private = "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255
            192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 240.0.0.1
            255.255.255.255 :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1
            2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::1 3fff::1 fc00::1
            fd12:3456::1 fe80::1 fec0::1 ff02::1 5f00::1";
        for ip in private.split_whitespace() {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        let public = "1.1.1.1 8.8.8.8 100.63.0.1 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 192.169.0.1 198.17.0.1
            198.20.0.1 223.255.255.255 2001:200::1 2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 3ffe::1";
        for ip in public.split_whitespace() {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn one_address_of_our_own_is_enough_to_refuse() {
        let addresses =
            |ips: &[&str]| ips.iter().map(|ip| SocketAddr::new(ip.parse().unwrap(), 443)).collect::<Vec<_>>();
        assert!(may_ask(&addresses(&["1.1.1.1", "2606:4700::1111"]), false));
        assert!(!may_ask(&addresses(&["1.1.1.1", "127.0.0.1"]), false));
        assert!(!may_ask(&addresses(&["1.1.1.1", "::ffff:10.0.0.1"]), false));
        assert!(!may_ask(&[], true));
    }

    #[test]
    fn odd_addresses_are_refused_before_anything_is_asked() {
        for url in [
            "ftp://example.com/x",
            "file:///etc/passwd",
            "gopher://example.com",
            "https://",
            "/x",
            "",
            "https://example.com:8443/",
            "http://example.com:443/",
            "https://example.com:80/",
            "http://example.com:22/",
            "javascript:alert(1)",
            "data:text/calendar,x",
        ] {
            assert_eq!(check(url, false), Err(Refused::Address), "{url}");
        }
        for url in ["https://example.com/x.ics", "http://example.com:80/", "HTTPS://Example.com:443/?a=b"] {
            assert!(check(url, false).is_ok(), "{url}");
        }
    }

    /// However the address of a host is written, nothing of ours answers; a listener there sees nobody.
    #[tokio::test]
    async fn our_own_hosts_are_never_asked() {
        drop(rustls::crypto::ring::default_provider().install_default());
        for host in [
            "127.0.0.1",
            "localhost",
            "localhost.",
            "LOCALHOST",
            "127.0.0.1.",
            "127.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "127。0。0。1",
            "①②⑦.⓪.⓪.①",
            "10.0.0.1",
            "169.254.169.254",
            "192.168.0.1",
            "[fe80::1]",
            "[fd00::1]",
            "user:password@127.0.0.1",
            "example.com@127.0.0.1",
            "127.0.0.1#@example.com",
        ] {
            for scheme in ["http", "https"] {
                let refused = get(&format!("{scheme}://{host}/x"), false).await.unwrap_err();
                assert!(matches!(refused, Refused::Unreachable | Refused::Address), "{host}: {refused:?}");
            }
        }
    }

    /// A name that answers with another address the second time gains nothing: it is not asked a second time, by nobody.
    #[tokio::test]
    async fn the_addresses_that_were_looked_at_are_those_that_are_asked() {
        drop(rustls::crypto::ring::default_provider().install_default());
        let public = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = public.local_addr().unwrap().port();
        let inside = tokio::net::TcpListener::bind(("127.0.0.2", port)).await.unwrap();
        let answer = async {
            let (mut stream, _) = public.accept().await.unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await.unwrap();
            // And on to a place inside: it is not gone to.
            let moved =
                format!("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:{port}/\r\nContent-Length: 0\r\n\r\n");
            stream.write_all(moved.as_bytes()).await.unwrap();
        };
        let url = check(&format!("http://rebinding.example:{port}/x.ics"), true).unwrap();
        let look_up = async |_, port| Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]);
        let both = async { tokio::join!(ask(url, true, look_up), answer).0 };
        let asked = tokio::time::timeout(Duration::from_secs(10), both).await.expect("nobody came");
        assert_eq!(asked, Err(Refused::Status(302)));
        let nobody = tokio::time::timeout(Duration::from_millis(100), inside.accept()).await;
        assert!(nobody.is_err(), "somebody was sent inside");

        // With all that is allowed outside of tests, one address inside is enough to ask nobody.
        let url = check("http://rebinding.example/x.ics", false).unwrap();
        let look_up = async |_, port| Ok(vec![([1, 1, 1, 1], port).into(), ([127, 0, 0, 2], port).into()]);
        assert_eq!(ask(url, false, look_up).await, Err(Refused::Unreachable));
    }
}
