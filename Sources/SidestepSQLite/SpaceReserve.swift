import CShims
import Glibc
import SidestepModel

/// Space that is kept for a full disk, so that there is a way out of it: a file beside the database that holds nothing,
/// and is given up for prune, delete, cancel and the end of runs.
///
/// Deleting rows frees no byte of the file system, but pages of the database for what comes. It takes a few megabytes
/// at first: what stands in the log already has to be copied, and the database grows by it.
final class SpaceReserve {
    /// The pre-grown log may hold as much as a half of this that the database does not have yet.
    static let bytes: Int64 = 8 << 20
    /// Free pages of the database, in bytes, with which everybody may write though the disk is full.
    static let freePageBytes: Int64 = 1 << 20
    /// What is recorded on a full disk has at most so many bytes, and leaves so many to what frees some.
    static let recordBytes = 64 << 10
    static let keptForFreeing = bytes / 2

    private let path: String
    private let directory: String
    private(set) var isHeld = false

    /// - Parameter database: the path of the database.
    init(database: String) {
        path = database + ".reserve"
        directory = DatabasePlace.directory(of: database)
    }

    /// Takes the space, if there is at least twice as much; a file system that cannot promise space has no reserve.
    func take() {
        guard !isHeld else { return }
        guard free >= 2 * Self.bytes || FileFacts.at(path)?.size == Self.bytes else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        isHeld = shim_allocate(descriptor, Self.bytes) == 0
        close(descriptor)
        if !isHeld { unlink(path) }
    }

    /// Gives the space to the file system.
    func giveUp() {
        guard isHeld else { return }
        unlink(path)
        isHeld = false
    }

    /// Bytes that are free for us: statvfs(3).
    var free: Int64 {
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0 else { return 0 }
        let (bytes, isMore) = Int64(facts.f_bavail).multipliedReportingOverflow(by: Int64(facts.f_frsize))
        return isMore ? .max : bytes
    }
}
