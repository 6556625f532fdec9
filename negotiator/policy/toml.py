"""Policy documents as people keep them: TOML, read by the standard library and written by us."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

from negotiator.errors import InvalidPolicyError, Remedy
from negotiator.policy.document import Document
from negotiator.policy.parsing import parse_document
from negotiator.storage.source import STDIN, opened, unreadable

_LONGEST = 1_000_000  # bytes: far above any policy, and below what would fill the memory


def read_document(source: Path) -> Document:
    """Return the document that a file (``-`` is stdin) holds.

    Raises FileMissingError, InvalidPolicyError with all that is wrong in it.
    """
    name = "standard input" if source == STDIN else repr(str(source))
    with opened(source, InvalidPolicyError) as stream:
        try:
            content = stream.read(_LONGEST + 1)
        except (OSError, ValueError) as error:
            unreadable(error, InvalidPolicyError)
    if len(content) > _LONGEST:
        raise InvalidPolicyError(f"{name} has more than {_LONGEST:,} bytes", "name a policy document")
    try:
        return parse_document(_tables(content))
    except InvalidPolicyError as error:
        raise InvalidPolicyError(
            f"{name}: {error.message}", "correct that; nothing was changed", remedy=error.remedy
        ) from None


def _tables(content: bytes) -> Mapping[str, object]:
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidPolicyError("it is not UTF-8", "save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InvalidPolicyError(f"it is not TOML: {reason}", remedy=Remedy.POLICY_PAGE) from None


def toml_of(document: Document) -> str:
    """Return a document as TOML, which reads back as the same document."""
    tables = ["\n".join(["[desk]", *_lines(document.data["desk"])])]
    tables += ["\n".join(["[[rule]]", *_lines(rule.written)]) for rule in document.rules]
    return "\n\n".join(tables)


def _lines(table: Mapping[str, object]) -> list[str]:
    # A text of printable characters is written alike in JSON and in TOML.
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items()]
