"""Sandbox a process before it runs a student's code; Linux only.

The code inside sees a read-only system, the packages that it needs and a private working folder. It
sees no network, no other process and no file of the class. It has no privileges and cannot gain
any. Limits bound its memory, processor time, processes, files and disk. This module must not know
what will run.

The order matters: call `isolate` in the process that will be the parent, then fork, then call
`enter_sandbox` in the child. The child is the first process of its own namespace: when it ends,
everything that it started ends with it. Both calls need a process with a single thread.

Sources: namespaces(7), pivot_root(2), capabilities(7), seccomp(2), getrlimit(2).
"""

import ctypes
import errno
import mmap
import os
import platform
import shutil
import signal
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.errors import SandboxUnavailable
from autograder.processes.tree import die_with_parent

if sys.platform != "win32":
    import fcntl
    import resource

HOME = Path("/home/student")
_NOBODY = 65534
_MB = 1_000_000

_NEW_MOUNTS, _NEW_HOSTNAME, _NEW_IPC = 0x00020000, 0x04000000, 0x08000000
_NEW_USER, _NEW_PIDS, _NEW_NETWORK, _NEW_CGROUP = 0x10000000, 0x20000000, 0x40000000, 0x02000000
_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_MNT_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID = 1, 2
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_SYS_MOUNT_SETATTR, _SYS_PIVOT_ROOT = 442, {"x86_64": 155, "aarch64": 41}

_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "fonts", "ssl")
# Not "zero": memory that is mapped from it counts toward no limit.
_DEVICES = ("null", "full", "random", "urandom")
_PASSWD = "student:x:{uid}:{gid}:student:/home/student:/bin/sh\n"

_FORBIDDEN_CALLS = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "perf_event_open"),
    *("mount", "umount2", "pivot_root", "chroot", "mount_setattr", "move_mount", "open_tree"),
    *("fsopen", "fsmount", "fsconfig", "fspick", "unshare", "setns", "open_by_handle_at"),
    *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot"),
    *("bpf", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("add_key", "request_key", "keyctl", "swapon", "swapoff", "acct", "quotactl", "syslog"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "personality"),
    # Memory that belongs to no process, so that it counts toward no limit.
    *("memfd_create", "memfd_secret", "shmget", "msgget"),
)
# Unix and internet sockets have namespaces; others, such as those of virtual machines, may not.
_LAST_SOCKET_FAMILY = socket.AF_INET6
_AF_NETLINK = 16
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1
_SHARED_NOWHERE = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS if hasattr(mmap, "MAP_SHARED") else 0
_MOST_NAMES = 100_000

_libc = ctypes.CDLL(None, use_errno=True)


def _namespace() -> str | None:
    """Return the name of this process's mount namespace; None where there are no namespaces."""
    try:
        return os.readlink("/proc/self/ns/mnt")
    except OSError:
        return None


_OUTSIDE = _namespace()


@dataclass(frozen=True)
class SandboxLimits:
    """The resources that one submission may use.

    Attributes:
        memory_mb: data that one process may allocate, and that all processes together may hold
            (see `execution.notebook`).
        cpu_seconds: processor time of one process.
        processes: number of processes and threads together.
        file_mb: size of one file.
        disk_mb: size of all files together; they are kept in memory.
    """

    memory_mb: int = 6000
    cpu_seconds: int = 600
    processes: int = 256
    file_mb: int = 200
    disk_mb: int = 500


@dataclass(frozen=True)
class Place:
    """The place in which a student's code runs.

    Attributes:
        root: an empty folder that becomes the root of the code's view; outside it stays empty.
        visible: folders shown read-only in addition to the system's own.
        files: a folder with the initial contents of the working folder; a copy is used.
        folder: the name of the working folder in `HOME`.
        limits: the resources that the code may use.
        walls: False to apply only the limits, without a sandbox, and to work in `files` itself.
        kernel: the command of the kernel that runs the code, if it is not Python.
    """

    root: Path
    visible: tuple[Path, ...]
    files: Path
    folder: str
    limits: SandboxLimits = SandboxLimits()
    walls: bool = True
    kernel: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the place in a form that JSON can hold."""
        paths = {"root": str(self.root), "files": str(self.files)}
        return {**asdict(self), **paths, "visible": [str(path) for path in self.visible]}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Place":
        """Return the place that `as_dict` turned into `values`."""
        return cls(
            Path(values["root"]),
            tuple(Path(path) for path in values["visible"]),
            Path(values["files"]),
            values["folder"],
            SandboxLimits(**values["limits"]),
            values["walls"],
            tuple(values["kernel"]),
        )


def isolate() -> None:
    """Give the children of this process their own namespaces.

    Raises:
        SandboxUnavailable: this system forbids it.
    """
    flags = _NEW_MOUNTS | _NEW_PIDS | _NEW_NETWORK | _NEW_IPC | _NEW_HOSTNAME | _NEW_CGROUP
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0:
        _unshare(flags)
    else:
        _unshare(flags | _NEW_USER)
        _map_ids(uid, gid)


def enter_sandbox(place: Place) -> None:
    """Replace this process's view of the system by `place`, and give up every privilege.

    Raises:
        SandboxUnavailable: this system forbids a step; then no student code may run.
    """
    if not place.walls:
        os.chdir(place.files)
        _set_limits(place.limits)
        return
    if os.getpid() != 1 or _namespace() in (None, _OUTSIDE):
        # The next steps would change the root of the whole machine.
        raise SandboxUnavailable("this process has no namespaces of its own")
    if place.kernel:
        _start_loopback()
    _build_view(place)
    _enter(place)
    _give_up_privileges()
    _set_limits(place.limits)
    _filter_system_calls(place)
    _prove(place)


def python_folders() -> list[Path]:
    """Return the folders of this Python, its packages and its environment."""
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    return _outermost(Path(path).resolve() for path in paths)


def _build_view(place: Place) -> None:
    root = place.root
    _mount("none", "/", "", _MS_REC | _MS_PRIVATE)
    os.umask(0o022)  # the code inside runs as another user, who must be able to read these files
    options = f"size={place.limits.disk_mb * _MB},nr_inodes={_MOST_NAMES},mode=755"
    _mount("tmpfs", str(root), "tmpfs", _MS_NOSUID | _MS_NODEV, options)
    for name in _SYSTEM:
        _show(root, Path("/") / name)
    for name in _ETC:
        _show(root, Path("/etc") / name)
    for path in place.visible:
        _show(root, path)
    for name in _DEVICES:
        _show(root, Path("/dev") / name, read_only=False)
    for name in ("proc", "tmp", "dev/shm", "etc"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    (root / "dev/shm").chmod(0o1777)
    uid = _NOBODY if os.geteuid() == 0 else os.geteuid()
    gid = _NOBODY if os.geteuid() == 0 else os.getegid()
    (root / "etc/passwd").write_text(_PASSWD.format(uid=uid, gid=gid))
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    pseudo_terminals = root / "dev/pts"
    pseudo_terminals.mkdir()
    options = "newinstance,ptmxmode=0666,mode=620"
    _mount("devpts", str(pseudo_terminals), "devpts", _MS_NOSUID | _MS_NOEXEC, options)
    (root / "dev/ptmx").symlink_to("pts/ptmx")
    _mount("proc", str(root / "proc"), "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)


def _show(root: Path, path: Path, read_only: bool = True) -> None:
    """Show `path` at the same place under `root`; skip a missing path."""
    target = root / path.relative_to("/")
    if path.is_symlink() and path.parent == Path("/"):
        target.symlink_to(os.readlink(path))
        return
    if not path.exists() or os.path.lexists(target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        target.mkdir()
    else:
        target.touch()
    _mount(str(path), str(target), "", _MS_BIND | _MS_REC)
    if read_only:
        attributes = struct.pack("QQQQ", _ATTR_RDONLY | _ATTR_NOSUID, 0, 0, 0)
        arguments = (_AT_FDCWD, os.fsencode(target), _AT_RECURSIVE, attributes, len(attributes))
        _check(_libc.syscall(_SYS_MOUNT_SETATTR, *arguments), f"make {path} read-only")


def _enter(place: Place) -> None:
    home = place.root / HOME.relative_to("/") / place.folder
    shutil.copytree(place.files, home)
    if os.geteuid() == 0:
        for path in (home.parent, home, *home.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)
    os.chdir(place.root)
    _check(_libc.syscall(_SYS_PIVOT_ROOT[platform.machine()], b".", b"."), "change the root")
    _check(_libc.umount2(b".", _MNT_DETACH), "detach the old root")
    os.chdir(HOME / place.folder)
    _check(_libc.sethostname(b"student", 7), "set the host name")


def _give_up_privileges() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        # Still root here, and so able to drop the capabilities that could be gained again.
        _drop_capability_bounds()
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        _prctl(_PR_SET_DUMPABLE, 1)  # /proc/self belongs to root otherwise
        die_with_parent()  # again, because changing the user has cleared this setting
        _unshare(_NEW_USER)
        _map_ids(_NOBODY, _NOBODY)
    _drop_capability_bounds()
    header, nothing = struct.pack("II", 0x20080522, 0), bytes(24)
    _check(_libc.capset(header, nothing), "drop all capabilities")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _drop_capability_bounds() -> None:
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text())
    for capability in range(last + 1):
        _prctl(_PR_CAPBSET_DROP, capability)


def _set_limits(limits: SandboxLimits) -> None:
    for name, value in (
        (resource.RLIMIT_DATA, limits.memory_mb * _MB),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.file_mb * _MB),
        (resource.RLIMIT_NOFILE, 1024),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (value, value))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that too long a write raises an OSError


def _start_loopback() -> None:
    """Let processes in this isolated network communicate with each other."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def _filter_system_calls(place: Place) -> None:
    """Forbid the system calls that no lesson needs and that attacks on the kernel begin with."""
    from pyseccomp import ALLOW, EQ, ERRNO, GT, MASKED_EQ, NE, Arg, SyscallFilter

    calls = SyscallFilter(ALLOW)
    for name in _FORBIDDEN_CALLS:
        calls.add_rule(ERRNO(errno.EPERM), name)
    for flag in (_NEW_USER, _NEW_MOUNTS, _NEW_PIDS, _NEW_NETWORK, _NEW_IPC):
        calls.add_rule(ERRNO(errno.EPERM), "clone", Arg(0, MASKED_EQ, flag, flag))
    strange = ERRNO(errno.EAFNOSUPPORT)
    if place.kernel:
        # Its sockets ask for the list of interfaces and use nothing else of that family.
        calls.add_rule(strange, "socket", Arg(0, EQ, _AF_NETLINK), Arg(2, NE, 0))
        calls.add_rule(strange, "socket", Arg(0, GT, _AF_NETLINK))
        for family in range(_LAST_SOCKET_FAMILY + 1, _AF_NETLINK):
            calls.add_rule(strange, "socket", Arg(0, EQ, family))
    else:
        calls.add_rule(strange, "socket", Arg(0, GT, int(_LAST_SOCKET_FAMILY)))
    nowhere = Arg(3, MASKED_EQ, _SHARED_NOWHERE, _SHARED_NOWHERE)
    calls.add_rule(ERRNO(errno.ENOMEM), "mmap", nowhere)
    # clone3 hides its flags from a filter; "not implemented" makes libc use clone instead.
    calls.add_rule(ERRNO(errno.ENOSYS), "clone3")
    calls.load()


def _prove(place: Place) -> None:
    """Check from inside that the sandbox works; raise `SandboxUnavailable` if it doesn't."""
    seen = {path.name for path in Path("/").iterdir()}
    shown = {*_SYSTEM, "etc", "dev", "proc", "tmp", HOME.parts[1]}
    shown |= {path.parts[1] for path in place.visible}
    status = Path("/proc/self/status").read_text()
    facts = {line.partition(":")[0]: line.partition(":")[2].strip() for line in status.splitlines()}
    interfaces = Path("/proc/net/dev").read_text().splitlines()[2:]
    broken = (
        ("it is not the first process", os.getpid() != 1),
        ("it is root", 0 in os.getresuid()),
        ("it has privileges", any(int(facts[name], 16) for name in ("CapEff", "CapPrm", "CapBnd"))),
        ("it can gain privileges", facts["NoNewPrivs"] != "1"),
        ("system calls are not filtered", facts["Seccomp"] != "2"),
        ("it has a network", any(not line.strip().startswith("lo:") for line in interfaces)),
        ("the system can be written", os.access("/usr", os.W_OK)),
        ("the old root is visible", bool(seen - shown)),
    )
    for what, true in broken:
        if true:
            raise SandboxUnavailable(f"the sandbox is not secure on this machine: {what}")


def _outermost(paths: Iterable[Path]) -> list[Path]:
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(other) for other in (*kept, Path("/usr"))):
            kept.append(path)
    return kept


def _unshare(flags: int) -> None:
    _check(_libc.unshare(flags), "create namespaces")


def _map_ids(uid: int, gid: int) -> None:
    try:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    except OSError as error:
        raise SandboxUnavailable(_sentence("map the user", error)) from error


def _mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    arguments = [os.fsencode(text) if text else None for text in (source, target, kind)]
    data = options.encode() or None
    _check(_libc.mount(*arguments, ctypes.c_ulong(flags), data), f"mount {kind or source}")


def _prctl(option: int, value: int) -> None:
    _check(_libc.prctl(option, value, 0, 0, 0), f"prctl {option}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise SandboxUnavailable(_sentence(what, OSError(number, os.strerror(number))))


def _sentence(what: str, error: OSError) -> str:
    return f"this system does not let the grader {what} ({error.strerror})"
