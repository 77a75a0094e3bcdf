"""The processor time of those who share the work: the page, the kernel, the server, the browser."""

from __future__ import annotations

import psutil

PAGE, KERNEL, SERVER, BROWSER = "page", "kernel", "server", "browser’s other processes"

RENDERER = "--type=renderer"

CHROMIUM = "--type=", "--headless"
"""What Chromium's first process and those that it starts are called with."""


def processor_seconds(kernel: int, server: int) -> dict[str, float]:
    """Return the seconds that each has used until now, of this process's children.

    Parameters
    ----------
    kernel, server : int
        The numbers of their processes.
    """
    found = dict.fromkeys((PAGE, KERNEL, SERVER, BROWSER), 0.0)
    for process in psutil.Process().children(recursive=True):
        try:
            used, command = process.cpu_times(), process.cmdline()
        except psutil.NoSuchProcess:
            continue
        if process.pid == kernel:
            who = KERNEL
        elif process.pid == server:
            who = SERVER
        elif RENDERER in command:
            who = PAGE
        elif any(part.startswith(CHROMIUM) for part in command):
            who = BROWSER
        else:
            continue
        found[who] += used.user + used.system
    return found
