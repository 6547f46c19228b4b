"""The protocol's own SDK on both sides, in both of its eras."""

import asyncio
import os
import subprocess
import sys
import unittest
from pathlib import Path

from harness import binary, wait_for
from mcp import Client, StdioServerParameters
from wrapper import WrapperTest

SERVER = [sys.executable, str(Path(__file__).with_name("sdk_server.py"))]


class SDK(WrapperTest):
    server = ["--", *SERVER]

    def parameters(self) -> StdioServerParameters:
        run = {"SIDESTEP_SOCKET": self.daemon.socket, "SIDESTEP_RUN": "r", "SIDESTEP_LEASE": self.lease}
        return StdioServerParameters(
            command=binary("sidestep"), args=["mcp", "--name", "effects", *self.server], cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": self.folder, **run},
        )

    async def session(self, mode: str) -> tuple[str, list]:
        async with asyncio.timeout(120):
            async with Client(self.parameters(), mode=mode) as client:
                names = sorted(tool.name for tool in (await client.list_tools()).tools)
                self.assertEqual(names, ["add", "fail", "look"])
                progress = []

                async def told(done, *_):
                    progress.append(done)

                seen = []
                for number in (1, 2, 1):
                    result = await client.call_tool("add", {"number": number}, progress_callback=told)
                    seen.append(result.structured_content)
                seen.append([part.text for part in (await client.call_tool("look", {})).content])
                seen.append((await client.call_tool("fail", {})).is_error)
                return client.protocol_version, seen

    def test_programs_begin_anew_in_either_era_and_get_the_same(self):
        versions, results = [], []
        for mode in ("legacy", "auto", "2026-07-28", "legacy"):
            version, seen = asyncio.run(self.session(mode))
            versions.append(version)
            results.append(seen)
            self.epoch()
        self.assertEqual(results[0], [{"result": 1}, {"result": 3}, {"result": 4}, ["seen"], True])
        # What an era adds to a result for its own sake is recorded with it, and no client minds.
        self.assertEqual([results[0]] * 4, results)
        self.assertEqual(self.effects(), ["add 1", "add 2", "add 1", "look", "fail"])
        self.assertEqual(len(set(versions)), 2, versions)

    def test_the_same_holds_over_http(self):
        with open(os.devnull, "w") as nowhere:
            process = subprocess.Popen([*SERVER, "http"], cwd=self.folder, stderr=nowhere)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        port = wait_for(lambda: self.file("port"), what="the server's port")
        self.server = ["--url", f"http://127.0.0.1:{port}/mcp"]
        self.test_programs_begin_anew_in_either_era_and_get_the_same()


if __name__ == "__main__":
    unittest.main()
