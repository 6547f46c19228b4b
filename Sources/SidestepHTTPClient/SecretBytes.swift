import CShims
import Glibc

/// Bytes that may hold a secret: every place they ever stood in is overwritten before it is freed.
///
/// An array leaves a copy behind whenever it grows, and when it ends.
/// Unchecked: written by whoever makes it, and only read once it is handed on.
public final class SecretBytes: @unchecked Sendable {
    private var memory: UnsafeMutableRawBufferPointer
    /// How many bytes there are.
    public private(set) var count = 0

    /// No bytes, with room for so many.
    public init(capacity: Int = 64) {
        memory = .allocate(byteCount: Swift.max(1, capacity), alignment: 1)
    }

    /// A copy of these bytes.
    public convenience init(_ bytes: some Collection<UInt8>) {
        self.init(capacity: bytes.count)
        append(bytes)
    }

    deinit { discard(memory) }

    /// Adds bytes; where they outgrow their place they move, and the former place is overwritten.
    public func append(_ bytes: some Collection<UInt8>) {
        let isWhole: Void? = bytes.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
        if isWhole != nil { return }
        reserve(bytes.count)
        for byte in bytes {
            memory[count] = byte
            count += 1
        }
    }

    /// The same for bytes that C has.
    public func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    /// What read(2) gives next, at most as much as there is room for; false at the end and on an error.
    package func fill(from file: Int32) -> Bool {
        let got = Glibc.read(file, memory.baseAddress! + count, memory.count - count)
        count += Swift.max(0, got)
        return got > 0
    }

    /// Forgets all but the first bytes.
    package func truncate(to length: Int) {
        shim_wipe(memory.baseAddress! + length, Int64(count - length))
        count = length
    }

    /// Shows the bytes where they stand, without a copy.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
    {
        try body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
    }

    private func reserve(_ more: Int) {
        guard count + more > memory.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Swift.max(count + more, 2 * memory.count), alignment: 1)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        discard(memory)
        memory = larger
    }

    private func discard(_ memory: UnsafeMutableRawBufferPointer) {
        shim_wipe(memory.baseAddress!, Int64(memory.count))
        memory.deallocate()
    }
}

extension SecretBytes: RandomAccessCollection {
    /// Places of bytes, from 0.
    public typealias Indices = Range<Int>
    /// The place of the first byte.
    public var startIndex: Int { 0 }
    /// The place behind the last byte.
    public var endIndex: Int { count }
    /// The byte in a place.
    public subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count)
        return memory[index]
    }

    /// As a collection shows them: without a copy, too.
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try withUnsafeBytes { try body($0.bindMemory(to: UInt8.self)) }
    }
}
