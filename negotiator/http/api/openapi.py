"""The OpenAPI document, made of the fields that requests are checked by."""

import re
from collections.abc import Iterable
from typing import Any, assert_never

import negotiator
from negotiator.http.api import schemas
from negotiator.http.api.endpoint import Operation
from negotiator.http.api.fields import Field, Kind, Schema
from negotiator.http.api.problems import KEY_HEADER

_WHOLE: dict[str, Any] = {"type": "integer"}
_NUMBER: dict[str, Any] = {"type": "number"}
_COUNTS: dict[str, Any] = {"type": "object", "additionalProperties": _WHOLE}
_DETAIL: dict[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "string"}, "code": {"type": "string"}},
}
_FAULT: dict[str, Any] = {
    "type": "object",
    "required": ["type", "loc", "msg"],
    "properties": {
        "type": {"type": "string"},
        "loc": {"type": "array", "items": {"type": "string"}},
        "msg": {"type": "string"},
        "input": {},
    },
}
_FAULTS: dict[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "properties": {"detail": {"type": "array", "items": _FAULT}},
}
_ANSWERS: dict[str, Schema] = {
    "Answer": schemas.ANSWER,
    "NegotiationResponse": schemas.ROUND,
    "LoadResponse": schemas.LOAD,
    "CallStarted": schemas.STARTED,
    "CallResponse": schemas.CALL,
    "CarrierResponse": schemas.CARRIER,
    "Message": schemas.MESSAGE,
    "Greeting": schemas.GREETING,
}
_FIGURES: dict[str, dict[str, Any]] = {
    "CallMetrics": {
        "total_calls": _WHOLE,
        "successful_bookings": _WHOLE,
        "conversion_rate": _NUMBER,
        "average_negotiation_rounds": _NUMBER,
        "sentiment_distribution": _COUNTS,
        "outcome_distribution": _COUNTS,
    },
    "LoadMetrics": {
        "total_loads": _WHOLE,
        "available_loads": _WHOLE,
        "booked_loads": _WHOLE,
        "completed_loads": _WHOLE,
        "average_rate": _NUMBER,
    },
    "Health": {"status": {"type": "string"}, "database": {"type": "string"}},
}
_PROBLEMS = {
    400: ("The carrier must not be used", "Problem"),
    401: ("No key, or one that is not known", "Problem"),
    404: ("There is none", "Problem"),
    409: ("The record does not allow it", "Problem"),
    413: ("The body is too large", "Problem"),
    422: ("The request cannot be taken as it is", "Faults"),
    500: ("Something unexpected", "Problem"),
    503: ("Too many wait, or the file cannot be used now; see Retry-After", "Problem"),
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the OpenAPI document of the operations."""
    operations = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    bodies: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
        if operation.body is not None:
            bodies[operation.body] = _taken(operation.body_fields)
    described = {name: _given(fields) for name, fields in _ANSWERS.items()}
    figures = {name: _all_required(properties) for name, properties in _FIGURES.items()}
    described["Answer"]["description"] = (
        "The four keys of the older program; ours are there when it was answered."
    )
    described["Answer"]["properties"] |= _properties(schemas.ANSWER_AND_MORE)
    figures["Health"]["required"] = ["status", "database"]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "negotiator",
            "version": negotiator.__version__,
            "summary": "Freight rates negotiated with carriers, each round on record.",
        },
        "paths": paths,
        "components": {
            "schemas": {**bodies, **described, **figures, "Problem": _DETAIL, "Faults": _FAULTS},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.handler.__name__,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.about:
        described["description"] = operation.about
    if operation.needs_key:
        described["security"] = [{"key": []}]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _json_of(_reference(operation.body))}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _schema(field, taken=True)}
        for name, field in operation.parameters.items()
    ]
    in_query = [
        {"name": name, "in": "query", "required": field.required, "schema": _schema(field, taken=True)}
        for name, field in operation.query.items()
    ]
    in_header = []
    if operation.body == "NegotiationOffer":
        key = {"type": "string", "pattern": '^("[A-Za-z0-9_.:-]{1,64}"|[A-Za-z0-9_.:-]{1,64})$'}
        in_header = [{"name": KEY_HEADER, "in": "header", "required": False, "schema": key}]
    return [*in_path, *in_query, *in_header]


def _responses(operation: Operation) -> dict[str, Any]:
    answer = operation.answer
    if answer == "text/plain":
        content: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}
    elif isinstance(answer, list):
        content = _json_of({"type": "array", "items": _reference(answer[0])})
    else:
        content = _json_of(_reference(answer))
    takes_something = operation.parameters or operation.query or operation.body
    statuses = {*operation.problems, 500}
    statuses |= {401, 503} if operation.needs_key else set()
    statuses |= {422} if takes_something else set()
    problems = {str(status): _problem(*_PROBLEMS[status]) for status in sorted(statuses)}
    if answer == "Health":
        problems["503"] = {"description": "It cannot", "content": content}
    return {"200": {"description": operation.summary, "content": content}, **problems}


def _problem(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": _json_of(_reference(schema))}


def _json_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _taken(fields: Schema) -> dict[str, Any]:
    """Return the schema of what is sent to us."""
    properties = {name: _schema(field, taken=True) for name, field in fields.items()}
    required = [name for name, field in fields.items() if field.required]
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _given(fields: Schema) -> dict[str, Any]:
    """Return the schema of what we send: each field is there."""
    return _all_required(_properties(fields))


def _properties(fields: Schema) -> dict[str, Any]:
    return {name: _schema(field, taken=False) for name, field in fields.items()}


def _all_required(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _schema(field: Field, *, taken: bool) -> dict[str, Any]:
    schema = _type(field, taken=taken)
    if field.choices:
        schema["enum"] = [*field.choices, *([None] if field.nullable else [])]
    limits = {"minimum": field.least, "maximum": field.most, "maxLength": field.longest}
    schema |= {name: limit for name, limit in limits.items() if limit is not None}
    if field.default is not None:
        schema["default"] = field.default
    if field.about:
        schema["description"] = re.sub("`", "", field.about)
    return schema


def _type(field: Field, *, taken: bool) -> dict[str, Any]:
    match field.kind:
        case Kind.TEXT:
            names = ["string"]
        case Kind.TIME:
            names = ["string"]  # without a zone, so not what OpenAPI calls date-time
        case Kind.NUMBER:
            names = ["number", "string"] if taken else ["number"]
        case Kind.INTEGER:
            names = ["integer"]
        case Kind.FLAG:
            names = ["boolean"]
        case Kind.NUMBER_OR_TEXT:
            names = ["number", "string"]
        case _:
            assert_never(field.kind)
    names += ["null"] if field.nullable else []
    return {"type": names[0] if len(names) == 1 else names}
