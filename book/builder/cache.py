"""Keep what takes long to make until something that it depends on changes.

A lesson runs for minutes: its outputs are made once, and read after that. It must not know what it
keeps.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


def fingerprint(files: Iterable[Path]) -> str:
    """Return a fingerprint of files, of their names and contents."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Cache:
    """A folder of contents that are kept.

    Attributes:
        folder: where they are stored; nothing else is stored there.
        basis: the fingerprint of what all of them depend on.
    """

    folder: Path
    basis: str

    def content(self, name: str, make: Callable[[], bytes], sources: Iterable[Path]) -> bytes:
        """Return what is kept as `name`; make it if one of its sources, or the basis, changed."""
        kept = self.folder / f"{name}-{self.basis}-{fingerprint(sources)}"
        if not kept.exists():
            made = make()
            self.folder.mkdir(parents=True, exist_ok=True)
            half_written = self.folder / f"{name}.part"
            half_written.write_bytes(made)
            for stale in self.folder.glob(f"{name}-*"):
                stale.unlink()
            half_written.replace(kept)
        return kept.read_bytes()
