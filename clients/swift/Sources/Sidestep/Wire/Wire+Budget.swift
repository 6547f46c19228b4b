// swift-format-ignore-file
// Generated from the method table by `make generate`; do not edit.
import FoundationEssentials
import SidestepProtocol

extension Wire {
    /// Returns what a run may use up and what it has.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    @discardableResult
    public func budgetGet(
        run: String
    ) async throws -> BudgetGetResult {
        try BudgetGetResult(try await call("budget.get", mayResend: true) { writer in
            writer.wire("run", run)
        })
    }

    /// What `budget.get` answers.
    public struct BudgetGetResult: WireReadable {
        /// The amounts by their names.
        public var budget: RawJSON

        init(_ reader: WireReader) throws {
            budget = try reader.must("budget")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BudgetGetResult", wire))
        }
    }

    /// Changes what a run may use up; what is not named stays.
    ///
    /// - Parameters:
    ///   - run: the id of the run.
    ///   - budget: the amounts.
    @discardableResult
    public func budgetSet(
        run: String,
        budget: Wire.BudgetObject
    ) async throws -> BudgetSetResult {
        try BudgetSetResult(try await call("budget.set", mayResend: false) { writer in
            writer.wire("run", run)
            writer.wire("budget", budget)
        })
    }

    /// What `budget.set` answers.
    public struct BudgetSetResult: WireReadable {
        /// The amounts by their names.
        public var budget: RawJSON

        init(_ reader: WireReader) throws {
            budget = try reader.must("budget")
        }

        init?(wire: RawJSON) throws {
            guard wire.kind == .object else { return nil }
            try self.init(WireReader("BudgetSetResult", wire))
        }
    }
}
