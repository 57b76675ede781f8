"""`flask --app wsgi signer …`: the certificates with which the office's letters are signed."""

import sys

import click

from app.adapters.signer import BSRE, LOCAL
from app.cli.office import OfficeGroup
from app.cli.words import in_words
from app.domain.actors import SYSTEM
from app.services.signing import signers

signer_group = OfficeGroup("signer", help="Sertifikat penanda tangan surat kantor: buat, periksa.")

EMAIL = click.argument("email")


@signer_group.command("create", names_office=True)
@EMAIL
@click.option("--passphrase-stdin", is_flag=True, help="Baca frasa sandi dari baris pertama masukan.")
def create(email: str, passphrase_stdin: bool) -> None:
    """Buat sertifikat setempat (cara: lokal) untuk akun EMAIL, terkunci dengan frasa sandi yang diketik orangnya."""
    with in_words():
        made = signers.create(SYSTEM, email, _passphrase(passphrase_stdin))
    if made:
        click.echo(f"Sertifikat {email} dibuat. Frasa sandinya tidak disimpan; bila lupa, sertifikat itu tak terpakai.")
    else:
        click.echo(f"{email} sudah punya sertifikat yang masih berlaku; tidak diubah.")


@signer_group.command("status")
@EMAIL
@click.option("--cara", "way", type=click.Choice([LOCAL, BSRE]), default=LOCAL, show_default=True)
def status(email: str, way: str) -> None:
    """Keadaan sertifikat akun EMAIL: ISSUE berarti boleh menandatangani."""
    with in_words():
        click.echo(signers.status(SYSTEM, email, way))


def _passphrase(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("Frasa sandi", hide_input=True, confirmation_prompt="Ketik sekali lagi")
    return typed
