import Testing

@testable import SidestepPlaces

@Suite("A daemon is started")
struct StartRuleTests {
    private func refusal(_ change: (inout StartRule) -> Void) -> NoPlace? {
        var rule = StartRule()
        change(&rule)
        return rule.refusal
    }

    @Test("where nothing says that one should be there")
    func plain() {
        #expect(refusal { _ in } == nil)
        #expect(refusal { $0.hasDatabase = true } == nil)
        #expect(refusal { $0.hasSystemUnit = true } == nil, "units that nobody uses")
    }

    @Test("never when SIDESTEP_AUTOSTART is 0, and the command to start one is named")
    func never() {
        #expect(refusal { $0.wish = .never }?.hint.contains("sidestepd --user") == true)
        let named = refusal {
            $0.wish = .never
            $0.named = ("/s", "SIDESTEP_SOCKET")
            $0.namesOwn = true
        }
        #expect(named?.hint.contains("sidestepd --socket /s") == true)
    }

    @Test("at a named socket only where the user's own daemon is or was")
    func named() {
        for wish in [StartRule.Wish.usual, .always] {
            let found = refusal {
                $0.wish = wish
                $0.named = ("/s", "SIDESTEP_SOCKET")
            }
            #expect(found?.message.contains("SIDESTEP_SOCKET") == true)
        }
        let own = refusal {
            $0.named = ("/s", "given")
            $0.namesOwn = true
        }
        #expect(own == nil)
        let system = refusal { $0.named = (Places.systemSocket, "SIDESTEP_SOCKET") }
        #expect(system?.hint.contains("systemctl start sidestepd.socket") == true)
    }

    @Test("never beside the user's own unit, whatever is wanted")
    func userUnit() {
        for wish in [StartRule.Wish.usual, .always] {
            let found = refusal {
                $0.wish = wish
                $0.userUnit = "/u"
            }
            #expect(found?.hint.contains("systemctl --user start") == true)
        }
    }

    @Test("on a machine that has a daemon for all only by who lives beside it, or by an express wish")
    func machine() {
        for isRoot in [false, true] {
            for isMember in [false, true] {
                for hasDatabase in [false, true] {
                    for (serves, hasUnit) in [(true, true), (true, false), (false, true)] {
                        let found = refusal { rule in
                            (rule.isRoot, rule.isMember, rule.hasDatabase) = (isRoot, isMember, hasDatabase)
                            (rule.servesMachine, rule.hasSystemUnit) = (serves, hasUnit)
                        }
                        let uses = isRoot || isMember
                        #expect((found != nil) == (uses || serves && !hasDatabase))
                        #expect(found?.hint.contains("adduser") ?? false == (found != nil && !uses))
                        let wished = refusal { rule in
                            (rule.isRoot, rule.servesMachine, rule.wish) = (isRoot, serves, .always)
                        }
                        #expect(wished == nil)
                    }
                }
            }
        }
    }
}
