"""What the server answers: its routes, what they take and give, and the document that says so."""
