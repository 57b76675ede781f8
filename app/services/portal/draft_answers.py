"""What a draft holds: accepted answers, what was typed but not accepted yet, and which pages were accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.domain.texts import storable
from app.models import Draft
from app.procedures.answers import visible_fields
from app.procedures.context import FormContext
from app.procedures.model.form import Form, Section


@dataclass(frozen=True)
class DraftAnswers:
    """`clean`: field -> accepted value; `typed`: section id -> raw of a page not accepted; `done`: section ids."""

    clean: Mapping[str, Any] = field(default_factory=dict)
    typed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    done: tuple[str, ...] = ()

    @classmethod
    def of(cls, draft: Draft) -> "DraftAnswers":
        kept = draft.answers
        return cls(kept.get("isian", {}), kept.get("ketikan", {}), tuple(kept.get("selesai", ())))

    def as_json(self) -> dict[str, Any]:
        return {
            "isian": dict(self.clean),
            "ketikan": {key: dict(raw) for key, raw in self.typed.items()},
            "selesai": list(self.done),
        }

    def accept(self, section: Section, values: Mapping[str, Any]) -> "DraftAnswers":
        """A page with good answers: they take the place of what was there."""
        here = {each.id for each in section.fields}
        others = {key: value for key, value in self.clean.items() if key not in here}
        typed = {key: raw for key, raw in self.typed.items() if key != section.id}
        done = (*(each for each in self.done if each != section.id), section.id)
        return replace(self, clean={**others, **values}, typed=typed, done=tuple(sorted(done)))

    def keep(self, section: Section, raw: Mapping[str, Any]) -> "DraftAnswers":
        """A page as it was typed, good or not; fields of other pages are left out."""
        here = {each.id for each in section.fields}
        typed = {key: storable(value) for key, value in raw.items() if key in here}
        done = tuple(each for each in self.done if each != section.id)
        return replace(self, typed={**self.typed, section.id: typed}, done=done)

    def to_submit(self) -> dict[str, Any]:
        """Everything, what was only typed over what was accepted: the raw of the final check."""
        return {**self.clean, **self.all_typed()}

    def all_typed(self) -> dict[str, Any]:
        """Field -> raw, of every page that was not accepted."""
        return {key: value for raw in self.typed.values() for key, value in raw.items()}

    def shown(self, form: Form, context: FormContext) -> dict[str, Any]:
        """The accepted answers that count now: those of fields that the ones before them still show.

        Hidden ones stay in the draft, so that choosing back brings them back.
        """
        own: dict[str, Any] = {}
        for section in form.sections:
            for each in section.fields:
                if each.id in self.clean and each in visible_fields(form, section, own, context):
                    own[each.id] = self.clean[each.id]
        return own
