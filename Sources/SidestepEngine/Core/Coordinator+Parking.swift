import SidestepModel

/// Calls that wait, by what they wait for.
struct ParkedCalls {
    private var calls: [ObjectIdentifier: (call: Call, topics: [Topic], timer: (any LoopTimer)?)] = [:]
    private var byTopic: [Topic: [ObjectIdentifier]] = [:]

    mutating func insert(_ call: Call, _ topics: [Topic], timer: (any LoopTimer)?) {
        let id = ObjectIdentifier(call)
        calls[id] = (call, topics, timer)
        for topic in topics { byTopic[topic, default: []].append(id) }
    }

    mutating func remove(_ id: ObjectIdentifier) -> Call? {
        guard let entry = calls.removeValue(forKey: id) else { return nil }
        entry.timer?.cancel()
        for topic in entry.topics {
            byTopic[topic]?.removeAll { $0 == id }
            if byTopic[topic]?.isEmpty == true { byTopic[topic] = nil }
        }
        return entry.call
    }

    /// Takes out all calls that wait for `topic`, in the order in which they came.
    mutating func take(_ topic: Topic) -> [Call] { (byTopic[topic] ?? []).compactMap { remove($0) } }

    mutating func take(session: Int64) -> [Call] {
        calls.filter { $0.value.call.session == session }.keys.compactMap { remove($0) }
    }

    mutating func takeAll() -> [Call] { Array(calls.keys).compactMap { remove($0) } }
}

extension Coordinator {
    func park(_ call: Call, _ wait: Wait) {
        let id = ObjectIdentifier(call)
        let timer = wait.until.map { until in
            let delay = max(0, until.milliseconds(since: environment.clock.now()))
            return loop.schedule(afterMilliseconds: delay) { self.expire(id) }
        }
        parked.insert(call, wait.topics, timer: timer)
        if let process = wait.ending { end(process) }
    }

    private func expire(_ id: ObjectIdentifier) {
        guard let call = parked.remove(id) else { return }
        call.waitExpired = true
        submit([call])
    }

    func wake(_ topic: Topic) {
        let calls = parked.take(topic)
        if !calls.isEmpty { submit(calls) }
    }

    /// Asks a process to end, and ends it if it does not.
    private func end(_ process: ProcessIdentity) {
        processes.signal(process, 15)
        _ = loop.schedule(afterMilliseconds: environment.settings.killGraceMilliseconds) { [processes] in
            processes.signal(process, 9)
        }
    }

    /// Refuses every waiting call; the daemon is leaving.
    public func refuseParked() {
        for call in parked.takeAll() {
            call.answer(
                .failure(
                    Failure(
                        .shuttingDown, "the daemon is shutting down",
                        hint: "Connect again and send the call again.")))
        }
    }
}
