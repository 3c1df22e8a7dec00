"""Every socket event states its guard, and one module alone sends anything."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from flask import Flask

from mdt.realtime import channel
from tests.architecture import walking

SENDING = ("emit", "send", "call", "broadcast")
LIBRARY = {"connect", "disconnect", "*"}
"""What the library itself tells of; `*` is whatever no page of ours says."""


def unstated(server: Any) -> set[str]:
    """Events that a server answers and nobody stated a guard for."""
    answered = {f"{namespace} {name}" for namespace, events in server.handlers.items() for name in events}
    return answered - {f"/ {name}" for name in channel.EVENT_GUARDS.keys() | LIBRARY}


def sends(tree: ast.AST) -> bool:
    """Whether a module sends by socket: a call on something, of a name by which one sends."""
    return any(isinstance(call.func, ast.Attribute) for call in walking.calls(tree, *SENDING))


def test_every_socket_event_states_its_guard(whole: Flask) -> None:
    server = channel.Channel(whole).server
    assert unstated(server) == set()
    server.on("bare", lambda *_said: None)
    server.on("watch", lambda *_said: None, namespace="/other")
    assert unstated(server) == {"/ bare", "/other watch"}


def test_a_guard_is_said_in_words() -> None:
    assert channel.EVENTS.keys() == channel.EVENT_GUARDS.keys() and channel.EVENTS
    assert all(len(words.split()) > 3 for words in channel.EVENT_GUARDS.values())
    with pytest.raises(TypeError):
        channel.event("bare")  # type: ignore[call-arg]


def test_no_class_of_the_library_brings_events_of_its_own(whole: Flask) -> None:
    assert channel.Channel(whole).server.namespace_handlers == {}


def test_one_module_alone_sends() -> None:
    assert sends(ast.parse("self.server.emit('x', {}, to=sid)")) and sends(ast.parse("sio.send(1)"))
    assert not sends(ast.parse("await send({'type': 'http.response.start'}); log.error('x')"))
    sending = {path for path, tree in walking.sources() if path.startswith("realtime/") and sends(tree)}
    emitting = {path for path, tree in walking.sources() if any(walking.calls(tree, "emit", "broadcast"))}
    assert sending | emitting == {"realtime/bells.py"}


def test_only_the_channel_knows_the_library() -> None:
    def knows(tree: ast.AST) -> bool:
        froms = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        return any(name.split(".")[0] in ("socketio", "engineio", "flask_socketio") for name in froms | plain)

    assert knows(ast.parse("from socketio import X")) and knows(ast.parse("import engineio.server"))
    assert {path for path, tree in walking.sources() if knows(tree)} == {"realtime/bells.py", "realtime/server.py"}
