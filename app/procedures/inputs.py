"""The WTForms fields of our vocabulary. `data` is what the browser shows and sends, `answer` what `answers` takes.

Names in HTML are the paths of InvalidInput (`anggota.0.nama`, `berkas.f106.catatan`), so that an error finds its field.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.meta import DefaultMeta
from wtforms.utils import unset_value
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from app.domain import regions
from app.procedures.context import UploadInfo
from app.procedures.display import Card, domestic_phone, html_id
from app.procedures.model import form

YES_NO = (form.Option("ya", "Ya"), form.Option("tidak", "Tidak"))
NOTHING = SelectChoice("", "Pilih satu")


class Page(Form):
    """A page of fields; what describes a field and whether it is wrong is told to those who cannot see it."""

    class Meta(DefaultMeta):
        def render_field(self, field: Field, render_kw: dict[str, Any]) -> Any:
            if isinstance(field, Asked) and field.described_by:
                render_kw["aria-describedby"] = field.described_by
            if isinstance(field, Asked) and field.errors:
                render_kw["aria-invalid"] = "true"
            return super().render_field(field, render_kw)


def page_class(name: str, fields: Mapping[str, UnboundField]) -> type[Page]:
    return type(name, (Page,), dict(fields))


class Asked(Field):
    """What every field knows: its words (`spec`), and what is wrong with it (`errors`, put there by put_errors)."""

    errors: Sequence[str] = ()

    def __init__(self, spec: form.Field, **kwargs: Any) -> None:
        super().__init__(label=spec.label, description=spec.help, **kwargs)
        self.spec, self.kind, self.locked = spec, spec.kind, is_locked(spec)
        self.id = html_id(self.name)

    @property
    def answer(self) -> Any:
        return self.data

    @property
    def described_by(self) -> str:
        parts = {"bantuan": self.spec.help, "galat": self.errors}
        return " ".join(f"{self.id}-{name}" for name, there in parts.items() if there)


def is_locked(spec: form.Field) -> bool:
    return spec.locked or "tetap" in spec.extra


class Locked(Asked):
    """Shown, not asked: `shown` is the value in words."""

    def __init__(self, spec: form.Field, shown: str, **kwargs: Any) -> None:
        super().__init__(spec, **kwargs)
        self.shown = shown


class Copied(Asked):
    """Lines to copy elsewhere, (label, text); no answer."""

    def __init__(self, spec: form.Field, lines: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(spec, **kwargs)
        self.lines = lines


class Text(Asked, StringField):
    pass


class LongText(Asked, TextAreaField):
    pass


class Phone(Text):
    def process_data(self, value: Any) -> None:
        self.data = domestic_phone(value)


class Statement(Asked, BooleanField):
    @property
    def answer(self) -> bool | None:
        return True if self.data else None


class Chosen(Asked):
    """A choice among `options`; what is not among them is told by `answers`, not here."""

    first: tuple[SelectChoice, ...] = ()

    def __init__(self, spec: form.Field, options: Sequence[form.Option], **kwargs: Any) -> None:
        listed = [*self.first, *(SelectChoice(one.value, one.label) for one in options)]
        super().__init__(spec, **{"choices": listed, "validate_choice": False, **kwargs})
        self.options = options


class Radio(Chosen, RadioField):
    pass


class Select(Chosen, SelectField):
    first = (NOTHING,)


class Checkboxes(Chosen, SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class YesNo(Radio):
    def process_data(self, value: Any) -> None:
        super().process_data({"True": "ya", "False": "tidak"}.get(str(value), value))

    @property
    def answer(self) -> bool | None:
        return {"ya": True, "tidak": False}.get(self.data)


class Region(Select):
    """One list of kalurahan, grouped by kapanewon: the code begins with the kapanewon's."""

    def __init__(self, spec: form.Field, **kwargs: Any) -> None:
        listed = [
            SelectChoice(one.kode, one.nama, optgroup=group.nama)
            for group in regions.kapanewon()
            for one in regions.kalurahan(group.kode)
        ]
        super().__init__(spec, (), choices=[NOTHING, *listed], **kwargs)

    def process_data(self, value: Any) -> None:
        super().process_data(value.get("kalurahan") if isinstance(value, Mapping) else None)

    @property
    def answer(self) -> dict[str, str] | None:
        return {"kapanewon": self.data[:6], "kalurahan": self.data} if self.data else None


def _hidden_ids(field: "Uploads", **kwargs: Any) -> Markup:
    one = HiddenInput()
    return Markup("").join(one(field, id=False, value=upload) for upload in field.data)


class Uploads(Asked):
    """Ids of the uploaded pages, drawn as hidden inputs. `before`: pages handed in earlier that these replace."""

    widget = staticmethod(_hidden_ids)

    def __init__(self, spec: form.Field, known: Mapping[str, UploadInfo], note: str = "", **kwargs: Any) -> None:
        super().__init__(spec, **kwargs)
        self.known, self.note = known, note
        self.before: Sequence[tuple[str, UploadInfo]] = ()

    def process_data(self, value: Any) -> None:
        self.data = list(value) if isinstance(value, list) else []

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(valuelist)

    @property
    def pages(self) -> list[tuple[str, UploadInfo]]:
        return [(upload, self.known.get(upload, UploadInfo(""))) for upload in self.data]


class Table(Asked):
    """Rows as cards; each row is filled in on a page of its own."""

    def __init__(self, spec: form.Field, cards: Sequence[Card], **kwargs: Any) -> None:
        super().__init__(spec, **kwargs)
        self.cards = cards

    def process_formdata(self, valuelist: list[str]) -> None:
        """Rows are not typed on this page."""


class Group(Asked, FormField):
    """Fields under one name: `berkas.f106`, `berkas.f106.nilai`."""

    def __init__(self, spec: form.Field, fields: Mapping[str, UnboundField], **kwargs: Any) -> None:
        super().__init__(spec, form_class=page_class(spec.id, fields), separator=".", **kwargs)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        given = data if isinstance(data, Mapping) else {}
        self.form = self.form_class(formdata, data=given, prefix=f"{self.name}.")

    @property
    def answer(self) -> dict[str, Any]:
        return {part.short_name: part.answer for part in self.form}


class Corrections(Group):
    """Answers of an earlier form, opened again: a field or a group of columns by path."""


class Judgement(Group):
    """A decision per document."""


class Wanted(Group):
    """Only the documents that were asked for again: uploads, by code."""
