"""How the desk's policy is printed, whichever command asks for it."""

from collections.abc import Sequence

from negotiator.errors import InvalidPolicyError, Remedy, UnusablePolicyError
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column
from negotiator.output.streams import visible
from negotiator.output.times import local_time, local_zone, zone_name
from negotiator.policy.parsing import parse_document
from negotiator.policy.store import NO_POLICY, Version
from negotiator.policy.toml import toml_of

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
