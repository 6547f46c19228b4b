import Glibc

/// Whose our standard input is: made for this program, as by a pipe or a redirection of its own, or that of the script
/// around it, as the lines of a loop.
struct InputSource {
    private var own = stat()
    private let parent = getppid()
    private let isParents: Bool

    init() {
        var other = stat()
        guard fstat(0, &own) == 0, stat("/proc/\(parent)/fd/0", &other) == 0 else {
            isParents = false
            return
        }
        isParents = own.st_dev == other.st_dev && own.st_ino == other.st_ino
    }

    /// Whether the script reads from it, too, as far as that can be told; never of a terminal or another device.
    var isTheScripts: Bool {
        guard isParents else { return false }
        switch own.st_mode & S_IFMT {
        // A loop has read its first line.
        case S_IFREG: return lseek(0, 0, SEEK_CUR) > 0
        case S_IFIFO, S_IFSOCK: return redirectsInChild || !parentKeepsAnother
        default: return false
        }
    }

    /// Whether there is something in a pipe that nobody will get.
    static var isWaiting: Bool {
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return lseek(0, 0, SEEK_CUR) < 0 && poll(&input, 1, 0) > 0 && input.revents & Int16(POLLIN) != 0
    }

    /// Whether the shell above us forks before it redirects. Others (dash, ash) redirect their own input for as long as
    /// one command lasts, so that a here-document looks like the script's input.
    private var redirectsInChild: Bool {
        var path = [UInt8](repeating: 0, count: 4096)
        let count = readlink("/proc/\(parent)/exe", &path, path.count)
        guard count > 0 else { return false }
        let name = path[..<count].split(separator: UInt8(ascii: "/")).last.map {
            String(decoding: $0, as: UTF8.self)
        }
        return name == "bash" || name == "zsh"
    }

    /// Whether the shell above us has put an input of its own aside: shells do so from descriptor 10 on, and close it
    /// in what they execute. One that is a part of a pipeline has not.
    private var parentKeepsAnother: Bool { (10..<32).contains(where: isKept) }

    private func isKept(_ descriptor: Int) -> Bool {
        guard let file = fopen("/proc/\(parent)/fdinfo/\(descriptor)", "re") else { return false }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        // proc(5): `pos:`, then `flags:` in octal.
        while fgets(&line, Int32(line.count), file) != nil {
            guard strncmp(line, "flags:", 6) == 0 else { continue }
            return line.withUnsafeBufferPointer { strtol($0.baseAddress! + 6, nil, 8) } & Int(O_CLOEXEC) != 0
        }
        return false
    }
}
