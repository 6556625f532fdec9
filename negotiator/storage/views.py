"""What the rounds of a file say, as SQL: a row a round with its decision, a row a thread with its result.

Both are views of the file, for whoever asks in SQL; the lists and reports here ask the same.
"""

from negotiator.storage.sql import counter_of, decision_from, moment_of, rate_of, text_of, word_of
from negotiator.values.recorded import TAKING_BACK, WITHDRAWN

# No session's name is taken for a call's, or for that of another session.
_THREAD = """CASE WHEN session_id IS NULL THEN 'call ' || call_id
            WHEN session_id GLOB 'call *' OR session_id GLOB 'session *' THEN 'session ' || session_id
            ELSE session_id END"""
_OUR_SESSION, _BACK_SESSION = text_of("done.session_id"), text_of("back.session_id")


def withdrawn_rows(among: str = "1") -> str:
    """Return SQL for the IDs of the rows that count in nothing: withdrawn rounds, and their withdrawals.

    ``among`` is a condition on the withdrawals, which are named ``back``.
    """
    return f"""
SELECT done.id FROM negotiations back
  JOIN negotiations done ON done.call_id IS back.call_id AND done.round_number IS back.round_number
                        AND {_OUR_SESSION} IS {_BACK_SESSION} AND done.id <= back.id
 WHERE {word_of("back.system_response")} = '{WITHDRAWN}' AND {among}
"""


def round_facts(among: str = "1") -> str:
    """Return SQL for a row a round; ``among`` is a condition on rows of negotiations, named ``{row}``."""
    here, withdrawn = among.format(row="n"), withdrawn_rows(among.format(row="back"))
    return f"""
SELECT round_id, call_id, session_id, {_THREAD} AS thread, round_number, ask,
       {decision_from("word", "counter")} AS decision,
       counter, julianday(time) AS moment, time,
       posted_rate, ceiling, policy_version, decided_by
  FROM (SELECT n.id AS round_id, n.call_id, n.round_number, n.policy_version,
               {text_of("n.session_id")} AS session_id,
               {text_of("n.decided_by")} AS decided_by,
               {word_of("n.system_response")} AS word,
               {counter_of("n.system_response")} AS counter,
               {rate_of("n.carrier_offer")} AS ask,
               {rate_of("n.posted_rate")} AS posted_rate,
               {rate_of("n.ceiling")} AS ceiling,
               {moment_of("n.timestamp")} AS time
          FROM negotiations n
         WHERE {here} AND (n.id IN ({withdrawn})) IS NOT 1)
"""


_WORDS = {"counter": 1, "accepted": 2, "transfer": 3} | dict.fromkeys(TAKING_BACK, 4)
_WHENS = " ".join(f"WHEN '{word}' THEN {number}" for word, number in _WORDS.items())


def thread_facts(rounds: str) -> str:
    """Return SQL for a row a thread, from SQL for the facts of its rounds.

    A thread's rounds are put in order once; then its first and last ask, and its last word, are the least and
    the greatest of numbers in which the place stands before the cents, or before the word's number.
    """
    return f"""
WITH slim AS (
  SELECT thread, session_id, call_id, round_id, time, counter, CAST(round(ask * 100) AS INTEGER) AS cents,
         CAST(round(posted_rate * 100) AS INTEGER) AS posted,
         CAST(round(ceiling * 100) AS INTEGER) AS ceiling, decided_by,
         CASE decision {_WHENS} END AS word
    FROM {rounds}
), placed AS (
  SELECT thread, session_id, call_id, time, counter, cents, posted, ceiling, decided_by, word,
         row_number() OVER (PARTITION BY thread ORDER BY time, round_id) AS place FROM slim
), packed AS (
  SELECT thread, max(session_id) AS session_id,
         sum(word IS NOT 4) AS rounds, sum(word IS NULL) AS undecided,
         min(place * 100000000000 + cents) AS first_ask, max(place * 100000000000 + cents) AS last_ask,
         sum(word IS 1) AS counters, max(counter) AS highest_counter,
         max(place * 10 + word) AS last_word,
         max(CASE WHEN word = 2 THEN place * 100000000000 + cents END) AS accepted_ask,
         max(place * 100000000000 + posted) AS posted, max(place * 100000000000 + ceiling) AS ceiling,
         max(CASE WHEN word = 2 THEN printf('%010d', place) || coalesce(decided_by, '') END) AS agreed_by,
         min(time) AS first_time, max(time) AS last_time,
         max(CASE WHEN word IN (2, 3) THEN time END) AS closing_time,
         CASE WHEN min(call_id) = max(call_id) THEN min(call_id)
              ELSE max(place * 1000000000000 + call_id) % 1000000000000 END AS call_id
    FROM placed GROUP BY thread
)
SELECT thread, session_id, call_id, rounds, undecided,
       first_ask % 100000000000 / 100.0 AS first_ask,
       last_ask % 100000000000 / 100.0 AS last_ask,
       counters, highest_counter,
       CASE last_word % 10 WHEN 1 THEN 'open' WHEN 2 THEN 'accepted' WHEN 3 THEN 'transferred'
                           WHEN 4 THEN 'open' ELSE 'undecided' END AS state,
       CASE WHEN last_word % 10 = 2 THEN accepted_ask % 100000000000 / 100.0 END AS agreed,
       julianday(first_time) AS first_moment,
       CASE WHEN last_word % 10 IN (2, 3) THEN julianday(closing_time) END AS closing_moment,
       first_time, last_time,
       CASE WHEN last_word % 10 IN (2, 3) THEN closing_time END AS closing_time,
       posted % 100000000000 / 100.0 AS posted_rate, ceiling % 100000000000 / 100.0 AS ceiling,
       CASE WHEN last_word % 10 = 2 THEN nullif(substr(agreed_by, 11), '') END AS agreed_by
  FROM packed
"""


VIEWS = {"round_facts": round_facts(), "thread_facts": thread_facts("round_facts")}
"""The views by name, each as its SELECT."""
