import NIOCore

/// Counts the bytes of a request's head before it is read: the parser keeps what it is sent, and would keep
/// all of it.
final class HeadMeter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// Told when the first byte of a head is there, and when there are too many.
    struct Told {
        var began: () -> Void = {}
        var tooLong: () -> Void = {}
    }

    var told = Told()
    private var count = 0
    private var isInHead = true

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isInHead && count == 0 { told.began() }
        count += unwrapInboundIn(data).readableBytes
        context.fireChannelRead(data)
        // By now the parser has said that the head is whole, if it is.
        if isInHead && count > Door.longestHead {
            isInHead = false
            told.tooLong()
        }
    }

    /// The head is whole.
    func headEnded() { isInHead = false }

    /// What comes now is another request.
    func beginAgain() { (isInHead, count) = (true, 0) }
}
