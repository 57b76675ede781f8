"""`archive verify`: an archive that is gone or was changed is named."""

from flask import Flask
from sqlalchemy import select

from app.models import StoredFile
from app.services import store
from app.services.background import jobs
from app.services.records import archive
from tests.support.kasus import cast, go_to_archive, jam_uji, job_of, open_kk, publish


def run(app: Flask) -> tuple[int, str]:
    store.session.remove()
    result = app.test_cli_runner().invoke(args=["archive", "verify"])
    return result.exit_code, result.output


def test_arsip_yang_berubah_atau_hilang_disebut(sqlite_app: Flask) -> None:
    with jam_uji():
        people, version = cast(), publish()
        for _ in range(2):
            case_id = open_kk(people, version)
            go_to_archive(case_id, people)
            assert jobs.run_one(job_of(case_id, "otomatis").id)
    assert "Arsip utuh: 2 diperiksa." in run(sqlite_app)[1]
    kept = store.session.scalars(select(StoredFile.digest).where(StoredFile.mime == archive.MIME)).all()
    changed, gone = (store.files_dir / digest[:2] / digest[2:4] / digest for digest in kept)
    changed.write_bytes(changed.read_bytes()[:-1] + b"!")
    gone.unlink()
    code, told = run(sqlite_app)
    assert code == 1
    assert f"{changed.name}: Isinya bukan yang disimpan dulu." in told
    assert f"{gone.name}: Tidak ada di penyimpanan." in told
    assert "2 arsip diperiksa; 2 tidak utuh" in told
