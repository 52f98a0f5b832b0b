r"""Tries to climb out: to become root, mount, make namespaces, write to the system.

score: 6
shows: pushed (1\d|[2-9]\d) walls
never: loot
"""

# %% double
import ctypes
import os
import subprocess

libc = ctypes.CDLL(None, use_errno=True)
pushed = 0


def push(what, attempt):
    global pushed
    pushed += 1
    try:
        if attempt() not in (-1, False, None):
            print("loot:", what)
    except (OSError, subprocess.SubprocessError):
        pass


push("setuid", lambda: os.setuid(0) or True)
push("setgid", lambda: os.setgid(0) or True)
push(
    "sudo",
    lambda: (
        subprocess.run(["su", "-c", "id"], timeout=2, capture_output=True, input=b"").returncode
        == 0
    ),
)
push("unshare", lambda: libc.unshare(0x10000000))
push("mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
push("umount", lambda: libc.umount2(b"/proc", 2))
push("chroot", lambda: os.chroot("/tmp") or True)
push("setns", lambda: libc.setns(os.open("/proc/self/ns/net", os.O_RDONLY), 0))
push("hostname", lambda: libc.sethostname(b"x", 1))
push("mknod", lambda: os.mknod("/tmp/sda", 0o660 | 0o060000, os.makedev(8, 0)) or True)
push("write", lambda: open("/usr/attacked", "w").close() or True)
push("write", lambda: open("/etc/ld.so.preload", "w").close() or True)
push("write", lambda: open(os.__file__, "a").close() or True)
push("bpf", lambda: libc.syscall(321, 0, 0, 0))
push("keyring", lambda: libc.syscall(250, 0, -3, 0))
push("time", lambda: libc.settimeofday(bytes(16), None))
push("priority", lambda: os.nice(-5) or True)
push("out of the folder", lambda: os.chdir("/proc/1/root/../../boot") or True)


def double(number):
    print("pushed", pushed, "walls")
    return 2 * number
