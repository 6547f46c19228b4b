/// One event of a stream of server-sent events.
public struct ServerEvent: Sendable, Equatable {
    /// Its `event` field; empty without one.
    public internal(set) var type = ""
    /// Its `data` fields, joined by newlines.
    public internal(set) var data: [UInt8] = []
    /// Where it lies in the stream, with its blank line and what stood before it.
    public internal(set) var range = 0..<0
    /// Whether it has any data: without, nobody is told of it.
    var hasData = false
}

/// Reads a stream of server-sent events as it comes (WHATWG HTML §9.2.6).
///
/// It looks only: what it has been fed is nobody's to rewrite. Lines end with CR, LF or both, whatever bytes a
/// read happened to end with.
public struct EventParser: Sendable {
    /// Bytes fed so far.
    public private(set) var count = 0
    private var line: [UInt8] = []
    private var event = ServerEvent()
    private var eventStart = 0
    private var isAfterReturn = false
    private var isFirstLine = true

    /// Of a stream from its first byte on.
    public init() {}

    /// Takes the next bytes; `body` gets each event that they complete.
    public mutating func feed(_ bytes: ArraySlice<UInt8>, _ body: (ServerEvent) -> Void) {
        var rest = bytes
        while !rest.isEmpty {
            if isAfterReturn {
                isAfterReturn = false
                if rest.first == 0x0A {
                    rest = rest.dropFirst()
                    count += 1
                }
                endLine(body)
                continue
            }
            guard let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                line += rest
                count += rest.count
                return
            }
            line += rest[..<end]
            count += end - rest.startIndex + 1
            isAfterReturn = rest[end] == 0x0D
            rest = rest[(end + 1)...]
            if !isAfterReturn { endLine(body) }
        }
    }

    /// The stream has ended: what stands there without its blank line is an event, too.
    public mutating func finish(_ body: (ServerEvent) -> Void) {
        if isAfterReturn || !line.isEmpty {
            isAfterReturn = false
            endLine(body)
        }
        endEvent(body)
    }

    private mutating func endLine(_ body: (ServerEvent) -> Void) {
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        if line.isEmpty { endEvent(body) } else { takeField() }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func takeField() {
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        let name = line[..<colon]
        if name.elementsEqual("data".utf8) {
            if event.hasData { event.data.append(0x0A) }
            event.data += value
            event.hasData = true
        } else if name.elementsEqual("event".utf8) {
            event.type = String(decoding: value, as: UTF8.self)
        }
    }

    /// What stands between events, comments or blank lines, belongs to the one that follows.
    private mutating func endEvent(_ body: (ServerEvent) -> Void) {
        defer { event = ServerEvent() }
        guard event.hasData else { return }
        event.range = eventStart..<count
        eventStart = count
        body(event)
    }
}
