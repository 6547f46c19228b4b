import SidestepEngine
import SidestepModel
import SidestepProtocol
import SidestepStore

enum LimitHandlers {
    static var all: [String: Handler] {
        [
            "limit.put": .write({ request in
                var put = PutLimit(limit: request.required("limit"))
                put.concurrency = request.params.integer("concurrency")
                put.rate = request.rate("rate")
                return put
            }) { writer, view in writer.object("limit") { $0.members(of: view) } },
            "limit.list": .read({ _ in ListLimits() }) { writer, limits in
                writer.list("limits", limits) { writer, limit in
                    writer.object { $0.members(of: limit) }
                }
            },
            "limit.delete": .write({ DeleteLimit(limit: $0.required("limit")) }) { $0.member("deleted", $1) },
            "breaker.put": .write({ request in
                PutBreaker(
                    breaker: request.required("breaker"),
                    maxFailures: request.params.count("failures"),
                    cooldownMilliseconds: request.params.count("cooldown_ms"))
            }) { writer, record in writer.object("breaker") { $0.members(of: record) } },
            "breaker.reset": .write({ ResetBreaker(breaker: $0.required("breaker")) }) { writer, record in
                writer.object("breaker") { $0.members(of: record) }
            },
            "breaker.list": .read({ _ in ListBreakers() }) { writer, records in
                writer.list("breakers", records) { writer, record in
                    writer.object { $0.members(of: record) }
                }
            },
            "budget.get": .read({ GetBudget(run: $0.required("run")) }) { $0.budget("budget", $1) },
            "budget.set": .write({ SetBudget(run: $0.required("run"), amounts: $0.budget("budget")) }) {
                $0.budget("budget", $1)
            },
        ]
    }
}

extension Request {
    /// Amounts by their names, as the contract describes them.
    func budget(_ name: String) -> [(name: BudgetName, amount: Int64)] {
        guard let budget = params.object(name) else { return [] }
        return BudgetName.allCases.compactMap { name in
            budget.integer(name.rawValue).map { (name: name, amount: $0) }
        }
    }
}

extension JSONWriter {
    mutating func members(of view: LimitView) {
        member("limit", view.limit.name)
        member("shared", view.limit.userID == LimitRecord.everybody)
        member("user", view.limit.userID == LimitRecord.everybody ? nil : view.limit.userID)
        member("concurrency", view.limit.concurrency)
        rate("rate", view.limit.rate)
        member("running", view.holders)
    }

    mutating func members(of record: BreakerRecord) {
        member("breaker", record.name)
        member("shared", record.userID == LimitRecord.everybody)
        member("user", record.userID == LimitRecord.everybody ? nil : record.userID)
        member("state", record.breaker.state.rawValue)
        member("failures", record.breaker.failures)
        member("max_failures", record.breaker.maxFailures)
        member("cooldown_ms", record.breaker.cooldownMilliseconds)
        instant("opened_at", record.breaker.opened)
    }

    mutating func budget(_ name: String, _ budgets: [Budget]) {
        object(name) { writer in
            for budget in budgets {
                writer.object(budget.name.rawValue) { writer in
                    writer.member("limit", budget.amount)
                    writer.member("used", budget.used)
                    writer.member("reserved", budget.reserved)
                }
            }
        }
    }
}
