//! Where a request comes from: the peer of its connection, or, if that is a proxy of ours, whom the proxy says.
//!
//! Only the header that the operator names is read, and only from peers that the operator lists: a client can write the
//! same header, and would choose for itself whose requests it is counted with.

use std::net::IpAddr;

use poem::{
    Addr,
    http::{HeaderMap, header},
};

use crate::config::{AddressHeader, Network};

/// The proxies before us.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Proxies {
    /// Where they are.
    pub networks: Vec<Network>,
    /// Where they write the address of whoever asked them.
    pub header: AddressHeader,
}

impl Proxies {
    /// The address of the client, as far as it can be believed.
    pub(super) fn client(&self, peer: &Addr, headers: &HeaderMap) -> Option<IpAddr> {
        let Addr::SocketAddr(peer) = peer else { return None };
        let peer = peer.ip().to_canonical();
        if !self.contain(peer) {
            return Some(peer);
        }
        // Each proxy adds the one that asked it at the end; the last that is no proxy of ours is as far as we know.
        let told = self.told(headers);
        let beyond = told.iter().rev().find(|told| told.is_none_or(|address| !self.contain(address)));
        beyond.copied().flatten().or(Some(peer))
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(address))
    }

    /// The addresses in the header, in order; `None` for what is no address.
    fn told(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self.header {
            AddressHeader::XForwardedFor => header::HeaderName::from_static("x-forwarded-for"),
            AddressHeader::Forwarded => header::FORWARDED,
        };
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        let elements = values.flat_map(|value| value.split(','));
        match self.header {
            AddressHeader::XForwardedFor => elements.map(address).collect(),
            AddressHeader::Forwarded => elements.map(|element| address(forwarded_for(element)?)).collect(),
        }
    }
}

/// The `for` of one element of `Forwarded` (RFC 7239).
fn forwarded_for(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for")).map(|(_, value)| value);
    values.next()
}

/// An address, with or without a port, brackets and quotes.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.split(']').next()).unwrap_or(text);
    let parsed = bare.parse::<IpAddr>().ok();
    let parsed = parsed.or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|address| address.ip()));
    parsed.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: AddressHeader, peer: &str, given: &[(&str, &str)]) -> String {
        let networks = ["10.0.0.0/8", "2001:db8::/32"].map(|network| network.parse().unwrap()).to_vec();
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.append(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        let peer = std::net::SocketAddr::new(peer.parse().unwrap(), 1);
        Proxies { networks, header }.client(&peer.into(), &headers).unwrap().to_string()
    }

    #[test]
    fn only_proxies_of_ours_are_believed_and_only_in_the_header_they_write() {
        let x = |peer, value| client(AddressHeader::XForwardedFor, peer, &[("x-forwarded-for", value)]);
        assert_eq!(x("192.0.2.1", "192.0.2.9"), "192.0.2.1", "a stranger is nobody's proxy");
        assert_eq!(x("10.0.0.1", "192.0.2.9"), "192.0.2.9");
        assert_eq!(x("10.0.0.1", "198.51.100.1, 192.0.2.9, 10.0.0.2"), "192.0.2.9", "the client wrote the first");
        assert_eq!(x("10.0.0.1", "192.0.2.9:4711"), "192.0.2.9");
        assert_eq!(x("2001:db8::1", "[2001:0:9::1]:4711"), "2001:0:9::1");
        for nonsense in ["", "unknown", "192.0.2.9, nonsense"] {
            assert_eq!(x("10.0.0.1", nonsense), "10.0.0.1", "{nonsense}");
        }
        let both = [("x-forwarded-for", "192.0.2.8"), ("forwarded", "for=192.0.2.9;proto=https")];
        assert_eq!(client(AddressHeader::Forwarded, "10.0.0.1", &both), "192.0.2.9");
        assert_eq!(client(AddressHeader::XForwardedFor, "10.0.0.1", &both), "192.0.2.8");
        let quoted = [("forwarded", "for=\"[2001:0:9::1]:80\"; by=_x, For=10.0.0.7")];
        assert_eq!(client(AddressHeader::Forwarded, "10.0.0.1", &quoted), "2001:0:9::1");
    }
}
