"""What a look at a file finds of its policy: whether it can be used, and whether ceilings were kept."""

from sqlite3 import Connection

from negotiator.errors import UnusablePolicyError
from negotiator.maintenance.findings import Check, Finding
from negotiator.maintenance.untidy import MOST_IDS
from negotiator.policy.terms import policy_in
from negotiator.storage.sql import counter_of, rate_of, text_of, word_of
from negotiator.values.recorded import ACCEPTED, POLICY

_HALF_A_CENT = 0.005
# What the policy offered, or agreed on, with the ceiling that is recorded beside it.
_ANSWERS = f"""
    SELECT id, {rate_of("ceiling")} AS ceiling,
           CASE {word_of("system_response")} WHEN '{ACCEPTED}' THEN {rate_of("carrier_offer")}
                ELSE {counter_of("system_response")} END AS amount
      FROM main.negotiations WHERE decided_by = '{POLICY}' AND ceiling IS NOT NULL
"""
_COUNT = f"SELECT count(*), coalesce(sum(amount > ceiling + {_HALF_A_CENT}), 0) FROM ({_ANSWERS})"
_ABOVE = f"SELECT id FROM ({_ANSWERS}) WHERE amount > ceiling + {_HALF_A_CENT} ORDER BY id LIMIT {MOST_IDS}"
_NO_CEILINGS = f"""
    SELECT load_id FROM main.load_facts
     WHERE {text_of("ceiling")} IS NOT NULL AND {rate_of("ceiling")} IS NULL ORDER BY load_id
"""


def policy_check(db: Connection) -> Check:
    """Tell whether the file has a policy, and whether it can be used."""
    try:
        in_force = policy_in(db)
    except UnusablePolicyError as problem:
        return Check("policy", Finding.FAULT, problem.message)
    if in_force is None:
        return Check("policy", Finding.OK, "the file has none, so that variables and defaults count")
    rules = len(in_force.document.rules)
    named = f"version {in_force.version}, {rules} {'rule' if rules == 1 else 'rules'}"
    return Check("policy", Finding.OK, f"it can be used: {named}")


def ceilings_check(db: Connection) -> Check:
    """Tell whether the policy kept to its ceilings, by what each round records."""
    answers, above = db.execute(_COUNT).fetchone()
    plural = "answer" if answers == 1 else "answers"
    if not above:
        detail = f"{answers:,} {plural} of the policy, and none above the ceiling recorded with it"
        return Check("ceilings", Finding.OK, detail)
    detail = (
        f"{above:,} of {answers:,} {plural} of the policy {'is' if above == 1 else 'are'} above the ceiling"
    )
    ids = tuple(number for (number,) in db.execute(_ABOVE).fetchall())
    return Check("ceilings", Finding.NOTE, f"{detail} recorded with it", ids)


def load_ceilings_check(db: Connection) -> Check:
    """Count the ceilings of loads that are no amounts, and so count for nothing."""
    ids = tuple(load_id for (load_id,) in db.execute(_NO_CEILINGS).fetchall())
    finding = Finding.NOTE if ids else Finding.OK
    return Check(
        "ceilings of loads", finding, f"ceilings that are no amount above zero: {len(ids)}", ids[:MOST_IDS]
    )
