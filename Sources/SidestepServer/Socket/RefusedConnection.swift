import NIOCore

/// A connection past the limit: it is told so and closed.
final class RefusedConnection: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let reply: [UInt8]

    init(reply: [UInt8]) { self.reply = reply }

    func channelActive(context: ChannelHandlerContext) {
        let channel = context.channel
        channel.writeAndFlush(ByteBuffer(bytes: reply)).whenComplete { _ in channel.close(promise: nil) }
    }
}
