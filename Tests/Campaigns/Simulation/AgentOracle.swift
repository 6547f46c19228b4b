/// What conversations and graphs should be: a few dictionaries.
struct AgentOracle {
    struct Entry: Equatable {
        var id: String?
        var value: String
    }

    struct Conversation: Equatable {
        var revision = 0
        var entries: [Entry] = []
        var metadata: String?
    }

    struct Checkpoint: Equatable {
        var parent: String?
        var data: String
        /// The run of the graph that made it.
        var run: String
        /// The channels that `data` holds, and those whose state is in the writes since their last snapshot.
        var channels: [String] = []
        var deltas: [String] = []
        var values: [String: String] = [:]
    }

    struct WriteKey: Hashable, Comparable {
        var task: String
        var index: Int

        static func < (left: WriteKey, right: WriteKey) -> Bool {
            (left.task, left.index) < (right.task, right.index)
        }
    }

    struct Write: Equatable {
        var channel: String
        var data: String
    }

    struct Place: Equatable {
        var checkpoints: [String: Checkpoint] = [:]
        var writes: [String: [WriteKey: Write]] = [:]

        var newest: String? { checkpoints.keys.max() }
    }

    struct Address: Hashable {
        var thread: String
        var namespace: String
    }

    var conversations: [String: Conversation] = [:]
    var places: [Address: Place] = [:]

    // MARK: Conversations

    /// - Returns: whether it was at the expected revision.
    mutating func append(
        _ name: String, _ entries: [Entry], keep: Int?, expected: Int?, metadata: String?
    ) -> Bool {
        if let expected, expected != conversations[name]?.revision ?? 0 { return false }
        var conversation = conversations[name] ?? Conversation()
        if let keep { conversation.entries = Array(conversation.entries.prefix(keep)) }
        for entry in entries
        where entry.id == nil || !conversation.entries.contains(where: { $0.id == entry.id }) {
            conversation.entries.append(entry)
        }
        conversation.metadata = metadata ?? conversation.metadata
        conversation.revision += 1
        conversations[name] = conversation
        return true
    }

    /// - Returns: whether there is such a source and no such target.
    mutating func fork(_ name: String, to target: String, count: Int?) -> Bool {
        guard let source = conversations[name], conversations[target] == nil else { return false }
        conversations[target] = Conversation(
            revision: 1, entries: Array(source.entries.prefix(count ?? .max)), metadata: source.metadata)
        return true
    }

    // MARK: Graphs

    mutating func put(_ address: Address, _ id: String, _ checkpoint: Checkpoint) {
        places[address, default: Place()].checkpoints[id] = checkpoint
    }

    mutating func write(
        _ address: Address, _ checkpoint: String, _ key: WriteKey, _ write: Write, replace: Bool
    ) {
        var place = places[address, default: Place()]
        if replace || place.writes[checkpoint]?[key] == nil {
            place.writes[checkpoint, default: [:]][key] = write
        }
        places[address] = place
    }

    /// What is in the target already stays as it is.
    mutating func copy(_ thread: String, to target: String) {
        guard thread != target else { return }
        for (address, place) in places where address.thread == thread {
            let there = Address(thread: target, namespace: address.namespace)
            var copy = places[there, default: Place()]
            copy.checkpoints.merge(place.checkpoints) { kept, _ in kept }
            copy.writes.merge(place.writes) { kept, new in kept.merging(new) { kept, _ in kept } }
            places[there] = copy
        }
    }

    mutating func deleteThread(_ thread: String) -> Bool {
        let found = places.keys.filter { $0.thread == thread }
        for address in found { places[address] = nil }
        return !found.isEmpty
    }

    mutating func deleteRuns(_ runs: [String]) -> Int {
        var deleted = 0
        for (address, place) in places {
            for (id, checkpoint) in place.checkpoints where runs.contains(checkpoint.run) {
                remove(id, address)
                deleted += 1
            }
        }
        return deleted
    }

    /// All but the newest of each namespace, and the ancestors that its channels of deltas depend on.
    mutating func prune(_ thread: String) -> Int {
        var deleted = 0
        for (address, place) in places where address.thread == thread {
            guard let newest = place.newest else { continue }
            let kept = needed(newest, place)
            for id in place.checkpoints.keys where !kept.contains(id) {
                remove(id, address)
                deleted += 1
            }
        }
        return deleted
    }

    private mutating func remove(_ id: String, _ address: Address) {
        places[address]?.checkpoints[id] = nil
        places[address]?.writes[id] = nil
    }

    private func needed(_ newest: String, _ place: Place) -> Set<String> {
        var kept = [newest]
        var open = Set(place.checkpoints[newest]!.deltas)
        var current = newest
        while true {
            open.subtract(place.checkpoints[current]!.populated)
            guard !open.isEmpty, let parent = place.checkpoints[current]!.parent, !kept.contains(parent),
                place.checkpoints[parent] != nil
            else { return Set(kept) }
            kept.append(parent)
            current = parent
        }
    }

    /// The writes of a channel at the ancestors back to its last snapshot, the oldest first, and that snapshot.
    func history(_ address: Address, _ id: String, _ channel: String) -> (writes: [String], seed: String?) {
        guard let place = places[address], place.checkpoints[id] != nil else { return ([], nil) }
        var (found, seen, current): ([String], Set<String>, String) = ([], [id], id)
        while let parent = place.checkpoints[current]!.parent, seen.insert(parent).inserted,
            let ancestor = place.checkpoints[parent]
        {
            let writes = (place.writes[parent] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
            found = writes.filter { $0.channel == channel }.map(\.data) + found
            if let value = ancestor.values[channel] { return (found, value) }
            if ancestor.channels.contains(channel) { return (found, "whole " + ancestor.data) }
            current = parent
        }
        return (found, nil)
    }
}

extension AgentOracle.Checkpoint {
    var populated: [String] { channels + values.keys }
}
