import SidestepModel
import Testing

@Suite("The share of a user")
struct ShareRuleTests {
    private var limits: Limits {
        var limits = Limits()
        (limits.connections, limits.userConnections) = (10, 4)
        (limits.heldBytes, limits.userBytes, limits.frameBytes) = (1000, 400, 100)
        (limits.userRequestsInFlight, limits.userWatches) = (5, 3)
        return limits
    }
    private var user: ShareRule { ShareRule(limits, isAdministrator: false) }
    private var administrator: ShareRule { ShareRule(limits, isAdministrator: true) }

    @Test("of connections is his own, within that of all; a few are kept back for administrators")
    func connections() {
        #expect(user.connection(own: 3, all: 9) == nil)
        #expect(user.connection(own: 4, all: 9) == .ofUser("user_connections", 4))
        #expect(user.connection(own: 0, all: 10) == .ofAll("connections", 10))
        #expect(administrator.connection(own: 9, all: 9) == nil)
        #expect(administrator.connection(own: 0, all: 10) == nil)
        let last = 10 + ShareRule.reservedConnections
        #expect(administrator.connection(own: 0, all: last - 1) == nil)
        #expect(administrator.connection(own: 0, all: last) == .ofAll("connections", 10))
    }

    @Test("of bytes is his own; the bound for all leaves everybody one line")
    func bytes() {
        #expect(user.bytes(own: 400, all: 400) == nil)
        #expect(user.bytes(own: 401, all: 401) == .ofUser("user_bytes", 400))
        #expect(user.bytes(own: 101, all: 1001) == .ofAll("held_bytes", 1000))
        #expect(user.bytes(own: 100, all: 5000) == nil)
        #expect(administrator.bytes(own: 900, all: 1000) == nil)
        #expect(administrator.bytes(own: 101, all: 1001) == .ofAll("held_bytes", 1000))
        #expect(administrator.bytes(own: 100, all: 5000) == nil)
    }

    @Test("of requests and watches ends at its limit, and is none for administrators")
    func counts() {
        #expect(user.request(own: 4) == nil)
        #expect(user.request(own: 5) == .ofUser("user_requests_in_flight", 5))
        #expect(user.watch(own: 2) == nil)
        #expect(user.watch(own: 3) == .ofUser("user_watches", 3))
        #expect(administrator.request(own: 5) == nil)
        #expect(administrator.watch(own: 3) == nil)
    }
}
