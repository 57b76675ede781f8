"""One running site and one Chromium for the browser tests of a group; a fresh window for each person who needs one."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, expect, sync_playwright
from sqlalchemy import select

from app.models import User
from app.services import store
from app.services.accounts import people
from app.services.portal import drafts, submissions
from app.services.signin import hashing
from app.services.work import unit_of_work
from tests.conftest import chromium
from tests.e2e.langkah import ORANG, SANDI, masuk
from tests.e2e.situs import Situs, inside, running_site
from tests.support.draf import fill_hilang, fill_perubahan_lengkap

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The tests run beside others, and the machine may be a slow one.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)

Jendela = Callable[..., Page]


@pytest.fixture(scope="session")
def situs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Situs]:
    with running_site(tmp_path_factory.mktemp("situs")) as situs:
        yield situs


@pytest.fixture(scope="session")
def peramban() -> Iterator[Browser]:
    program = chromium()
    assert program is not None, "no Chromium on PATH (Debian: apt-get install chromium)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sesi(situs: Situs, peramban: Browser) -> Callable[[str], StorageState]:
    """Cookies of a person of the cast; each logs in once."""
    known: dict[str, StorageState] = {}

    def of(orang: str) -> StorageState:
        if orang not in known:
            context = peramban.new_context(base_url=situs.url)
            masuk(context.new_page(), ORANG[orang])
            known[orang] = context.storage_state()
            context.close()
        return known[orang]

    return of


@pytest.fixture(scope="session")
def bu_anis(situs: Situs) -> str:
    """Somebody who is both petugas layanan and kasi: nobody of the demonstration is, and then four eyes matter."""
    with inside(situs), unit_of_work() as session:
        people.add(
            session,
            email=ORANG["bu_anis"],
            name="Anis Rahmasari",
            password_hash=hashing.digest(SANDI),
            roles=[("petugas_layanan", ""), ("kasi", "")],
            demo=True,
        )
    return "bu_anis"


@pytest.fixture
def kk_hilang(situs: Situs) -> str:
    """Number of a permohonan of Bu Lestari's, just sent: filing it in the browser is for a test of its own."""
    with inside(situs):
        lestari = people.as_actor(store.session.scalars(select(User).where(User.email == ORANG["bu_lestari"])).one())
        draft_id = fill_hilang(lestari)
        version = drafts.load(lestari, draft_id).version
        return submissions.submit(lestari, draft_id, version, confirmed=True).number


@pytest.fixture
def kk_perubahan(situs: Situs) -> str:
    """The same with one datum changed, of Bu Sari's; she sent it twice, and this is the second."""
    with inside(situs):
        sari = people.as_actor(store.session.scalars(select(User).where(User.email == ORANG["bu_sari"])).one())
        numbers = []
        for _ in range(2):
            draft_id = fill_perubahan_lengkap(sari)
            version = drafts.load(sari, draft_id).version
            numbers.append(submissions.submit(sari, draft_id, version, confirmed=True).number)
        return numbers[-1]


@pytest.fixture
def jendela(situs: Situs, peramban: Browser, sesi: Callable[[str], StorageState]) -> Iterator[Jendela]:
    """`jendela("bu_sari", lebar=360, js=False)`: a window in which that person is signed in ("" = nobody)."""
    opened: list[BrowserContext] = []

    def open_for(orang: str = "", *, lebar: int = 1280, js: bool = True) -> Page:
        context = peramban.new_context(
            base_url=situs.url,
            viewport={"width": lebar, "height": 740 if lebar < 600 else 900},
            java_script_enabled=js,
            storage_state=sesi(orang) if orang else None,
            reduced_motion="reduce",
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        return context.new_page()

    yield open_for
    for context in opened:
        context.close()
