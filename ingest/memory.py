"""Freed memory goes back to the system: what a large file needed once, nobody else has to miss."""

from __future__ import annotations

import ctypes
import mmap
import weakref

import pyarrow as pa

__all__ = ["forget_pages", "let_the_system_allocate", "release_memory", "track_mmap"]

#: What Arrow's own code takes from, whatever is chosen below: Parquet's dictionaries, for one.  The
#: system's too, unless Arrow was loaded before this package was (`graph`).
_ARROWS_OWN = pa.default_memory_pool()
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
_COLUMN = 4 << 20  # bytes; what is larger is as a rule a whole column of a large file
_KEPT = 32 << 20  # bytes that may lie free
_MAPPED: weakref.WeakSet[mmap.mmap] = weakref.WeakSet()


def let_the_system_allocate() -> None:
    """For the whole process, Arrow takes its memory from the system's allocator, also where it was
    loaded before `graph` could say so.

    Arrow's own allocators keep what they freed; the system's gives it back when told to, and with it
    what numpy freed: a sixth less memory on the way of a large file.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    _tune_the_system()


def _tune_the_system() -> None:
    """glibc keeps a heap for every few threads, and what one of them freed no other one uses; and
    after a large block it keeps all that are smaller when they are freed."""
    tune = getattr(ctypes.CDLL(None), "mallopt", None)  # other systems' allocators have none
    if tune is not None:
        tune(_M_ARENA_MAX, 1)
        tune(_M_MMAP_THRESHOLD, _COLUMN)
        tune(_M_TRIM_THRESHOLD, _KEPT)


def track_mmap(pages: mmap.mmap) -> None:
    """Let `release_memory` forget the pages of a file too: they are read again when they are touched."""
    _MAPPED.add(pages)


def release_memory() -> None:
    """Hand back what is free by now; called wherever something large has just been let go."""
    pa.default_memory_pool().release_unused()
    if _ARROWS_OWN.backend_name != pa.default_memory_pool().backend_name:
        _ARROWS_OWN.release_unused()
    forget_pages()


def forget_pages() -> None:
    """Let go of the pages of files alone, which costs next to nothing."""
    for pages in list(_MAPPED):
        pages.madvise(mmap.MADV_DONTNEED)
