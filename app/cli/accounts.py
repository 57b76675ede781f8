"""`flask --app wsgi account …`: the accounts of the office's people, the first one too."""

import sys

import click

from app.cli.office import OfficeGroup
from app.cli.words import in_words
from app.domain.actors import SYSTEM
from app.services.accounts import staff
from app.services.signin import passwords

account_group = OfficeGroup("account", help="Akun orang kantor: buat, daftar, ubah peran, matikan, ganti kata sandi.")

EMAIL = click.argument("email")
ROLE = click.option("--role", "roles", multiple=True, required=True, metavar="PERAN[:KAPANEWON]", help="Boleh diulang.")
FROM_STDIN = click.option("--password-stdin", is_flag=True, help="Baca kata sandi dari baris pertama masukan.")


@account_group.command("add", names_office=True)
@click.option("--email", required=True)
@click.option("--name", required=True, help="Nama orangnya.")
@ROLE
@FROM_STDIN
def add(email: str, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Buat akun orang kantor, misalnya admin yang pertama."""
    with in_words():
        staff.add(SYSTEM, email=email, name=name, password=_password(password_stdin), roles=_roles(roles))
    click.echo(f"Akun {email} dibuat. Orangnya dapat masuk sekarang, dan mengganti kata sandinya di halaman Akun.")


@account_group.command("list")
def list_accounts() -> None:
    """Akun yang punya peran di kantor."""
    accounts = staff.every(SYSTEM)
    for one in accounts:
        roles = ", ".join(f"{role}:{unit}" if unit else role for role, unit in one.roles)
        state, factor = "aktif" if one.active else "nonaktif", "dua langkah" if one.second_factor else "-"
        click.echo(f"{one.email:32} {state:9} {factor:12} {roles}  ({one.name})")
    if not accounts:
        click.echo("Belum ada akun. Buat yang pertama: flask account add --email … --name … --role admin")


@account_group.command("roles", names_office=True)
@EMAIL
@ROLE
def set_roles(email: str, roles: tuple[str, ...]) -> None:
    """Ganti semua peran kantor akun EMAIL; yang sedang masuk dengannya keluar."""
    with in_words():
        staff.set_roles(SYSTEM, email, _roles(roles))
    click.echo(f"Peran {email} sekarang: {', '.join(roles)}.")


@account_group.command("off", names_office=True)
@EMAIL
def off(email: str) -> None:
    """Matikan akun EMAIL; yang sedang masuk dengannya keluar."""
    with in_words():
        staff.switch(SYSTEM, email, active=False)
    click.echo(f"Akun {email} dimatikan.")


@account_group.command("on", names_office=True)
@EMAIL
def on(email: str) -> None:
    """Hidupkan lagi akun EMAIL."""
    with in_words():
        staff.switch(SYSTEM, email, active=True)
    click.echo(f"Akun {email} dapat dipakai lagi.")


@account_group.command("second-factor-reset", names_office=True)
@EMAIL
def reset_second_factor(email: str) -> None:
    """Lepas masuk dua langkah akun EMAIL, yang ponsel dan kode pemulihannya hilang; ia memasang lagi saat masuk."""
    with in_words():
        was_on = staff.reset_second_factor(SYSTEM, email)
    said = "diatur ulang; yang sedang masuk dengannya keluar" if was_on else "memang belum terpasang"
    click.echo(f"Masuk dua langkah {email} {said}.")


@account_group.command("password", names_office=True)
@EMAIL
@FROM_STDIN
def set_password(email: str, password_stdin: bool) -> None:
    """Kata sandi baru untuk akun EMAIL; yang sedang masuk dengannya keluar."""
    with in_words():
        staff.demand(SYSTEM, email)
        staff.set_password(SYSTEM, email, _password(password_stdin))
    click.echo(f"Kata sandi {email} diganti.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(
        f"Kata sandi (paling sedikit {passwords.SHORTEST} huruf)",
        hide_input=True,
        confirmation_prompt="Ketik sekali lagi",
    )
    return typed


def _roles(written: tuple[str, ...]) -> list[tuple[str, str]]:
    parts = (each.strip().partition(":") for each in written)
    return [(role, unit) for role, _, unit in parts]
