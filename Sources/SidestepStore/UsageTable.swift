import SidestepModel

/// Looks at what runs have used, the table `usage_hour`: it is there also when the runs are not any more.
public protocol UsageReading: AnyObject {
    /// Sums by the parts of a grouping and by name; a day's parts are its hours.
    func usageSums(by grouping: UsageGrouping, _ filter: UsageFilter) throws(Failure) -> [UsageSum]
    /// What the recorded results of a generation of a run were paid with, by name.
    func paid(run: Int64, generation: Int64) throws(Failure) -> [(name: String, amount: Int64)]
}

/// Books what runs use.
public protocol UsageWriting: UsageReading {
    /// Adds to what a user's runs of a workflow used of a model in an hour; less than nothing takes away.
    func addUsage(
        hour: Int64, user: UserID, workflow: String, model: String, name: String, amount: Int64
    ) throws(Failure)
    /// Adds to what the recorded results of a generation of a run were paid with; less than nothing takes away.
    func addPaid(run: Int64, generation: Int64, name: String, amount: Int64) throws(Failure)
    /// Removes what is older; at most `limit` rows.
    func forgetUsage(before hour: Int64, limit: Int) throws(Failure)
}
