"""What people type and files spell: amounts, times, IDs, texts. Pure: no SQL, no files."""
