"""A headless Chromium that stays open for the tests of one process: to start it takes longer than most pages do.

It is spoken to over two pipes, in the protocol of its own developer tools.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


LOADED = """
(document.readyState === "complete" ? Promise.resolve() : new Promise(done => addEventListener("load", done)))
  .then(() => document.fonts.ready).then(() => true)
"""


def _pipe() -> tuple[int, int]:
    """Return the ends of a pipe, neither of which has a number below 10."""
    low = os.pipe()
    ends = tuple(fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in low)
    for each in low:
        os.close(each)
    return ends[0], ends[1]


class Browser:
    """A browser, and the pipes that it listens and answers on."""

    def __init__(self, folder: Path) -> None:
        (listens, says), (answers, spoken) = _pipe(), _pipe()
        self._process = subprocess.Popen(
            [
                # The protocol asks for the numbers 3 and 4.
                *("bash", "-c", f'exec "$@" 3<&{listens} 4>&{spoken}', "bash", str(CHROMIUM), *_OPTIONS),
                *(f"--user-data-dir={folder}", "--remote-debugging-pipe", "about:blank"),
            ],
            pass_fds=(listens, spoken),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(listens)
        os.close(spoken)
        self._folder, self._number = folder, 0
        self._to: IO[bytes] = os.fdopen(says, "wb")
        self._from: IO[bytes] = os.fdopen(answers, "rb")

    def ask(self, method: str, session: str = "", **given: Any) -> dict[str, Any]:
        """Ask for something, and return the answer; raises `AssertionError` where there is none."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": given} | ({"sessionId": session} if session else {})
        self._to.write(json.dumps(asked).encode() + b"\0")
        self._to.flush()
        while (said := self._heard()).get("id") != self._number:
            pass
        assert "result" in said, said
        result: dict[str, Any] = said["result"]
        return result

    def _heard(self) -> dict[str, Any]:
        content = bytearray()
        while not content.endswith(b"\0"):
            part = self._from.peek()  # type: ignore[attr-defined]
            assert part, "the browser has ended"
            content += self._from.read(part.index(b"\0") + 1 if b"\0" in part else len(part))
        said: dict[str, Any] = json.loads(content[:-1])
        return said

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._to, self._from):
            with suppress(OSError):
                pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Page:
    """A page that is open in a browser, until the end of the block."""

    def __init__(self, address: str, width: int = 1280, dark: bool = False) -> None:
        self._browser, self._address, self._width, self._dark = opened(), address, width, dark

    def __enter__(self) -> Page:
        ask = self._browser.ask
        self._target = ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = session = ask("Target.attachToTarget", targetId=self._target, flatten=True)["sessionId"]
        size = {"width": self._width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
        ask("Emulation.setDeviceMetricsOverride", session, **size)
        if self._dark:
            ask("Emulation.setEmulatedMedia", session, features=[{"name": "prefers-color-scheme", "value": "dark"}])
        ask("Page.enable", session)
        found = ask("Page.navigate", session, url=self._address)
        assert "errorText" not in found, found
        return self

    def __exit__(self, *_: object) -> None:
        self._browser.ask("Target.closeTarget", targetId=self._target)

    def value(self, expression: str) -> Any:
        """Return what an expression is; of a promise, what it becomes."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        found = self._browser.ask("Runtime.evaluate", self._session, **asked)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def loaded(self) -> None:
        """Wait until all of the page is there."""
        self.value(LOADED)

    def printed(self) -> bytes:
        """Return the PDF that the browser prints of it."""
        self.loaded()
        asked = {"printBackground": True, "preferCSSPageSize": True}
        return base64.b64decode(self._browser.ask("Page.printToPDF", self._session, **asked)["data"])


@cache
def opened() -> Browser:
    """Return the browser of this process, started when first asked for."""
    return Browser(Path(tempfile.mkdtemp(prefix="browser-")))


def end() -> None:
    """End the browser of this process, where there is one."""
    if opened.cache_info().currsize:
        opened().end()
        opened.cache_clear()
