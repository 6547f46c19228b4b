import Testing

@testable import SidestepHost

@Suite("The table of sockets")
struct SocketTableTests {
    static let table = Array(
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1B9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 501
           1: 0100007F:1B9E 0100007F:C350 01 00000000:00000000 00:00000000 00000000  1000        0 502
           2: 0100007F:C350 0100007F:1B9E 01 00000000:00000000 00:00000000 00000000 65534        0 503
           3: 0100007F:C351 0100007F:1B9E 06 00000000:00000000 03:000017AE 00000000     0        0 0
           4: 0100007F:C352 0100007F:1B9E 05 00000000:00000000 00:00000000 00000000     0        0 0
           5: 0100007F:C353 0200007F:1B9E 01 00000000:00000000 00:00000000 00000000     0        0 504
           6: 0100007F:C354
        """.utf8)

    static func user(_ port: UInt16, _ server: UInt16 = 7070) -> UInt32? {
        let loopback = UInt32(0x7f00_0001).bigEndian
        return SocketTable.user(
            from: SocketTable.end([loopback], port: port), to: SocketTable.end([loopback], port: server),
            in: table)
    }

    @Test("tells whose the other end of a connection is, and not whose ours is")
    func found() {
        #expect(Self.user(50000) == 65534)
        #expect(Self.user(7070, 50000) == 1000)
    }

    @Test("says nothing of a socket that its process has closed: its user is 0 there, whoever it was")
    func closed() {
        #expect(Self.user(50001) == nil)
        #expect(Self.user(50002) == nil)
    }

    @Test("has to have both ends as they are")
    func others() {
        for port: UInt16 in [50003, 50004, 50005] { #expect(Self.user(port) == nil) }
        #expect(Self.user(50000, 7071) == nil)
    }

    @Test("is empty where it cannot be read")
    func empty() { #expect(SocketTable.user(from: "a", to: "b", in: []) == nil) }

    @Test("has addresses of IPv6 in four parts, and those of IPv4 mapped into them")
    func wide() {
        #expect(
            SocketTable.end([0, 0, 0, UInt32(1).bigEndian], port: 80)
                == "00000000000000000000000001000000:0050")
        #expect(
            SocketTable.mapped(UInt32(0x7f00_0001).bigEndian, port: 80)
                == "0000000000000000FFFF00000100007F:0050")
    }
}
