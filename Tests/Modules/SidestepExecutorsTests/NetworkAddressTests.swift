import Glibc
import Testing

@testable import SidestepHTTPClient

@Suite("Addresses that requests may reach")
struct NetworkAddressTests {
    /// The bytes of a socket's address, as the kernel and libcurl hand them over.
    private static func isOpen(_ text: String) throws -> Bool {
        var ip4 = sockaddr_in()
        ip4.sin_family = sa_family_t(AF_INET)
        if inet_pton(AF_INET, text, &ip4.sin_addr) == 1 {
            return withUnsafeBytes(of: &ip4) { NetworkAddress.isOpen($0) }
        }
        var ip6 = sockaddr_in6()
        ip6.sin6_family = sa_family_t(AF_INET6)
        try #require(inet_pton(AF_INET6, text, &ip6.sin6_addr) == 1, "\(text) is no address")
        return withUnsafeBytes(of: &ip6) { NetworkAddress.isOpen($0) }
    }

    @Test(
        "Addresses of the public network are open, to the last one before a closed range",
        arguments: [
            "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255",
            "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
            "198.51.99.255", "203.0.114.0", "223.255.255.255",
            "2000::", "2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "3ffe::1",
            "3fff:1000::",
            "2001:db7:ffff::1", "2001:db9::",
        ])
    func open(_ address: String) throws { #expect(try Self.isOpen(address)) }

    @Test(
        "Own, private, local, special and multicast addresses of IPv4 are closed, to both ends of their ranges",
        arguments: [
            "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255",
            "127.0.0.0",
            "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
            "172.31.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1", "192.168.0.0", "192.168.255.255",
            "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
            "240.0.0.1", "255.255.255.255",
        ])
    func closed4(_ address: String) throws { #expect(try !Self.isOpen(address)) }

    @Test(
        "So are those of IPv6: loopback, link-local, unique local, documentation, Teredo, multicast",
        arguments: [
            "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00::1", "fd12:3456::1", "ff02::1",
            "ff0e::1",
            "100::1", "2001:db8::1", "2001::1", "2001:0:4136:e378::1", "2001:2::1", "2001:10::1",
            "2001:1ff::1",
            "3fff::1", "3fff:fff::1", "5f00::1", "64:ff9b:1::808:808", "4000::1", "1fff::1",
        ])
    func closed6(_ address: String) throws { #expect(try !Self.isOpen(address)) }

    @Test(
        "An address of IPv6 that carries one of IPv4 is as open as that: mapped, NAT64, 6to4",
        arguments: [
            "127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.1.1", "0.0.0.0", "255.255.255.255",
            "8.8.8.8",
        ])
    func carried(_ address: String) throws {
        let isOpen = try Self.isOpen(address)
        let parts = address.split(separator: ".").map { UInt16($0)! }
        let (high, low) = (parts[0] << 8 | parts[1], parts[2] << 8 | parts[3])
        #expect(try Self.isOpen("::ffff:\(address)") == isOpen, "mapped")
        #expect(try Self.isOpen("64:ff9b::\(address)") == isOpen, "NAT64")
        #expect(
            try Self.isOpen("2002:\(String(high, radix: 16)):\(String(low, radix: 16))::1") == isOpen, "6to4")
        // The old form without the mark, RFC 4291 §2.5.5.1, is nobody's address.
        #expect(try !Self.isOpen("::\(address)"))
    }

    @Test("What is no address of IP is closed: another family, too few bytes, none")
    func strange() {
        var local = sockaddr_un()
        local.sun_family = sa_family_t(AF_UNIX)
        withUnsafeBytes(of: &local) { #expect(!NetworkAddress.isOpen($0)) }
        var ip4 = sockaddr_in()
        ip4.sin_family = sa_family_t(AF_INET)
        inet_pton(AF_INET, "8.8.8.8", &ip4.sin_addr)
        withUnsafeBytes(of: &ip4) { bytes in
            #expect(NetworkAddress.isOpen(bytes))
            #expect(!NetworkAddress.isOpen(UnsafeRawBufferPointer(rebasing: bytes[..<7])))
            #expect(!NetworkAddress.isOpen(UnsafeRawBufferPointer(rebasing: bytes[..<0])))
        }
    }
}
