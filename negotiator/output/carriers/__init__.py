"""How carriers, and what they ask, are printed."""
