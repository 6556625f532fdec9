"""How the results of the laboratory look."""
