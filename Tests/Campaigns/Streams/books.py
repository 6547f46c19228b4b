"""What was booked, beside what the provider told: of each run, and of each of its calls."""

from __future__ import annotations

import json
import socket
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from plan import Call


class Asked:
    """A connection to the daemon."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.lines = self.socket.makefile("rb")

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.socket.close()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a request; its result."""
        self.socket.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        while "result" not in (answer := json.loads(self.lines.readline())):
            assert "error" not in answer, answer
        return dict(answer["result"])


@dataclass
class Books:
    """One run: its recordings, what the provider was asked, and what the agent heard."""

    calls: list[Call]
    recordings: list[dict[str, Any]]
    paid: list[dict[str, Any]]
    heard: list[dict[str, Any]]
    #: The budget in tokens that a call began under, by the number of the last recording that did.
    budgets: list[tuple[int, int]]
    mode: str
    wrong: list[str] = field(default_factory=list)

    def check(self, used: int | None) -> list[str]:
        """All that does not hold; `used` is what the run's budget says."""
        self.pairs = self.paired()
        if not self.wrong:
            self.check_usage()
            self.check_budgets()
            self.check_answers()
        total = sum(map(tokens, self.recordings))
        if used is not None and used != total:
            self.wrong.append(f"the run has used {used}, its recordings {total}")
        return self.wrong

    def paired(self) -> list[tuple[Call, dict[str, Any], dict[str, Any]]]:
        """Each recording with what the provider has of it, in the order in which they began."""
        known = {call.model: call for call in self.calls}
        paid = by_model(self.paid, "call")
        recorded = by_model(self.recordings, "recording")
        pairs = []
        for model in paid.keys() | recorded.keys():
            # A call that nobody waited for any more, or whose recorder was ending, may not have got as far.
            unsent = [record for record in recorded[model] if record["state"] == "cancelled" or is_withdrawn(record)]
            for record in sorted(unsent, key=is_withdrawn, reverse=True)[: max(0, len(recorded[model]) - len(paid[model]))]:
                recorded[model].remove(record)
            if len(paid[model]) != len(recorded[model]):
                ends = [entry["end"] for entry in paid[model]]
                states = [(entry["recording"], entry["state"], entry.get("message")) for entry in recorded[model]]
                self.wrong.append(f"{model}: asked {ends}, recorded {states}")
            pairs += [(known[model], record, entry) for record, entry in zip(recorded[model], paid[model], strict=False)]
        return sorted(pairs, key=lambda pair: pair[1]["recording"])

    def check_usage(self) -> None:
        """What was reported is booked, and nothing else; where nothing was, the booking says that it is estimated."""
        for call, record, entry in self.pairs:
            booked, source = figures(record), record.get("usage_source")
            said = entry["reported"]
            place = f"{call.model}, recording {record['recording']} ({record['state']}, {entry['end']})"
            was_left = entry["end"] == "cut by the caller" or record["state"] == "cancelled"
            if source == "reported" and booked != said and not was_left:
                self.wrong.append(f"{place}: reported {said}, booked {booked}")
            # What was on its way when we left was told, and not heard.
            if source != "reported" and said and not was_left:
                self.wrong.append(f"{place}: reported {said}, booked as {source}")
            has_begun = entry["end"] == "error event" or not entry["end"].startswith("error ")
            if not said and source != ("estimated" if has_begun else "none"):
                self.wrong.append(f"{place}: nothing was reported, and it is booked as {source}")
            if not said and has_begun and not tokens(record):
                self.wrong.append(f"{place}: nothing is booked")

    def check_budgets(self) -> None:
        """Nothing began that did not fit.

        When a call begins, what had ended is booked as it was used; what was under way holds what was set aside for it,
        or is booked already; and then there is what is set aside for the call itself. G7 is that this sum is within the
        budget. A client knows what has ended, for it has seen the end, and says so with each call.
        """
        before: list[tuple[Call, dict[str, Any]]] = []
        for call, record, entry in self.pairs:
            budget = next((amount for last, amount in self.budgets if record["recording"] <= last), None)
            if budget is not None:
                ended = {int(number) for number in entry.get("x-ended", "").split(",") if number}
                sums = call.reserve(self.mode)
                for other, earlier in before:
                    least = tokens(earlier)
                    if earlier["recording"] not in ended:
                        least = min(least, other.reserve(self.mode))
                    sums += least
                if sums > budget:
                    self.wrong.append(f"{call.model}: began with {sums} of {budget} tokens used or set aside")
            if entry.get("x-refused") == "1":
                self.wrong.append(f"{call.model}: sent after a call was refused")
            before.append((call, record))

    def check_answers(self) -> None:
        """Every question has one answer, whichever start asked for it, and was paid once besides what failed.

        A client that leaves when all of the answer is on its way to it, and asks again, has been given it as far as
        anybody knows, and is asking for another sample.
        """
        digests: dict[str, set[str]] = defaultdict(set)
        for line in self.heard:
            if "digest" in line:
                digests[line["model"]].add(line["digest"])
        for call in self.calls:
            most = 1 if call.leaves is None else 2
            if not 1 <= len(digests[call.model]) <= most:
                self.wrong.append(f"{call.model}: answers {digests[call.model]}")
            states = [record["state"] for other, record, _ in self.pairs if other is call]
            if not 1 <= states.count("completed") <= most or set(states) - {"completed", "failed", "cancelled"}:
                self.wrong.append(f"{call.model}: recordings {states}")
            failures = [entry for other, _, entry in self.pairs if other is call and entry["end"] != "sent"]
            if len(states) > most + len(failures) + states.count("cancelled"):
                self.wrong.append(f"{call.model}: asked {len(states)} times, and {len(failures)} failed")


def by_model(entries: list[dict[str, Any]], order: str) -> dict[str, list[dict[str, Any]]]:
    """Entries of each model, in their order."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in sorted(entries, key=lambda entry: entry[order]):
        found[entry["model"]].append(entry)
    return found


def is_withdrawn(record: dict[str, Any]) -> bool:
    """Whether it was written down and not sent."""
    return "was not sent" in (record.get("message") or "")


def figures(record: dict[str, Any]) -> list[int]:
    """Tokens read and written, as they are booked."""
    usage = record.get("usage") or {}
    return [usage.get("input_tokens", 0), usage.get("output_tokens", 0)]


def tokens(record: dict[str, Any]) -> int:
    """All of them."""
    return sum(figures(record))
