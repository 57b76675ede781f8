"""The sweeper process: `python -m app.jobs.sweeper`. Each second, fires due timers and rings for due jobs; seals."""

import logging
import threading

from app.jobs import loop, pulse
from app.jobs.run import application
from app.services import clock
from app.services.auditing import runs
from app.services.background import jobs, tidying, timers
from app.services.delivery import staging
from app.services.discussion import attachments
from app.services.joining import faces, registrations
from app.services.office import taking
from app.services.operations.heartbeats import SWEEPER
from app.services.oversight import gathering
from app.services.privacy import papers
from app.services.records import reads, seals
from app.services.signin import tokens

PAUSE_SECONDS = 1.0

log = logging.getLogger("alur.jobs.sweeper")
_sealing = loop.Every(seals.PERIOD.total_seconds())
_counting = loop.Every(gathering.PERIOD.total_seconds())
_tidying = loop.Every(24 * 3600.0)


def sweep() -> int:
    """One round; how many timers it handled, so that a full round is followed by the next at once."""
    with application().app_context():
        taking.refresh()
        fired = timers.sweep(clock.now())
        jobs.ring_due()
        if _sealing.is_due():
            seals.seal_what_is_due(clock.now())
        if _counting.is_due() and not gathering.gather(clock.now()):
            _counting.again()
        reads.forget_older_than(application().config["ALUR"].retention.access)
        if _tidying.is_due():
            tidying.forget_old_drafts(clock.now(), application().config["ALUR"].retention.draft)
            attachments.forget_unsent(clock.now())
            registrations.forget_older_than(clock.now())
            faces.forget(clock.now(), application().config["ALUR"].retention.selfie)
            kept = application().config["ALUR"].retention
            staging.forget_old(clock.now())
            papers.forget(clock.now(), unfinished=kept.unfinished, finished=kept.finished)
            tidying.discard_unused_files()
            tokens.forget_older_than(clock.now())
            runs.forget_exports(clock.now())
        return fired


def main() -> None:
    stop = threading.Event()
    loop.stop_on_signals(stop)
    application()
    log.info("sweeper started")
    with pulse.beating(SWEEPER) as beat:
        loop.repeat(sweep, stop, PAUSE_SECONDS, beat)


if __name__ == "__main__":
    main()
