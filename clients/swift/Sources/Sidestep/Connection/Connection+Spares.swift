import SidestepProtocol
import Synchronization

/// The daemon bounds the calls of a connection that have no answer yet. Waits have none for as long as the world
/// outside likes, so those that the connection has no place for are made on further ones.
extension Connection {
    /// Waits of this connection itself; the rest of its window is for whoever wants an answer at once.
    static let roamingHere = 256

    /// Makes a call on the connection that has a place for it.
    func callInPlace(
        _ line: Outgoing, mayResend: Bool, isShielded: Bool, endsStep: Bool
    ) async throws -> RawJSON {
        // The end of a step is what is called most.
        let kind = endsStep ? .quick : MethodKind.of(line.method)
        guard kind == .roaming else {
            return try await callOnce(
                line, kind, mayResend: mayResend, isShielded: isShielded, endsStep: endsStep)
        }
        let place = placeToWait()
        defer { place.state.withLock { $0.roaming -= 1 } }
        return try await place.callOnce(line, kind, mayResend: mayResend, isShielded: isShielded)
    }

    private func placeToWait() -> Connection {
        if takePlace(of: Self.roamingHere) { return self }
        return spares.withLock { spares in
            if let free = spares.first(where: { $0.takePlace(of: CallTable.patientWindow) }) { return free }
            let new = Connection(configuration, finder: finder)
            new.state.withLock { $0.roaming = 1 }
            spares.append(new)
            // Closed meanwhile: it was not among those that were closed with this one.
            if case .closed = state.withLock({ $0.link }) { new.close() }
            return new
        }
    }

    private func takePlace(of places: Int) -> Bool {
        state.withLock { state in
            if state.roaming >= places { return false }
            state.roaming += 1
            return true
        }
    }
}
