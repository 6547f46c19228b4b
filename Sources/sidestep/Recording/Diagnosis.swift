import Sidestep
import SidestepProtocol
import SidestepRecorder
import SidestepRecording

/// What two runs of a program tell: whether its calls would be replayed.
struct Diagnosis {
    let run: String
    let first: FirstRun
    /// Nil where there was nothing to compare.
    var second: Comparison?

    init(run: String, first: FirstRun) { (self.run, self.first) = (run, first) }

    /// What `sidestep doctor` exits with.
    var status: Int32 {
        guard first.end.status == 0 else { return first.end.status }
        guard let second else { return 1 }
        return second.isSame ? second.end.status : 1
    }

    /// The one line that says it.
    var sentence: String {
        if first.end.status != 0 {
            return
                "the program ended badly by itself (\(Self.ending(first.end.status))); nothing was compared. "
                + "The run is \(run)"
        }
        guard let second else { return "no call was seen, and nothing was compared. The run is " + run }
        let look = "; look with `sidestep recordings \(run)`"
        if second.report.divergence != nil {
            return "the program drifts: its calls would be paid again" + look
        }
        if second.left > 0 { return "the program drifts: it did not make all of its calls again" + look }
        if second.end.status != 0 {
            return "the answers were the same, and the program ended badly in its second run "
                + "(\(Self.ending(second.end.status)))" + look
        }
        return "no drift: all \(second.report.calls) calls would be replayed. The run is \(run)"
    }

    private static func ending(_ status: Int32) -> String {
        status > 128 ? "signal \(status - 128)" : "status \(status)"
    }

    var json: RawJSON {
        .object { writer in
            writer.member("run", run)
            writer.member("status", Int(status))
            writer.member("drifts", second.map { !$0.isSame })
            writer.object("first") { writer in
                writer.member("exit", Int(first.end.status))
                writer.member("calls", first.report.calls)
            }
            guard let second else { return }
            writer.object("second") { writer in
                writer.member("exit", Int(second.end.status))
                writer.member("calls", second.report.calls)
                writer.member("replayed", second.report.replayed)
                writer.member("left", max(0, second.left))
            }
            second.report.divergence.map { Self.write($0, &writer) }
        }
    }

    private static func write(_ found: RecorderReport.Divergence, _ writer: inout JSONWriter) {
        writer.object("drift") { writer in
            writer.member("expected", found.expected)
            guard let drift = found.drift else { return }
            writer.member("pointer", drift.pointer)
            writer.member("offset", drift.offset)
            writer.member("before", drift.before)
            writer.member("after", drift.after)
            writer.object("cure") { writer in
                writer.member("kind", drift.cure.name)
                writer.member("option", drift.cure.option)
                writer.member("advice", drift.cure.advice(hashSeed: Environment.current["PYTHONHASHSEED"]))
            }
        }
    }
}
