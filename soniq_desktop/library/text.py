"""How text is folded for searching, sorting and grouping."""

import re
import unicodedata

UNKNOWN_ARTIST = "Unknown artist"

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i", "ħ": "h"}
    | dict.fromkeys("'’‘ʼ`´", "")
)
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_PLAIN = re.compile(r"[A-Za-z0-9 ]*")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_DIGITS = re.compile(r"\d+")
_ARTICLE = re.compile(r"^(the|a|an)\s+(?=\S)")
_MOST_WORDS = 12


def clean(text: str) -> str:
    """`text` as it can be stored: surrogate escapes and NUL characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def fold(text: str) -> str:
    """Lower case without diacritics and apostrophes: "Björk" and "bjork" become the same."""
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    # Decomposed before and after: "𝕬" is a letter with a case only once it is an "A".
    folded = unicodedata.normalize("NFKD", text).casefold()
    decomposed = unicodedata.normalize("NFKD", folded)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


def words(text: str) -> list[str]:
    """Folded words. Chinese and Japanese characters are words of their own, as no spaces separate them."""
    folded = fold(text)
    if folded.isascii():
        return _ASCII_WORD.findall(folded)
    spaced = _IDEOGRAPH.sub(r" \1 ", folded)
    return "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in spaced).split()


def index_text(text: str) -> str:
    """What goes into the search index: the words, and "acdc" besides "ac dc" for "AC/DC"."""
    if _PLAIN.fullmatch(text):
        return text.lower()
    found = words(text)
    for chunk in text.split():
        parts = words(chunk)
        if len(parts) > 1 and fold(chunk).isascii():
            found.append("".join(parts))
    return " ".join(found)


def match_expression(text: str) -> str:
    """FTS5 expression that asks for every word of `text` as a prefix; empty where `text` holds no word.

    Words hold letters and digits only, so nothing that a user types is an operator.
    """
    unique = list(dict.fromkeys(words(text)))[:_MOST_WORDS]
    return " ".join(f'"{word}"*' for word in unique)


def spaced_words(text: str) -> str:
    """`index_text` with a space before each word, for `words_condition`."""
    return f" {index_text(text)}"


def words_condition(text: str) -> tuple[str, list[str]]:
    """SQL on a column `words` of `spaced_words`, and its values: every word of `text` begins one there."""
    needles = [f" {word}" for word in dict.fromkeys(words(text))]
    return " AND ".join(["instr(words, ?)" for _ in needles] or ["1"]), needles


def sort_key(text: str) -> str:
    """Key that sorts as people expect: no case, diacritics or leading article, numbers by their value."""
    folded = _ARTICLE.sub("", fold(text).strip())
    bare = folded.lstrip("\"'([{.,-–—_ …") or folded
    return _DIGITS.sub(lambda number: number.group().zfill(6), bare)
