"""People's names: how they may be written, and as they are searched for (word by word, without accents or capitals)."""

import re
import unicodedata

MOST_WORDS, LONGEST = 12, 40
_BETWEEN = frozenset(" .'’-,/")
_WORD = re.compile(r"[a-z0-9]+")


def words(name: str) -> tuple[str, ...]:
    """ "Sari Dwi Puspitarini, S.E." -> ("sari", "dwi", "puspitarini", "s", "e"), each once, the first MOST_WORDS."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain)))[:MOST_WORDS]


def fault_in_name(name: str) -> str:
    """What is wrong with a name as written, "" = nothing; whether it is empty or too long is asked elsewhere."""
    if not name:
        return ""
    if not any(sign.isalpha() for sign in name):
        return "Tulis nama dengan huruf, seperti di KTP."
    strange = dict.fromkeys(sign for sign in name if not _fits(sign))
    if not strange:
        return ""
    shown = " ".join(sign for sign in strange if sign.isprintable())
    named = f"Ada yang bukan huruf: {shown}" if shown else "Ada tanda yang bukan huruf"
    return f"{named}. Tulis nama dengan huruf saja, seperti di KTP."


def _fits(sign: str) -> bool:
    return sign in _BETWEEN or unicodedata.category(sign)[0] in "LM"
