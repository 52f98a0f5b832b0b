"""Hostile archives: nothing leads out, nothing is a link, nothing unpacks without end."""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.errors import ArchiveRefused
from autograder.files.untrusted import MOST_BYTES, MOST_FILES
from autograder.lms import archives
from autograder.lms.archives import opened, unpack


def zipped(files, **options):
    """A zip's bytes: (name or ZipInfo, content) pairs."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return held.getvalue()


def tarred(members, mode="w"):
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def typed(name, kind, **more):
    info = tarfile.TarInfo(name)
    info.type = kind
    for key, value in more.items():
        setattr(info, key, value)
    return info


def link(name, mode=stat.S_IFLNK):
    info = zipfile.ZipInfo(name)
    info.external_attr = (mode | 0o777) << 16
    return info


@pytest.fixture
def read(tmp_path):
    """Unpack an archive given by its bytes; return the contents and what was left out."""

    def read(content, name="work.zip"):
        (tmp_path / name).write_bytes(content)
        with opened(tmp_path / name) as contents:
            files, refused = unpack(contents.files)
        return files, [*contents.refused, *refused]

    return read


@pytest.mark.parametrize(
    "name",
    [
        *("../evil.ipynb", "a/../../evil.ipynb", "..\\evil.ipynb", "/etc/evil", "\\\\host\\evil"),
        *("C:\\evil", "c:evil", "a\x01b", "a\u202egnp.ipynb", "x" * 300, "/".join("abc" * 20)),
    ],
)
def test_names_that_lead_elsewhere(read, name):
    for content, file in (
        (zipped([(name, b"evil"), ("good.ipynb", b"{}")]), "w.zip"),
        (tarred([(tarfile.TarInfo(name), b"e"), (tarfile.TarInfo("good.ipynb"), b"{}")]), "w.tar"),
    ):
        files, refused = read(content, file)
        assert files == {"good.ipynb": b"{}"}
        assert len(refused) == 1
        assert refused[0].path.isprintable()


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_in_a_zip(read, mode):
    files, refused = read(zipped([(link("a.ipynb", mode), b"/etc/passwd"), ("b", b"1")]))
    assert files == {"b": b"1"}
    assert "not an ordinary file" in refused[0].reason


@pytest.mark.parametrize(
    "info",
    [
        typed("a", tarfile.SYMTYPE, linkname="/etc/passwd"),
        typed("a", tarfile.LNKTYPE, linkname="b"),
        typed("a", tarfile.CHRTYPE, devmajor=1, devminor=5),
        typed("a", tarfile.FIFOTYPE),
    ],
)
def test_links_and_devices_in_a_tar(read, info):
    files, refused = read(tarred([(info, b""), (tarfile.TarInfo("b"), b"1")]), "w.tar")
    assert files == {"b": b"1"}
    assert "not an ordinary file" in refused[0].reason


def test_links_pipes_and_odd_names_in_a_folder(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "a.ipynb").write_text("secret")
    folder = tmp_path / "download"
    (folder / "ada").mkdir(parents=True)
    (folder / "ada" / "a.ipynb").symlink_to(secret / "a.ipynb")
    (folder / "bob").symlink_to(secret)
    os.mkfifo(folder / "ada" / "pipe")
    (folder / "ada" / "good.ipynb").write_text("{}")
    Path(os.fsdecode(bytes(folder) + b"/\xff\xfe.ipynb")).write_text("{}")
    with opened(folder) as contents:
        files, _ = unpack(contents.files)
    assert files == {"ada/good.ipynb": b"{}"}
    assert {each.path for each in contents.refused} >= {"ada/a.ipynb", "bob", "ada/pipe"}
    assert len(contents.refused) == 4


def test_a_bomb_by_its_ratio_is_left_out(read):
    files, refused = read(zipped([("zeros", bytes(20_000_000)), ("a.ipynb", b"{}")]))
    assert files == {"a.ipynb": b"{}"}
    assert "times its size" in refused[0].reason


def test_a_bomb_by_its_size_is_refused_and_memory_stays_bounded(read):
    half = b"".join(os.urandom(100) + bytes(3900) for _ in range(MOST_BYTES // 8000 + 500))
    content = zipped([("a", half), ("b", half), ("c", half)])
    del half
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveRefused, match="larger than the 50 MB"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 2 * MOST_BYTES
    finally:
        tracemalloc.stop()


def test_a_size_that_lies_is_no_way_in(read):
    content = zipped([("a.ipynb", bytes(5_000_000))])
    size, lie = struct.pack("<L", 5_000_000), struct.pack("<L", 10)
    with pytest.raises(ArchiveRefused):
        read(content.replace(size, lie))


def test_too_many_files(read):
    with pytest.raises(ArchiveRefused, match="more than 500 files"):
        read(zipped([(f"{n}.txt", b"") for n in range(MOST_FILES + 1)]))


def test_an_endless_list_of_files_is_not_even_read(read):
    inner = zipped([(f"{n:0200}", b"") for n in range(6000)])
    assert len(inner) > archives.OF_ONE.index
    with pytest.raises(ArchiveRefused, match="list of files is too long"):
        read(zipped([("inner.zip", inner)]))


def test_archives_in_archives(read):
    content, name = zipped([("a.ipynb", b"{}")]), "0.zip"
    for number in range(1, 3):
        content, name = zipped([(name, content)]), f"{number}.zip"
    assert read(content)[0] == {"a.ipynb": b"{}"}
    for number in range(3, 6):
        content, name = zipped([(name, content)]), f"{number}.zip"
    with pytest.raises(ArchiveRefused, match="archive in an archive"):
        read(content)


def test_a_zip_that_holds_itself_often_ends_soon(read):
    """The files of 42.zip, in small: sixteen zips in each of many zips."""
    content = zipped([("zeros", bytes(9_000_000))])
    for _ in range(3):
        content = zipped([(f"{n}.zip", content) for n in range(16)])
    began = time.monotonic()
    with pytest.raises(ArchiveRefused):
        read(content)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("pack", "name"),
    [(gzip.compress, "w.tar.gz"), (bz2.compress, "w.tar.bz2"), (lzma.compress, "w.txz")],
)
def test_compressed_tars(read, pack, name):
    inner = tarred([(tarfile.TarInfo("work/a.ipynb"), b"{}" * 5000)])
    assert read(pack(inner), name)[0] == {"work/a.ipynb": b"{}" * 5000}
    assert read(zipped([(f"x/{name}", pack(inner))]))[0] == {"work/a.ipynb": b"{}" * 5000}
    files, _ = read(zipped([(f"x/{name}", pack(inner)), ("b", b"")]))
    assert set(files) == {"x/w/work/a.ipynb", "b"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_tar_that_is_a_bomb(read, pack):
    bomb = pack(tarred([(tarfile.TarInfo("zeros"), bytes(60_000_000))]))
    with pytest.raises(ArchiveRefused, match="times its size"):
        read(zipped([("w.tgz", bomb)]))


def test_a_path_twice_is_a_question(read):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = zipped([("a.ipynb", b"1"), ("a.ipynb", b"2")])
    with pytest.raises(ArchiveRefused, match="twice"):
        read(content)
    with pytest.raises(ArchiveRefused, match="twice"):
        read(zipped([("A.ipynb", b"1"), ("a.IPYNB", b"2")]))
    with pytest.raises(ArchiveRefused, match="twice"):
        read(zipped([("a", b"1"), ("a/b.ipynb", b"2")]))


@pytest.mark.parametrize(
    ("raw", "flag", "name"),
    [
        ("Jürgen.ipynb".encode(), 0, "Jürgen.ipynb"),  # UTF-8 that isn't said to be
        ("Jürgen.ipynb".encode("cp437"), 0, "Jürgen.ipynb"),
        ("Ju\u0308rgen.ipynb".encode(), 0x800, "Jürgen.ipynb"),  # a letter and its dots apart
    ],
)
def test_odd_encodings(read, raw, flag, name):
    content = zipped([("x" * len(raw), b"{}")])
    content = content.replace(b"x" * len(raw), raw)
    if flag:
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = content.index(mark) + offset
            content = content[:at] + struct.pack("<H", flag) + content[at + 2 :]
    assert list(read(content)[0]) == [name]


def test_locked_and_strangely_packed_entries(read):
    content = zipped([("a.ipynb", b"{}")])
    at = content.index(b"PK\x01\x02") + 8
    files, refused = read(content[:at] + b"\x01\x00" + content[at + 2 :])
    assert (files, refused[0].reason) == ({}, "it is locked with a password")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.ipynb", b"{}")
    assert "safely" in read(held.getvalue())[1][0].reason


def test_litter_and_what_nbgrader_ignores_is_left_out(read):
    names = ["__MACOSX/._a.ipynb", ".DS_Store", ".ipynb_checkpoints/a-checkpoint.ipynb"]
    names += ["a.ipynb", "reflection.md", "b.pyc", "._b"]
    files, refused = read(zipped([(name, b"") for name in names]))
    assert (list(files), refused) == (["a.ipynb"], [])


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", b"PK" * 500, b"Rar!\x1a\x07", b"\x1f\x8bxx", b"<html>"]
)
def test_what_is_no_archive_says_so(read, content):
    with pytest.raises(ArchiveRefused, match=r"can't be opened|not an archive"):
        read(content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ArchiveRefused, match="No such file"), opened(tmp_path / "no.zip"):
        pass


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.binary(max_size=8))
def test_damage_never_ends_in_anything_but_a_reason(noise, at, patch):
    good = zipped([("a.ipynb", b"{}" * 40), ("b/c.txt", b"text")])
    inner = good[:at] + patch + good[at + len(patch) :] + noise
    file = archives.File("w.zip", len(inner), None, lambda most: inner)
    files = {}
    with contextlib.suppress(ArchiveRefused):
        files, _ = unpack([file])
    assert all(not name.startswith(("/", "..")) for name in files)
