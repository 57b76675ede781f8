"""Reports of carriers about our messages: WhatsApp's webhook, and mail that comes back."""

import logging

from app.adapters import dsn, whatsapp_cloud
from app.adapters.whatsapp_cloud import Account, Report
from app.services.messages import outcomes, outgoing
from app.services.messages.outcomes import News

log = logging.getLogger("alur.kiriman")

MOST = 500
_STATES = {
    "sent": outcomes.SENT,
    "delivered": outcomes.DELIVERED,
    "read": outcomes.READ,
    "failed": outcomes.FAILED,
}


def from_whatsapp(account: Account, body: bytes) -> int:
    """The body of a webhook call whose signature was checked; how many of its reports told something new."""
    found = whatsapp_cloud.reports(account, body)[:MOST]
    return sum(_take(report) for report in found if report.status in _STATES)


def from_mail(raw: bytes) -> int:
    """One mail of the mailbox that bounces come back to; how many letters of ours it says did not arrive.

    A mail that is only delayed, and any other mail, tells nothing.
    """
    taken = 0
    for one in dsn.read(raw):
        ours = outgoing.read_message_id(one.message_id)
        if ours is None or not one.did_not_arrive:
            continue
        reason = f"email kembali: penerimanya tidak dapat dicapai ({one.status or 'tanpa kode'})"
        taken += outcomes.take(ours[0], News(outcomes.BOUNCED, ours[1], reason=reason))
    log.info("bounces taken: %d", taken)
    return taken


def _take(report: Report) -> bool:
    job_id, round = outgoing.read_reference(report.reference)
    if not report.reference:
        known = outcomes.job_of(report.remote_id)
        if known is None:
            return False
        job_id, round = known
    reason = f"WhatsApp tidak menyampaikannya ({report.code})" if report.code else ""
    if report.status == "failed" and not reason:
        reason = "WhatsApp tidak menyampaikannya"
    return outcomes.take(job_id, News(_STATES[report.status], round, report.remote_id, reason))
