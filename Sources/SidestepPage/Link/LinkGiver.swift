import CShims
import NIOCore

/// Gives a link to whoever connects, and closes: the kernel says who that is, so nothing has to be asked.
final class LinkGiver: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let core: PageCore

    init(_ core: PageCore) { self.core = core }

    func channelActive(context: ChannelHandlerContext) {
        guard let user = Self.user(context.channel), core.options.admitted.contains(user) else {
            return context.close(promise: nil)
        }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: core.newLink() + "\n")))
            .whenComplete { _ in bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private static func user(_ channel: any Channel) -> UInt32? {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: Int32.self) { $0 }
        guard let descriptor = found else { return nil }
        var credentials = shim_peer()
        return shim_peer_credentials(descriptor, &credentials) == 0 ? credentials.uid : nil
    }
}
