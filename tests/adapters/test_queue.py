"""The bell on a real Redis: heard once, and silent without harm when there is no Redis."""

import time
from pathlib import Path

from redis import Redis

from app.adapters import queue, redis_child


def waiting(url: str) -> int:
    return int(Redis.from_url(url).llen(f"rq:queue:{queue.QUEUE}"))


def test_satu_pekerjaan_hanya_sekali_di_antrean(redis_url: str) -> None:
    bell = queue.RedisBell(redis_url)
    for _ in range(5):
        bell.ring("kerja-1")
    bell.ring("kerja-2")
    assert waiting(redis_url) == 2


def test_sesudah_redis_dikosongkan_bel_dapat_dibunyikan_lagi(redis_url: str) -> None:
    bell = queue.RedisBell(redis_url)
    bell.ring("kerja-1")
    Redis.from_url(redis_url).flushall()
    bell.ring("kerja-1")
    assert waiting(redis_url) == 1


def test_redis_yang_mati_tidak_mengganggu_dan_tidak_dicoba_terus(tmp_path: Path) -> None:
    bell = queue.RedisBell(f"unix://{tmp_path / 'tidak-ada.sock'}")
    started = time.monotonic()
    for number in range(200):
        bell.ring(f"kerja-{number}")
    assert time.monotonic() - started < 2


def test_tanpa_alamat_redis_belnya_diam() -> None:
    queue.make_bell("").ring("kerja-1")


def test_soket_selalu_cukup_pendek(tmp_path: Path) -> None:
    deep = tmp_path / ("folder" * 20)
    assert len(str(redis_child.socket_path(deep))) <= 100
    assert redis_child.socket_path(Path("/srv/alur")) == Path("/srv/alur/redis.sock")
