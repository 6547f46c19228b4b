import SidestepModel
import SidestepStore

/// What is known of the space that users take. It lives on the loop, and a restart counts anew.
struct SpaceKnowledge {
    typealias Reply = @Sendable (Swift.Result<SpaceFigures, Failure>) -> Void

    /// What was counted last.
    fileprivate(set) var kept: SpaceFigures?
    /// Who waits for the walk that is under way.
    fileprivate var waiting: [Reply] = []
    fileprivate var sums = SpaceSums()
}

extension Coordinator {
    /// Tells what users have and what it takes, counted no longer ago than `maxAge` milliseconds; on the loop.
    ///
    /// One walk serves all who ask meanwhile. It goes slice by slice, each from a snapshot of its own, as the daemon's
    /// own reading: others have their turns between them. How long it took bounds how often it comes
    /// (`SpaceFigures.rest`).
    public func space(
        maxAge: Int64, reply: @escaping @Sendable (Swift.Result<SpaceFigures, Failure>) -> Void
    ) {
        let now = environment.clock.now()
        if let kept = space.kept, kept.serve(maxAge: maxAge, at: now) { return reply(.success(kept)) }
        space.waiting.append(reply)
        if space.waiting.count == 1 { walk(from: .start, begun: now, environment.clock.sinceBoot()) }
    }

    private func walk(from place: SpaceSlice.Place, begun: Instant, _ boot: Int64) {
        read(daemonContext, { store, _ in try SpaceSlice(store, from: place) }) { [weak self] result in
            self?.walked(result, begun: begun, boot)
        }
    }

    private func walked(_ result: Swift.Result<SpaceSlice, Failure>, begun: Instant, _ boot: Int64) {
        switch result {
        case .failure(let failure): end(.failure(failure))
        case .success(let slice):
            space.sums.add(slice.sums)
            if let next = slice.next { return walk(from: next, begun: begun, boot) }
            let figures = SpaceFigures(
                at: begun, tookMilliseconds: environment.clock.sinceBoot() - boot, lines: space.sums.lines)
            space.kept = figures
            environment.storedBytes.replace(figures.bytesByUser)
            end(.success(figures))
        }
    }

    private func end(_ result: Swift.Result<SpaceFigures, Failure>) {
        let waiting = space.waiting
        (space.waiting, space.sums) = ([], SpaceSums())
        for reply in waiting { reply(result) }
    }
}
