"""On which terms an ask is decided: which policy applies to it, and where each of its values is from."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple, Self, assert_never

from negotiator.errors import InvalidPolicyError, Remedy, UnusablePolicyError
from negotiator.policy.decide import PARAMETERS, Policy, policy_from_environment, variable_of
from negotiator.policy.subject import Subject
from negotiator.values.cells import text_from

if TYPE_CHECKING:
    from negotiator.policy.document import Document, Rule

CURRENT = "SELECT version, document FROM main.policies ORDER BY version DESC LIMIT 1"


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


class Terms(NamedTuple):
    """What an ask is decided on: the policy, its version in the file, and the rule that won.

    ``version`` is None where the file has no policy, ``rule`` where no rule holds. ``learned`` says what its
    rounds and firmness were learned from, as in ``firmness from 412 threads of this lane``; None if a person
    chose them.
    """

    policy: Policy
    version: int | None
    rule: "Rule | None"
    layers: tuple[Layer, ...]
    learned: str | None = None

    @property
    def rule_number(self) -> int | None:
        """The place of the rule in the policy, from 1."""
        return None if self.rule is None else self.rule.number

    def origin_of(self, parameter: str) -> Origin:
        """Return where the value of a parameter is from; that of the ceiling is ``ceiling_percent``."""
        return next((origin for origin, keys in self.layers if parameter in keys), Origin.DEFAULT)

    def with_ceiling(self, ceiling: Decimal, origin: Origin) -> Self:
        """Return the same terms with another ceiling, US dollars."""
        layers = ((origin, ("ceiling_percent",)), *self.layers)
        return self._replace(policy=self.policy.with_ceiling(ceiling), layers=layers)


class InForce(NamedTuple):
    """The document that is the policy of a file, and its version."""

    version: int
    document: "Document"


def policy_in(db: Connection) -> InForce | None:
    """Return the policy of a file, None when it has none. Raises UnusablePolicyError."""
    row = db.execute(CURRENT).fetchone()
    text = None if row is None else text_from(row[1])
    if text is None:
        return None
    from negotiator.policy.parsing import document_in  # noqa: PLC0415 - a file without a policy needs none of it

    try:
        return InForce(row[0], document_in(text))
    except InvalidPolicyError as error:
        raise UnusablePolicyError(
            f"the policy in the file, version {row[0]}, cannot be used: {error.message}",
            "go back to another version",
            remedy=Remedy.REVERT_POLICY,
        ) from None


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
        return cls(lambda: (policy_from_environment(environ), (Origin.ENVIRONMENT, _set_in(environ))))

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return a source that goes by this policy where the file has none."""
        return cls(lambda: (policy, (Origin.PROGRAM, PARAMETERS)))

    @cached_property
    def without_policy(self) -> Terms:
        """The terms of an ask where the file has no policy. Raises InvalidPolicyError."""
        policy, layer = self._without()
        return Terms(policy, None, None, (layer,))

    def desk_terms(self, db: Connection) -> Terms:
        """Return the terms of an ask for which no rule holds.

        Raises UnusablePolicyError, InvalidPolicyError.
        """
        in_force = policy_in(db)
        return self.without_policy if in_force is None else _terms_of(in_force, None)

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


def _terms_of(in_force: InForce, subject: Subject | None) -> Terms:
    document = in_force.document
    rule = None if subject is None else document.rule_for(subject)
    desk: Layer = (Origin.DESK, document.desk)
    of_desk = document.data["desk"].get("learned")
    if rule is None:
        return Terms(document.policy, in_force.version, None, (desk,), of_desk)
    sets_shape = "rounds" in rule.settings or "firmness" in rule.settings
    learned = rule.written.get("learned", None if sets_shape else of_desk)
    return Terms(rule.policy, in_force.version, rule, ((Origin.RULE, rule.settings), desk), learned)


def origin_words(origin: Origin, parameter: str, *, version: int | None, rule: int | None) -> str:
    """Return in words where a parameter's value is from."""
    match origin:
        case Origin.ASK:
            words = "given with this ask"
        case Origin.LOAD:
            words = "the load's own"
        case Origin.RULE:
            words = f"rule {rule} of policy {version}"
        case Origin.DESK:
            words = f"the desk's in policy {version}"
        case Origin.ENVIRONMENT:
            words = variable_of(parameter)
        case Origin.PROGRAM:
            words = "given by the program"
        case Origin.DEFAULT:
            words = "the default"
        case _:
            assert_never(origin)
    return words


def overruled_variables(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that are set, and do not count where the file has a policy."""
    return [variable_of(name) for name in _set_in(environ)]


def _set_in(environ: Mapping[str, str]) -> list[str]:
    return [name for name in PARAMETERS if environ.get(variable_of(name))]
