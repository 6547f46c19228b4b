/// The recordings of a run that may answer a request: those that are completed and those that are coming.
struct RecordingPool: Sendable {
    private struct Entry: Sendable {
        let keys: [String]
        let place: String
        var isCompleted = false
        var toolReferences: [String] = []
    }

    private var entries: [Int64: Entry] = [:]
    /// Numbers by key and by place, each list in order.
    private var byKey: [String: [Int64]] = [:]
    private var byPlace: [String: [Int64]] = [:]
    /// In how many answers an id of a tool's call stands.
    private var references: [String: Int] = [:]

    mutating func insert(_ recording: Int64, keys: [String], place: String) {
        remove(recording)
        entries[recording] = Entry(keys: keys, place: place)
        for key in Set(keys) { byKey[key, default: []].insert(inOrder: recording) }
        byPlace[place, default: []].insert(inOrder: recording)
    }

    mutating func complete(_ recording: Int64, toolReferences: [String]) {
        guard entries[recording]?.isCompleted == false else { return }
        entries[recording]?.isCompleted = true
        entries[recording]?.toolReferences = toolReferences
        for reference in toolReferences { references[reference, default: 0] += 1 }
    }

    mutating func remove(_ recording: Int64) {
        guard let entry = entries.removeValue(forKey: recording) else { return }
        for key in Set(entry.keys) { byKey[key]?.removeAll { $0 == recording } }
        byPlace[entry.place]?.removeAll { $0 == recording }
        for reference in entry.toolReferences {
            let left = references[reference, default: 1] - 1
            references[reference] = left > 0 ? left : nil
        }
    }

    func recordings(of key: String) -> [Int64] { byKey[key] ?? [] }

    func isCompleted(_ recording: Int64) -> Bool { entries[recording]?.isCompleted ?? false }

    func knows(_ reference: String) -> Bool { references[reference] != nil }

    /// The first completed one of an endpoint that is free.
    func expected(at place: String, _ isFree: (Int64) -> Bool) -> Int64? {
        byPlace[place]?.first { isCompleted($0) && isFree($0) }
    }
}

extension [Int64] {
    /// Numbers come mostly in order: the place is at or near the end.
    fileprivate mutating func insert(inOrder number: Int64) {
        var index = endIndex
        while index > startIndex, self[index - 1] > number { index -= 1 }
        insert(number, at: index)
    }
}
