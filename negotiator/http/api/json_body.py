"""The body of a request: so large and no larger, and JSON that says one thing."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request

from negotiator.http.api.fields import UnusableRequestError, fault
from negotiator.http.api.problems import Refusal
from negotiator.values.cells import json_number

LARGEST = 256 * 1024
"""Bytes of a body at most: more than the longest notes take, with each character escaped."""


async def json_object(request: Request) -> Mapping[str, object]:
    """Return the object that a body holds. Raises Refusal for a large one, UnusableRequestError."""
    raw = await _body(request)
    if not raw:
        raise UnusableRequestError([fault("missing", ("body",), "Field required")])
    try:
        found = json.loads(
            raw.decode(), object_pairs_hook=_once, parse_float=json_number, parse_constant=json_number
        )
    except UnicodeDecodeError:
        raise _no_json("the body is not UTF-8") from None
    except RecursionError:
        raise _no_json("it is nested too deeply") from None
    except ValueError as problem:
        raise _no_json(str(problem)) from None
    if not isinstance(found, dict):
        message = "Input should be a valid dictionary or object to extract fields from"
        raise UnusableRequestError([fault("model_attributes_type", ("body",), message)])
    return found


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > len(str(LARGEST)) or int(declared) > LARGEST):
        raise too_large(LARGEST)
    parts, size = [], 0
    async for part in request.stream():
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise too_large(LARGEST)
    return b"".join(parts)


def too_large(most: int) -> Refusal:
    """Return the answer to a body of more than so many bytes."""
    detail = f"The body is larger than {most} bytes"
    return Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"detail": detail}, connection="close")


def _no_json(why: str) -> UnusableRequestError:
    said = fault("json_invalid", ("body",), f"JSON decode error: {why}")
    del said["input"]
    return UnusableRequestError([said])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's members. Raises ValueError for a name that is given twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice in one object")
    return found
