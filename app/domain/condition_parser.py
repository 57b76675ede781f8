"""From the text of a condition to its nodes: Python's own parser, then an allow-list of what may stand in it.

Nothing is ever evaluated by Python: what is not on the list below has no way to become a node.
"""

import ast
import re

from app.domain.condition_nodes import (
    All,
    Any_,
    Compare,
    Filled,
    Literal,
    Not,
    Operand,
    Reference,
    Scalar,
    Test,
    Visits,
    is_empty,
)
from app.domain.errors import ConditionError

MAX_LENGTH = 500
MAX_DEPTH = 20
MAX_NODES = 120
MAX_INT = 10**12
VISITS = "kunjungan"
ALLOWED = (
    "Yang boleh: langkah.isian, kunjungan.langkah, teks dalam tanda kutip, bilangan bulat, daftar [...], "
    "== != < <= > >=, in, not in, and, or, not."
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
}


def refuse(why: str) -> ConditionError:
    return ConditionError(f"{why} {ALLOWED}")


def parse_test(text: str) -> Test:
    """The nodes of one condition. Raises ConditionError, and nothing else, whatever the text."""
    tree = _tree(_readable(text))
    _measure(tree)
    return _test(tree)


def is_name(name: str) -> bool:
    """May a step or a field be called this in a condition?"""
    return _NAME.fullmatch(name) is not None and "__" not in name


def _readable(text: str) -> str:
    if len(text) > MAX_LENGTH:
        raise refuse(f"Syarat terlalu panjang: {len(text)} huruf, paling banyak {MAX_LENGTH}.")
    written = text.strip()
    if not written:
        raise refuse("Syarat masih kosong.")
    if written.startswith(("=", "${", "#{")):
        raise refuse('Syarat tidak memakai = atau ${ } di depannya. Tulis saja: periksa_berkas.keputusan == "lengkap".')
    for sign, name in (("\\", "garis miring terbalik"), ("#", "tanda pagar"), ("\0", "huruf kosong (null)")):
        if sign in written:
            raise refuse(f"Syarat memuat {name}, dan itu tidak dipakai.")
    return " ".join(written.splitlines())


def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as fault:
        hint = " Untuk membandingkan, pakai == (dua kali)." if re.search(r"[^=!<>]=[^=]", text) else ""
        raise refuse(f"Syarat '{_short(text)}' tidak dapat dibaca.{hint}") from fault


def _measure(tree: ast.expr) -> None:
    layer: list[ast.AST] = [tree]
    count = depth = 0
    while layer:
        count, depth = count + len(layer), depth + 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise refuse("Syarat terlalu rumit. Pecah menjadi dua gerbang.")
        layer = [child for node in layer for child in ast.iter_child_nodes(node)]


def _test(node: ast.expr) -> Test:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return All(tuple(_test(value) for value in values))
        case ast.BoolOp(op=ast.Or(), values=values):
            return Any_(tuple(_test(value) for value in values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(_test(operand))
        case ast.Compare():
            return _comparison(node)
        case ast.Attribute():
            return Filled(_reference(node))
    raise _not_allowed(node)


def _comparison(node: ast.Compare) -> Test:
    operands = [_operand(each) for each in (node.left, *node.comparators)]
    tests: list[Test] = [
        _compare(left, operator, right) for left, operator, right in zip(operands, node.ops, operands[1:], strict=False)
    ]
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _compare(left: Operand, operator: ast.cmpop, right: Operand) -> Compare:
    sign = _OPERATORS.get(type(operator))
    if sign is None:
        raise refuse("'is' tidak dipakai; pakai ==.")
    if isinstance(left, Literal) and isinstance(right, Literal):
        raise refuse("Perbandingan ini tidak melihat isian apa pun, jadi hasilnya selalu sama.")
    if any(isinstance(side, Literal) and is_empty(side.content) for side in (left, right)):
        raise refuse("Dibandingkan dengan kosong selalu salah. Untuk 'belum diisi' tulis: not langkah.isian.")
    if "in" in sign and isinstance(right, Literal) and not isinstance(right.content, tuple):
        raise refuse("Di kanan 'in' harus ada daftar [...] atau isian pilihan banyak.")
    return Compare(left, sign, right)


def _operand(node: ast.expr) -> Operand:
    match node:
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return Literal(tuple(_scalar(item) for item in items))
        case ast.Attribute():
            return _reference(node)
    return Literal(_scalar(node))


def _reference(node: ast.Attribute) -> Reference | Visits:
    if not isinstance(node.value, ast.Name):
        raise refuse("Hanya satu titik yang dipakai: langkah.isian.")
    step, field = node.value.id, node.attr
    if not (is_name(step) and is_name(field)):
        raise refuse(f"Nama '{_short(f'{step}.{field}')}' tidak dapat dipakai.")
    return Visits(field) if step == VISITS else Reference(step, field)


def _scalar(node: ast.expr) -> Scalar:
    match node:
        case ast.Constant(value=bool() | str() as value):
            return value
        case ast.Constant(value=int() as value) if value <= MAX_INT:
            return value
        case ast.Constant(value=int()):
            raise refuse("Bilangan di syarat terlalu besar.")
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if (
            not isinstance(value, bool) and value <= MAX_INT
        ):
            return -value
    raise _not_allowed(node)


def _not_allowed(node: ast.expr) -> ConditionError:
    match node:
        case ast.Name(id=name):
            return refuse(f"'{_short(name)}' berdiri sendiri: teks memakai tanda kutip, isian langkah.isian.")
        case ast.Constant(value=str() | bool() | int()) | ast.List() | ast.Tuple():
            return refuse("Nilai saja bukan syarat; bandingkan dengan sebuah isian.")
        case ast.Call():
            return refuse("Fungsi tidak dapat dipanggil di syarat.")
        case ast.BinOp() | ast.UnaryOp():
            return refuse("Hitungan tidak dapat dipakai di syarat.")
        case ast.Compare() | ast.BoolOp():
            return refuse("Perbandingan di dalam perbandingan tidak dipakai; sambung dengan and atau or.")
    return refuse("Ada bagian syarat yang tidak dikenal.")


def _short(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in text)
    return shown if len(shown) <= 60 else shown[:57] + "..."
