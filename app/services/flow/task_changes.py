"""What an act did to tasks besides opening some: closed unfinished, made to stand still, let run again.

The trail says it, so that every figure about tasks can be counted from the trail alone.
"""

from collections.abc import Mapping
from typing import Any

Row = dict[str, Any]


def look(tasks: Mapping[str, Row]) -> dict[str, bool]:
    """Id -> is it held; of the open tasks of a case before the act."""
    return {task["id"]: task["held_at"] is not None for task in tasks.values()}


def since(before: Mapping[str, bool], tasks: Mapping[str, Row], done: str) -> dict[str, list[str]]:
    """Ids by what became of them; nothing for what did not happen. `done`: the task that was completed."""
    now = look(tasks)
    said = {
        "ditutup": sorted(before.keys() - now.keys() - {done}),
        "ditahan": sorted(task for task, held in now.items() if held and not before.get(task, False)),
        "dilanjutkan": sorted(task for task, held in before.items() if held and now.get(task) is False),
    }
    return {word: ids for word, ids in said.items() if ids}
