/// The contract as data: every method the daemon has.
public enum MethodTable {
    /// All methods, family by family, in the order of the documentation.
    public static let all: [Method] =
        sessionMethods + runMethods + viewMethods + stepMethods + leaseMethods + checkpointMethods
        + stateMethods
        + signalMethods + promiseMethods + waitMethods + queueMethods + workerMethods
        + limitMethods
        + scheduleMethods + streamMethods + artifactMethods + eventMethods
        + webhookMethods
        + forkMethods
        + retentionMethods
        + systemMethods
        + transferMethods
        + conversationMethods + graphMethods + memoryMethods
        + recordingMethods

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The method with this name, or nil.
    public static func named(_ name: String) -> Method? {
        byName[name]
    }
}
