"""How it is printed what the record recommends: what it cannot tell first, then its evidence."""

from negotiator.lab.learn import Learned, Lesson
from negotiator.output import contract, printing
from negotiator.output.formats import Format
from negotiator.output.layout import Column

_SHOWN = 5  # of the policies that were ranked
_COLUMNS = (
    Column("Rounds", right=True),
    Column("Firmness", right=True),
    Column("Gain", right=True),
    Column("From", right=True),
    Column("To", right=True),
    Column("Step"),
)


def print_lessons(learned: Learned, form: Format, *, apply: bool) -> None:
    """Print a lesson after the other, and to stderr what was written."""
    if form is Format.TABLE:
        printing.say("An order of policies in a model of your carriers: no forecast of what you will pay.")
        for lesson in learned.lessons:
            _print(lesson)
    else:
        rows = [
            contract.data(lesson, contract.LESSON)
            | {"ranked": [contract.data(one, contract.RANKED) for one in lesson.ranked]}
            for lesson in learned.lessons
        ]
        printing.rows(rows, contract.LESSON, form)
    if learned.saved is not None:
        printing.say(f"Version {learned.saved.version.version} of the policy was written.")
    elif apply:
        printing.say("Nothing was written: no step is recommended.")


def _print(lesson: Lesson) -> None:
    printing.fields(
        [
            ("Loads", _name(lesson)),
            ("Threads", f"{lesson.threads:,}"),
            ("Heard", "/".join(f"{number:,}" for number in lesson.heard) or None),
            ("Silent", _silence(lesson)),
            ("Now", f"rounds {lesson.rounds}, firmness {lesson.firmness}"),
            ("Advice", _advice(lesson)),
            ("Why", lesson.why),
        ]
    )
    rows = [
        [
            one.rounds,
            one.firmness,
            *(f"{x:+.1f}" for x in (one.gain, one.gain_low, one.gain_high)),
            _step(one.is_step),
        ]
        for one in lesson.ranked[:_SHOWN]
    ]
    printing.table(_COLUMNS, [[str(cell) for cell in row] for row in rows])


def _step(is_step: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "one step" if is_step else ""


def _name(lesson: Lesson) -> str:
    lane = lesson.origin and f"{lesson.origin} to {lesson.destination}"
    return ", ".join(filter(None, [lane, lesson.equipment])) or "all of the desk"


def _silence(lesson: Lesson) -> str | None:
    pairs = zip(lesson.silence_foretold, lesson.silence_seen, strict=True)
    told = [f"{foretold * 100:.0f} % foretold, {seen * 100:.0f} % seen" for foretold, seen in pairs]
    return "; ".join(told) or None


def _advice(lesson: Lesson) -> str:
    if not lesson.is_change:
        return "stay"
    return f"rounds {lesson.new_rounds}, firmness {lesson.new_firmness}"
