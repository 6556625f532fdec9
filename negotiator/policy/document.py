"""A desk's policy as a document: values for the desk, and rules for some of its loads. Pure.

A document is what TOML and JSON hold: a table ``desk``, and a list ``rule`` of tables. The first rule whose
conditions all hold wins. What it does not set is the desk's, and what the desk does not set is the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from negotiator.policy.conditions import CONDITIONS, Found
from negotiator.policy.decide import Policy
from negotiator.policy.subject import Subject


@dataclass(frozen=True)
class Rule:
    """What holds for loads of one kind: ``number`` is its place in the document, from 1.

    ``written`` is what stands in the document, ``conditions`` what is compared, ``settings`` what it sets.
    """

    number: int
    written: Mapping[str, Any]
    conditions: Mapping[str, Any]
    settings: Mapping[str, Any]
    policy: Policy

    def unmet(self, found: Mapping[str, Any]) -> str | None:
        """Return the first condition that does not hold, None if all do; what is unknown holds for none."""
        for key, wanted in self.conditions.items():
            if found[key] is None or not CONDITIONS[key].includes(wanted, found[key]):
                return key
        return None

    def includes(self, other: "Rule") -> bool:
        """Return whether this rule holds wherever the other one does, which never wins after it."""
        return all(
            key in other.conditions and CONDITIONS[key].includes(wanted, other.conditions[key])
            for key, wanted in self.conditions.items()
        )


@dataclass(frozen=True)
class Document:
    """A document that was found to be in order; ``data`` is what it holds, in a fixed order."""

    data: Mapping[str, Any]
    desk: Mapping[str, Any]
    policy: Policy
    rules: tuple[Rule, ...]

    def rule_for(self, subject: Subject) -> Rule | None:
        """Return the rule that wins, None where the desk's values hold."""
        found = Found(subject)
        return next((rule for rule in self.rules if rule.unmet(found) is None), None)
