"""Root certificates that the office trusts, as files in a folder: PEM (several in one file) or DER."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

ENDINGS = (".pem", ".crt", ".cer", ".der")


def read_roots(folder: Path) -> tuple[bytes, ...]:
    """DER of every certificate there. Raises ValueError naming the file that is none, or the folder that has none."""
    found: list[bytes] = []
    for path in sorted(each for each in folder.iterdir() if each.suffix.lower() in ENDINGS):
        data = path.read_bytes()
        try:
            if b"-----BEGIN" in data:
                certificates = x509.load_pem_x509_certificates(data)
            else:
                certificates = [x509.load_der_x509_certificate(data)]
        except ValueError as problem:
            raise ValueError(f"{path.name} bukan sertifikat (PEM atau DER).") from problem
        found += [each.public_bytes(Encoding.DER) for each in certificates]
    if not found:
        raise ValueError(f"folder {folder} tidak berisi sertifikat ({', '.join(ENDINGS)}).")
    return tuple(found)
