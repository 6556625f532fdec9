"""On which terms an ask is decided: which policy applies to it, and where each of its values is from."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from sqlite3 import Connection
from typing import Self

from negotiator.policy.conditions import Subject
from negotiator.policy.decide import PARAMETERS, Policy, policy_from_environment, variable_of
from negotiator.policy.document import Rule
from negotiator.policy.parsing import document_of
from negotiator.policy.store import NO_POLICY, InForce, Version, latest_version, policy_in
from negotiator.storage.database import LoadsFile


class Origin(StrEnum):
    """Where a value of the policy is from, the weightiest first."""

    ASK = "ask"
    LOAD = "load"
    RULE = "rule"
    DESK = "desk"
    ENVIRONMENT = "environment"
    PROGRAM = "program"
    DEFAULT = "default"


Layer = tuple[Origin, Collection[str]]
"""An origin, and which parameters it sets."""


@dataclass(frozen=True)
class Terms:
    """What an ask is decided on: the policy, its version in the file, and the rule that won.

    ``version`` is None where the file has no policy, ``rule`` where no rule holds.
    """

    policy: Policy
    version: int | None
    rule: Rule | None
    layers: tuple[Layer, ...]

    def origin_of(self, parameter: str) -> Origin:
        """Return where the value of a parameter is from; that of the ceiling is ``ceiling_percent``."""
        return next((origin for origin, keys in self.layers if parameter in keys), Origin.DEFAULT)

    def with_ceiling(self, ceiling: Decimal, origin: Origin) -> Self:
        """Return the same terms with another ceiling, US dollars."""
        layers = ((origin, ("ceiling_percent",)), *self.layers)
        return replace(self, policy=replace(self.policy, ceiling=ceiling), layers=layers)


class PolicySource:
    """Says on which terms an ask is decided: by the file's policy, and by another where it has none."""

    def __init__(self, without: Callable[[], tuple[Policy, Layer]]) -> None:
        """Know what counts where the file has no policy; that is called only then, and once."""
        self._without = without

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Return a source that goes by the desk's variables where the file has no policy.

        A variable that cannot be used raises InvalidPolicyError when it counts.
        """
        set_here = [name for name in PARAMETERS if environ.get(variable_of(name))]
        return cls(lambda: (policy_from_environment(environ), (Origin.ENVIRONMENT, set_here)))

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return a source that goes by this policy where the file has none."""
        return cls(lambda: (policy, (Origin.PROGRAM, PARAMETERS)))

    @cached_property
    def without_policy(self) -> Terms:
        """The terms of an ask where the file has no policy. Raises InvalidPolicyError."""
        policy, layer = self._without()
        return Terms(policy, None, None, (layer,))

    def terms(
        self,
        db: Connection,
        subject: Subject,
        *,
        ceiling_of_ask: Decimal | None = None,
        ceiling_of_load: Decimal | None = None,
    ) -> Terms:
        """Return the terms of an ask; ceilings are US dollars, and the ask's own goes before the load's.

        Raises UnusablePolicyError, InvalidPolicyError.
        """
        # Read for each ask: SQLite takes as long to say that nobody has written meanwhile.
        in_force = policy_in(db)
        terms = self.without_policy if in_force is None else _terms_of(in_force, subject)
        if ceiling_of_ask is not None:
            return terms.with_ceiling(ceiling_of_ask, Origin.ASK)
        if ceiling_of_load is not None:
            return terms.with_ceiling(ceiling_of_load, Origin.LOAD)
        return terms


def policy_in_use(file: LoadsFile, source: PolicySource) -> Version:
    """Return the version that is in force; where the file has no policy, version 0 with what counts instead.

    Raises InvalidPolicyError, UnusableFileError, BusyError.
    """
    latest = latest_version(file)
    if latest is not None and latest.document is not None:
        return latest
    return Version(NO_POLICY, None, None, None, None, document_of(source.without_policy.policy).data)


def _terms_of(in_force: InForce, subject: Subject) -> Terms:
    document = in_force.document
    rule = document.rule_for(subject)
    desk: Layer = (Origin.DESK, document.desk)
    if rule is None:
        return Terms(document.policy, in_force.version, None, (desk,))
    return Terms(rule.policy, in_force.version, rule, ((Origin.RULE, rule.settings), desk))


def overruled_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that are set, and do not count where the file has a policy."""
    return [variable_of(name) for name in PARAMETERS if environ.get(variable_of(name))]
