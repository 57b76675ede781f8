"""`flask --app wsgi case …`: cases as a whole."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from app.cli.office import OfficeGroup
from app.cli.scratch import scratch_store
from app.domain.actors import SYSTEM
from app.domain.errors import ProcedureInvalid
from app.procedures.files import ProcedureFiles, read_folder
from app.services.flow import published
from app.services.rehearsal.simulation import Report, simulate

case_group = OfficeGroup("case", help="Kasus: jalankan kasus acak di basis data sementara.")


@case_group.command("simulate", needs_tables=False)  # it brings a database of its own
@click.option("--procedure", "slug", required=True, help="Nama prosedur, misalnya kk-perubahan-data.")
@click.option("--cases", "count", type=click.IntRange(1, 100_000), default=100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Benih yang sama memberi jalan cerita yang sama.")
@click.option("--json", "as_json", is_flag=True, help="Baris terakhir hanya satu objek JSON.")
@click.option(
    "--path",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path(),
    help="Folder yang berisi bpmn/, ikmt/, forms/.",
)
def simulate_command(slug: str, count: int, seed: int, as_json: bool, path: Path) -> None:
    """Jalankan kasus acak dari awal sampai akhir, hanya lewat layanan aplikasi, di basis data sementara.

    Keluar dengan galat bila ada kasus yang hilang di tengah jalan.
    """
    files = _files(path, slug)
    with scratch_store():
        try:
            published.publish(SYSTEM, files)
        except ProcedureInvalid as problem:
            raise click.ClickException("\n".join(map(str, problem.faults))) from problem
        report = simulate(slug, count, seed)
    click.echo(json.dumps(asdict(report)) if as_json else _in_words(report))
    if report.lost or report.changed_by_replay:
        raise click.exceptions.Exit(1)


def _files(path: Path, slug: str) -> ProcedureFiles:
    found = read_folder(path)
    if slug not in found:
        raise click.ClickException(
            f"Prosedur '{slug}' tidak ada. Yang ada: {', '.join(sorted(found)) or 'tidak satu pun'}."
        )
    return found[slug]


def _in_words(report: Report) -> str:
    outcomes = ", ".join(f"{outcome} {count}" for outcome, count in report.outcomes.items())
    return (
        f"{report.cases} kasus selesai dalam {report.seconds} detik ({report.steps_per_s} langkah per detik).\n"
        f"Hasil: {outcomes}. Dikembalikan {report.returns} kali. Hilang: {report.lost}."
    )
