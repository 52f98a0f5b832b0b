"""Run the `autograder` command line; report every failure as one sentence and an exit code.

Exit codes: 0 all is well; 1 something ended with a reason instead of a result; 2 the command
could not do its work; 130 Ctrl-C stopped it. This module must not know what the commands are.
"""

import errno
import sys

from autograder.errors import AutograderError, Stopped

INTERRUPTED = 130


def main() -> None:
    """Run the command line; never show a traceback for a problem an instructor can fix."""
    try:
        from autograder.commands import app

        app()
    except Stopped as error:
        _fail(str(error), INTERRUPTED)
    except KeyboardInterrupt:
        _fail("Stopped: run the command again.", INTERRUPTED)
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        _fail("Stopped: run the command again.", INTERRUPTED)  # typer itself prints nothing
    except AutograderError as error:
        _fail(str(error))
    except ModuleNotFoundError as error:
        _fail(
            f"the package {error.name} is missing: install the course with its grading extra, "
            "for example `pip install -e .[grading]`."
        )
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _fail(f"{error.strerror or error}{where}: {remedy(error)}.")


def remedy(error: OSError) -> str:
    """Return advice on what to do about a file that can't be written or read."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "free some space and run the command again"
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "get permission to write there, or name another folder with --workspace"
    return "look there, fix the problem and run the command again"


def _fail(sentence: str, code: int = 2) -> None:
    print(f"autograder: {sentence}", file=sys.stderr)
    sys.exit(code)
