"""Where other machines knock: WhatsApp's reports about our messages. No browser comes here, so no session and no CSRF
field; what counts is the signature over the body."""

import hmac

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from app.adapters import whatsapp_cloud
from app.adapters.whatsapp_cloud import Account
from app.extensions import csrf
from app.services.messages import reports
from app.web.access import public

kait = Blueprint("kait", __name__)
csrf.exempt(kait)

MOST_BYTES = 1024 * 1024
MOST_CHALLENGE = 200


@kait.get("/kait/whatsapp")
@public
def verify() -> ResponseReturnValue:
    """Meta asks once whether this address is ours: with our own word, answered by repeating theirs."""
    account, asked = _account(), request.args
    token = asked.get("hub.verify_token", "").encode()
    if asked.get("hub.mode") != "subscribe" or not hmac.compare_digest(token, account.verify_token.encode()):
        abort(403)
    return Response(asked.get("hub.challenge", "")[:MOST_CHALLENGE], mimetype="text/plain")


@kait.post("/kait/whatsapp")
@public
def report() -> ResponseReturnValue:
    """What is signed is taken, and answered with 200 also where it tells nothing: anything else would come again."""
    account = _account()
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)
    body = request.get_data(cache=False)
    if not whatsapp_cloud.is_signed(account, body, request.headers.get("X-Hub-Signature-256", "")):
        abort(403)
    reports.from_whatsapp(account, body)
    return Response("", mimetype="text/plain")


def _account() -> Account:
    account: Account | None = current_app.config["ALUR"].whatsapp
    if account is None:
        abort(404)
    return account
