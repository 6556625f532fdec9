"""Many loads at once, from a file: checked aside, then written in one short transaction."""
