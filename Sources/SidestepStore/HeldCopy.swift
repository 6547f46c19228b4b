import SidestepModel

/// A copy of the database that somebody reads: it has no name, and is gone when nobody holds it.
public protocol HeldCopy: AnyObject, Sendable {
    /// How many bytes the whole copy has; it does not grow.
    var bytes: Int64 { get }
    /// Reads a part; shorter at the end.
    func read(at offset: Int64, count: Int) throws(Failure) -> [UInt8]
}
