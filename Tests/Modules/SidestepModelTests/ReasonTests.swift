import SidestepModel
import Testing

@Suite("Reasons")
struct ReasonTests {
    @Test("have one account each")
    func accounts() {
        #expect(
            RunReason.accounts.map(\.reason.rawValue).sorted() == RunReason.allCases.map(\.rawValue).sorted())
    }
}

@Suite("Command lines")
struct ShellTextTests {
    @Test("hold any name as one word")
    func words() {
        #expect(ShellText.word("order-17/a.b:c@d") == "order-17/a.b:c@d")
        #expect(ShellText.word("") == "''")
        #expect(ShellText.word("it's") == #"'it'\''s'"#)
        #expect(ShellText.word("$(rm x)\n`y`") == "'$(rm x)\n`y`'")
        #expect(ShellText.word("ü") == "'ü'")
    }

    @Test("end their options where a name looks like one")
    func options() {
        #expect(ShellText.option("--run", "r") == ["--run", "r"])
        #expect(ShellText.option("--run", "-r") == ["--run=-r"])
        #expect(
            ShellText.sidestep("resolve", "r", "s", options: ["--rerun"]) == "sidestep resolve r s --rerun")
        #expect(
            ShellText.sidestep("resolve", "r", "-s", options: ["--rerun"])
                == "sidestep resolve --rerun -- r -s")
    }
}
