"""How a cell of an untidy file is read, as SQL: the same grammar as in `negotiator.values`, side by side.

Each function takes an SQL expression and returns one. A test compares the two over generated cells. What a
file mostly holds is spelled as we write it: that is recognized first, by a comparison or two.
"""

from negotiator.values.cells import WHITE_SPACE
from negotiator.values.mc_number import NOISE
from negotiator.values.money import HALF_A_CENT, MAXIMUM
from negotiator.values.recorded import ACCEPTED, COUNTER_PREFIX, DECIDING, TAKING_BACK, TRANSFERRED

_BLANKS = f"char({', '.join(str(ord(character)) for character in WHITE_SPACE)})"
_MOST_CENTS = int(MAXIMUM * 100)
_DIGIT = "[0-9]"
_NO_BREAK = 160  # the one blank that comes after the digits
_SECONDS = "'%Y-%m-%d %H:%M:%S'"
_CLOCK_SHAPE = f"[0-2]{_DIGIT}:[0-5]{_DIGIT}:[0-5]{_DIGIT}"
_STORED_SHAPE = f"{_DIGIT * 4}-[01]{_DIGIT}-[0-3]{_DIGIT} {_CLOCK_SHAPE}.{_DIGIT * 6}"
_DAYS_OF_MONTHS = "00312831303130313130313031"  # two digits each, from month 0
_SEPARATORS = (" ", "T", "t")  # of a day and a clock
_OFFSETS = 15  # hours: each offset is less
_DAY = "?" * 10
_IS_IN_ORDER = f"""({{0}} GLOB '{_DAY} ??:??:??.{_DIGIT * 6}'
    OR {{0}} GLOB '{_DAY}[ Tt]??:*' AND {{0}} NOT GLOB '{_DAY}*[+-]*')"""
"""Whether a time is spelled with two digits of the hour, without an offset, and without blanks before it.

Our own spelling, which most have, is told by the first pattern, in half the time.
"""


def text_of(cell: str) -> str:
    """Return SQL for a text, NULL if it is blank: `values.cells.text_from`."""
    return f"CASE WHEN trim({cell}, {_BLANKS}) <> '' THEN CAST({cell} AS TEXT) END"


def word_of(cell: str) -> str:
    """Return SQL for a word in lower case, NULL if it is blank: `values.cells.word_from`."""
    return f"nullif(lower(trim({cell}, {_BLANKS})), '')"


def load_status_of(cell: str) -> str:
    """Return SQL for a load's status in lower case; none is ``available``. `idx_loads_board` has it."""
    return f"coalesce({word_of(cell)}, 'available')"


def carrier_digits(cell: str) -> str:
    """Return SQL for the digits of an MC number that is not blank.

    The indexes `idx_calls_carrier` and `idx_carriers_digits` have it.
    """
    bare = f"upper({cell})"
    for noise in NOISE:
        bare = f"replace({bare}, '{noise}', '')"
    return f"ltrim({bare}, '0')"


def with_note(note: str) -> str:
    """Return SQL for the column ``notes`` with one more on a line of its own, unless that is NULL."""
    return f"""CASE WHEN {note} IS NULL THEN notes WHEN {text_of("notes")} IS NULL THEN {note}
             ELSE notes || char(10) || {note} END"""


def carrier_of(cell: str) -> str:
    """Return SQL for what tells a carrier from others: `values.mc_number.carrier_from`."""
    return f"CASE WHEN {text_of(cell)} IS NOT NULL THEN nullif({carrier_digits(cell)}, '') END"


def rate_of(cell: str) -> str:
    """Return SQL for an amount that can be asked or paid, US dollars: `values.money.rate_from_file`."""
    cents = f"CAST({cell} * 100 + {HALF_A_CENT} AS INTEGER)"
    return f"""CASE WHEN typeof({cell}) IN ('real', 'integer') THEN {_rate(cents)}
            WHEN typeof({cell}) = 'text' AND {_has_no_nul(cell)}
            THEN {_rate_in(f"trim({cell}, {_BLANKS})")} END"""


def counter_of(response: str) -> str:
    """Return SQL for the counter that a response records, US dollars: `values.recorded.counter_in`."""
    start = len(COUNTER_PREFIX) + 1
    text, word = f"substr({response}, {start})", f"lower(trim({response}, {_BLANKS}))"
    is_ours = f"""{response} GLOB '{COUNTER_PREFIX}[0-9]*.[0-9][0-9]' AND {text} NOT GLOB '*[^0-9.]*'
                 AND instr({response}, '.') = length({response}) - 2"""
    is_none = f"instr(lower({response}), '{COUNTER_PREFIX}') = 0 OR NOT {_has_no_nul(response)}"
    return f"""CASE WHEN {is_none} THEN NULL
            WHEN {is_ours} THEN {_rate(f"CAST(replace({text}, '.', '') AS INTEGER)")}
            WHEN {word} GLOB '{COUNTER_PREFIX}*' THEN {_rate_in(f"substr({word}, {start})")} END"""


def _rate_in(text: str) -> str:
    """Return SQL for the amount that a text is, by its digits: `values.money.rate_in_text`."""
    number = "CAST(replace(whole, ',', '') AS INTEGER)"
    # Each step has a LIMIT, so that SQLite takes them one by one: put into one another, they would grow.
    return f"""(
      WITH a (digits) AS (
        SELECT substr({text}, 1 + ({text} GLOB '$*'))
      ), b (digits, point) AS (
        SELECT digits, instr(digits || '.', '.') FROM a LIMIT 1
      ), c (digits, whole, fraction) AS (
        SELECT digits, substr(digits, 1, point - 1), substr(digits, point + 1) FROM b LIMIT 1
      ), d (cents) AS (
        SELECT {number} * 100 + CAST(substr(fraction || '00', 1, 2) AS INTEGER)
               + (substr(fraction, 3, 1) >= '5')
          FROM c
         WHERE whole GLOB '[0-9]*' AND whole NOT GLOB '*[^0-9,]*'
           AND fraction NOT GLOB '*[^0-9]*' AND digits NOT GLOB '*.'
           AND (instr(whole, ',') = 0 OR printf('%,d', {number}) = whole)
         LIMIT 1
      )
      SELECT {_rate("cents")} FROM d)"""


def _rate(cents: str) -> str:
    return f"CASE WHEN {cents} BETWEEN 1 AND {_MOST_CENTS} THEN {cents} / 100.0 END"


def _has_no_nul(cell: str) -> str:
    """Return SQL for what most of SQLite's functions take for granted: they stop at a NUL character."""
    return f"instr({cell}, char(0)) = 0"


def decision_of(response: str) -> str:
    """Return SQL for what a response records, NULL for free text.

    That is ``accepted``, ``counter``, ``transfer``, or the word of a row that takes a round back.
    """
    return decision_from(word_of(response), counter_of(response))


def decision_from(word: str, counter: str) -> str:
    """Do the same from the word of a response and its counter."""
    known = {ACCEPTED: "accepted", TRANSFERRED: "transfer"} | dict(zip(TAKING_BACK, TAKING_BACK, strict=True))
    whens = " ".join(f"WHEN '{word}' THEN '{name}'" for word, name in known.items())
    return f"CASE {word} {whens} ELSE CASE WHEN {counter} IS NOT NULL THEN 'counter' END END"


def is_deciding(response: str, word: str) -> str:
    """Return SQL for whether a response is this one of `DECIDING`: `idx_negotiations_word` has those."""
    return f"{word_of(response)} IN {DECIDING} AND {word_of(response)} = '{word}'"


def spelled_within(
    columns: str, table: str, cell: str, *, since: str | None = None, until: str | None = None
) -> str:
    """Return SQL for the rows whose time is in a span, and some others: by an index of cells as spelled.

    ``since`` and ``until`` are SQL for times as we store them; at least one is needed. Within one spelling
    without an offset, the order of texts is that of time, so an index finds such a span to the minute. Times
    that are spelled otherwise are looked for in the days that they can be written with, and those after
    blanks among all that begin so. No row is found twice. An OR instead would leave it to SQLite, which then
    reads the whole index.
    """
    spellings = [_in_order(cell, separator, since, until) for separator in _SEPARATORS]
    ends = [f"{cell} >= strftime('%Y-%m-%d %H:%M', {since}, '-{_OFFSETS} hours')"] if since else []
    if until:
        ends.append(f"{cell} < coalesce(date({until}, '+{_OFFSETS} hours', '+1 day'), ':')")
    spellings.append(f"{' AND '.join(ends)} AND NOT {_IS_IN_ORDER.format(cell)}")
    if since:
        spellings.append(f"{cell} < '!'")
    if until:
        spellings.append(f"{cell} >= char({_NO_BREAK}) AND {cell} < char({_NO_BREAK + 1})")
    return " UNION ALL ".join(f"SELECT {columns} FROM {table} WHERE {spelling}" for spelling in spellings)


def _in_order(cell: str, separator: str, since: str | None, until: str | None) -> str:
    """Return SQL for the times in a span with this between day and clock, of those in order of time."""
    minute = f"substr({{0}}, 1, 10) || '{separator}' || substr({{0}}, 12, 5)"
    ends = [f"{cell} >= {minute.format(since)}"] if since else []
    if until:
        ends.append(f"{cell} < {minute.format(until)} || '~'")  # with all that a minute can go on with
    return f"{' AND '.join(ends)} AND substr({cell}, 11, 1) = '{separator}' AND {_IS_IN_ORDER.format(cell)}"


def stored_moment_of(cell: str) -> str:
    """Return SQL for `moment_of` a time as we store it, or without a fraction; NULL of any other spelling.

    Unlike that, an index can have it, and `idx_loads_board` has: it calls none of SQLite's functions for
    times, which do not always give the same. A 29 February is left to `moment_of`.
    """
    whole = f"substr({cell} || '.000000', 1, 26)"
    days = f"substr('{_DAYS_OF_MONTHS}', 2 * substr({cell}, 6, 2) + 1, 2)"
    return f"""CASE WHEN {whole} GLOB '{_STORED_SHAPE}' AND {cell} IN ({whole}, substr({whole}, 1, 19))
                 AND {cell} >= '0001' AND substr({cell}, 12, 2) < '24'
                 AND substr({cell}, 9, 2) BETWEEN '01' AND {days} THEN {whole} END"""


def moment_of(cell: str) -> str:
    """Return SQL for a timestamp as we store it, NULL for what is no time: `values.timestamps.parse_stored`.

    The order of these texts is that of time. SQLite alone would take ``now`` and bare numbers for times, roll
    31 February over into March, and not know ``UTC``, ``+0530`` or ``9:00``.
    """
    first = f"substr({cell}, 1, 19)"
    is_real = f"{first} = strftime({_SECONDS}, {first}, '+0 seconds') AND {first} >= '0001'"
    return f"""CASE WHEN length({cell}) = 26 AND {cell} GLOB '*.{_DIGIT * 6}'
                 AND {cell} = substr({cell}, 1, 26) AND {is_real} THEN {cell}
            WHEN {cell} = {first} AND {is_real} THEN {cell} || '.000000'
            ELSE {_moment_in(cell)} END"""


def _moment_in(cell: str) -> str:
    """Return SQL for the time in a text of any spelling that is read, taken apart from left to right."""
    minutes = f"{_DIGIT * 2}:{_DIGIT * 2}"
    digits = "length(rest) - 1 - length(ltrim(substr(rest, 2), '0123456789'))"
    has_fraction = "rest GLOB '[.,][0-9]*'"
    shifted = f"strftime({_SECONDS}, base || shift)"
    # Each step has a LIMIT, for the reason above.
    return f"""(
      WITH a (text) AS (
        SELECT upper(trim({cell}, {_BLANKS})) WHERE typeof({cell}) = 'text' AND {_has_no_nul(cell)}
      ), b (day, clock) AS (
        SELECT substr(text, 1, 10),
               CASE WHEN length(text) = 10 THEN '00:00'
                    WHEN substr(text, 11) GLOB '[ T][0-9]:*' THEN '0' || substr(text, 12)
                    WHEN substr(text, 11) GLOB '[ T]*' THEN substr(text, 12) END
          FROM a LIMIT 1
      ), c (day, clock) AS (
        SELECT day, CASE WHEN clock GLOB '{minutes}:*' THEN clock
                         ELSE substr(clock, 1, 5) || ':00 ' || substr(clock, 6) END
          FROM b LIMIT 1
      ), d (base, rest) AS (
        SELECT day || ' ' || substr(clock, 1, 8), substr(clock, 9) FROM c LIMIT 1
      ), e (base, fraction, zone) AS (
        SELECT base, CASE WHEN {has_fraction} THEN substr(rest, 2, {digits}) ELSE '' END,
               ltrim(CASE WHEN {has_fraction} THEN substr(rest, 2 + {digits}) ELSE rest END, ' ')
          FROM d LIMIT 1
      ), f (base, fraction, shift) AS (
        SELECT base, fraction,
               CASE WHEN zone IN ('', 'Z', 'UTC', 'GMT') THEN ''
                    WHEN zone GLOB '[+-]{_DIGIT * 2}' THEN zone || ':00'
                    WHEN zone GLOB '[+-]{_DIGIT * 4}' THEN substr(zone, 1, 3) || ':' || substr(zone, 4)
                    WHEN zone GLOB '[+-]{minutes}' THEN zone END
          FROM e LIMIT 1
      )
      SELECT {shifted} || '.' || substr(fraction || '000000', 1, 6) FROM f
       WHERE base = strftime({_SECONDS}, base, '+0 seconds') AND {shifted} BETWEEN '0001' AND '9999~')"""
