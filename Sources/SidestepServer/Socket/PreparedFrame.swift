import SidestepModel
import SidestepProtocol

/// A line, read and checked: what is left to be done for it is done on the loop.
enum PreparedFrame: Sendable {
    case single(Item)
    case batch([Item])

    enum Item: Sendable {
        /// A response: the server asks nothing, so it is nothing it waits for.
        case response
        /// What is no request is answered with this.
        case invalid(reply: [UInt8])
        /// A request, and what is to be done.
        case request(Head, Result<Dispatcher.Work, RPCError>)
    }

    /// What is known of a request besides its work.
    struct Head: Sendable {
        /// nil for a notification.
        let id: RawJSON?
        /// nil when there is no such method.
        let method: String?
        /// About how many it has.
        let bytes: Int
        /// A notification that ends or records something: when it is lost nobody hears of that, and what it was to
        /// end stays.
        let isLastWord: Bool
    }

    var count: Int {
        switch self {
        case .single: 1
        case .batch(let items): items.count
        }
    }
}

extension Dispatcher {
    /// Reads a line and checks what it asks for; any thread may.
    func prepare(_ line: [UInt8], _ caller: Caller, _ limits: Limits) -> PreparedFrame {
        switch FrameParser.parse(line[...], limits: limits) {
        case .single(let item): .single(prepare(item, caller, limits))
        case .batch(let items): .batch(items.map { prepare($0, caller, limits) })
        }
    }

    private func prepare(_ item: FrameItem, _ caller: Caller, _ limits: Limits) -> PreparedFrame.Item {
        switch item {
        case .response: .response
        case .invalid(let id, let error): .invalid(reply: ReplyText.failure(id: id ?? .null, error))
        case .request(let request): prepare(request, route(request.method), caller, limits)
        }
    }

    private func prepare(
        _ request: RPCRequest, _ route: Route?, _ caller: Caller, _ limits: Limits
    ) -> PreparedFrame.Item {
        .request(
            PreparedFrame.Head(
                id: request.id, method: route?.method.name, bytes: request.params?.bytes.count ?? 0,
                isLastWord: request.id == nil && (route?.method.space ?? .grows) != .grows),
            dispatch(request, route, caller, limits))
    }
}
