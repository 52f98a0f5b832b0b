"""Read folders and archives that strangers have filled; it must not know whose files they are.

All contents are treated as hostile: names that lead elsewhere, links, devices, false sizes, files
that unpack to a million times their size. A file is read only on request, and never more of it than
was requested. Nothing is written to disk except the unpacked form of a compressed tar.
"""

import bz2
import io
import lzma
import os
import re
import stat
import struct
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from autograder.errors import ArchiveRefused
from autograder.files import MOST_BYTES, MOST_FILES, read_regular_file
from autograder.wording import plain
from autograder.workspace import RECEIPT_FILES
from transferlab.submitting import IGNORED

DEPTH = 3  # archives within archives
RATIO = 250  # how many times its size a file may unpack to; notebooks reach 20
_SMALL = 10_000_000  # bytes; what unpacks to less is harmless at any ratio
_FOR_PROOF = 1000  # bytes, for the files that nbgrader adds
_CHUNK = 1_000_000
_LONGEST_PART = 240  # bytes; most file systems take 255
_LONGEST_PATH = 1000
_MOST_PARTS = 30
_XZ_MEMORY = 64_000_000
_SPOOL = 8_000_000
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
FOREIGN = (".7z", ".rar", ".gz", ".bz2", ".xz")
# What operating systems add to a person's files.
_LITTER = ("__MACOSX", ".DS_Store", "._*", "Thumbs.db", "desktop.ini")
# Marks that change the direction of writing, so that a name is shown as a different one.
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, LookupError, struct.error),
)


@dataclass(frozen=True)
class Limits:
    """The limits of an archive.

    Attributes:
        files: the most entries that it may have.
        index: the most bytes of a zip's list of entries, which is read as a whole.
        unpacked: the most bytes that a compressed tar may unpack to.
    """

    files: int
    index: int
    unpacked: int


OF_A_CLASS = Limits(100_000, 20_000_000, 20_000_000_000)
OF_ONE = Limits(4 * MOST_FILES, 1_000_000, MOST_BYTES)


@dataclass(frozen=True)
class File:
    """A file that can be read: its path, with "/" between the parts, and what its archive says.

    Attributes:
        size: bytes, as the archive declares them.
        date: when it was changed or packed; a zip gives it without a time zone.
        take: reads the file, if it has at most the given number of bytes.
    """

    path: str
    size: int
    date: datetime | None
    take: Callable[[int], bytes] = field(repr=False, compare=False)


@dataclass(frozen=True)
class Refused:
    """An entry that is not read, and why; `path` is safe to show."""

    path: str
    reason: str


@dataclass(frozen=True)
class Contents:
    """What a folder or an archive holds."""

    files: tuple[File, ...]
    refused: tuple[Refused, ...] = ()


class _Suspect(Exception):
    """An entry that must not be read; the message is the reason."""


@contextmanager
def opened(path: Path) -> Iterator[Contents]:
    """Open a folder, a zip or a tar for reading, until the `with` block ends.

    Raises:
        ArchiveRefused: it is none of these, is broken, or is larger than anything a class submits.
    """
    if path.is_dir():
        yield _in_folder(path)
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveRefused(
            f"{path} can't be opened ({error.strerror}): name the folder or the archive that you "
            "downloaded."
        ) from error
    with file, _in_archive(file, path.name, OF_A_CLASS) as contents:
        yield contents


def unpack(files: Iterable[File]) -> tuple[dict[str, bytes], tuple[Refused, ...]]:
    """Read one person's files into memory, including those in archives.

    An archive is replaced by what it holds, in a folder with its name if several things were
    submitted. What nbgrader ignores is left out.

    Returns:
        The contents by path, and what was left out, with the reason.

    Raises:
        ArchiveRefused: there are more than `MOST_FILES` files or `MOST_BYTES` bytes, archives more
            than `DEPTH` deep in each other, or the same path twice.
    """
    bag = _Bag()
    bag.add(files, "", 0)
    return bag.files, tuple(bag.refused)


def is_archive(name: str) -> bool:
    """Return whether a file's name ends like that of an archive that can be opened here."""
    return name.lower().endswith(ENDINGS)


class _Bag:
    """One person's files as they are read, and how much more may be read."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.refused: list[Refused] = []
        self._seen: set[str] = set()
        self._folders: set[str] = set()
        self._left = MOST_BYTES - _FOR_PROOF

    def add(self, files: Iterable[File], folder: str, depth: int) -> None:
        kept = [file for file in files if not _is_ignored(file.path)]
        for file in kept:
            path = f"{folder}{file.path}"
            content = self._take(file)
            if not is_archive(path):
                self._keep(path, content)
                continue
            if depth == DEPTH:
                raise ArchiveRefused(
                    f"{plain(path)} is in an archive in an archive in an archive: ask for the "
                    "notebook itself."
                )
            inner = "" if len(kept) == 1 else f"{_without_ending(path)}/"
            try:
                with _in_archive(io.BytesIO(content), path, OF_ONE) as contents:
                    self.refused += contents.refused
                    self.add(contents.files, folder if inner == "" else inner, depth + 1)
            except _BROKEN as error:
                raise _broken(path, error) from error

    def _take(self, file: File) -> bytes:
        try:
            content = file.take(self._left)
        except _BROKEN as error:
            raise _broken(file.path, error) from error
        self._left -= len(content)
        return content

    def _keep(self, path: str, content: bytes) -> None:
        # Many file systems treat Plan.txt and plan.txt as one file.
        key = path.casefold()
        folders = {parent.as_posix() for parent in PurePosixPath(key).parents}
        if key in self._seen or key in self._folders or folders & self._seen:
            raise ArchiveRefused(
                f"{plain(path)} is in it twice, and nothing shows which one counts: ask for one."
            )
        self._seen.add(key)
        self._folders |= folders
        if len(self._seen) > MOST_FILES - len(RECEIPT_FILES):
            raise ArchiveRefused(
                f"it holds more than {MOST_FILES} files: ask for the lesson's notebook alone."
            )
        self.files[path] = content


def _is_ignored(path: str) -> bool:
    return any(fnmatch(part, pattern) for part in path.split("/") for pattern in IGNORED)


def _without_ending(path: str) -> str:
    ending = next(ending for ending in ENDINGS[::-1] if path.lower().endswith(ending))
    return path[: -len(ending)]


def _in_folder(folder: Path) -> Contents:
    files: list[File] = []
    refused: list[Refused] = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(name for name in folders if _is_link(parent, name))]):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if _is_litter(relative):
                continue
            _check_count(len(files) + len(refused), OF_A_CLASS, folder.name)
            try:
                files.append(_on_disk(path, _clean(relative)))
            except (_Suspect, OSError) as error:
                refused.append(Refused(plain(relative, 200), str(error)))
    return Contents(tuple(files), tuple(refused))


def _is_link(parent: str, name: str) -> bool:
    return os.path.islink(os.path.join(parent, name))


def _on_disk(path: Path, relative: str) -> File:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise _Suspect("it is a link or not an ordinary file")

    def take(most: int) -> bytes:
        content = read_regular_file(path, most)
        if content is None:
            raise _too_large(relative, most)
        return content

    return File(relative, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), take)


@contextmanager
def _in_archive(file: IO[bytes], name: str, limits: Limits) -> Iterator[Contents]:
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        with _opened_zip(file, name, limits) as archive:
            yield _in_zip(archive, name, limits)
        return
    with tempfile.SpooledTemporaryFile(_SPOOL) as spool:
        try:
            unpacked = _decompressed(file, cast(IO[bytes], spool), start, limits)
            tar = tarfile.open(fileobj=unpacked, mode="r:")  # noqa: SIM115 (closed below)
        except _BROKEN as error:
            raise _broken(name, error) from error
        with tar:
            yield _in_tar(tar, name, limits)


class _Wary:
    """A file that limits each read, because `zipfile` reads an archive's whole index at once."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = most

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(self._most + 1 if size < 0 else min(size, self._most + 1))
        if len(content) > self._most:
            raise ArchiveRefused("its list of files is too long: ask for the notebook alone.")
        return content

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _opened_zip(file: IO[bytes], name: str, limits: Limits) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(cast(IO[bytes], _Wary(file, max(limits.index, _CHUNK))))
    except _BROKEN as error:
        raise _broken(name, error) from error


def _in_zip(archive: zipfile.ZipFile, name: str, limits: Limits) -> Contents:
    files: list[File] = []
    refused: list[Refused] = []
    _check_count(len(archive.infolist()), limits, name)
    for info in archive.infolist():
        path = _decoded(info)
        if info.is_dir() or _is_litter(path):
            continue
        try:
            _check_entry(info)
            files.append(_zipped(archive, info, _clean(path)))
        except _Suspect as error:
            refused.append(Refused(plain(path, 200), str(error)))
    return Contents(tuple(files), tuple(refused))


def _decoded(info: zipfile.ZipInfo) -> str:
    """Return the name of an entry; many programs write UTF-8 and don't say so."""
    if not info.flag_bits & 0x800:
        try:
            return info.orig_filename.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return info.orig_filename


def _check_entry(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise _Suspect("it is a link or not an ordinary file")
    if info.flag_bits & 1:
        raise _Suspect("it is locked with a password")
    if info.compress_type not in _METHODS:
        raise _Suspect("it is packed in a way that can't be unpacked safely")
    if info.file_size > max(_SMALL, RATIO * info.compress_size):
        raise _Suspect(f"it unpacks to more than {RATIO} times its size")


def _zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: str) -> File:
    def take(most: int) -> bytes:
        if info.file_size > most:
            raise _too_large(path, most)
        with archive.open(info) as file:
            return _bounded(file, path, most)

    date = None
    if info.date_time[0] > 1980:  # the first day that a zip can express means no date
        try:
            date = datetime(*info.date_time)
        except ValueError:
            date = None
    return File(path, info.file_size, date, take)


def _decompressed(file: IO[bytes], spool: IO[bytes], start: bytes, limits: Limits) -> IO[bytes]:
    """Return the plain tar in a file, unpacked into `spool` if it is compressed."""
    unpacker: Any
    if start[:2] == b"\x1f\x8b":
        unpacker = zlib.decompressobj(wbits=31)
    elif start[:3] == b"BZh":
        unpacker = bz2.BZ2Decompressor()
    elif start == b"\xfd7zX":
        unpacker = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
    else:
        return file
    size = 0
    while (packed := file.read(_CHUNK // 16)) and not unpacker.eof:
        for content in _pieces(unpacker, packed):
            size += len(content)
            if size > limits.unpacked or size > max(_SMALL, RATIO * file.tell()):
                raise ArchiveRefused(
                    f"it unpacks to more than {RATIO} times its size: ask for the notebook itself."
                )
            spool.write(content)
    spool.seek(0)
    return spool


def _pieces(unpacker: Any, packed: bytes) -> Iterator[bytes]:
    """Yield what packed bytes unpack to, a little at a time; zlib returns the bytes it left."""
    while True:
        yield unpacker.decompress(packed, _CHUNK)
        packed = getattr(unpacker, "unconsumed_tail", b"")
        if unpacker.eof or (not packed and getattr(unpacker, "needs_input", True)):
            return


def _in_tar(archive: tarfile.TarFile, name: str, limits: Limits) -> Contents:
    files: list[File] = []
    refused: list[Refused] = []
    try:
        for count, info in enumerate(archive):
            _check_count(count, limits, name)
            path = info.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            if info.isdir() or _is_litter(path):
                continue
            try:
                if info.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or info.issparse():
                    raise _Suspect("it is a link or not an ordinary file")
                files.append(_tarred(archive, info, _clean(path)))
            except _Suspect as error:
                refused.append(Refused(plain(path, 200), str(error)))
    except _BROKEN as error:
        raise _broken(name, error) from error
    return Contents(tuple(files), tuple(refused))


def _tarred(archive: tarfile.TarFile, info: tarfile.TarInfo, path: str) -> File:
    def take(most: int) -> bytes:
        file = archive.extractfile(info)
        if file is None or info.size > most:
            raise _too_large(path, most)
        return _bounded(file, path, most)

    try:
        date = datetime.fromtimestamp(info.mtime, UTC) if info.mtime else None
    except _BROKEN:
        date = None
    return File(path, info.size, date, take)


def _bounded(file: IO[bytes], path: str, most: int) -> bytes:
    """Read a file whose declared size may be false."""
    parts, size = [], 0
    while part := file.read(min(_CHUNK, most + 1 - size)):
        parts.append(part)
        size += len(part)
        if size > most:
            raise _too_large(path, most)
    return b"".join(parts)


def _clean(name: str) -> str:
    """Return a path that stays inside the folder it is put into, on every system."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/"))
    if name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise _Suspect("its name is an absolute path")
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise _Suspect("its name leads out of the folder")
    if any(unicodedata.category(c) in ("Cc", "Cs") or c in _TURNING for c in name):
        raise _Suspect("its name has characters that can't be shown")
    if len(parts) > _MOST_PARTS or len(name) > _LONGEST_PATH or not parts:
        raise _Suspect("its path is too long")
    if any(len(part.encode()) > _LONGEST_PART for part in parts):
        raise _Suspect("its name is too long")
    return "/".join(parts)


def _is_litter(path: str) -> bool:
    return any(
        fnmatch(part, pattern) for part in path.replace("\\", "/").split("/") for pattern in _LITTER
    )


def _check_count(count: int, limits: Limits, name: str) -> None:
    if count > limits.files:
        raise ArchiveRefused(
            f"{plain(name)} holds more than {limits.files} files: is it the download of one "
            "lesson's submissions?"
        )


def _too_large(path: str, most: int) -> ArchiveRefused:
    return ArchiveRefused(
        f"{plain(path)} makes the submission larger than the {MOST_BYTES // 1_000_000} MB that are "
        "allowed: ask for the notebook with its outputs cleared."
    )


def _broken(name: str, error: Exception) -> ArchiveRefused:
    what = str(error) or type(error).__name__
    return ArchiveRefused(
        f"{plain(name)} is not an archive that can be opened here ({plain(what, 120)}): download "
        "it again, or unpack it by hand and name the folder."
    )
