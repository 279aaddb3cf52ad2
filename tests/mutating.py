"""Run ``mutmut``, but change no sentence: words for a person hold no logic, and are many."""

import re
from collections.abc import Iterable

import libcst
from mutmut.__main__ import cli
from mutmut.mutation.mutators import mutation_operators, operator_string

_SENTENCE = re.compile(r"\w[,.:;]? \w")


def _names_and_patterns(node: libcst.BaseString) -> Iterable[libcst.BaseString]:
    if not (isinstance(node, libcst.SimpleString) and _SENTENCE.search(node.value)):
        yield from operator_string(node)


if __name__ == "__main__":
    at = mutation_operators.index((libcst.BaseString, operator_string))
    mutation_operators[at] = (libcst.BaseString, _names_and_patterns)
    cli()
