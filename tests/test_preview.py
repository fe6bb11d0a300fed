"""The preview follows what is saved, shows an error with its place, and keeps the last good page."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from pathlib import Path

import pytest
from browser import CHROMIUM
from test_odd_machines import small_workspace
from tornado.websocket import WebSocketClientConnection, websocket_connect


@dataclass
class Preview:
    """A running preview: its address, its process, and what it tells a browser."""

    address: str
    process: subprocess.Popen[str]
    told: HTTPResponse

    def next(self) -> dict[str, object]:
        """Return the next state that it tells."""
        while True:
            line = self.told.readline().decode()
            assert line, "the preview has ended"
            if line.startswith("data: "):
                return json.loads(line[6:])

    def get(self, path: str, host: str | None = None) -> str:
        """Return what a browser gets."""
        request = urllib.request.Request(self.address + path, headers={"Host": host} if host else {})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return answer.read().decode()

    def post(self, path: str, content: object, **headers: str) -> tuple[int, str]:
        """Return the status and what a browser gets for a form."""
        request = urllib.request.Request(self.address + path, json.dumps(content).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


CHAPTER = "templates/hoofdstukken/_lezen.qmd"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A small workspace with a half-year report, and with a chapter that is longer than a window."""
    root = small_workspace(tmp_path / "deal")
    parameters = root / "parameters" / "2021.yml"
    text = parameters.read_text(encoding="utf-8").replace("status: concept", "status: besproken")
    parameters.write_text(text, encoding="utf-8")
    half = text.replace("2021-12-31", "2021-06-30")
    parameters.with_name("2021-06-30.yml").write_text(half, encoding="utf-8")
    lines = ("## Leeswijzer", "", "Er is {{< var totaal.gerealiseerd >}} uitgegeven.", *["", "Een regel."] * 60)
    (root / CHAPTER).write_text("\n".join(lines), encoding="utf-8")
    with (root / "templates" / "rapport.qmd").open("a", encoding="utf-8") as report:
        report.write("\n{{< include hoofdstukken/_lezen.qmd >}}\n")
    return root


@pytest.fixture
def preview(workspace: Path) -> Iterator[Preview]:
    program = Path(sys.executable).with_name("voortgang")
    process = subprocess.Popen(
        [program, "preview", "2021", "--no-browser"],
        cwd=workspace,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[0]
    yield Preview(address, process, urllib.request.urlopen(f"{address}stand/2021", timeout=300))
    process.send_signal(signal.SIGINT)
    assert process.wait(180) == 130


def test_it_follows_what_is_saved(preview: Preview, edit: Callable[[str, str, str], None], workspace: Path) -> None:
    assert preview.next()["version"] == 1
    assert "Voortgangsrapportage 2021" in preview.get("verslag/2021/rapport.html")
    edit(CHAPTER, "## Leeswijzer", "Een nieuwe zin.\n\n## Leeswijzer")
    assert preview.next()["version"] == 2
    assert "Een nieuwe zin." in preview.get("verslag/2021/rapport.html")
    edit(CHAPTER, "Een nieuwe zin.", "{{< var bestaat.niet >}}")
    state = preview.next()
    assert state["version"] == 2 and state["errors"][0]["where"] == "hoofdstukken/_lezen.qmd, line 1"
    assert "Een nieuwe zin." in preview.get("verslag/2021/rapport.html")
    edit(CHAPTER, "{{< var bestaat.niet >}}", "Weer goed.")
    assert preview.next() | {"seconds": 0} == {"version": 3, "seconds": 0, "errors": []}
    row = "2021-10-01,,overhead,aa,gerealiseerd,117000"
    edit("data/financien.csv", row, row[:-1] + "1")
    assert preview.next()["version"] == 4
    assert "22.499.601" in preview.get("verslag/2021/rapport.html").replace("\u00a0", " ")
    # What the page leads to is written when it is asked for, from the same rows.
    assert "22.499.601" in preview.get("verslag/2021/herkomst.html").replace("\u00a0", " ")
    assert "publish_money" in preview.get("verslag/2021/notebooks/klein.html")
    edit("data/financien.csv", row[:-1] + "1", "niets,,overhead,aa,gerealiseerd,117001")
    state = preview.next()
    assert state["version"] == 4 and "data/financien.csv, row" in state["errors"][0]["where"]
    assert not (workspace / "reports" / "2021").exists()


def test_the_form_writes_parameters_and_only_this_computer_and_the_page_can_be_read(
    preview: Preview, workspace: Path
) -> None:
    preview.next()
    assert preview.address.startswith("http://127.0.0.1:")
    for path, host in (
        ("", "elders.example:80"),
        ("verslag/2021/../../../data/deal.yml", None),
        ("data/deal.yml", None),
    ):
        with pytest.raises(urllib.error.HTTPError) as error:
            preview.get(path, host)
        assert error.value.code in {403, 404}
    assert json.loads(preview.get("jaren")) == [2020, "2021-06-30", 2021]
    path = workspace / "parameters" / "2021.yml"
    before = path.read_text(encoding="utf-8")
    form = json.loads(preview.get("parameters/2021"))
    assert form["fields"]["status"]["enum"] == ["concept", "besproken", "vastgesteld"]
    assert form["values"]["reference_date"] == "2021-12-31"
    token = re.search(r'"X-Voortgang": "([\w-]{40,})"', preview.get(""))[1]
    ours = {"X-Voortgang": token}
    for wrong in ({}, {"X-Voortgang": "preview"}, {"X-Voortgang": token[:-1]}, ours | {"Origin": "https://elders.nl"}):
        assert preview.post("parameters/2021", form["values"] | {"status": "concept"}, **wrong)[0] == 403
    status, answer = preview.post("parameters/2021", {"reference_date": "1999-01-01"}, **ours)
    assert status == 400 and "must lie in 2021" in json.loads(answer)["error"]["what"]
    status, answer = preview.post("parameters/2021", {"edition": "x\nyear: 1"}, **ours)
    assert status == 400 and path.read_text(encoding="utf-8") == before
    assert preview.post("parameters/2021", form["values"] | {"status": "concept"}, **ours)[0] == 200
    assert preview.next()["version"] == 2
    after = path.read_text(encoding="utf-8")
    assert re.sub("status: besproken", "status: concept", before) == after
    assert "Concept" in preview.get("verslag/2021/rapport.html")


class Browser:
    """A headless Chromium with one page, driven by its DevTools protocol."""

    def __init__(self, folder: Path, address: str) -> None:
        self.process = subprocess.Popen(
            [
                str(CHROMIUM),
                *(
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--remote-debugging-port=0",
                ),
                *(f"--user-data-dir={folder}", "--remote-allow-origins=*", address),
            ],
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        line = next(line for line in self.process.stderr if "DevTools listening on" in line)
        port = re.search(r":(\d+)/", line)[1]
        self.loop = asyncio.new_event_loop()
        deadline = time.monotonic() + 180
        pages: list[dict[str, str]] = []
        while not pages and time.monotonic() < deadline:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                pages = [each for each in json.load(answer) if each["url"].startswith(address)]
        self.socket = self.loop.run_until_complete(self._connected(pages[0]["webSocketDebuggerUrl"]))

    @staticmethod
    async def _connected(address: str) -> WebSocketClientConnection:
        return await websocket_connect(address, max_message_size=50_000_000)

    def value(self, script: str) -> object:
        """Return what a script in the page gives."""
        return self.loop.run_until_complete(self._value(script))

    async def _value(self, script: str) -> object:
        asked = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": script, "returnByValue": True}}
        await self.socket.write_message(json.dumps(asked))
        while True:
            answer = json.loads(await self.socket.read_message())
            if answer.get("id") == 1:
                # A page that is just being loaded has no answer yet.
                return answer.get("result", {}).get("result", {}).get("value")

    def wait(self, script: str, seconds: float = 180) -> None:
        """Wait until a script gives something true."""
        deadline = time.monotonic() + seconds
        while not self.value(script):
            assert time.monotonic() < deadline, (script, self.value("document.documentElement.outerHTML"))
            time.sleep(0.05)

    def end(self) -> None:
        """End the browser."""
        self.process.kill()
        self.process.wait()


def test_a_real_browser_follows_along(
    preview: Preview, edit: Callable[[str, str, str], None], workspace: Path, tmp_path: Path
) -> None:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed; 'make test' as root on Debian installs it")
        pytest.skip("Chromium is not installed")
    preview.next()
    browser = Browser(tmp_path / "profile", preview.address)
    page = "document.getElementById('verslag').contentDocument.body.innerText"
    try:
        browser.wait(f"{page}.includes('Leeswijzer')")
        window = "document.getElementById('verslag').contentWindow"
        browser.wait(f"{window}.document.readyState == 'complete'")
        browser.wait(f"{window}.scrollTo({{top: 700, behavior: 'instant'}}), {window}.scrollY > 600")
        edit(CHAPTER, "## Leeswijzer", "Een nieuwe zin.\n\n## Leeswijzer")
        browser.wait(f"{page}.includes('Een nieuwe zin.')")
        browser.wait(f"{window}.scrollY > 600")
        edit(CHAPTER, "Een nieuwe zin.", "{{< var bestaat.niet >}}")
        browser.wait("!document.getElementById('fout').hidden")
        assert "_lezen.qmd, line 1" in str(browser.value("document.getElementById('fout').innerText"))
        assert browser.value(f"{page}.includes('Een nieuwe zin.')")
        edit(CHAPTER, "{{< var bestaat.niet >}}", "Weer goed.")
        browser.wait(f"{page}.includes('Weer goed.') && document.getElementById('fout').hidden")
        years = browser.value("[...document.getElementById('jaar').options].map((each) => each.value).join()")
        assert years == "2020,2021-06-30,2021"
        browser.value("document.getElementById('toon').click()")
        browser.wait("document.querySelector('#parameters button') != null")
        assert not browser.value(f"{page}.includes('Concept · voorbeelddata')")
        # What was saved elsewhere after the form was loaded stays.
        edit("parameters/2021.yml", "edition: overleg ", "cell_timeout: 299\nedition: overleg ")
        browser.value("document.querySelector('[name=status]').value = 'concept'")
        browser.value("document.getElementById('parameters').requestSubmit()")
        browser.wait(f"{page}.includes('Concept · voorbeelddata')")
        saved = (workspace / "parameters" / "2021.yml").read_text(encoding="utf-8")
        assert "status: concept" in saved and "cell_timeout: 299" in saved
    finally:
        browser.end()
