"""Pages as a browser without JavaScript sees them: signing in, reading what a form carries."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import factories


def sign_in(site: Flask, person: str) -> FlaskClient:
    """The browser of somebody of factories.CAST, signed in as a person does it."""
    client = site.test_client()
    sent = {"email": factories.CAST[person].email, "password": factories.PASSWORD}
    assert client.post("/masuk", data=sent).status_code == 302
    return client


def lihat_berkas(client: FlaskClient, page: str) -> int:
    """Load the papers that a task's page shows, as a browser without JavaScript does; how many."""
    shown = re.findall(r'<(?:img|iframe) src="(/berkas/[^"/]+)"', page)
    assert all(client.get(address).status_code == 200 for address in shown)
    return len(shown)


def isi(answer: TestResponse) -> str:
    """The text of a page."""
    return answer.get_data(as_text=True)


def field(page: str, name: str) -> str:
    """The value that a form carries under `name`."""
    found = re.search(rf'name="{re.escape(name)}"(?: type="hidden")? value="([^"]*)"', page)
    assert found is not None, f"no field {name}"
    return found[1]


def versi(page: str) -> str:
    """The version token of a form."""
    token = field(page, "versi")
    assert token.isdigit()
    return token
