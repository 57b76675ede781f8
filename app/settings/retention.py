"""How long what is kept, in days. No law that we know of gives these numbers; they are the office's to set."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.settings.envs import number


@dataclass(frozen=True)
class Retention:
    """`draft`: drafts that nobody touches. `unfinished`: files of a permohonan that ended without its result, from
    its end; `finished`: files of one that ended with it. `selfie`: from the decision on the account. `access`: who
    read which case.
    """

    draft: int = 90
    unfinished: int = 90
    finished: int = 365
    selfie: int = 30
    access: int = 1825

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Retention":
        """Raises ConfigError."""
        return cls(
            draft=number(env, "ALUR_DRAFT_DAYS", 90, 14, 3650),
            unfinished=number(env, "ALUR_UNFINISHED_DAYS", 90, 14, 36500),
            finished=number(env, "ALUR_FINISHED_DAYS", 365, 30, 36500),
            selfie=number(env, "ALUR_SELFIE_DAYS", 30, 1, 3650),
            access=number(env, "ALUR_ACCESS_DAYS", 1825, 30, 36500),
        )
