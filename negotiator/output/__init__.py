"""How results look: data on stdout, words to a person on stderr."""
