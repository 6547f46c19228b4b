import ArgumentParser
import Glibc
import Sidestep
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// The key of recorded bodies, for commands that write or read them.
struct RecordingKeyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file of the key that recorded requests and answers are encrypted with; the credential "
                + "\(Self.credential) of $CREDENTIALS_DIRECTORY when left out, if it is there.",
            valueName: "file"))
    var recordingKey: String?

    static let credential = "sidestep-recording-key"

    /// The file that holds the key; nil where there is none.
    func path(_ environment: Environment) -> String? {
        if let recordingKey { return RunCommand.absolute(recordingKey) }
        guard let folder = environment["CREDENTIALS_DIRECTORY"] else { return nil }
        let path = folder + "/" + Self.credential
        return access(path, F_OK) == 0 ? path : nil
    }

    /// Nil where there is none.
    ///
    /// - Throws: for a file that is not there, that others may read, or that holds no key.
    func key(_ environment: Environment = .current) throws -> RecordingKey? {
        // What systemd hands out is the unit's alone, whatever its mode says to a list of access rights.
        try path(environment).map { try RecordingKeyFile.read($0, isCredential: recordingKey == nil) }
    }
}

/// A file that holds the key of recorded bodies.
enum RecordingKeyFile {
    /// Bytes that a key may take up, in whatever way it is written.
    private static let longest = 4096

    static func read(_ path: String, isCredential: Bool = false) throws -> RecordingKey {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw wrong(
                "the key of recordings cannot be read from \(path): \(String(cString: strerror(errno)))",
                "`sidestep recording-key \(path)` makes one.")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, isCredential || facts.st_mode & 0o077 == 0 else {
            throw wrong("the key of recordings in \(path) may be read by others", "chmod 600 \(path)")
        }
        let content = StandardInput.all(of: file)
        guard content.count <= longest, let key = RecordingKey(file: content) else {
            throw wrong(
                "\(path) holds no key of recordings",
                "A key is 32 bytes, or 64 hexadecimal digits or base64; `sidestep recording-key FILE` makes one."
            )
        }
        return key
    }

    /// Makes a key, unless there is one.
    ///
    /// - Returns: the key, and whether it was made.
    static func make(_ path: String) throws -> (key: RecordingKey, isNew: Bool) {
        if access(path, F_OK) == 0 { return (try read(path), false) }
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<RecordingKey.count).map { _ in generator.next() as UInt8 }
        let draft = try DraftFile(path, overwrites: false, mode: 0o600)
        defer { draft.close() }
        do {
            try draft.write(bytes)
            try draft.publish()
        } catch {
            draft.discard()
            throw error
        }
        return (try read(path), true)
    }

    private static func wrong(_ message: String, _ hint: String) -> SidestepError {
        SidestepError(.invalidArgument, message, hint: hint)
    }
}

extension KeptBodies {
    /// Reads by a key that is looked for only where something is encrypted.
    static func read<Found>(
        _ run: String, _ option: RecordingKeyOption, _ found: RawJSON,
        _ read: (KeptBodies) throws(SealProblem) -> Found
    ) throws -> Found {
        let isSealed = found["recording"]?["sealed"]?.string != nil
        let bodies = KeptBodies(isSealed ? try option.key() : nil)
        do throws(SealProblem) { return try read(bodies) } catch { throw error.error(run) }
    }
}
