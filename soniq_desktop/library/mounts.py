"""What kind of file system a path is on: network drives cannot be watched, /proc holds no music."""

import os
import sys
from dataclasses import dataclass

import psutil

_NETWORK = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afpfs",
        "webdav",
        "davfs",
        "davfs2",
        "ncpfs",
        "afs",
    }
    | {"9p", "ceph", "glusterfs", "lustre", "vboxsf", "vmhgfs", "prl_fs", "virtiofs"}
)
_NETWORK_FUSE = ("sshfs", "rclone", "glusterfs", "davfs", "s3fs", "smbnetfs", "gvfsd-fuse", "ceph", "google")
_NO_FILES = frozenset(
    {"proc", "sysfs", "devtmpfs", "devpts", "devfs", "cgroup", "cgroup2", "securityfs", "debugfs", "tracefs"}
    | {"pstore", "bpf", "configfs", "efivarfs", "mqueue", "hugetlbfs", "fusectl", "binfmt_misc", "rpc_pipefs"}
    | {"autofs", "nsfs", "selinuxfs"}
)


@dataclass(frozen=True, slots=True)
class Mounts:
    """The mounted file systems at one moment, longest path first."""

    entries: tuple[tuple[str, str], ...]  # (mount point, file system type)

    @classmethod
    def now(cls) -> "Mounts":
        """Ask the system; empty where it does not say."""
        try:
            partitions = psutil.disk_partitions(all=True)
        except (OSError, RuntimeError):
            return cls(())
        found = {part.mountpoint: _type(part.fstype, part.opts) for part in partitions}  # the last one covers
        return cls(tuple(sorted(found.items(), key=lambda item: len(item[0]), reverse=True)))

    def type_of(self, path: str) -> str:
        """The file system type below which a path lies; empty where it is unknown."""
        return next((kind for point, kind in self.entries if _inside(path, point)), "")

    def is_network(self, path: str) -> bool:
        """Whether changes below `path` may come from other computers, unseen by this one."""
        kind = self.type_of(os.path.realpath(path)).lower()
        fuse = kind.startswith("fuse") and any(name in kind for name in _NETWORK_FUSE)
        return kind in _NETWORK or fuse or path.startswith("\\\\")

    def without_files(self) -> frozenset[str]:
        """Mount points of the system's own: processes, devices and the like, never music."""
        return frozenset(point for point, kind in self.entries if kind in _NO_FILES)


def _type(fstype: str, opts: str) -> str:
    """Windows names the file system of the server, and says in the options that it is one."""
    return "smb" if sys.platform == "win32" and "remote" in opts.split(",") else fstype


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
