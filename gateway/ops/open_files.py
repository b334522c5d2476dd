"""How many files and connections this process may have open at once (RLIMIT_NOFILE)."""

import resource


def allow_open_files(wanted: int) -> int:
    """Raises the limit of this process to `wanted`, as far as the system lets it; the limit from now on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    reachable = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if reachable > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
    return max(soft, reachable)
