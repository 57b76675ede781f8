"""Trusted time from a timestamp authority (RFC 3161), for signatures made here."""

import time

import urllib3
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper, TimestampRequestError

CONNECT_SECONDS, READ_SECONDS = 3.0, 7.0
AWAY_SECONDS = 15.0
"""So long an authority that did not answer is not asked again: a batch of letters would wait for each."""
MOST_BYTES = 256 * 1024
_HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class Authority(TimeStamper):
    """Asks `url`. Raises TimestampRequestError where it does not answer in time, or not with a timestamp."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url, self._away_until = url, 0.0
        self._http = urllib3.PoolManager(timeout=urllib3.Timeout(CONNECT_SECONDS, READ_SECONDS), retries=False)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            about = token["content"]["encap_content_info"]["content"].parsed["message_imprint"]["hashed_message"].native
        except (ValueError, TypeError, KeyError, AttributeError) as problem:  # what is no timestamp fails anywhere
            raise TimestampRequestError("no timestamp") from problem
        if about != message_digest:
            raise TimestampRequestError("a timestamp of something else")
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Blocks: whoever signs here does so in a thread of its own."""
        if time.monotonic() < self._away_until:
            raise TimestampRequestError("did not answer a moment ago")
        try:
            answer = self._http.request(
                "POST", self._url, body=req.dump(), headers=_HEADERS, redirect=False, preload_content=False
            )
            with answer:
                said = answer.read(MOST_BYTES + 1)
        except urllib3.exceptions.HTTPError as problem:
            self._away_until = time.monotonic() + AWAY_SECONDS
            raise TimestampRequestError("no answer") from problem
        if answer.status != 200 or len(said) > MOST_BYTES:
            raise TimestampRequestError(f"answered with {answer.status}")
        return tsp.TimeStampResp.load(said, strict=True)
