"""Names of people: who decided, and who changed something."""

from negotiator.errors import InvalidTextError
from negotiator.values.recorded import POLICY
from negotiator.values.text import require_name


def require_person(name: str) -> None:
    """Raise InvalidTextError for what is no name of a person: the policy is none."""
    require_name(name, "the person's name")
    if name.strip().lower() == POLICY:
        raise InvalidTextError(f"{name!r} stands for what the policy decides", "name the person who decided")
