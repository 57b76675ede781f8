"""Who is told what, and when."""

from dataclasses import dataclass

from app.domain.conditions import Condition


@dataclass(frozen=True)
class NoticeRule:
    """`on`: `selesai` | `dibuka` | `ditutup` (the case) | `jawaban` (step = value of its `keputusan`).

    `value`: the answer of `jawaban`; of `ditutup` the result, "" = any. `to`: `pemohon` | `pelaku <step>` | `pelaku
    <step> atau <step>` | `peran <role>`. `speaker`: the step whose message to the pemohon is passed on, "" = the one
    just done. `digest`: minutes of the day at which the roles named are told in one notice, not of each case; () = at
    once. `once`: at most once in a case, however often it comes to that point: what goes round inside the office is no
    news to the pemohon.
    """

    on: str
    step: str
    value: str
    to: tuple[str, ...]
    template: str
    channels: tuple[str, ...]
    compulsory: bool
    speaker: str = ""
    digest: tuple[int, ...] = ()
    once: bool = False


@dataclass(frozen=True)
class NoticeTemplate:
    """The text of a notice (`templat` of the ikmt). `{placeholders}`: see domain.placeholders."""

    title: str
    body: str
    additions: tuple[tuple[Condition, str], ...] = ()  # paragraphs added where the case's answers meet the condition
