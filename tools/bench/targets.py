"""What each figure must keep to; `make bench` fails where one does not."""

from dataclasses import dataclass

from tools.bench.figures import Line


@dataclass(frozen=True)
class Target:
    """`figure` of a line of `bench` stays below `most` (or above `least`); on both databases unless one is named."""

    bench: str
    figure: str
    most: float | None = None
    least: float | None = None
    database: str = ""

    def is_missed_by(self, line: Line) -> bool:
        if line["bench"] != self.bench or self.database not in ("", line["database"]) or self.figure not in line:
            return False
        value = line[self.figure]
        return (self.most is not None and value > self.most) or (self.least is not None and value < self.least)


TARGETS = (
    Target("step", "ratio", most=8.0, database="sqlite"),
    Target("step", "ratio", most=4.0, database="postgresql"),
    Target("inbox", "ratio", most=1.3),
    Target("case-page", "ratio", most=1.5),
    Target("step-loop", "ratio", most=1.2),
    Target("sweep", "ratio", most=1.5),
    Target("sweep-fire", "norms_per_s", least=1000.0),
    Target("sweep-fire", "drawn_per_s", least=100.0),
    Target("pantau", "ratio", most=4.0),
    Target("pantau", "median_ms", most=300.0),
    Target("memori", "web_mb", most=300.0),
    Target("memori", "worker_mb", most=300.0),
    Target("memori", "sweeper_mb", most=300.0),
)


def missed(line: Line) -> list[str]:
    """A sentence for each target that this line misses."""
    return [
        f"{line['bench']} ({line['database']}): {target.figure} = {line[target.figure]}, "
        f"target {'paling besar' if target.most is not None else 'paling kecil'} {target.most or target.least}"
        for target in TARGETS
        if target.is_missed_by(line)
    ]
