"""Read the messages of a runner as if an attacker had written them.

The results contain nothing but what nbclient and a notebook expect.
"""

import json
import re
from base64 import b64decode
from typing import Any

_SHOWN = {"display_data", "execute_result", "update_display_data"}
_COMMS = {"comm_open", "comm_msg", "comm_close"}
_JSON = re.compile(r"application/(.*\+)?json")
_MOST_NAMES, _LONGEST_NAME = 10, 100
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")


class NotAKernel(Exception):
    """A message that no kernel sends."""


def parse(line: bytes) -> dict[str, Any]:
    """Return the JSON object in a line.

    Raises:
        NotAKernel: the line does not contain a JSON object.
    """
    try:
        message = json.loads(line)
        if _HALF_CHARACTER.search(line):  # no file can hold one; a question mark replaces it
            text = json.dumps(message, ensure_ascii=False)
            message = json.loads(text.encode(errors="replace"))
    except (ValueError, RecursionError):
        message = None
    if not isinstance(message, dict):
        raise NotAKernel
    return message


def sound(message: dict[str, Any]) -> dict[str, Any] | None:
    """Return a copy of a message that holds only what nbclient and a notebook expect.

    Return None if messages of this kind show nothing.

    Raises:
        NotAKernel: no kernel sends such a message.
    """
    kind, said = message.get("msg_type"), message.get("content")
    if not isinstance(kind, str) or not isinstance(said, dict):
        raise NotAKernel
    content: dict[str, Any] | None
    buffers: list[bytes] = []
    if kind == "stream":
        content = _texts(said, "name", "text")
    elif kind == "error":
        content = _texts(said, "ename", "evalue")
        if content and _is_text(traceback := said.get("traceback")):
            content["traceback"] = traceback if isinstance(traceback, list) else [traceback]
        else:
            content = None
    elif kind in _SHOWN:
        content = _displayed(said, kind)
    elif kind in _COMMS:
        content = _texts(said, "comm_id")
        if content:
            content["data"] = _widget(_dict(said.get("data")))
            buffers = _buffers(message.get("buffers", []))
    elif kind == "clear_output":
        content = {"wait": bool(said.get("wait"))}
    else:
        return None
    if content is None:
        raise NotAKernel
    return {
        "msg_type": kind,
        "header": {"msg_type": kind},
        "parent_header": {"msg_id": ""},
        "metadata": {},
        "content": content,
        "buffers": buffers,
    }


def _widget(data: dict[str, Any]) -> dict[str, Any]:
    """Return what a message reports about a widget: parts of its state, and the buffers' paths."""
    if not isinstance(data.get("state"), dict):
        return {}
    paths = data.get("buffer_paths", [])
    if not isinstance(paths, list) or not all(map(_is_path, paths)):
        raise NotAKernel
    return {"state": data["state"], "buffer_paths": paths}


def _is_path(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(step, str | int) for step in value)


def _buffers(value: object) -> list[bytes]:
    if not isinstance(value, list):
        raise NotAKernel
    try:
        return [b64decode(text, validate=True) for text in value]
    except (TypeError, ValueError):
        raise NotAKernel from None


def _displayed(said: dict[str, Any], kind: str) -> dict[str, Any] | None:
    if not isinstance(said.get("data"), dict):
        return None
    content: dict[str, Any] = {
        "data": {
            mime: value
            for mime, value in said["data"].items()
            if _is_text(value) or _JSON.fullmatch(mime)
        },
        "metadata": _dict(said.get("metadata")),
    }
    name = _dict(said.get("transient")).get("display_id")
    if isinstance(name, str):
        content["transient"] = {"display_id": name}
    if kind == "execute_result":
        content["execution_count"] = count(said.get("execution_count"))
    return content


def _texts(said: dict[str, Any], *names: str) -> dict[str, Any] | None:
    """Return the texts under these names; None if one of them is not a text."""
    found = {name: said.get(name) for name in names}
    return found if all(isinstance(text, str) for text in found.values()) else None


def _is_text(value: object) -> bool:
    lines = value if isinstance(value, list) else [value]
    return all(isinstance(line, str) for line in lines)


def count(value: object) -> int:
    """Return the value if it can be an execution count, otherwise 0."""
    return value if type(value) is int and 0 <= value < 1_000_000 else 0


def names(value: object) -> tuple[str, ...]:
    """Return the names in a list, shortened for display; no names if the value is not a list."""
    if not isinstance(value, list):
        return ()
    return tuple(str(name)[:_LONGEST_NAME] for name in value[:_MOST_NAMES])


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
