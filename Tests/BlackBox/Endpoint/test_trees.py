"""What a workspace held right before each call: kept as `call-N`, and what a fork begins with."""

import asyncio
import json
import os
import signal

from bench import wait_for
from recorded import ASK, Recording, completion
from upstream import whole

#: An agent whose tools are commands of a shell, in $WORK.
SHELL = ASK + """
import subprocess
os.chdir(os.environ["WORK"])
METADATA = {}

def next_command(said):
    body = json.dumps({"model": "m", "messages": said, "metadata": METADATA}).encode()
    return json.loads(ask(body=body, content_type="application/json")[2])["choices"][0]["message"]["content"]

def use(command, said):
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    said += [{"role": "assistant", "content": command}, {"role": "user", "content": done.stdout}]
"""

#: Begins at its beginning, whatever it finds.
AGENT = SHELL + """
said = [{"role": "user", "content": "begin"}]
while (command := next_command(said)) != "done":
    use(command, said)
"""

#: Goes on where a file in its folder says that it is.
OWN_STATE = SHELL + """
state = Path("state.json")
said = json.loads(state.read_text()) if state.exists() else [{"role": "user", "content": "begin"}]
while (command := next_command(said)) != "done":
    use(command, said)
    state.write_text(json.dumps(said))
"""


class Trees(Recording):
    def setUp(self):
        super().setUp()
        self.work = self.folder / "work"
        self.work.mkdir()
        (self.work / "notes").write_text("begun\n")

    def commands(self, *commands):
        """A provider that says one after the other, by how much was said before."""

        async def answer(asked, writer):
            turn = len(json.loads(asked.body)["messages"]) // 2
            command = commands[turn] if turn < len(commands) else "done"
            return await whole(writer, completion(command), "200 OK", "content-type: application/json")

        return self.serve(answer)

    def run_in(self, folder, text, *options, run="agent", restart="no"):
        return self.run_agent(
            text, "--workspace", folder, *options, run=run, restart=restart, environment={"WORK": str(folder)})  # fmt: skip

    def kept(self, run="agent"):
        listed = json.loads(self.sidestep("workspace", run, "list", "--json").stdout)
        return [tree["name"] for tree in listed["kept"]]

    def fork(self, *options, run="agent", status=0):
        done = self.sidestep("fork", run, *options)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr.decode()

    def texts(self, folder):
        return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.name != "state.json"}

    def test_a_fork_at_a_call_has_the_folder_as_it_was_at_that_call_and_goes_the_other_way(self):
        options = self.commands("echo one >>notes", "echo two >>notes; mv notes moved; echo told", "rm moved")
        self.finished(self.run_in(self.work, OWN_STATE, "--workspace-at", "calls", *options))
        self.assertEqual(self.kept(), ["start", "call-1", "call-2", "call-3", "call-4"])
        self.assertEqual(self.texts(self.work), {})
        answer = self.folder / "answer.json"
        answer.write_bytes(completion("echo other >>notes; echo branch >branch"))
        other = self.folder / "other"
        said = self.fork("--recording", 2, "--response", answer, "--id", "other", "--workspace", other)
        self.assertIn("holds `call-2`", said)
        self.assertEqual(self.texts(other), {"notes": "begun\none\n"})
        self.assertEqual(self.texts(self.work), {})
        self.assertEqual(self.kept("other"), ["start", "call-1", "call-2"])
        asked = len(self.upstream.asked)
        self.finished(self.run_in(other, OWN_STATE, "--workspace-at", "calls", *options, run="other"))
        # Call 2 was answered by the file; what came after it is of the new branch.
        self.assertEqual(self.texts(other), {"branch": "branch\n", "notes": "begun\none\nother\n"})
        self.assertEqual(len(self.upstream.asked) - asked, 2)
        self.assertIn("2 live, 1 replayed", self.said)
        # A fork of the fork, at a call that it shares and at one of its own.
        for number, texts in (1, {"notes": "begun\n"}), (3, {"branch": "branch\n", "notes": "begun\none\nother\n"}):
            self.fork("--recording", number, "--workspace", self.folder / f"third-{number}", run="other")
            self.assertEqual(self.texts(self.folder / f"third-{number}"), texts)

    def test_a_program_that_begins_at_its_beginning_gets_what_the_run_began_with(self):
        options = self.commands("echo one >>notes; cat notes", "echo two >>notes; cat notes")
        self.finished(self.run_in(self.work, AGENT, "--workspace-at", "calls", *options))
        answer = self.folder / "answer.json"
        answer.write_bytes(completion("echo other >>notes; cat notes"))
        other = self.folder / "other"
        self.fork("--recording", 2, "--response", answer, "--id", "other", "--workspace", other,
                  "--workspace-at", "start")  # fmt: skip
        self.assertEqual(self.texts(other), {"notes": "begun\n"})
        self.finished(self.run_in(other, AGENT, *options, run="other"))
        # Its first tool ran once more, on what it had found the first time.
        self.assertEqual(self.texts(other), {"notes": "begun\none\nother\n"})
        self.assertIn("1 live, 2 replayed", self.said)

    def test_calls_that_are_replayed_have_no_tree_of_their_own_and_a_crash_changes_none(self):
        options = self.commands("echo one >>notes", "echo two >>notes")
        text = AGENT.replace("    use(command, said)", """
    use(command, said)
    if epoch == 1 and len(said) == 5:
        Path("left").write_text("by the crash")
        os.kill(os.getpid(), signal.SIGKILL)
""")  # fmt: skip
        self.finished(self.run_in(self.work, text, "--workspace-at", "calls", *options, restart="on-failure"))
        self.assertEqual(self.texts(self.work), {"notes": "begun\none\ntwo\n"})
        self.assertEqual(self.kept(), ["start", "call-1", "call-2", "end-1", "call-3"])
        for number, notes in (2, "begun\none\n"), (3, "begun\none\ntwo\n"):
            self.fork("--recording", number, "--workspace", self.folder / f"at-{number}")
            self.assertEqual(self.texts(self.folder / f"at-{number}"), {"notes": notes})

    def test_wherever_the_program_is_killed_each_call_has_the_tree_of_an_undisturbed_run(self):
        commands = ["echo 1 >>notes; mkdir -p d", "mv notes d/moved; echo 2 >notes", "rm -r d; ln -s notes link"]

        async def answer(asked, writer):
            body = json.loads(asked.body)
            turn = len(body["messages"]) // 2
            (self.folder / f"{body['metadata']['point']} asks {turn + 1}").touch()
            await asyncio.sleep(0.3)
            command = commands[turn] if turn < len(commands) else "done"
            return await whole(writer, completion(command), "200 OK", "content-type: application/json")

        options = self.serve(answer)
        text = SHELL + """
import threading
METADATA["point"] = os.environ["POINT"]
point = os.environ["POINT"] if epoch == 1 else ""
said = [{"role": "user", "content": "begin"}]

def die_once_sent(turn):
    while not (PLACE / f"{point} asks {turn}").exists():
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)

while True:
    turn = len(said) // 2 + 1
    if point == f"call {turn}":
        threading.Thread(target=die_once_sent, args=(turn,)).start()
    if (command := next_command(said)) == "done":
        break
    if point == f"tool {turn}":
        subprocess.run(command.split(";")[0], shell=True)
        os.kill(os.getpid(), signal.SIGKILL)
    use(command, said)
"""
        points = ["none", *(f"{kind} {turn}" for kind in ("call", "tool") for turn in (1, 2, 3))]
        agents = []
        for point in points:
            work = self.folder / point
            work.mkdir()
            (work / "notes").write_text("begun\n")
            agents.append(self.run_agent(
                text, "--workspace", work, "--workspace-at", "calls", *options, run=point, restart="on-failure",
                environment={"WORK": str(work), "POINT": point}))  # fmt: skip
        for point, agent in zip(points, agents, strict=True):
            self.finished(agent)
            self.assertIn("in 1 start:" if point == "none" else "in 2 starts:", self.said)
        self.assertEqual(len(self.upstream.asked), 4 * len(points))
        right = [self.tree("none", number) for number in (1, 2, 3, 4)]
        self.assertEqual(len(set(right)), 4)
        for point in points[1:]:
            self.assertEqual([self.tree(point, number) for number in (1, 2, 3, 4)], right, point)

    def tree(self, run, number):
        """What a fork gets, as a person sees it."""
        folder = self.folder / "forks" / f"{run} {number}"
        folder.parent.mkdir(exist_ok=True)
        self.fork("--recording", number, "--workspace", folder, run=run)
        return tuple(sorted(
            (str(path.relative_to(folder)), path.is_symlink(), path.read_text() if path.is_file() else "")
            for path in folder.rglob("*")))  # fmt: skip

    def test_of_two_calls_at_the_same_time_each_has_the_tree_of_its_own_moment(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            await go.wait()
            return await whole(writer, completion("x"), "200 OK", "content-type: application/json")

        agent = self.run_in(self.work, SHELL + """
import threading
threads = []
for name in "first", "second", "third":
    Path(name).touch()
    threads.append(threading.Thread(target=told, args=(name,)))
    threads[-1].start()
    while not (PLACE / name).exists():
        time.sleep(0.01)
for thread in threads:
    thread.join()
""", "--workspace-at", "calls", *self.serve(answer))  # fmt: skip
        for number, name in enumerate(("first", "second", "third"), 1):
            wait_for(lambda: len(self.upstream.asked) == number, name)
            (self.folder / name).touch()
        self.upstream._loop.call_soon_threadsafe(go.set)
        self.finished(agent)
        changes = [
            self.sidestep("workspace", "agent", "diff", f"call-{number}").stdout.decode() for number in (1, 2, 3)
        ]
        self.assertEqual(changes, ["+ first\n", "+ first\n+ second\n", "+ first\n+ second\n+ third\n"])

    def test_a_tree_that_cannot_be_kept_stops_no_call_and_is_said_once(self):
        options = self.commands("echo small >small", "head -c 9000 /dev/zero >large", "echo more >more")
        agent = self.run_in(self.work, AGENT, "--workspace-at", "calls", "--workspace-limit", "4K", *options)
        self.finished(agent)
        self.assertEqual(self.states(), ["completed"] * 4)
        self.assertEqual(self.kept(), ["start", "call-1", "call-2"])
        self.assertEqual(self.said.count("is not kept"), 1)
        self.assertIn("held before call 3 is not kept: the workspace has more than", self.said)
        said = self.fork("--recording", 3, "--workspace", self.folder / "at-3", status=64)
        self.assertIn("is not kept as `call-3`", said)
        self.assertIn("start, call-1, call-2", said)

    def test_without_being_asked_no_tree_is_kept_at_calls_and_a_fork_says_how_to_ask(self):
        options = self.commands("echo one >>notes")
        self.finished(self.run_in(self.work, AGENT, *options))
        self.assertEqual(self.kept(), ["start"])
        self.assertIn("--workspace-at calls", self.fork("--recording", 2, "--workspace", self.folder / "x", status=64))
        self.assertIn("--workspace-at start", self.fork("--recording", 2))
        for wrong in ("--record",), ("--workspace", self.work):
            refused = self.sidestep("run", *wrong, "--workspace-at", "calls", "--", "true")
            self.assertEqual(refused.returncode, 64)
            self.assertIn(b"needs --workspace, and --record", refused.stderr)

    def test_the_supervisor_that_takes_over_from_a_killed_one_keeps_the_trees_there_were(self):
        hold = self.folder / "hold"
        options = self.commands("echo one >>notes", f"[ -e {hold} ] || {{ touch {hold}; sleep 1000; }}; echo two >>notes")
        first = self.run_in(self.work, AGENT, "--workspace-at", "calls", *options)
        wait_for(hold.exists, "the second tool")
        os.kill(first.pid, signal.SIGKILL)
        self.finished(self.run_in(self.work, AGENT, "--workspace-at", "calls", *options))
        self.assertEqual(self.kept(), ["start", "call-1", "call-2", "end-1", "call-3"])
        self.assertEqual(self.texts(self.work), {"notes": "begun\none\ntwo\n"})
        self.assertEqual(len(self.upstream.asked), 3)
