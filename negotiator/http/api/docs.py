"""A page that describes the routes. It loads nothing and runs nothing: it is the document, written out."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-top: 1px solid #bbb; padding-top: 1rem; font-size: 1.1rem; }
code { font-family: ui-monospace, monospace; }
table { border-collapse: collapse; }
td, th { padding: .1rem 1rem .1rem 0; text-align: left; vertical-align: top; }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd; } a { color: #8cf; } }
"""


def docs_page(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document."""
    return "\n".join(_lines(document))


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    info, schemas = document["info"], document["components"]["schemas"]
    yield "<!doctype html>"
    yield f'<html lang="en"><meta charset="utf-8"><title>{escape(info["title"])}</title>'
    yield f"<style>{_STYLE}</style>"
    yield f"<h1>{escape(info['title'])} {escape(info['version'])}</h1><p>{escape(info['summary'])}</p>"
    yield "<p>Every route but <code>/</code>, <code>/health</code> and this description needs the header"
    yield '<code>X-API-Key</code>. For programs: <a href="openapi.json">openapi.json</a>.</p>'
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield f"<p>{escape(operation['summary'])}. {escape(operation.get('description', ''))}</p>"
            yield from _table(
                "Parameter", {found["name"]: found["schema"] for found in operation["parameters"]}
            )
            if body := operation.get("requestBody"):
                yield from _schema_table(body["content"], schemas)
            yield f"<p>Answers: {', '.join(map(_answer, operation['responses'].items()))}.</p>"
    yield "<h1>What is sent back</h1>"
    for name, schema in schemas.items():
        yield f'<h2 id="{escape(name)}"><code>{escape(name)}</code></h2>'
        yield from _table("Field", schema["properties"], schema.get("required", []))
    yield "</html>"


def _answer(answer: tuple[str, Mapping[str, Any]]) -> str:
    status, described = answer
    schema = next(iter(described["content"].values()))["schema"]
    name = _name(schema.get("items", schema))
    return status if name is None else f'{status} <a href="#{escape(name)}">{escape(name)}</a>'


def _name(schema: Mapping[str, Any]) -> str | None:
    reference = schema.get("$ref")
    return None if reference is None else str(reference).rpartition("/")[2]


def _schema_table(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    name = _name(content["application/json"]["schema"]) or ""
    yield from _table("Body", schemas[name]["properties"], schemas[name].get("required", []))


def _table(heading: str, properties: Mapping[str, Mapping[str, Any]], required: object = ()) -> Iterator[str]:
    if not properties:
        return
    yield f"<table><tr><th>{heading}<th>Type<th>"
    for name, schema in properties.items():
        kind = schema.get("type", "any")
        kinds = kind if isinstance(kind, str) else " or ".join(kind)
        words = [schema.get("description", "")]
        words += [f"One of {', '.join(map(str, schema['enum']))}."] if "enum" in schema else []
        words += ["Required."] if isinstance(required, list) and name in required else []
        cells = [f"<code>{escape(name)}</code>", escape(kinds), escape(" ".join(filter(None, words)))]
        yield "<tr>" + "".join(f"<td>{cell}" for cell in cells)
    yield "</table>"
