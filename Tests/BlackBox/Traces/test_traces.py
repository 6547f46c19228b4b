"""Traces against a real receiver on loopback that reads OTLP as its schema has it."""

import http.server
import json
import os
import random
import threading
import time
import unittest
from collections import defaultdict

from google.protobuf import json_format
from harness import Daemon, Refused, wait_for
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

#: Spans that a campaign of kills tells of, and how often the daemon is killed.
SPANS = int(os.environ.get("SIDESTEP_TRACE_SPANS", "1500"))
KILLS = int(os.environ.get("SIDESTEP_TRACE_KILLS", "6"))


class Collector:
    """Takes OTLP over HTTP, in JSON; what does not fit the schema fails the test that looks."""

    def __init__(self):
        self.requests: list[dict] = []
        self.answers: list[tuple[int, dict]] = []
        self.mistakes: list[str] = []
        #: Seconds between what it takes and its answer.
        self.delay = 0.0
        self.headers: list[dict] = []
        self.taken = threading.Lock()
        #: The text of each span that was told of, by its id.
        self.spans: dict[str, list[str]] = defaultdict(list)
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                status, headers = collector.answers.pop(0) if collector.answers else (200, {})
                if status == 200:
                    collector.take(self.path, dict(self.headers), body)
                    time.sleep(collector.delay)
                else:
                    collector.headers.append(dict(self.headers))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # A daemon that is killed resets its connections.
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def take(self, path: str, headers: dict, body: bytes) -> None:
        with self.taken:
            self.headers.append(headers)
            try:
                assert path == "/v1/traces", path
                # The schema's own reader; ids are base64 there and hexadecimal in OTLP, and both are text.
                json_format.Parse(body, ExportTraceServiceRequest())
                request = json.loads(body)
                for span in spans_of(request):
                    assert len(span["traceId"]) == 32 and len(span["spanId"]) == 16, span
                    assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]), span
                    self.spans[span["spanId"]].append(json.dumps(span, sort_keys=True))
                self.requests.append(request)
            except Exception as mistake:  # noqa: BLE001
                self.mistakes.append(repr(mistake))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def all(self) -> list[dict]:
        """Each span as it was told of last."""
        with self.taken:
            return [json.loads(texts[-1]) for texts in self.spans.values()]

    def named(self, name: str) -> list[dict]:
        return [span for span in self.all() if span["name"] == name]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def spans_of(request: dict) -> list[dict]:
    return [span for resource in request["resourceSpans"] for scope in resource["scopeSpans"] for span in scope["spans"]]


def attributes(of: dict) -> dict:
    values = {}
    for attribute in of.get("attributes", []):
        (kind, value), = attribute["value"].items()
        values[attribute["key"]] = int(value) if kind == "intValue" else value
    return values


class Traces(unittest.TestCase):
    def setUp(self):
        self.collector = Collector()
        self.addCleanup(self.collector.close)
        self.daemon = Daemon(settings=f"otlp_endpoint = {self.collector.address}\n")
        self.addCleanup(self.daemon.close)
        self.daemon.start()
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)

    def told(self, name: str) -> dict:
        wait_for(lambda: self.collector.named(name), what=f"a span called {name}")
        self.assertEqual(self.collector.mistakes, [])
        return self.collector.named(name)[0]

    def test_a_run_is_a_span_and_each_attempt_of_a_step_one_below_it(self):
        call = self.connection.call
        before = time.time_ns()
        opened = call("resume", run="r", workflow="research", tags={"team": "blue"}, code_version="7")
        call("step.begin", step="ask")
        call("step.complete", step="ask", output="secret words",
             usage={"model": "m-1", "input_tokens": 11, "output_tokens": 3, "cost_micros": 250})
        call("run.complete", output="secret words")
        run, step = self.told("research"), self.told("ask")
        self.assertEqual(opened["traceparent"], f"00-{run['traceId']}-{run['spanId']}-01")
        self.assertNotIn("parentSpanId", run)
        self.assertEqual((step["traceId"], step["parentSpanId"]), (run["traceId"], run["spanId"]))
        self.assertTrue(before - 10**9 < int(run["startTimeUnixNano"]) <= int(step["startTimeUnixNano"]))
        self.assertTrue(int(step["endTimeUnixNano"]) <= int(run["endTimeUnixNano"]) <= time.time_ns() + 10**9)
        self.assertEqual(attributes(step), {
            "sidestep.run": "r", "sidestep.workflow": "research", "sidestep.step": "ask", "sidestep.step.attempt": 1,
            "sidestep.step.status": "completed", "gen_ai.request.model": "m-1", "gen_ai.usage.input_tokens": 11,
            "gen_ai.usage.output_tokens": 3, "sidestep.usage.cost_micros": 250,
        })
        about = attributes(run)
        self.assertEqual(
            (about["sidestep.run.status"], about["sidestep.tag.team"], about["sidestep.code_version"]),
            ("completed", "blue", "7"))
        self.assertEqual([event["name"] for event in run["events"]], ["run.created", "lease.granted", "run.completed"])
        resource = attributes(self.collector.requests[0]["resourceSpans"][0]["resource"])
        self.assertEqual(resource["service.name"], "sidestep")
        # What a step was given and gave is nobody's business.
        self.assertNotIn("secret", json.dumps(self.collector.requests))

    def test_every_attempt_is_told_of_with_its_own_times_and_error(self):
        call = self.connection.call
        call("resume", run="r", workflow="w")
        retry = {"max_attempts": 3, "initial_ms": 1, "max_ms": 1}
        for attempt in (1, 2):
            call("step.begin", step="s", retry=retry)
            time.sleep(0.03)
            call("step.fail", step="s", error={"type": "Late", "message": f"late {attempt}"}, types=["Late"])
        call("step.begin", step="s", retry=retry)
        call("step.complete", step="s", output=1)
        wait_for(lambda: len(self.collector.named("s")) == 3, what="three spans")
        spans = sorted(self.collector.named("s"), key=lambda span: attributes(span)["sidestep.step.attempt"])
        self.assertEqual([attributes(span)["sidestep.step.status"] for span in spans], ["failed", "failed", "completed"])
        for number, span in enumerate(spans[:2], 1):
            self.assertEqual(span["status"], {"code": 2, "message": f"late {number}"})
            self.assertEqual(attributes(span)["error.type"], "Late")
            self.assertEqual([event["name"] for event in span["events"]], ["exception", "backoff"])
            self.assertGreaterEqual(int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"]), 25 * 10**6)
        self.assertLessEqual(int(spans[0]["endTimeUnixNano"]), int(spans[1]["startTimeUnixNano"]))
        self.assertNotIn("status", spans[2])

    def test_what_a_caller_gives_is_the_parent_and_children_are_in_the_trace_of_theirs(self):
        call = self.connection.call
        given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        opened = call("resume", run="r", workflow="w", traceparent=given)
        call("run.enqueue", run="c", workflow="child", parent="r")
        call("run.cancel", run="c")
        call("run.complete")
        run, child = self.told("w"), self.told("child")
        self.assertEqual((run["traceId"], run["parentSpanId"]), (given[3:35], given[36:52]))
        self.assertEqual(opened["traceparent"].split("-")[1], given[3:35])
        self.assertEqual((child["traceId"], child["parentSpanId"]), (run["traceId"], run["spanId"]))
        self.assertEqual(call("run.get", run="r")["traceparent"], opened["traceparent"])
        with self.assertRaises(Refused) as refused:
            call("resume", run="bad", traceparent="00-0-0-01")
        self.assertEqual(refused.exception.kind, "invalid_argument")

    def test_a_trace_that_its_beginner_does_not_keep_is_not_told_of(self):
        call = self.connection.call
        call("resume", run="r", workflow="unkept", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
        call("step.complete", step="unkept-step", output=1)
        call("run.complete")
        call("resume", run="after", workflow="kept")
        call("run.complete")
        self.told("kept")
        self.assertEqual(self.collector.named("unkept") + self.collector.named("unkept-step"), [])

    def test_what_the_collector_does_not_take_is_sent_again_with_its_headers(self):
        self.collector.answers = [(503, {"retry-after": "1"}), (401, {})]
        call = self.connection.call
        call("resume", run="r", workflow="w")
        call("run.complete")
        self.told("w")
        self.daemon.says("traces.failed")
        self.assertEqual(len(self.collector.headers), 3)
        self.assertEqual(self.collector.headers[0]["Content-Type"], "application/json")

    def test_what_it_refuses_for_good_is_left_out_and_said(self):
        self.collector.answers = [(400, {})]
        call = self.connection.call
        call("resume", run="r", workflow="refused")
        call("run.complete")
        self.daemon.says("traces.refused")
        call("resume", run="q", workflow="taken")
        call("run.complete")
        self.told("taken")
        self.assertEqual(self.collector.named("refused"), [])

    def test_a_credential_names_headers_and_a_reload_takes_it(self):
        folder = f"{self.daemon.folder}/secrets"
        os.mkdir(folder, 0o700)
        with open(f"{folder}/key", "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write("Authorization: Bearer k-1\nX-Team: blue\n")
        with open(f"{self.daemon.folder}/conf", "a") as file:
            file.write(f"otlp_credential = key\ncredentials_directory = {folder}\n")
        self.daemon.process.send_signal(1)
        self.daemon.says("configuration read again")
        self.connection.call("resume", run="r", workflow="w")
        self.connection.call("run.complete")
        self.told("w")
        self.assertEqual(self.collector.headers[-1]["Authorization"], "Bearer k-1")
        self.assertEqual(self.collector.headers[-1]["X-Team"], "blue")

    def test_a_run_that_is_opened_again_is_told_of_again_under_its_name(self):
        call = self.connection.call
        call("resume", run="r", workflow="w")
        call("run.fail", error={"type": "Bad", "message": "no"})
        first = self.told("w")
        self.assertEqual(first["status"], {"code": 2, "message": "no"})
        call("resume", run="r", if_closed="retry")
        call("run.complete")
        wait_for(lambda: "status" not in self.collector.named("w")[0], what="the run's span anew")
        self.assertEqual(self.collector.named("w")[0]["spanId"], first["spanId"])

    def test_without_a_collector_nobody_is_told_of_a_trace(self):
        with Daemon() as daemon:
            connection = daemon.connect()
            self.assertIsNone(connection.call("resume", run="r").get("traceparent"))
            connection.close()


class Kills(unittest.TestCase):
    def test_every_span_is_told_of_over_kills_of_the_daemon_and_each_by_one_name(self):
        collector = Collector()
        self.addCleanup(collector.close)
        collector.delay = 0.2
        random.seed(int(os.environ.get("SEED", "7")))
        daemon = Daemon(settings=f"otlp_endpoint = {collector.address}\n")
        self.addCleanup(daemon.close)
        daemon.start()
        runs, steps = 10, SPANS // 10
        expected = set()
        kills = sorted(random.sample(range(1, SPANS), KILLS))
        done, connection = 0, daemon.connect()
        for run in range(runs):
            connection.call("resume", run=f"r{run}", workflow="campaign", if_owned="take_over")
            expected.add((f"r{run}", None))
            for step in range(steps):
                done += 1
                if kills and done == kills[0]:
                    kills.pop(0)
                    connection.close()
                    # Before it sends, or when it has sent and does not know yet that it was taken.
                    if len(kills) % 2:
                        known = len(collector.requests)
                        wait_for(lambda: len(collector.requests) > known, what="spans on their way")  # noqa: B023
                    daemon.kill()
                    daemon.start()
                    connection = daemon.connect()
                    connection.call("resume", run=f"r{run}", if_owned="take_over", steps="none")
                connection.call("step.complete", step=f"s{step}", output=step)
                expected.add((f"r{run}", f"s{step}"))
            connection.call("run.complete")
        connection.close()
        wait_for(lambda: len(collector.spans) >= len(expected), seconds=120, what="all spans")
        self.assertEqual(collector.mistakes, [])
        told = [(attributes(span)["sidestep.run"], attributes(span).get("sidestep.step")) for span in collector.all()]
        self.assertEqual(set(told), expected)
        self.assertEqual(len(told), len(expected), "no span has two names")
        repeated = {span: texts for span, texts in collector.spans.items() if len(texts) > 1}
        self.assertGreater(len(repeated), 0, "the kills came when nothing was on its way")
        for texts in repeated.values():
            self.assertEqual(len(set(texts)), 1, "what is told again is the same")
        print(f"traces: {len(expected)} spans over {KILLS} kills, {len(repeated)} of them told again, the same")
