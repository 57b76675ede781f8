"""No page and no service walks a table that grows: every statement they send is explained by the database itself."""

import io
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import AlurError
from app.domain.skm import KEYS
from app.domain.tanggal import local_date
from app.extensions import db
from app.models import (
    Absence,
    Case,
    CaseFigures,
    CaseNik,
    CaseNote,
    CaseTag,
    DataRequest,
    Delivery,
    Discussion,
    Draft,
    Event,
    Job,
    Mail,
    NameWord,
    Notice,
    OfficeLetter,
    Permohonan,
    Registration,
    SavedFilter,
    StandIn,
    StoredFile,
    Task,
    TaskAside,
    TaskFigures,
    Timer,
    Upload,
    User,
    new_id,
)
from app.services import clock, store
from app.services.accounts import absences, identities, inviting, particulars, people, rights, staff, walkins
from app.services.accounts.absences import Post
from app.services.background import jobs, timers
from app.services.counter import assistance, filing, papers
from app.services.delivery import attaching, data_incidents, old_cards, ready, staging
from app.services.delivery import runs as bulk_runs
from app.services.desk import asides, inbox, notes, priority, saved, tags
from app.services.desk.inbox_views import ANTREAN, Filters
from app.services.discussion import attachments, marks, posting
from app.services.flow import handing_over, published, tasks, withdrawal
from app.services.joining import applicant, confirming, registrations, selfies
from app.services.messages import outcomes
from app.services.messages.outcomes import News
from app.services.office import hours, taking
from app.services.oversight import gathering, sums
from app.services.paging import Cursor
from app.services.portal import consulting, drafts, portal_views, rating, status_check, uploads
from app.services.privacy import readers
from app.services.records import reads, refusals, seals
from app.services.rehearsal import invented
from app.services.signin import captcha, enrolment, forgotten, half_logins, passwords, sessions
from app.services.signing import batches, deciding, looking, sightings, signers, verifying, waiting
from app.services.work import unit_of_work
from tests import factories
from tests.support import akun, ponsel, surat, tanda
from tests.support.pendaftaran import DIRI, SANDI, secret_in
from tests.support.rencana import Sent, collecting, walks
from tools.bench import fill
from tools.bench.office import Office, Site
from tools.bench.sweep import WANTING

COPIES = 1500
SLUG = "kk-perubahan-data"
GOOD = {"periksa_berkas": {"keputusan": "lengkap"}, "verifikasi_draft": {"keputusan": "valid"}}

# What may read all of something, and why. A piece of the statement names it.
ALLOWED = {
    "GROUP BY tasks.unit": "a digest counts all that waits for one step, at two fixed times of a day, in a worker",
    "GROUP BY cases.version_id, tasks.step, tasks.unit": "counts all that is late, at most once an hour, in a worker",
    "GROUP BY tasks.step, tasks.queue": "/metrics counts all open tasks at each scrape, and there is no fewer",
    "GROUP BY jobs.kind": "/metrics counts all open and failed jobs at each scrape",
    "min(jobs.due_at)": "/metrics: the oldest open job nobody holds; PostgreSQL reads open jobs only, SQLite too",
    "jobs.kind = 'keterlambatan'": "the newest of a role, in an index of these jobs alone, a few in an hour at most",
    "jobs.failed_at IS NOT NULL ORDER BY jobs.failed_at": "failed letters, the oldest few; most of what fails",
    "data_requests.answered_at IS NULL ORDER BY": "what waits, a page of it, in an index of these alone",
    "DISTINCT tasks.claimed_by": "who has a task in hand now, in an index of those in hand alone",
    "GROUP BY task_figures.holder": "what officers have in hand now, in an index of these alone",
    "data_incidents.closed_at IS": "incidents are few; the open ones in an index of their own, of the others a page",
    "access_log.kind = 'ditolak' ORDER BY": "refusals, a page of them, in an index of these alone",
    "counters.name LIKE": "failures of the last windows, which the next failure deletes",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Site:
    site = Site(request.getfixturevalue(f"{request.param}_url"), tmp_path / "var")
    with site.open() as office:
        _furnish(office)
    site.analyze()
    return site


@pytest.mark.lambat
def test_tak_satu_perintah_pun_menyusuri_tabel_yang_tumbuh(site: Site) -> None:
    with site.open() as office:
        _make_some_due()
        with collecting(db.engine) as sent:
            _work(office)
    with site.app.app_context():
        engine = db.engine
    pages = _leaf_through(site, engine)
    found: list[str] = []
    with engine.connect() as connection:
        for sql, parameters in {**sent.statements, **pages.statements}.items():
            if any(piece in sql for piece in ALLOWED) or "pg_" in sql:
                continue
            for generic in (False, True) if site.database == "postgresql" else (False,):
                found += [f"{walk}\n    {sql}" for walk in walks(connection, sql, parameters, generic=generic)]
            connection.rollback()
    site.close()
    assert len(sent.statements) + len(pages.statements) > 100
    assert not found, "\n\n".join(dict.fromkeys(found))


def test_penyusuran_memang_dikenali(site: Site) -> None:
    with site.open(), db.engine.connect() as connection, collecting(db.engine) as sent:
        connection.execute(select(Task.id).where(Task.lane == "x")).all()
        connection.execute(select(Task.id).where(Task.closed_at.is_(None), Task.token == "x")).all()
        found = [walks(connection, sql, parameters) for sql, parameters in list(sent.statements.items())]
        assert [bool(each) for each in found] == [True, True]
    site.close()


def test_tugas_satu_kasus_dicari_pada_kasusnya_juga_tanpa_statistik(postgresql_url: str, tmp_path: Path) -> None:
    """A fresh PostgreSQL knows nothing of its tables; no other index may look as if it would do."""
    site = Site(postgresql_url, tmp_path / "var")
    with site.open() as office:
        case_id = office.case("buka_permohonan", {"jenis": "hilang"})
        fill.copy(case_id, 300, "K")
        task = office.open_task(case_id)
        with collecting(db.engine) as sent:
            tasks.claim(office.who(task), task.id)
        (lock,) = (sql for sql in sent.statements if "FOR UPDATE OF cases" in sql)
        with db.engine.connect() as connection:
            for generic in (False, True):
                assert walks(connection, lock, sent.statements[lock], generic=generic) == []
    site.close()


def _furnish(office: Office) -> None:
    """Cases in every state by the thousand, and what piles up around them."""
    waiting = office.case("buka_permohonan", {"jenis": "hilang"})
    fill.copy(waiting, COPIES, "A")
    held = office.case("verifikasi_draft", {"jenis": "hilang", "keputusan": "lengkap"})
    fill.copy(held, COPIES, "B")
    returned = office.case("periksa_berkas", {"jenis": "hilang"})
    office.go_round(returned, 5)
    task = office.open_task(returned)
    office.finish(returned, task.step, office.who(task), WANTING)
    fill.copy(returned, COPIES, "C")
    at = clock.now()
    person = {"user_id": office.subject.id, "title": "Kabar", "body": "", "created_at": at}
    with unit_of_work() as session:
        session.execute(update(Case).where(Case.number.like("B%")).values(ended_at=at))
        numbers = range(COPIES)
        session.execute(insert(Notice), [{"id": new_id(), "key": f"n{n}", **person, "read_at": at} for n in numbers])
        letters = [
            {"message_id": f"<{n}@x>", "to": "x", "subject": "", "body": "", "sent_at": at - timedelta(seconds=n)}
            for n in numbers
        ]
        session.execute(insert(Mail), letters)
        job = {"payload": {}, "due_at": at - timedelta(days=9), "created_at": at, "error": "", "attempts": 1}
        # Letters are the most of all: a page of notices asks for thirty, and must not find it cheaper to read them all.
        for name, ids in (
            ("failed_at", [_early(n) for n in numbers]),
            ("done_at", [_early(COPIES + n) for n in range(8 * COPIES)]),
        ):
            over = [{"id": one, "key": f"{name}{n}", "kind": "surat", **job, name: at} for n, one in enumerate(ids)]
            session.execute(insert(Job), over)
        gone = session.scalars(select(Job.id).where(Job.done_at.is_not(None))).all()
        ends = [
            {"job_id": one, "state": "terkirim", "round": 1, "to": "", "reason": "", "state_at": at} for one in gone
        ]
        session.execute(insert(Delivery), [{**end, "remote_id": f"wamid.{n}"} for n, end in enumerate(ends)])
        session.execute(insert(User), [_stranger(n) for n in range(8 * COPIES)])
        # Most cases have ended long ago; whoever reads all of them must find it dearer than the few that are asked for.
        version = session.get_one(Case, waiting).version_id
        session.execute(insert(Case), [_ended(n, version, at) for n in range(8 * COPIES)])
        session.execute(insert(NameWord), [{"word": f"orang{n}", "user_id": _early(n)} for n in numbers])
        page = {"slug": "kk-perubahan-data", "version_id": version, "answers": {}, "created_at": at, "updated_at": at}
        half = [{"id": new_id(), "owner_id": _early(n), **page} for n in numbers]
        session.execute(insert(Draft), half + [{**one, "id": new_id(), "subject_id": one["owner_id"]} for one in half])
        session.execute(insert(DataRequest), [_asked(n, office.subject.id) for n in numbers])
        copied = session.scalars(select(Case.id).where(Case.number.like("A%"))).all()
        _furnish_desks(session, copied, at)
        papers = [{"case_id": each, "jenis": "hilang", "draft_id": new_id()} for each in copied]
        session.execute(insert(Permohonan), [{**each, "receipt_token": new_id()} for each in papers])
        files = [{"digest": f"{n:064d}", "mime": "image/jpeg", "size": 1, "created_at": at} for n in numbers]
        session.execute(insert(StoredFile), files)
        sheet = {"owner_id": office.subject.id, "step": "isi_permohonan", "field": "f", "created_at": at}
        handed_in = zip(copied[:COPIES], files, strict=True)
        session.execute(
            insert(Upload), [{**sheet, "case_id": one, "digest": file["digest"]} for one, file in handed_in]
        )
        session.execute(insert(Registration), [_registration(n, files[n]["digest"]) for n in numbers])
        session.execute(insert(Absence), [_leave(n) for n in numbers])
        posts = [{"absence_id": _early(n), "role": "kasi", "substitute_id": _early(n), "form": "Plh."} for n in numbers]
        session.execute(insert(StandIn), posts)
        _furnish_figures(session, at)


def _furnish_figures(session: Session, at: datetime) -> None:
    """What was counted of a year: tasks and cases in every state, most of them over."""
    cases, tasks = [], []
    for n in range(4 * COPIES):
        opened, is_over = at - timedelta(hours=n), n % 4 > 0
        here = {"case_id": _early(n), "slug": SLUG, "unit": "340299", "opened_at": opened}
        ended = opened + timedelta(minutes=30) if is_over else None
        soon = {f"expect_{name}": opened + timedelta(days=1) for name in ("low", "mid", "high")}
        first = {"first_low": None, "first_high": None, "hit": None if n % 2 else True}
        days = {"opened_day": "", "ended_day": "", "channel": "mandiri", "number": f"X{n}", "result": "", "step": ""}
        kept = {"returns": 0, "elapsed_s": 0, "promise_at": opened, "kept": True, "expect_task": "", "samples": 20}
        cases.append({**here, "ended_at": ended, **soon, **first, **days, **kept, "will_break": n % 60 == 0})
        states = {
            "state": "selesai" if is_over else "antre",
            "holder": "" if is_over or n % 80 else "p",
            "to_end_s": 1 if is_over else None,
        }
        times = {"queue_s": 1, "handling_s": 1, "stopped_s": n % 50 == 1, "stops": {}}
        said = {"over_norm": n % 3 == 0, "returned": n % 9 == 0, "causes": "", "late_at": None if n % 20 else opened}
        step = {"task_id": _early(n), "step": "periksa_berkas", "closed_at": ended, "ended_at": ended}
        tasks.append({**here, **states, **times, **said, **step})
    session.execute(insert(CaseFigures), cases)
    session.execute(insert(TaskFigures), tasks)


def _furnish_desks(session: Session, cases: Sequence[str], at: datetime) -> None:
    """What officers keep beside cases, each by the thousand, all of it somebody else's."""
    session.execute(insert(CaseNik), [{"nik": f"34029901019{n:05d}", "case_id": one} for n, one in enumerate(cases)])
    worn = {"word": "perlu ditelepon", "by": _early(0), "at": at}
    session.execute(insert(CaseTag), [{"case_id": one, **worn} for one in cases])
    noted = {"by": _early(0), "at": at, "text": "", "salt": ""}
    session.execute(insert(CaseNote), [{"id": new_id(), "case_id": one, **noted} for one in cases])
    resting = session.execute(select(Task.id, Task.case_id).where(Task.closed_at.is_(None)).limit(COPIES)).all()
    until = {"owner_id": _early(0), "claimed_at": at, "until": at + timedelta(days=9), "reason": "", "at": at}
    session.execute(insert(TaskAside), [{"task_id": one.id, "case_id": one.case_id, **until} for one in resting])
    keeps = {"role": "", "name": "x", "asked": {"tampil": "antrean", "lewat": "1"}, "at": at}
    session.execute(insert(SavedFilter), [{"id": new_id(), "owner_id": _early(n), **keeps} for n in range(COPIES)])


def _stranger(number: int) -> dict[str, object]:
    person = {"name": f"Orang {number}", "password_hash": "!", "created_at": clock.now()}
    return {"id": _early(number), "email": f"orang-{number}@contoh.id", **person}


def _ended(number: int, version_id: str, at: datetime) -> dict[str, object]:
    person, ended = _early(number), at - timedelta(days=90, minutes=number)
    said = {"status": "Selesai", "outcome": "selesai", "about": "permohonan", "unit": "", "state": b"", "data": {}}
    when = {"status_at": ended, "opened_at": ended, "ended_at": ended}
    return {
        "id": _early(number),
        "number": f"Z{number}",
        "version_id": version_id,
        **{"subject_id": person, "opened_by": person},
        **said,
        **when,
    }


def _early(number: int) -> str:
    """An id before all real ones: whoever walks an index from its beginning meets these first, and knows the price.

    Were theirs the ids by chance, a walk that ends early would now and then be the cheapest plan.
    """
    return f"{number:022d}"


def _leave(number: int) -> dict[str, object]:
    """Of a stranger, on one day of the past years."""
    day = local_date(clock.now() - timedelta(days=number + 1))
    said = {"kind": "cuti", "made_by": _early(number), "made_at": clock.now()}
    return {"id": _early(number), "user_id": _early(number), "from_day": day, "until_day": day, **said}


def _asked(number: int, user_id: str) -> dict[str, object]:
    """All but a few of them answered."""
    at = clock.now() - timedelta(minutes=number)
    ended = at if number % 100 else None
    said = {"user_id": user_id, "kind": "koreksi", "text": "", "answer": "", "salt": ""}
    said["decision"] = "ditolak" if ended else ""
    return {"id": new_id(), "number": f"DP{number}", "at": at, "due_at": at, "answered_at": ended, **said}


def _registration(number: int, digest: object) -> dict[str, object]:
    said = {"name": "Orang", "nik": "0" * 16, "nomor_kk": "0" * 16, "phone": "628", "password_hash": "!"}
    kept = {"privacy": "", "whatsapp": "", "letters": 1, "letter_at": clock.now(), "created_at": clock.now()}
    return {"form_key": f"{number:064d}", "email": f"daftar-{number}@contoh.id", "selfie": digest, **said, **kept}


def _make_some_due() -> None:
    with unit_of_work() as session:
        for kind in ("norma", "bpmn", "pengingat"):
            some = session.scalars(select(Timer.id).where(Timer.kind == kind).limit(2)).all()
            assert some
            session.execute(update(Timer).where(Timer.id.in_(some)).values(due_at=clock.now()))


def _work(office: Office) -> None:
    """Everything that writes: a whole case and its side ways, what the sweeper and the workers do."""
    rng, subject = office.rng, office.subject
    with unit_of_work():
        for role in ("admin", "supervisor", "auditor"):
            people.add(store.session(), email=f"{role}@contoh.id", name=role, password_hash="!", roles=[(role, "")])
    other = next(one for one in office.cast.applicants if one.id != subject.id)
    case_id = invented.file_case(other, "kk-perubahan-data", rng, {"jenis": "hilang"})
    for _ in range(12):
        if not office.is_open(case_id):
            break
        open_task = office.open_task(case_id)
        who = office.who(open_task) if not office.procedure.steps[open_task.step].by_applicant else other
        if open_task.claimed_by is None and who is not other:
            tasks.claim(who, open_task.id)
            continue
        raw = invented.answers_for(who, open_task.id, rng, GOOD.get(open_task.step, {}))
        tasks.complete(who, open_task.id, open_task.version, new_id(), raw)
        _run_jobs()
    _at_counter(office)
    _release_and_withdraw(office)
    _rate(office)
    timers.sweep(clock.now())
    jobs.ring_due()
    tomorrow = clock.now() + timedelta(days=1)
    with clock.using(lambda: tomorrow):
        _run_jobs()
    _discuss(office, case_id, other)
    with suppress(AlurError):
        status_check.look("KK-2026-000001", "123456")
    consulting.kept_letters("KK-2026-000001")
    found = outcomes.job_of("wamid.1")
    assert found is not None
    assert outcomes.take(found[0], News(outcomes.BOUNCED))
    _send_results(office)
    seals.seal_what_is_due(clock.now())
    gathering.gather(clock.now(), 0)
    assert sums.renew_some()
    reads.forget_older_than(365)
    _sign_in(office)
    _register()
    _sign_letters(office)
    _change_calendar(office)
    _keep_people(office)


def _keep_people(office: Office) -> None:
    """Who is away, whose task goes to whom, who was turned away again and again."""
    task_id = office.open_task(office.case("buka_permohonan", {"jenis": "hilang"})).id
    boss, head = _of_office("admin"), _of_office("supervisor")
    first, second = [one for one in office.cast.officers if "petugas_layanan" in one.roles][:2]
    for to in (first, second):
        handing_over.assign(head, task_id, store.session.get_one(Task, task_id).version, to.id, "Bergantian.")
        store.session.rollback()
    version = store.session.get_one(Task, task_id).version
    handing_over.pass_on(second, task_id, version, first.id, "Kembali.")
    today = clock.today()
    absence = absences.record(boss, first.id, today, today, "cuti", "", [Post("petugas_layanan", second.id)])
    absences.hand_back_now(boss, absence)
    absences.end(boss, absence, "Kembali lebih awal.")
    guest = inviting.invite(boss, email="tamu@contoh.id", name="Tamu", phone="", roles=[("kasi", "")])
    inviting.invite_again(boss, guest)
    own = {"nik": "3402990101450045", "nomor_kk": "3402990101200044"}
    assert identities.record(boss, guest, **own)
    particulars.change(boss, guest, name="Tamu Baru", email="tamu2@contoh.id", phone="")
    staff.set_roles_of(boss, guest, [("kabid", "")])
    rights.end_sessions(boss, guest)
    rights.switch_off(boss, guest, "Selesai.")
    for number in range(refusals.BURST):
        reads.note_refusal(second, [f"{number}"], "GET /x", 403)
        refusals.watch(second)
    soon = clock.now() + timedelta(minutes=2)
    with clock.using(lambda: soon):
        _run_jobs()


def _send_results(office: Office) -> None:
    """Somebody's PDF comes with many, goes out with many, and turns out to be another's."""
    officer = next(one for one in office.cast.officers if "petugas_cetak" in one.roles)
    case_id = office.case("verifikasi_draft", {"jenis": "hilang", "keputusan": "lengkap"})
    for decision in ("valid", "ditandatangani"):
        task = office.open_task(case_id)
        office.finish(case_id, task.step, office.who(task), {"keputusan": decision})
    _run_jobs()
    number = str(store.session.get_one(Case, case_id).data["answers"]["isi_permohonan"]["nomor_kk"])
    staging.take(officer, "kk.pdf", io.BytesIO(tanda.signed_kk(number)))
    staging.forget_old(clock.now())
    attaching.attach(officer, [one.id for one in staging.listed(officer)])
    ids = [one.task_id for one in ready.listed(officer)]
    run_id = bulk_runs.start(officer, "kirim_kk", "Mengirim KK", ids or [new_id()], "kunci-massal", {})
    _run_jobs()
    bulk_runs.retry(officer, run_id)
    with suppress(AlurError):
        data_incidents.report(officer, case_id, "PDF tetangga.")
    _run_jobs()
    boss = _of_office("supervisor")
    for one in data_incidents.of_case(officer, case_id):
        with suppress(AlurError):
            data_incidents.close(boss, one.id, "Pemilik data diberi tahu lewat telepon.")
    with suppress(AlurError):
        old_cards.record(officer, case_id, local_date(clock.now()), "dimusnahkan", "")


def _sign_in(office: Office) -> None:
    """By all ways: after failures, with a code, with a new password."""
    with unit_of_work() as session:
        hashed, email = factories.password_hash(), "masuk@contoh.id"
        who = people.as_actor(people.add(session, email=email, name="M", password_hash=hashed, roles=[("kasi", "")]))
    with suppress(AlurError):
        people.authenticate(email, "salah", "192.0.2.7")
    people.has_failed_often(email, "192.0.2.7")
    people.is_demo(email)
    here = sessions.begin(who)
    secret, _ = ponsel.put_on(who)
    tomorrow = clock.now() + timedelta(days=1)
    with clock.using(lambda: tomorrow):
        ticket = half_logins.begin(people.authenticate(email, factories.PASSWORD, "192.0.2.7"))
        with suppress(AlurError):
            half_logins.finish(ticket, recovery_code="x")
        half_logins.finish(ticket, code=ponsel.code(secret))
        here = sessions.begin(who, second_step=True)
        sessions.note_use(here)
        sessions.sign_out_everywhere(who, but=here)
        passwords.change(who, factories.PASSWORD, "kalimat sandi lain", here)
        enrolment.new_recovery_codes(who, "kalimat sandi lain")
        enrolment.reset(SYSTEM, who.id)
        forgotten.ask(email, "192.0.2.7")
        posed = captcha.pose("lupa-sandi", "b" * 32, clock.now() - timedelta(seconds=9))
        with suppress(AlurError):
            captcha.check("lupa-sandi", "b" * 32, posed.token, "entah", "", clock.now())


def _at_counter(office: Office) -> None:
    """Somebody without an account is found, begun for, and has an account later."""
    officer = next(one for one in office.cast.officers if "petugas_layanan" in one.roles)
    nik, given = "3402990101450044", {"nama": "Mbah Karso", "nomor_kk": "3402990101200044", "cocok": "ya"}
    counter = assistance.counters_of(officer)[0][0]
    for _ in range(2):
        draft_id = filing.begin(officer, filing.find(officer, nik), "kk-perubahan-data", counter, given)
    drafts.for_others(officer)
    filing.filed_lately(officer)
    subject = drafts.load(officer, draft_id).subject_id
    papers.of_person(officer, subject)
    papers.of_person(officer, office.subject.id)
    readers.mine(office.subject)
    with unit_of_work() as session:
        made = people.add(session, email="karso@contoh.id", name="K", password_hash="!", roles=[("pemohon", "")])
        walkins.hand_over(session, nik, made.id, clock.now())


def _release_and_withdraw(office: Office) -> None:
    officer = next(one for one in office.cast.officers if "petugas_layanan" in one.roles)
    row = inbox.page(officer, ANTREAN, Filters(step="buka_permohonan")).rows[0]
    held = tasks.claim(officer, row.task_id).task_id
    _keep_beside(officer, held, row.case_id)
    task = store.session.get_one(Task, held)
    case_id, version = task.case_id, task.version
    with suppress(AlurError):
        uploads.receive(officer, field="berkas.ktp", stream=io.BytesIO(factories.photo()), task_id=held)
    tasks.release(officer, held, version, "Istirahat")
    with suppress(AlurError):
        withdrawal.withdraw(office.subject, case_id, new_id(), "Tidak jadi")


def _keep_beside(officer: Actor, task_id: str, case_id: str) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    asides.put(officer, task_id, tomorrow, "Menunggu")
    asides.bring_back(officer, task_id)
    asides.put(officer, task_id, tomorrow, "Menunggu")
    notes.write(officer, case_id, "Ditelepon", new_id())
    tags.put_on(officer, case_id, "keluarga pindah")
    tags.take_off(officer, case_id, "keluarga pindah")
    priority.turn(officer, case_id, on=True, reason="Sakit")
    for role in ("", "petugas_layanan"):
        saved.save(officer, "Prioritas", ANTREAN, Filters(tag="prioritas"), role)


def _rate(office: Office) -> None:
    ended = portal_views.my_cases(office.subject, portal_views.ENDED).cards[0]
    rating.rate(office.subject, ended.id, dict.fromkeys(KEYS, "4"))


def _discuss(office: Office, case_id: str, resident: Actor) -> None:
    """Both sides write, with a file, in a case that was worked on and in one that nobody has touched."""
    officer = next(one for one in office.cast.officers if "petugas_layanan" in one.roles)
    untouched = invented.file_case(resident, "kk-perubahan-data", office.rng, {"jenis": "hilang"})
    for at in (case_id, untouched):
        file_id = attachments.receive(resident, at, io.BytesIO(factories.photo()))
        posting.post(resident, at, "Halo?", [file_id], new_id(), 0)
        posting.post(officer, at, "Ya, Bu.", (), new_id(), 1)
        marks.mark_read(resident, at, 2)
        posting.post(officer, at, "Ada lagi?", (), new_id(), 2)
        posting.post(resident, at, "Ada.", (), new_id(), 3)
    for minutes in (16, 32):
        later = clock.now() + timedelta(minutes=minutes)
        with clock.using(lambda at=later: at):  # type: ignore[misc]
            _run_jobs()
    attachments.forget_unsent(clock.now())


def _sign_letters(office: Office) -> None:
    """A letter asked for, drawn, sent back, seen and signed; what failed asked for once more."""
    published.publish(SYSTEM, surat.files())
    case_id = invented.file_case(office.subject, surat.SLUG, office.rng)
    head = next(one for one in office.cast.officers if "kepala_dinas" in one.roles)
    signers.local().create(signers.signatory(head.id), surat.PASSPHRASE, "Kantor")
    for step, decision in (("periksa_surat", "buat"), ("verifikasi_surat", "valid")):
        _do_as_any(office, case_id, step, decision)
        _run_jobs()
    for decision in ("dikembalikan", "ditandatangani"):
        store.session.rollback()
        (row,) = [one for one in waiting.load(head, surat.STEP).rows if one.what.row.case_id == case_id]
        chosen = [(row.what.row.task_id, row.what.row.version)]
        if decision == "dikembalikan":
            deciding.send_back(head, surat.STEP, chosen, new_id(), "Belum jelas")
            _do_as_any(office, case_id, "verifikasi_surat", "valid")
            continue
        batch = batches.begin(head, surat.STEP, chosen, new_id())  # not seen, so it fails
        with suppress(AlurError):  # no page of it was displayed
            looking.note(head, surat.STEP, row.what.row.task_id, row.digest)
        sightings.note(head, surat.STEP, row.what.row.task_id, row.digest)
        batches.again(head, batch)
        assert batches.proceed(head, batch, "salah-salah").stopped
        assert batches.proceed(head, batch, surat.PASSPHRASE).done == 1
        batches.subjects(head, batch)
    token = store.session.scalars(select(OfficeLetter.token).where(OfficeLetter.case_id == case_id)).one()
    assert verifying.letter(token) is not None
    with unit_of_work() as session:  # its time is over
        digest = session.scalars(
            delete(Upload).where(Upload.case_id == case_id, Upload.step == surat.STEP).returning(Upload.digest)
        ).one()
    (store.files_dir / digest[:2] / digest[2:4] / digest).unlink()
    assert verifying.letter(token) is not None


def _do_as_any(office: Office, case_id: str, step: str, decision: str) -> None:
    store.session.rollback()
    task = store.session.scalars(
        select(Task).where(Task.case_id == case_id, Task.step == step, Task.closed_at.is_(None))
    ).one()
    task_id, version, roles = task.id, task.version, set(task.queue.split("|"))
    held = task.claimed_by
    who = next(one for one in office.cast.officers if one.roles & roles and held in (None, one.id))
    if held is None:
        tasks.claim(who, task_id)
        version += 1
    raw = invented.answers_for(who, task_id, office.rng, {"keputusan": decision})
    tasks.complete(who, task_id, version, new_id(), raw)


def _register() -> None:
    """From the form to the account, with what is kept of it and forgotten."""
    akun.publish()
    selfie = selfies.opened(selfies.receive(io.BytesIO(factories.photo())))
    own = registrations.submit(applicant.read(DIRI, clock.today()), SANDI, selfie, whatsapp=True, once=new_id())
    assert registrations.find(DIRI["email"], SANDI).id == own
    later = clock.now() + timedelta(minutes=2)
    with clock.using(lambda: later):
        registrations.change_address(own, "lain@contoh.id")
        letter = store.session.scalars(select(Job.payload).where(Job.key == f"surat:daftar:{own}:2")).one()
        confirming.confirm(secret_in(letter["path"]), own=own)
    registrations.forget_older_than(clock.now() + timedelta(days=8))


def _change_calendar(office: Office) -> None:
    """Close the office for weeks, and count one batch of open due dates anew."""
    admin = people.as_actor(store.session.scalars(select(User).where(User.email == "admin@contoh.id")).one())
    weeks = "\n".join(f"{clock.today() + timedelta(days=n)} Libur setempat" for n in range(-29, 30))
    planned = hours.plan(admin, {"ubah": "libur", "jenis": "libur_setempat", "banyak": weeks})
    hours.save(admin, planned, planned.base, "Edaran bupati.")
    clock.follow(None)
    # Copies of cases are shifted by seconds, so only this one stands where a calendar put it.
    fresh = office.case("buka_permohonan", {"jenis": "hilang"})
    clock.follow(planned.book.calendar())
    counting = store.session.scalars(select(Job.id).where(Job.key == "kalender:1:1:")).one()
    with unit_of_work() as session:
        session.execute(
            update(Job).where(Job.id == counting).values(payload={**hours.job_payload(1), "sesudah": fresh[:-1]})
        )
    soon = clock.now() + timedelta(minutes=1)
    with clock.using(lambda: soon):
        assert jobs.run_one(counting)
    verbs = store.session.scalars(select(Event.verb).where(Event.stream == f"kasus:{fresh}")).all()
    assert "batas_bergeser" in verbs
    taking.reset()


def _run_jobs() -> None:
    for job_id in list(jobs.due_job_ids(clock.now())):
        jobs.run_one(job_id)


def _leaf_through(site: Site, engine: Engine) -> Sent:
    """Every list and every page that shows a case."""
    with site.open() as office:
        officers = {role: one for one in office.cast.officers for role in one.roles}
        free = select(Task.id).where(Task.closed_at.is_(None), Task.step == "buka_permohonan").limit(1)
        task_id = store.session.scalars(free).one()
        case_id = store.session.scalars(select(Case.id).where(Case.number.like("C%")).limit(1)).one()
        permohonan = store.session.scalars(select(Permohonan).limit(1)).one()
        subject, middle = office.subject, _cursor(office)
        name, own_nik = subject.name, store.session.get_one(User, subject.id).nik
        filed, token = permohonan.case_id, permohonan.receipt_token
        owner = office.cast.who(store.session.get_one(Case, filed).subject_id)
        talked = store.session.scalars(select(Discussion.case_id).limit(1)).one()
        writer = office.cast.who(store.session.get_one(Case, talked).subject_id)
        admin, examiner, chief = (_of_office(role) for role in ("admin", "auditor", "supervisor"))
    officer, resident, boss = (site.browser(one) for one in (officers["petugas_layanan"], subject, admin))
    printer = site.browser(officers["petugas_cetak"])
    overseer = site.browser(chief)
    head, applicant, talker = (site.browser(one) for one in (officers["kepala_dinas"], owner, writer))
    auditor, middle_of_log = site.browser(examiner), Cursor("p", clock.now(), "900")
    views = ("antrean", "tugas-saya", "menunggu-pemohon", "selesai-hari-ini")
    narrow = ("&langkah=periksa_berkas", "&layanan=kk-perubahan-data", "&lewat=1", "&jenis=hilang")
    filters = ("", *narrow, "&tanda=prioritas", "&tanda=perlu ditelepon")
    with collecting(engine) as sent:
        _get(officer, *(f"/inbox?tampil={view}{asked}" for view in views for asked in filters))
        _get(officer, "/loket")
        _get(
            overseer, "/inbox/bagi", "/inbox/bagi?langkah=verifikasi_draft", "/inbox/bagi?langkah=kirim_kk&unit=340299"
        )
        _get(boss, "/admin/petugas", f"/admin/petugas?cari=a&peran=kasi&sesudah={admin.id}", "/admin/petugas/baru")
        _get(boss, f"/admin/petugas/{admin.id}", "/admin/cuti", f"/admin/cuti/baru?petugas={admin.id}")
        _get(boss, f"/admin/cuti?sesudah={Cursor('c', clock.now() - timedelta(days=60), 'z')}", "/admin/penolakan")
        _get(boss, f"/admin/penolakan?sebelum={Cursor('r', clock.now() - timedelta(hours=9), '900')}")
        officer.post("/loket", data={"nik": "3402990101450044"})
        _get(officer, f"/inbox?sesudah={middle}", f"/tugas/{task_id}", f"/tugas/{task_id}/riwayat?sebelum=3")
        shown = "".join(f"&t={one}" for one in (task_id, "2" * 22))
        _get(officer, f"/inbox/kabar?awal=1{shown}", "/inbox/kabar?tampil=tugas-saya")
        searches = (name, "Orang 12", "KK-2026-0001", "12", "zzz")
        _get(officer, *(f"/inbox/cari?q={said}" for said in searches))
        for nik in (own_nik, "3402995207900099"):
            officer.post("/inbox/cari", data={"cari": nik, "tujuan": "loket"})
        _get(resident, "/konsultasi", f"/konsultasi?sesudah={Cursor('p', clock.now(), case_id)}")
        _get(head, "/kepuasan?semester=2", "/inbox", "/tanda-tangan/tanda_tangan_kk", "/notifikasi")
        _get(resident, "/", "/permohonan", "/permohonan/riwayat", "/permohonan/riwayat?cari=C1", "/notifikasi")
        _get(resident, f"/permohonan/riwayat?status=Selesai&sesudah={Cursor('berjalan', clock.now(), case_id)}")
        _get(resident, f"/permohonan/{case_id}", f"/permohonan/{case_id}/riwayat?sebelum=9", "/pengaturan", "/layanan")
        _get(resident, "/pengaturan/sesi", "/pengaturan/kata-sandi", "/lupa-sandi")
        _get(officer, f"/diskusi/{talked}?sebelum=9", "/jawaban-siap")
        _get(talker, f"/diskusi/{talked}", f"/permohonan/{talked}", "/permohonan")
        _get(applicant, f"/permohonan/{filed}/bukti.pdf", f"/verifikasi?t={token}", f"/permohonan/{filed}")
        _get(resident, "/notifikasi?tampil=belum")
        resident.post("/notifikasi")
        _get(resident, "/pengaturan/data", f"/pengaturan/data/dilihat?permohonan={case_id}", "/pengaturan/data/minta")
        _get(resident, f"/pengaturan/data/dilihat?sesudah={Cursor('p', clock.now(), '900')}", "/pengaturan/email")
        _get(printer, "/cetak", "/cetak/unggah", "/cetak/kirim", "/cetak/arsip/arsipkan", "/insiden-data")
        _get(printer, f"/kk-lama/{case_id}")
        printer.post("/cetak/unggah", data={"pdf": (io.BytesIO(tanda.signed_kk("3402990909090123")), "kk.pdf")})
        _get(boss, "/data-warga", "/data-warga?tampil=dijawab", "/readyz")
        _get(
            boss,
            "/admin/kalender",
            "/admin/kantor",
            "/admin/pemberitahuan",
            "/admin/daftar-kode",
            "/admin/daftar-kode/agama",
            "/admin",
            "/admin/sistem",
            "/admin/pengumuman",
            "/admin/kiriman",
            "/admin/kiriman?saluran=surat",
        )
        late = str(Cursor("k", clock.now(), case_id))
        _get(boss, f"/admin/kiriman?sesudah={late}", f"/admin/kiriman?keadaan=tertunda&sesudah={late}")
        _get(
            boss,
            "/admin/kiriman?keadaan=tertunda",
            "/pengaturan/dua-langkah",
            "/admin/insiden",
            "/peragaan/surat",
            "/healthz",
        )
        _get(auditor, "/audit", "/audit/kantor", "/audit/kantor?sebelum=3", f"/audit/akun/{owner.id}")
        _get(auditor, f"/audit/kasus/{case_id}?sebelum=9", f"/audit/kasus/{case_id}/pembaca?sesudah={middle_of_log}")
        _get(auditor, f"/audit/akun/{admin.id}/membaca", f"/audit/akun/{admin.id}/membaca?sesudah={middle_of_log}")
        for sought in ("C1", "0" * 16, "admin@contoh.id", "admin"):
            assert auditor.post("/audit/cari", data={"cari": sought, "tujuan": "berkala"}).status_code == 200
        for asked in ("periksa", "ekspor"):
            assert auditor.post(f"/audit/{asked}").status_code == 302
    return sent


def _of_office(role: str) -> Actor:
    return people.as_actor(store.session.scalars(select(User).where(User.email == f"{role}@contoh.id")).one())


def _cursor(office: Office) -> str:
    officer = next(one for one in office.cast.officers if "petugas_layanan" in one.roles)
    return str(inbox.page(officer, ANTREAN, Filters(), size=5).next)


def _get(browser: object, *paths: str) -> None:
    get: Callable[..., object] = browser.get  # type: ignore[attr-defined]
    for path in paths:
        answer = get(path)
        assert answer.status_code == 200, (path, answer.status)  # type: ignore[attr-defined]
