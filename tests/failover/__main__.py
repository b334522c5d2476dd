"""`scripts/failover`: Redis fails over under load; exit code 1 for a broken claim or one that was not tested."""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from tests.failover.kill import cluster_rounds, kill_rounds
from tests.failover.partition import partition_rounds
from tests.failover.place import Size
from tests.failover.planned import graceful_rounds, sentinel_rounds
from tests.support.servers import KINDS

FAULTS = {
    "kill": kill_rounds,
    "cluster": cluster_rounds,
    "partition": partition_rounds,
    "graceful": graceful_rounds,
    "sentinels": sentinel_rounds,
}


def _tell(line: str) -> None:
    click.echo(line, err=True)


@click.command()
@click.option("--rounds", type=click.IntRange(1, 1000), default=20, show_default=True, help="Faults.")
@click.option("--cluster", "fault", flag_value="cluster", help="Kill a primary of a Cluster instead.")
@click.option("--partition", "fault", flag_value="partition", help="Cut the primary off from its own kind instead.")
@click.option("--graceful", "fault", flag_value="graceful", help="Ask the sentinels for another primary instead.")
@click.option("--sentinels", "fault", flag_value="sentinels", help="Kill and restart the sentinels instead.")
@click.option("--agents", type=click.IntRange(2, 500), default=16, show_default=True, help="Desks that work at once.")
@click.option("--nodes", type=click.IntRange(2, 8), default=3, show_default=True, help="Gateway processes.")
@click.option("--shards", type=click.IntRange(1, 16), default=1, show_default=True, help="STORE_SHARDS.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of all chances.")
@click.option("--kind", type=click.Choice(KINDS), default="redis", show_default=True, help="Which server.")
@click.option(
    "--down-after",
    "down_after_ms",
    type=click.IntRange(500, 30_000),
    default=1000,
    show_default=True,
    help="Of Sentinel, ms; for a Cluster cluster-node-timeout.",
)
@click.option("--hurried", is_flag=True, help="Sentinels that look more often, so that rounds are shorter.")
@click.option("--patient", is_flag=True, help="Do not mind how long service is away: for machines that are busy.")
def main(rounds: int, fault: str | None, patient: bool, **options: Any) -> None:
    """Redis fails over, by default because its primary is killed, while desks work: nothing confirmed may be lost."""
    size = Size(**options)
    with tempfile.TemporaryDirectory(prefix="gateway-failover-") as folder:
        result = asyncio.run(FAULTS[fault or "kill"](Path(folder), size, rounds, _tell))
    result.limits = {} if patient else result.limits
    for line in result.summary():
        click.echo(line)
    failures = result.failures()
    click.echo(f"FAILED: {'; '.join(failures)}" if failures else "passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(prog_name="scripts/failover")
