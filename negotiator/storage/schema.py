"""The four tables as other programs know them. `init` makes them; an existing file brings its own."""

import sqlite3
from contextlib import closing

BASE_TABLES = """
CREATE TABLE loads (
  load_id TEXT PRIMARY KEY NOT NULL,
  origin TEXT NOT NULL,
  destination TEXT NOT NULL,
  pickup_datetime TEXT NOT NULL,
  delivery_datetime TEXT NOT NULL,
  equipment_type TEXT NOT NULL,
  loadboard_rate REAL NOT NULL,
  notes TEXT,
  weight REAL,
  commodity_type TEXT,
  num_of_pieces INTEGER,
  miles REAL,
  dimensions TEXT,
  status TEXT,
  created_at TEXT,
  updated_at TEXT
);
CREATE TABLE carriers (
  mc_number TEXT PRIMARY KEY NOT NULL,
  company_name TEXT NOT NULL,
  status TEXT,
  address TEXT,
  phone TEXT,
  email TEXT,
  is_verified INTEGER,
  created_at TEXT,
  updated_at TEXT
);
CREATE TABLE calls (
  id INTEGER PRIMARY KEY NOT NULL,
  carrier_mc_number TEXT REFERENCES carriers (mc_number),
  load_id TEXT REFERENCES loads (load_id),
  call_start_time TEXT,
  call_end_time TEXT,
  call_duration INTEGER,
  outcome TEXT,
  sentiment TEXT,
  initial_rate_offered REAL,
  final_rate_agreed REAL,
  negotiation_rounds INTEGER,
  notes TEXT,
  call_transcript TEXT,
  transferred_to_rep INTEGER
);
CREATE TABLE negotiations (
  id INTEGER PRIMARY KEY NOT NULL,
  call_id INTEGER REFERENCES calls (id),
  round_number INTEGER NOT NULL,
  carrier_offer REAL,
  system_response TEXT,
  timestamp TEXT
);
"""
TABLES = ("loads", "carriers", "calls", "negotiations")
SESSIONS_TABLE = "negotiation_sessions"
OUR_TABLES = (
    SESSIONS_TABLE,  # what is kept of a session besides its rounds
    "states_before",  # how a call and its load stood before a round
    "policies",  # the versions of the desk's policy
    "load_facts",  # what a load has beside its columns, which other programs would not understand
    "call_facts",  # what a call has beside its columns: why it was lost
    "carrier_facts",  # what a carrier has beside its columns, by its digits
    "carrier_blocks",  # carriers that the desk does not use, by their digits, now and before
)
"""What is kept beside the tables of other programs; migrations make them."""
STEPS_TABLE = "_sqlite_migrations"
"""Where sqlite-utils notes which migrations a file has had."""
STEPS = (
    "m001_add_session_id",
    "m002_add_notes",
    "m003_index_calls_by_load",
    "m004_add_sessions",
    "m005_index_lists",
    "m006_add_views",
    "m007_add_request_id",
    "m008_record_terms",
    "m009_keep_states",
    "m010_add_policies",
    "m011_read_every_spelling",
    "m012_add_carriers_and_losses",
    "m013_note_sessions",
    "m014_index_times_and_words",
    "m015_index_loads_in_order",
)
"""The migrations (a test holds this to migrations.py). Known here, because to look whether a file had them
all, which every command does, needn't cost the 80 ms in which sqlite-utils is imported."""


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns, in their order."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(BASE_TABLES)
        return [row[1] for row in empty.execute(f'PRAGMA table_info("{table}")')]
