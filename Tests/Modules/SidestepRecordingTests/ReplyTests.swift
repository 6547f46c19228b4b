import SidestepProtocol
import SidestepRecording
import Testing

@Suite("An answer that passes")
struct ReplyTests {
    private func observer(_ reply: SampleReply, status: Int = 200) -> ReplyObserver {
        ReplyObserver(api: reply.api, status: status, contentType: reply.contentType)
    }

    /// Feeds an answer in pieces and checks after each that the end was not released.
    private func check(
        _ reply: SampleReply, pieces: [ArraySlice<UInt8>], by observer: ReplyObserver? = nil
    ) throws {
        var observer = observer ?? self.observer(reply)
        let limit = try #require(reply.held)
        for piece in pieces {
            let before = observer.releasable
            observer.feed(piece)
            #expect(observer.releasable >= before && observer.releasable <= min(limit, observer.count))
        }
        #expect(observer.finish(endedWell: true) == .complete)
        #expect(observer.releasable == limit)
        #expect(observer.facts.usage == reply.usage)
        #expect(observer.facts.toolReferences == reply.references)
        #expect(observer.facts.finish == reply.finish)
        if reply.contentType == SampleReply.events { #expect(observer.splits.last == reply.bytes.count) }
    }

    @Test(
        "is whole, its end is held and its figures are read, wherever it is split", arguments: SampleReply.all
    )
    func splits(reply: SampleReply) throws {
        let bytes = reply.bytes
        try check(reply, pieces: [bytes[...]])
        try check(reply, pieces: bytes.indices.map { bytes[$0...$0] })
        for place in bytes.indices { try check(reply, pieces: [bytes[..<place], bytes[place...]]) }
    }

    @Test(
        "without a content type is read as its first byte says",
        arguments: SampleReply.all.filter { $0.finish != nil })
    func untyped(reply: SampleReply) throws {
        for pieces in [[reply.bytes[...]], reply.bytes.indices.map { reply.bytes[$0...$0] }] {
            let observer = ReplyObserver(api: reply.api, status: 200, contentType: nil)
            try check(reply, pieces: pieces, by: observer)
        }
        var spaced = ReplyObserver(api: reply.api, status: 200, contentType: nil)
        spaced.feed(Array("\r\n".utf8) + reply.bytes)
        #expect(spaced.finish(endedWell: true) == .complete)
    }

    @Test("has the same events wherever it is split", arguments: SampleReply.all)
    func events(reply: SampleReply) {
        var whole = observer(reply)
        whole.feed(reply.bytes)
        for place in reply.bytes.indices {
            var parts = observer(reply)
            parts.feed(reply.bytes[..<place])
            parts.feed(reply.bytes[place...])
            #expect(parts.splits == whole.splits)
        }
    }

    @Test("and breaks off before its provider said that it is whole is no result", arguments: SampleReply.all)
    func truncated(reply: SampleReply) {
        let bytes = reply.bytes
        for place in bytes.indices {
            var observer = observer(reply)
            observer.feed(bytes[..<place])
            let isWhole = reply.whole.map { place >= $0 } ?? false
            #expect((observer.finish(endedWell: false) == .complete) == isWhole, "\(place)")
            #expect(observer.releasable < bytes.count)
        }
    }

    @Test(
        "and ends properly in the middle is no result where its API has an end",
        arguments: SampleReply.all.filter { $0.usage != nil || $0.finish != nil })
    func endedInTheMiddle(reply: SampleReply) throws {
        var observer = observer(reply)
        observer.feed(reply.bytes[..<(try #require(reply.held))])
        #expect(observer.finish(endedWell: true) != .complete)
    }

    @Test(
        "with an error's status is handed on at once and is no result", arguments: [400, 402, 429, 500, 302])
    func status(code: Int) {
        for reply in SampleReply.all {
            var observer = observer(reply, status: code)
            observer.feed(reply.bytes)
            #expect(observer.releasable == reply.bytes.count)
            #expect(observer.finish(endedWell: true) != .complete)
        }
    }

    @Test(
        "and tells of an error is no result",
        arguments: [
            (.chat, stream([SampleReply.chatParts[0], #"{"error":{"message":"overloaded"}}"#, "[DONE]"])),
            (.messages, named([("error", #"{"type":"error","error":{"message":"overloaded"}}"#)])),
            (
                .responses,
                stream([
                    #"{"type":"response.failed","response":{"status":"failed","error":{"message":"overloaded"}}}"#
                ])
            ), (.responses, stream([#"{"type":"error","message":"overloaded"}"#])),
            (.gemini, stream([#"{"error":{"code":503,"message":"overloaded"}}"#])),
            (.interactions, named([("error", #"{"event_type":"error","error":{"message":"overloaded"}}"#)])),
            (.opaque, named([("error", #"{"message":"overloaded"}"#)])),
        ] as [(API, String)])
    func errors(api: API, text: String) {
        var observer = ReplyObserver(api: api, status: 200, contentType: SampleReply.events)
        observer.feed(Array(text.utf8))
        #expect(observer.releasable == text.utf8.count)
        #expect(observer.finish(endedWell: true) == .failed("overloaded"))
    }

    @Test("as one value that says that it failed is no result")
    func failedValues() {
        let bodies: [(API, String)] = [
            (.chat, #"{"error":{"message":"no"},"choices":[]}"#),
            (.responses, #"{"status":"failed","error":{"message":"no"}}"#),
            (.messages, #"{"type":"error","error":{"message":"no"}}"#),
            (.gemini, #"{"error":{"message":"no"}}"#),
        ]
        for (api, text) in bodies {
            var observer = ReplyObserver(api: api, status: 200, contentType: SampleReply.json)
            observer.feed(Array(text.utf8))
            #expect(observer.finish(endedWell: true) == .failed("no"))
        }
        var cut = ReplyObserver(api: .embeddings, status: 200, contentType: SampleReply.json)
        cut.feed(Array(#"{"data":["#.utf8))
        #expect(cut.finish(endedWell: true) == .incomplete)
    }

    @Test("of several choices ends when each of them has")
    func choices() {
        func chunk(_ index: Int, _ rest: String) -> String {
            #"{"choices":[{"index":\#(index),\#(rest)}]}"#
        }
        let parts = [
            chunk(0, #""delta":{"content":"a"}"#), chunk(0, #""delta":{},"finish_reason":"stop""#),
            chunk(1, #""delta":{"content":"b"}"#), chunk(1, #""delta":{},"finish_reason":"stop""#),
        ]
        var observer = ReplyObserver(api: .chat, status: 200, contentType: SampleReply.events)
        let lengths = parts.map { stream([$0]).utf8.count }
        let released = parts.map { part -> Int in
            observer.feed(Array(stream([part]).utf8))
            return observer.releasable
        }
        #expect(released == [lengths[0], lengths[0], lengths[..<3].reduce(0, +), lengths[..<3].reduce(0, +)])
        #expect(observer.finish(endedWell: true) == .complete)
    }

    @Test("as frames ends with the frame that says so")
    func frames() {
        var observer = ReplyObserver(api: .responses, status: 200, contentType: nil)
        let first = Array(#"{"type":"response.output_text.delta","stream_id":"s","delta":"abcdefg"}"#.utf8)
        let last = Array(#"{"type":"response.completed","response":{"status":"completed"}}"#.utf8)
        observer.feed(frame: first, try? RawJSON(parsing: first))
        #expect(observer.releasable == first.count)
        observer.feed(frame: last, try? RawJSON(parsing: last))
        #expect(observer.releasable == first.count)
        #expect(observer.splits == [first.count, first.count + last.count])
        #expect(observer.finish(endedWell: false) == .complete)
        #expect(observer.usage(requestBytes: 35).usage == ReplyUsage(input: 10, output: 2))
    }

    @Test("is estimated by its bytes where nobody counted")
    func estimate() {
        var observer = ReplyObserver(api: .chat, status: 200, contentType: SampleReply.events)
        let text = String(repeating: "x", count: 70)
        observer.feed(Array(stream([#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#]).utf8))
        let (usage, isReported) = observer.usage(requestBytes: 700)
        #expect(usage == ReplyUsage(input: 200, output: 20))
        #expect(!isReported)
    }

    @Test("hides the usage that its client did not ask for, and nothing else")
    func injected() throws {
        let reply = SampleReply.all[0]
        var observer = ReplyObserver(
            api: .chat, status: 200, contentType: reply.contentType, isInjected: true)
        observer.feed(reply.bytes)
        let injected = observer.injected.map { String(decoding: reply.bytes[$0], as: UTF8.self) }
        #expect(injected == [stream([SampleReply.chatUsage])])
        #expect(observer.finish(endedWell: true) == .complete)
        let full =
            #"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],"#
            + #""usage":{"prompt_tokens":1}}"#
        var together = ReplyObserver(
            api: .chat, status: 200, contentType: reply.contentType, isInjected: true)
        together.feed(Array(stream([full]).utf8))
        #expect(together.injected.isEmpty)
    }

    @Test("says what it likes without harm")
    func hostile() {
        let numbers = [
            #"{"usage":{"input_tokens":9223372036854775807,"cache_read_input_tokens":9223372036854775807}}"#,
            #"{"usage":{"prompt_tokens":1e400,"completion_tokens":-5}}"#, #"{"usage":{"prompt_tokens":"x"}}"#,
            #"{"choices":{"a":1},"usage":[]}"#, "[1]", "null", "{", "\u{0}",
            #"{"choices":[null,1,{"index":1e9}]}"#,
        ]
        for api in API.allCases {
            for text in numbers {
                var observer = ReplyObserver(api: api, status: 200, contentType: SampleReply.events)
                observer.feed(Array(stream([text]).utf8))
                _ = observer.finish(endedWell: true)
                var whole = ReplyObserver(api: api, status: 200, contentType: SampleReply.json)
                whole.feed(Array(text.utf8))
                _ = whole.finish(endedWell: true)
                #expect((whole.facts.usage?.output ?? 0) >= 0)
            }
        }
    }
}
