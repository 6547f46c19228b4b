import Glibc

/// Descriptors that are open for nothing, to be closed when no other is left.
struct DescriptorReserve {
    /// Two connections, and what is open while the kernel is asked whose one is (PeerReader): a pidfd, a file of /proc.
    private static let size = 2 + transient
    private static let transient = 2

    private var descriptors: [CInt] = []

    init() { fill() }

    var isFull: Bool { descriptors.count == Self.size }
    /// Whether it is enough for one connection.
    var canAccept: Bool { descriptors.count > Self.transient }

    /// Opens what is missing, as far as there are descriptors.
    mutating func fill() {
        while !isFull {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            if descriptor < 0 { return }
            descriptors.append(descriptor)
        }
    }

    mutating func giveUp() {
        for descriptor in descriptors { close(descriptor) }
        descriptors = []
    }
}
