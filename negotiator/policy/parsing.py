"""A policy document is read: from tables and lists, or from the JSON in which a file keeps it."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache, partial
from itertools import combinations
from typing import Any

from negotiator.errors import BadInputError, InvalidPolicyError
from negotiator.policy.conditions import CONDITIONS, line_in, number_in
from negotiator.policy.decide import PARAMETERS, Policy, parse_parameter
from negotiator.policy.document import Document, Rule
from negotiator.values.cells import json_from
from negotiator.values.settings import NUMBER
from negotiator.values.text import quoted

_MOST_RULES = 500
_MOST_FAULTS = 20
_REMEMBERED = 16  # documents: that of a file is read for each ask, and seldom changes

LEARNED = "learned"
"""The key of a text that says what values of a table were learned from; it decides nothing."""

Table = Mapping[str, Any]


@lru_cache(_REMEMBERED)
def document_in(text: str) -> Document:
    """Return the document that a file keeps as JSON. Raises InvalidPolicyError."""
    try:
        data = json_from(text)
    except ValueError:
        raise InvalidPolicyError("it is not JSON") from None
    parser = _Parser()
    document = parser.document(data)
    _refuse(parser.faults)
    return document


def parse_values(texts: Sequence[str]) -> dict[str, Decimal | int | None]:
    """Return what is to be set, from ``KEY=VALUE``; an empty value is None, the default.

    Raises InvalidPolicyError with all that is wrong.
    """
    faults: list[str] = []
    values: dict[str, Decimal | int | None] = {}
    for text in texts:
        key, sign, number = (part.strip() for part in text.partition("="))
        try:
            values[key] = _value(key, number, sign, given=values)
        except InvalidPolicyError as error:
            faults.append(f"{quoted(text)}: {error.message} ({error.hint})")
    _refuse(faults)
    return values


def _value(key: str, text: str, sign: str, given: Table) -> Decimal | int | None:
    if not sign:
        raise InvalidPolicyError("it is not KEY=VALUE", "write it as in rounds=5")
    if key not in PARAMETERS:
        raise InvalidPolicyError(_unknown(key, PARAMETERS), "rules are changed in a document")
    if key in given:
        raise InvalidPolicyError(f"{key} is given twice", "leave one of them out")
    if not text:
        return None
    text = text.removesuffix("%") if key == "ceiling_percent" else text
    if not NUMBER.fullmatch(text):
        raise InvalidPolicyError("the value is not a number", "write it as in 12.5")
    return parse_parameter(key, number_in(float(text)))


def document_of(policy: Policy) -> Document:
    """Return the document that sets each parameter of a policy for the whole desk."""
    return parse_document({"desk": _written({name: getattr(policy, name) for name in PARAMETERS})})


def json_of(document: Document) -> str:
    """Return a document as JSON, the same for equal documents."""
    return json.dumps(document.data)


def parse_document(data: object) -> Document:
    """Return the document that tables and lists make up.

    Raises InvalidPolicyError with all that is wrong in it, each with the rule's number and the key.
    """
    parser = _Parser()
    document = parser.document(data)
    _refuse([*parser.faults, *_hidden(document.rules)])
    return document


def _refuse(faults: Sequence[str]) -> None:
    if faults:
        more = "; there may be more" if len(faults) > _MOST_FAULTS else ""
        raise InvalidPolicyError("; ".join(faults[:_MOST_FAULTS]) + more, "correct that; nothing was changed")


def _hidden(rules: Sequence[Rule]) -> list[str]:
    """Return what is wrong with rules that never win: an earlier one holds wherever they do."""
    hiding: dict[int, Rule] = {}
    for earlier, later in combinations(rules, 2):
        if earlier.conditions and later.number not in hiding and earlier.includes(later):
            hiding[later.number] = earlier
    return [
        f"rule {number}: it never wins, because rule {earlier.number} holds wherever it does "
        f"(compare {', '.join(earlier.conditions)})"
        for number, earlier in sorted(hiding.items())
    ]


def _parameter(key: str, value: object) -> Decimal | int:
    return parse_parameter(key, number_in(value))


_PARAMETERS = {key: partial(_parameter, key) for key in PARAMETERS}
_LEARNED: Mapping[str, Callable[[Any], Any]] = {LEARNED: line_in}
_CONDITIONS = {key: condition.parse for key, condition in CONDITIONS.items()}


class _Parser:
    """Reads a document, and keeps what is wrong with it."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def document(self, data: object) -> Document:
        """Return the document, without what is wrong with it."""
        tables = self._table("", data, ("desk", "rule"))
        table = self._table("desk", tables.get("desk", {}), (*PARAMETERS, LEARNED))
        desk = self._entries("desk", table, _PARAMETERS)
        rules = self._rules(tables.get("rule", []), desk)
        written: dict[str, Any] = {"desk": _written(desk) | dict(self._entries("desk", table, _LEARNED))}
        if rules:
            written["rule"] = [dict(rule.written) for rule in rules]
        return Document(written, desk, Policy(**desk), rules)

    def _rules(self, data: object, desk: Table) -> tuple[Rule, ...]:
        if isinstance(data, list) and len(data) <= _MOST_RULES:
            return tuple(self._rule(number, entry, desk) for number, entry in enumerate(data, 1))
        self.faults.append(
            f"rule: it is not a list of at most {_MOST_RULES} rules (write [[rule]] above each)"
        )
        return ()

    def _rule(self, number: int, data: object, desk: Table) -> Rule:
        where = f"rule {number}"
        table = self._table(where, data, (*CONDITIONS, *PARAMETERS, LEARNED))
        conditions = self._entries(where, table, _CONDITIONS)
        settings = self._entries(where, table, _PARAMETERS)
        if isinstance(data, dict):
            self._refuse_useless(where, table, conditions)
        asked = {key: table[key].strip() if isinstance(table[key], str) else table[key] for key in conditions}
        written = {**asked, **_written(settings), **self._entries(where, table, _LEARNED)}
        return Rule(number, written, conditions, settings, Policy(**{**desk, **settings}))

    def _refuse_useless(self, where: str, table: Table, conditions: Table) -> None:
        if not table.keys() & CONDITIONS.keys():
            self.faults.append(f"{where}: it has no condition (what is for all loads stands in [desk])")
        if not table.keys() & set(PARAMETERS):
            self.faults.append(f"{where}: it sets nothing (it can set {', '.join(PARAMETERS)})")
        if conditions.get("min_miles", 0) > conditions.get("max_miles", Decimal("inf")):
            self.faults.append(f"{where}: min_miles is above max_miles, so that no load fits")

    def _table(self, where: str, data: object, keys: Sequence[str]) -> Table:
        """Return the entries whose keys are known."""
        if not isinstance(data, dict):
            self.faults.append(f"{where or 'the document'}: it is not a table (write keys and values)")
            return {}
        for key in data.keys() - set(keys):
            self.faults.append(f"{where}{where and ': '}{_unknown(str(key), keys)}")
        return {key: value for key, value in data.items() if key in keys}

    def _entries(self, where: str, table: Table, parsers: Mapping[str, Callable[[Any], Any]]) -> Table:
        """Return the values that are in order, in the order of the parsers."""
        found = {}
        for key in [key for key in parsers if key in table]:
            try:
                found[key] = parsers[key](table[key])
            except BadInputError as error:
                self.faults.append(f"{where}: {key} = {quoted(table[key])}: {error.message} ({error.hint})")
        return found


def _unknown(key: str, keys: Sequence[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a document with a slip

    meant = get_close_matches(key, keys, n=1)
    instead = f"did you mean {meant[0]}?" if meant else f"there are {', '.join(keys)}"
    return f"{quoted(key)} is no key ({instead})"


def _written(settings: Table) -> dict[str, object]:
    """Return numbers as TOML and JSON have them."""
    return {key: int(value) if value == int(value) else float(value) for key, value in settings.items()}
