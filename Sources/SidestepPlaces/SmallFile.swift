import SidestepLibC

/// Files of a few lines.
public enum SmallFile {
    /// The text of a file; nil when it cannot be read or is no text.
    public static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return text(descriptor, limit: 1 << 20)
    }

    /// What can be read from a descriptor, up to a number of bytes.
    static func text(_ descriptor: Int32, limit: Int) -> String? {
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 64 << 10))
        while text.count < limit {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            text += chunk[..<count]
        }
        return String(validating: text, as: UTF8.self)
    }
}
