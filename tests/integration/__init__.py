"""Files, the service, and commands run in this process."""
