"""People's names as they are searched for: word by word, without accents, whatever the capitals."""

import re
import unicodedata

MOST_WORDS, LONGEST = 12, 40
_WORD = re.compile(r"[a-z0-9]+")


def words(name: str) -> tuple[str, ...]:
    """ "Sari Dwi Puspitarini, S.E." -> ("sari", "dwi", "puspitarini", "s", "e"), each once, the first MOST_WORDS."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", "")).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return tuple(dict.fromkeys(word[:LONGEST] for word in _WORD.findall(plain)))[:MOST_WORDS]
