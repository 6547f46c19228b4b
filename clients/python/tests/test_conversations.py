"""Sessions and conversations of agent frameworks in the daemon, with several writers at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from daemon import Daemon
from processes import in_child

import sidestep.sync

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks warn of their own affairs


def test_a_session_of_the_openai_sdk_keeps_its_items(daemon: Daemon, run_id: str) -> None:
    pytest.importorskip("agents")
    from sidestep.openai_agents import SidestepSession

    async def main() -> None:
        session = SidestepSession(run_id)
        assert await session.get_items() == []
        assert await session.pop_item() is None
        items: list[Any] = [{"role": "user", "content": f"{n}", "x": None} for n in range(5)]
        await session.add_items(items)
        await session.add_items([])
        other = SidestepSession(run_id)
        assert await other.get_items() == items
        assert await other.get_items(2) == items[-2:]
        assert await other.get_items(0) == []
        assert await other.pop_item() == items[-1]
        assert await session.get_items() == items[:-1]
        await session.clear_session()
        assert await other.get_items() == []
        await session.aclose()
        await other.aclose()

    asyncio.run(main())


def test_a_session_of_the_openai_sdk_takes_its_settings_and_any_limit(
    daemon: Daemon, run_id: str
) -> None:
    pytest.importorskip("agents")
    from agents.memory import SessionSettings

    from sidestep.openai_agents import SidestepSession

    async def main() -> None:
        items: list[Any] = [{"role": "user", "content": f"{n}"} for n in range(4)]
        settings = SessionSettings(limit=2)
        session = SidestepSession(run_id, session_settings=settings)
        await session.add_items(items)
        assert session.session_settings is settings
        assert await session.get_items() == items[-2:]
        for limit, found in ((1 << 80, items), (3, items[1:]), (0, []), (-5, [])):
            assert await session.get_items(limit) == found
        for given in ({"limit": 1 << 40}, {}, SessionSettings(), None):
            other = SidestepSession(run_id, session_settings=given)
            assert await other.get_items() == items
            await other.aclose()
        await session.aclose()

    asyncio.run(main())


def test_processes_share_a_session_without_losing_items(daemon: Daemon, run_id: str) -> None:
    pytest.importorskip("agents")
    from sidestep.openai_agents import SidestepSession

    async def add() -> None:
        session = SidestepSession(run_id)
        for n in range(20):
            await session.add_items([{"n": n}, {"n": -n}])
        for _ in range(10):
            assert await session.pop_item() is not None
        await session.aclose()

    async def both() -> list[Any]:
        await asyncio.gather(
            asyncio.to_thread(lambda: in_child(lambda: asyncio.run(add()))), add(), add()
        )
        session = SidestepSession(run_id)
        items = await session.get_items()
        await session.aclose()
        return items

    assert len(asyncio.run(both())) == 3 * (40 - 10)


def test_an_agent_of_the_openai_sdk_remembers(daemon: Daemon, run_id: str) -> None:
    pytest.importorskip("agents")
    from agents import Agent, Model, ModelResponse, Runner, Usage, set_tracing_disabled
    from openai.types.responses import ResponseOutputMessage, ResponseOutputText

    from sidestep.openai_agents import SidestepSession

    set_tracing_disabled(True)
    seen: list[int] = []

    class Fake(Model):
        async def get_response(self, *args: Any, **more: Any) -> Any:
            input = more["input"] if "input" in more else args[1]
            seen.append(1 if isinstance(input, str) else len(input))
            text = ResponseOutputText(text="hello", type="output_text", annotations=[])
            message = ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message"
            )
            return ModelResponse(output=[message], usage=Usage(), response_id=None)

        def stream_response(self, *args: Any, **more: Any) -> Any:
            raise NotImplementedError

    async def main() -> None:
        agent = Agent(name="a", model=Fake())
        for _ in range(2):
            session = SidestepSession(run_id)
            await Runner.run(agent, "hi", session=session)
            await session.aclose()

    asyncio.run(main())
    assert seen == [1, 3]


def test_the_conformance_suite_of_the_claude_sdk_passes(daemon: Daemon, run_id: str) -> None:
    pytest.importorskip("claude_agent_sdk")
    from claude_agent_sdk.testing import run_session_store_conformance

    from sidestep.claude_agent import SidestepSessionStore

    made: list[SidestepSessionStore] = []

    def store() -> SidestepSessionStore:
        made.append(SidestepSessionStore(name=f"{run_id}-{len(made)}"))
        return made[-1]

    async def main() -> None:
        await run_session_store_conformance(store)
        for item in made:
            await item.aclose()

    asyncio.run(main())
    assert len(made) > 5


def test_entries_sent_again_are_there_once(daemon: Daemon, run_id: str) -> None:
    pytest.importorskip("claude_agent_sdk")
    from sidestep.claude_agent import SidestepSessionStore

    async def main() -> None:
        store = SidestepSessionStore(name=run_id)
        key: Any = {"project_key": "p", "session_id": "s"}
        await store.append(key, [{"type": "user", "uuid": "1"}, {"type": "title"}])
        await store.append(key, [{"type": "user", "uuid": "1"}, {"type": "title"}])
        assert await store.load(key) == [
            {"type": "user", "uuid": "1"}, {"type": "title"}, {"type": "title"},
        ]  # fmt: skip
        await store.aclose()

    asyncio.run(main())


def test_conversations_of_pydantic_ai_are_saved_forked_and_compared(
    daemon: Daemon, run_id: str
) -> None:
    pytest.importorskip("pydantic_ai.conversation_store")
    from pydantic_ai import Agent
    from pydantic_ai.conversation import Conversation
    from pydantic_ai.conversation_store import ConversationConflict
    from pydantic_ai.models.test import TestModel

    from sidestep.pydantic_ai.conversations import SidestepConversationStore

    async def main() -> None:
        store = SidestepConversationStore(name=run_id)
        agent = Agent(TestModel())
        for turn in range(3):
            conversation = await store.load("chat") or Conversation(conversation_id="chat")
            assert len(conversation.messages) == 2 * turn
            await store.save(await agent.run("hi", conversation=conversation), scope="anna")
        whole = await store.load("chat")
        assert whole is not None
        assert len(whole.messages) == 6
        recent = await store.load("chat", limit=2)
        assert recent is not None
        assert len(recent.messages) == 2

        fork = await store.fork("chat", at=4, new_conversation_id="fork")
        await store.save(await agent.run("other", conversation=fork))
        forked = await store.load("fork")
        assert forked is not None
        assert [len(forked.messages), forked.messages[:4]] == [6, whole.messages[:4]]

        stale = await store.load("chat")
        assert stale is not None
        await store.save(await agent.run("first", conversation=whole))
        with pytest.raises(ConversationConflict):
            await store.save(await agent.run("second", conversation=stale))

        listed = [record.conversation_id for record in await store.list_conversations()]
        assert sorted(listed) == ["chat", "fork"]
        await store.delete("chat")
        assert await store.load("chat") is None
        kept = await store.load("fork")
        assert kept is not None
        assert len(kept.messages) == 6
        await store.save(
            await agent.run("again", conversation=Conversation(conversation_id="chat"))
        )
        again = await store.load("chat")
        assert again is not None
        assert len(again.messages) == 2
        await store.aclose()

    asyncio.run(main())


def test_a_conversation_is_compared_and_set(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        name = {"conversation": run_id}
        first = client.call("conversation.append", {**name, "entries": [1], "expected_revision": 0})
        assert first == {"appended": True, "revision": 1, "length": 1}
        refused = client.call(
            "conversation.append", {**name, "entries": [2], "expected_revision": 0}
        )
        assert refused == {"appended": False, "revision": 1, "length": 1}
