"""How the desk's policy is printed, whichever command asks for it."""

from collections.abc import Sequence

from negotiator.errors import InvalidPolicyError, Remedy, UnusablePolicyError
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.output.streams import visible
from negotiator.output.times import local_time, local_zone, zone_name
from negotiator.policy.inquiry import AppliedPolicy
from negotiator.policy.parsing import parse_document
from negotiator.policy.store import NO_POLICY, Version
from negotiator.policy.terms import origin_words
from negotiator.policy.toml import toml_of
from negotiator.values.money import dollars

_HISTORY = {
    "version": Column("Version"),
    "created_at": Column("Made"),
    "created_by": Column("By", folds=12),
    "source": Column("How"),
    "reason": Column("Why", folds=20),
}


def print_version(version: Version, form: Format) -> None:
    """Print a version: for a person as TOML, with whose it is in a comment above it."""
    if form is Format.TABLE:
        printing.lines([f"# {visible(_whose(version))}", *_document(version)])
    else:
        printing.record(contract.data(version, contract.POLICY), form)


def print_applied(applied: AppliedPolicy, form: Format) -> None:
    """Print which policy applies to a call or a load, and why."""
    if form is not Format.TABLE:
        printing.record(contract.data(applied, contract.APPLIED_POLICY), form)
        return
    posted = applied.posted_rate
    printing.fields(
        [
            ("Call", applied.call_id),
            ("Load", applied.load_id),
            ("Posted", "no rate that can be asked" if posted is None else posted),
            ("Policy", f"version {applied.version}" if applied.version else "none in the file"),
            ("Rule", applied.rule or ("none holds" if applied.version else None)),
            ("Ceiling", _valued(applied, "ceiling_percent", applied.ceiling and dollars(applied.ceiling))),
            *(
                (name.capitalize(), _valued(applied, name, getattr(applied, name)))
                for name in ("rounds", "firmness")
            ),
            ("Increment", _valued(applied, "increment", dollars(applied.increment))),
            *(("Why" if place == 0 else " ", sentence) for place, sentence in enumerate(applied.why)),
        ]
    )


def _valued(applied: AppliedPolicy, parameter: str, value: object) -> str:
    """Return a value with where it is from."""
    origin = applied.ceiling_from if parameter == "ceiling_percent" else getattr(applied, f"{parameter}_from")
    words = origin_words(origin, parameter, version=applied.version, rule=applied.rule)
    return f"{'unknown' if value is None else value}, {words}"


def print_history(versions: Sequence[Version], form: Format) -> None:
    """Print all versions, the latest first."""
    rows = [contract.data(version, contract.POLICY) for version in versions]
    printing.rows(rows, contract.POLICY, form, _HISTORY)
    if not versions:
        printing.say("No policy: the file never had one.")


def _whose(version: Version) -> str:
    if version.version == NO_POLICY:
        return "The file has no policy. These are the values of NEGOTIATOR_ variables, and the defaults."
    name = [f"Version {version.version},", version.source or "made"]
    if version.created_by:
        name.append(f"by {version.created_by}")
    if version.created_at:
        zone = local_zone()
        name.append(f"on {local_time(version.created_at, zone)} {zone_name(zone, [version.created_at])}")
    return " ".join(name) + (f": {version.reason}" if version.reason else "")


def _document(version: Version) -> list[str]:
    """Return the document as TOML. Raises UnusablePolicyError for one that another program wrote."""
    if version.document is None:
        return ["# It takes the policy out of the file."]
    try:
        return ["", toml_of(parse_document(version.document))]
    except InvalidPolicyError as error:
        raise UnusablePolicyError(
            f"version {version.version} of the policy cannot be used: {error.message}",
            "go back to another version",
            remedy=Remedy.REVERT_POLICY,
        ) from None
