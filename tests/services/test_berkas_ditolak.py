"""A file that is refused leaves nothing behind: no row, no bytes."""

import io
from collections.abc import Iterator

import pytest
from flask import Flask

from app.domain.actors import Actor
from app.domain.errors import UploadRefused
from app.services import store
from app.services.portal import drafts, uploads
from tests import factories
from tests.support import berkas_jahat as jahat
from tests.support.kantor import snapshot
from tests.support.kasus import SLUG, cast, jam_uji, publish

SLOW = ("benda", "isi ", "utuh")
QUICK = {name: one for name, one in {**jahat.POLYGLOT, **jahat.PDF}.items() if not any(word in name for word in SLOW)}
REFUSED = {name: one for name, one in QUICK.items() if one.refused}


@pytest.fixture
def sari(sqlite_app: Flask) -> Iterator[Actor]:
    with jam_uji():
        publish()
        yield cast()["bu_sari"]


def _stored() -> list[str]:
    return sorted(str(path) for path in (store.data_dir / "berkas").rglob("*") if path.is_file())


def test_berkas_yang_ditolak_tidak_meninggalkan_baris_maupun_bita(sari: Actor) -> None:
    draft_id = drafts.start(sari, SLUG)
    before = snapshot(), _stored()
    for name, sample in REFUSED.items():
        with pytest.raises(UploadRefused):
            uploads.receive(sari, field="f106", stream=io.BytesIO(sample.make()), draft_id=draft_id)
        assert (snapshot(), _stored()) == before, name
    uploads.receive(sari, field="f106", stream=io.BytesIO(factories.heic()), draft_id=draft_id)
    assert len(_stored()) == 1
