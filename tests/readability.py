"""How easy a Dutch text is to read, by a published formula.

W.H. Douma, *De leesbaarheid van landbouwbladen* (Wageningen, bulletin 17, 1960),
fitted the formula of Flesch to Dutch: 206,84 - 0,77 x syllables per hundred words - 0,93 x words per sentence. He calls
70 and more "vrij gemakkelijk". The formula knows lengths of words and sentences, and nothing of what they mean.
"""

from __future__ import annotations

import re

FAIRLY_EASY = 70

_SENTENCE = re.compile(r"(?<=[.?!:])\s+(?=[A-Z€\d])")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_VOWELS = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|ou|au|[aeiouyáéíóúàèëïöüê]", re.IGNORECASE)


def syllables(word: str) -> int:
    """Count the syllables of a word: its groups of vowels, as Dutch writes them."""
    return max(1, len(_VOWELS.findall(word)))


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph that hold a word."""
    return [part for part in _SENTENCE.split(" ".join(text.split())) if _WORD.search(part)]


def flesch_douma(paragraphs: list[str]) -> float:
    """Return the score of a text; a number in digits counts as one word, and not for its syllables."""
    found = [sentence for text in paragraphs for sentence in sentences(text)]
    words = [word for sentence in found for word in _WORD.findall(sentence)]
    length = sum(len(sentence.split()) for sentence in found) / len(found)
    return 206.84 - 77 * sum(map(syllables, words)) / len(words) - 0.93 * length
