"""How a report looks: on a terminal, in a mail, as a page."""
