import NIOCore

/// Counts the bytes that have come and that the parser has made nothing of yet: it keeps them, and would keep any
/// number.
final class HeadMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told when the first byte is there, and when there are too many.
    struct Told {
        var began: () -> Void = {}
        var tooLong: () -> Void = {}
    }

    var told = Told()
    private var count = 0
    private var isDraining = false

    /// Bytes that are thrown away for the sake of who has not read the last answer yet.
    private static let mostDrained = 1 << 20

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if count == 0, !isDraining { told.began() }
        count += unwrapInboundIn(data).readableBytes
        if isDraining { return drained(context) }
        context.fireChannelRead(data)
        if count > Door.longestHead, !isDraining { told.tooLong() }
    }

    private func drained(_ context: ChannelHandlerContext) {
        if count > Self.mostDrained { context.close(promise: nil) }
    }

    /// The parser has made something of what came.
    func parsed() { count = 0 }

    /// What still comes is for nobody.
    func drain() { (isDraining, count) = (true, 0) }
}
