"""What runs alone runs alone, and nobody waits for ever."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from voortgang.assemble.engines.turns import Turns


def test_who_runs_alone_has_nobody_beside_it_and_goes_before_who_comes_later() -> None:
    turns, said = Turns(), list[str]()
    begun, may_end = threading.Event(), threading.Event()

    def beside(name: str) -> None:
        with turns.beside():
            said.append(f"{name} begins")
            begun.set()
            assert may_end.wait(60)
            said.append(f"{name} ends")

    def alone() -> None:
        with turns.alone():
            said.append("alone begins")
            said.append("alone ends")

    with ThreadPoolExecutor(3) as pool:
        jobs = [pool.submit(beside, "first")]
        assert begun.wait(60)
        jobs.append(pool.submit(alone))
        while not turns._waiting:
            pass
        jobs.append(pool.submit(beside, "later"))
        may_end.set()
        for job in jobs:
            job.result(60)
    assert said == ["first begins", "first ends", "alone begins", "alone ends", "later begins", "later ends"]


def test_an_error_ends_a_turn() -> None:
    turns = Turns()
    for turn in (turns.alone, turns.beside, turns.alone):
        with pytest.raises(ValueError, match="fout"), turn():
            raise ValueError("fout")
