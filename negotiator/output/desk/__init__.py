"""What a person at the desk sees: answers at the phone."""
