"""What must hold of the assembled application: every route says who may enter, the tables match the models."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.cli.database import upgrade
from app.domain.actors import ROLES
from app.extensions import db
from app.models import Base
from app.web.security import policy
from tests.pintu.rute import TABLE, routes
from tests.support import databases


def test_setiap_rute_menyatakan_siapa_yang_boleh_masuk(site: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in site.url_map.iter_rules()
        if not _is_access(getattr(site.view_functions[rule.endpoint], "access", None))
    ]
    assert silent == []


def _is_access(access: object) -> bool:
    if isinstance(access, frozenset):
        return bool(access) and access <= set(ROLES)
    return access in {"public", "signed_in"}


def test_rute_yang_tidak_umum_menolak_yang_belum_masuk(site: Flask, client: FlaskClient) -> None:
    """Without a session, every closed route sends to /masuk, whatever its method."""
    for rule in site.url_map.iter_rules():
        view = site.view_functions[rule.endpoint]
        if view.access == "public":
            continue
        address = site.test_request_context().request.url_root[:-1] + _example(rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = client.open(address, method=method)
            assert answer.status_code == 302, f"{method} {rule.rule}"
            assert answer.location.startswith("/masuk"), f"{method} {rule.rule}"


def _example(rule: str) -> str:
    inside = False
    out = []
    for sign in rule:
        if sign == "<":
            inside = True
            out.append("1")
        elif sign == ">":
            inside = False
        elif not inside:
            out.append(sign)
    return "".join(out)


def test_setiap_rute_ada_di_tabel_pintu(site: Flask) -> None:
    """tests/pintu/rute.py says of every route and method whose it is; a new one fails here by name until it does."""
    assert sorted(set(routes(site)) ^ set(TABLE)) == []


def test_get_tidak_menerima_perubahan(site: Flask) -> None:
    """A route either shows or changes: none accepts GET and a changing method in one view without saying so by name."""
    for rule in site.url_map.iter_rules():
        assert not ({"PUT", "DELETE", "PATCH"} & (rule.methods or set())), rule.rule


def test_csrf_diperiksa_pada_setiap_kiriman(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    answer = site.test_client().post("/masuk", data={"email": "sari@contoh.id"})
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in answer.text


def test_migrasi_satu_garis() -> None:
    script = ScriptDirectory(str(Path(__file__).parents[2] / "app" / "migrations"))
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    assert all(len(revision._all_down_revisions) <= 1 for revision in script.walk_revisions())


def test_migrasi_dari_kosong_sama_dengan_model_sqlite(tmp_path: Path) -> None:
    _migrate_and_compare(f"sqlite:///{tmp_path / 'kosong.db'}", tmp_path)


def test_migrasi_dari_kosong_sama_dengan_model_postgresql(
    postgresql_template: databases.PostgresTemplate, tmp_path: Path
) -> None:
    url = postgresql_template.empty()
    _migrate_and_compare(url, tmp_path)
    postgresql_template.drop(url)


def _migrate_and_compare(url: str, folder: Path) -> None:
    app = create_app(databases.config_for(url, folder))
    with app.app_context():
        upgrade(db.engine, folder)
        upgrade(db.engine, folder)
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = [str(difference)[:120] for difference in compare_metadata(context, Base.metadata)]
        db.engine.dispose()
    assert differences == [], "run `make migration m=…`"


@pytest.mark.parametrize("path", ["/", "/inbox", "/tugas/x", "/studiox"])
def test_csp_tanpa_unsafe_di_luar_studio(path: str) -> None:
    assert "unsafe" not in policy(path)


def test_csp_studio_hanya_melonggarkan_atribut_gaya() -> None:
    assert policy("/studio/x").replace("style-src-attr 'unsafe-inline'", "").count("unsafe") == 0


def test_setiap_jawaban_membawa_kepala_keamanan(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": "3402990101900001"})
    assert answer.headers["Content-Security-Policy"] == policy("/healthz")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-ID"] != "3402990101900001"
