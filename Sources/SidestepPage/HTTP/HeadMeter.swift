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
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if count == 0 { told.began() }
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        if count > Door.longestHead, !isOver {
            isOver = true
            told.tooLong()
        }
    }

    /// The parser has made something of what came.
    func parsed() { count = 0 }
}
