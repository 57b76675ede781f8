"""Objections to a block: by its owner who signs in, or by whoever knows the number of the block, without an account."""

from collections.abc import Mapping

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.domain.tanggal import format_time
from app.services import clock
from app.services.accounts import people, writers
from app.services.accounts.writers import Writer
from app.services.joining import blocks, proposals
from app.services.joining.proposals import OBJECT
from app.services.signin import throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

UNKNOWN = "Nomor ini tidak kami kenal. Lihat email pemblokiran, atau tanyakan di Loket Aduan."


def mine(actor: Actor) -> str | None:
    """The number of the actor's open objection."""
    return proposals.open_number(OBJECT, actor.id)


def file(actor: Actor, words: str) -> str:
    """By the owner of the account; the number of the objection. Raises NotFound (not blocked), InvalidInput."""
    block = blocks.of(actor.id)
    if block is None:
        raise NotFound
    beginning = proposals.prepared(OBJECT, {"nomor_blokir": block.number, "uraian": words})
    with unit_of_work() as session:
        return proposals.begin(session, actor, beginning, actor.id, unit="", at=clock.now())


def file_without_account(given: Mapping[str, str], address: str = "") -> str:
    """`given`: nama, email, nomor_hp, nomor_blokir, uraian, as typed. The answer goes to that e-mail.

    Raises InvalidInput, TooManyAttempts. `address`: of the network, for the limit only.
    """
    number, at = given["nomor_blokir"].strip().upper()[:24], clock.now()
    limits = [Limit(f"keberatan {throttle.place(address)}", 10), Limit(f"keberatan nomor {number}", 5)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak percobaan. Coba lagi pukul {format_time(until)}.")
    writer = _writer(given, number)
    beginning = proposals.prepared(OBJECT, {"nomor_blokir": number, "uraian": given["uraian"]})
    with unit_of_work() as session:
        person = people.add_without_account(session, name=writer.name, phone=writer.phone, contact=writer.email)
        return proposals.begin(session, people.as_actor(person), beginning, person.id, unit="", at=at)


def _writer(given: Mapping[str, str], number: str) -> Writer:
    writer, errors = writers.read(given)
    if not given["uraian"].strip():
        errors["uraian"] = ["Isi mengapa Anda keberatan."]
    if blocks.by_number(number) is None:
        errors["nomor_blokir"] = [UNKNOWN]
    if errors or writer is None:
        raise InvalidInput(errors)
    return writer
