"""What to do about an error, in the words of the command line: its commands and options."""

import shlex
from pathlib import Path

from negotiator.errors import NegotiatorError, Remedy
from negotiator.output import printing

# {hint} is the library's own hint, the other names are facts that the error carries.
WORDS = {
    Remedy.ALLOW_CARRIER: "{hint}; if a person allows it, repeat it with --allow-carrier --reason TEXT",
    Remedy.ALLOW_OUTLIER: "{hint}; if it is right, repeat it with --allow-outlier",
    Remedy.BOOK_CALL: "{hint}: `negotiator call book {call_id} RATE`",
    Remedy.CALL_HISTORY: "`negotiator call history {call_id}` shows its rounds",
    Remedy.CHECK_FILE: "check the disk, and the file with `negotiator check`",
    Remedy.DEBUG: "set NEGOTIATOR_DEBUG=1 to see where, and report it",
    Remedy.FIND_TRIGGER: "{hint}: `negotiator check` names them",
    Remedy.FIRST_ASK: "a session begins with its first `negotiator negotiate CALL_ID ASK --session ID`",
    Remedy.GENERATE_ID: "{hint}; `negotiator generate-id` makes one",
    Remedy.LIST_CARRIERS: "`negotiator carrier list` shows those there are",
    Remedy.LIST_CALLS: "`negotiator call list` shows those there are; --db names another file",
    Remedy.LIST_LOADS: "`negotiator load list` shows those there are",
    Remedy.LIST_SESSIONS: "`negotiator session list` shows those there are",
    Remedy.MAP_COLUMNS: "{hint}; --map 'HEADING=COLUMN' says what a heading means",
    Remedy.MIGRATE: "run `negotiator migrate {path}`; it backs the file up first",
    Remedy.NAME_COLUMNS: "{hint}; --map 'HEADING=COLUMN' says what a heading means, --default COLUMN=VALUE"
    " fills a column, --ignore-unknown leaves out what is no column",
    Remedy.NAME_FILE: "{hint} with --db",
    Remedy.NAME_OR_CHECK_FILE: "name the right file with --db, or see what `negotiator check` says",
    Remedy.NAME_OR_MAKE_FILE: "name the right file with --db, or make a new one with `negotiator init`",
    Remedy.POLICY_HISTORY: "`negotiator policy history` shows those there are",
    Remedy.POLICY_PAGE: "`negotiator help policy` shows how it is written",
    Remedy.REOPEN_CALL: "end it as accepted, or take that back: `negotiator call reopen {call_id}`",
    Remedy.RESTORE: "restore a backup: `negotiator restore BACKUP`",
    Remedy.REVERT_POLICY: "{hint}: `negotiator policy revert VERSION`",
    Remedy.START_SESSION: "{hint}: `negotiator session start`",
    Remedy.UPDATE_LOADS: "give another ID; `negotiator load import --update` changes loads",
}


def hint_for(problem: NegotiatorError) -> str:
    """Return what to do about an error; empty when nothing is known to help."""
    if problem.remedy is None:
        return problem.hint
    facts = {name: _typed(fact) for name, fact in problem.facts.items()}
    return WORDS[problem.remedy].format(hint=problem.hint, **facts)


def print_error(problem: NegotiatorError, *, as_json: bool) -> None:
    """Print an error with its hint: as a sentence, or as JSON."""
    printing.error(problem, hint_for(problem), as_json=as_json)


def error_data(problem: NegotiatorError) -> dict[str, object]:
    """Return an error as programs read it."""
    return printing.error_data(problem, hint_for(problem))


def _typed(fact: object) -> str:
    """Return a fact as it is typed in a shell."""
    text = str(fact)
    return shlex.quote(f"./{text}" if isinstance(fact, Path) and text.startswith("-") else text)
