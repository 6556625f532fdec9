"""A file that a thread of the server holds open, and opens again when it is another one by now."""

from contextlib import ExitStack
from pathlib import Path

from negotiator.errors import REFUSALS, FileMissingError, UnusableFileError
from negotiator.storage.database import LoadsFile


class HeldFile:
    """Opens a file when it is first wanted, in the thread that wants it, and keeps it open.

    For one thread alone. `close` has to be called in it.
    """

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        """Hold nothing yet."""
        self._path = path
        self._only_read = only_read
        self._open = ExitStack()
        self._file: LoadsFile | None = None

    def current(self) -> LoadsFile:
        """Return the open file; opened again if its name stands for another one by now, or for none.

        Raises UnusableFileError, MigrationsPendingError, BusyError.
        """
        if self._file is not None and not self._file.is_in_place():
            self.close()
        if self._file is None:
            try:
                file = self._open.enter_context(LoadsFile.open(self._path))
            except FileMissingError as problem:  # it is nothing that a client has named
                raise UnusableFileError(problem.message, problem.hint) from problem
            if self._only_read:
                file.connection.execute("PRAGMA query_only = ON")
            else:
                file.expect_many()
            self._file = file
        return self._file

    def after(self, problem: Exception) -> None:
        """Close the file after what is about the file, so that the next to want it opens it again.

        A refusal (bad input, not found, a conflict) is not: it says that the file could be read.
        """
        if not isinstance(problem, REFUSALS):
            self.close()

    def close(self) -> None:
        """Close the file if it is open."""
        self._file = None
        self._open.close()
