"""The limit of open files of a process, looked at in one of its own."""

import subprocess
import sys

import pytest

TOLD = """
import resource
from gateway.ops.process import allow_open_files
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
print(allow_open_files({wanted}), *resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize(
    ("soft", "wanted", "limit"),
    [(256, 512, 512), (256, 4096, 1024), (512, 256, 512)],
)
def test_it_is_raised_as_far_as_the_system_lets_it_and_never_lowered(soft: int, wanted: int, limit: int) -> None:
    program = TOLD.format(soft=soft, hard=1024, wanted=wanted)
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said.split() == [str(limit), str(limit), "1024"]
