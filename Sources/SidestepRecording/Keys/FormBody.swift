import SidestepHash

/// The parts of a `multipart/form-data` body, whatever boundary a client has drawn for it.
enum FormBody {
    /// Each part's name, file name, media type and the hash of its contents; nil for what is no such form.
    static func text(of body: [UInt8], contentType: String) -> [UInt8]? {
        guard let boundary = HeaderText.parameter("boundary", of: contentType), !boundary.isEmpty else {
            return nil
        }
        guard let parts = split(body, at: Array("--\(boundary)".utf8)) else { return nil }
        var text: [UInt8] = []
        for part in parts {
            guard let head = describe(part.head) else { return nil }
            text += head
            text += ContentHash.of(body[part.contents])
        }
        return text
    }

    private struct Part {
        let head: String
        let contents: Range<Int>
    }

    /// What stands between the lines with the boundary; nil when the last of them is missing.
    private static func split(_ body: [UInt8], at delimiter: [UInt8]) -> [Part]? {
        var parts: [Part] = []
        guard body.starts(with: delimiter) else { return nil }
        var start = delimiter.count
        while body[start...].starts(with: "\r\n".utf8) {
            start += 2
            guard let headEnd = ByteSearch.first(Array("\r\n\r\n".utf8), in: body, from: start),
                let end = ByteSearch.first(Array("\r\n".utf8) + delimiter, in: body, from: headEnd + 2)
            else { return nil }
            let head = String(decoding: body[start..<headEnd], as: UTF8.self)
            parts.append(Part(head: head, contents: min(headEnd + 4, end)..<end))
            start = end + 2 + delimiter.count
        }
        return body[start...].starts(with: "--".utf8) ? parts : nil
    }

    private static func describe(_ head: String) -> [UInt8]? {
        var (name, file, type): (String?, String, String) = (nil, "", "")
        // Swift takes CR LF for one character.
        for line in head.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = HeaderText.trimmed(line[line.index(after: colon)...])
            switch line[..<colon].lowercased() {
            case "content-disposition":
                name = HeaderText.parameter("name", of: value)
                file = HeaderText.parameter("filename", of: value) ?? ""
            case "content-type": type = value.lowercased()
            default: break
            }
        }
        guard let name else { return nil }
        return [name, file, type].flatMap { Array($0.utf8) + [0] }
    }
}

/// Where bytes occur in others.
enum ByteSearch {
    static func first(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let head = pattern.first, start <= bytes.count else { return nil }
        var index = start
        while let place = bytes[index...].firstIndex(of: head) {
            if bytes[place...].starts(with: pattern) { return place }
            index = place + 1
        }
        return nil
    }
}
