//! Addresses on the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Whether the address in the URL, if it is written as one, is on the public internet. A name is looked at by
/// [`PublicOnly`](super::PublicOnly) when it is resolved.
pub fn may_be_public(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(!host.is_empty(), is_public)
}

/// Whether anybody on the internet could reach the address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// All but the special-purpose addresses of RFC 6890.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = matches!(
        address.octets(),
        [0 | 127 | 240..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18 | 19, ..]
    );
    !(special
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

/// What is allotted (`2000::/3`), without what carries an IPv4 address or goes nowhere.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match address.segments() {
        // The well-known prefix of NAT64, through which networks without IPv4 reach it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))),
        // Teredo and other protocols, documentation, 6to4.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_not_public() {
        let inside = "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 \
                      255.255.255.255 192.0.0.8 198.18.0.1 203.0.113.5 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 \
                      ::ffff:10.0.0.1 ::ffff:127.0.0.1 64:ff9b::a00:1 2001:db8::1 2002:a00:1:: 2001::1 ::7f00:1";
        for address in inside.split(' ') {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
        {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn an_address_in_a_url_is_looked_at_however_it_is_written() {
        for inside in ["http://127.1/", "https://0x7f000001/", "https://2130706433", "https://[::ffff:7f00:1]/a"] {
            assert!(!may_be_public(&Url::parse(inside).unwrap()), "{inside}");
        }
        assert!(may_be_public(&Url::parse("https://push.example.org/a").unwrap()));
        assert!(may_be_public(&Url::parse("https://8.8.8.8/a").unwrap()));
    }
}
