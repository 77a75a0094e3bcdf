"""A notebook in JupyterLab: opened, run, asked, restarted."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from jupyter_server import JupyterServer
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page
from watched_page import WatchedPage

SECONDS = 30
"""How long an answer of the kernel may take before a test gives up."""

KERNEL = "window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel"

EXECUTE = """
async (code) => {
  const kernel = KERNEL;
  const future = kernel.requestExecute({ code, store_history: false, stop_on_error: false });
  let text = "", failure = null;
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === "stream" && content.name === "stdout") text += content.text;
    if (header.msg_type === "error") failure = content.traceback.join("\\n");
  };
  await future.done;
  return { text, failure };
}
""".replace("KERNEL", KERNEL)

# The kernel's status is no help: other messages change it, too.
BLOCK = """
(code) => {
  const block = (window.block = { started: false, ended: false, reply: null });
  const future = KERNEL.requestExecute({ code, store_history: false, stop_on_error: false });
  future.onIOPub = ({ header }) => { if (header.msg_type === "stream") block.started = true; };
  future.done.then(({ content }) => {
    Object.assign(block, { started: true, ended: true, reply: content });
  });
}
""".replace("KERNEL", KERNEL)


OPEN = "(path) => window.jupyterapp.commands.execute('docmanager:open', { path })"

# Without asking whether to save it.
CLOSE = "() => { for (const one of [...window.jupyterapp.shell.widgets('main')]) one.dispose() }"


class Notebook(WatchedPage):
    """A notebook on a page of its own.

    Parameters
    ----------
    name : str
        Its file's name, without the ending.
    cells : list[str]
        Python code. It is run with `run_all` or `run_cell`.
    height : int
        Pixels of the window: enough to show what is tested.
    subshells : bool
        Whether widgets may talk to the kernel over a subshell, a thread of its own that answers
        while a cell runs. Kernels before ipykernel 7 have none.
    script : str
        JavaScript to run in the page before anything of its own.
    pages : list of Page, optional
        JupyterLabs that nobody uses any more. One is taken rather than started, which takes three
        times as long, and given back, unless a test failed there or `script` needs a new one.
    """

    def __init__(
        self,
        browser: Browser,
        server: JupyterServer,
        name: str,
        cells: list[str],
        *,
        height: int = 1000,
        subshells: bool = True,
        script: str = "",
        pages: list[Page] | None = None,
    ) -> None:
        viewport: Any = {"width": 1280, "height": height}
        self._pages = None if script else pages
        page = None
        while page is None and self._pages:
            # A page of a test that went wrong may be gone.
            page = None if self._pages[-1].is_closed() else self._pages[-1]
            self._pages.pop()
        super().__init__(browser, viewport=viewport, page=page)
        self.folder = server.folder
        if script:
            self.page.add_init_script(script)
        self._maps: dict[str, NDArray[np.float32]] = {}
        self.received = 0
        """Bytes that came over the page's websockets."""
        self.listen("websocket", lambda socket: socket.on("framereceived", self._on_frame))
        path = server.write(name, cells)
        self._address = f"{server.url}/lab/tree/{path}?reset"
        if page is None:
            self.page.goto(self._address)
        else:
            self.page.set_viewport_size(viewport)
            self.page.mouse.move(0, 0)
            self.page.evaluate(OPEN, path)
        self.wait_until_idle()
        if page is None:
            self.command("application:toggle-left-area")
        if not subshells:
            self.page.evaluate(
                f"() => {{ {KERNEL.replace('?.', '.')}.commsOverSubshells = 'disabled' }}"
            )

    @property
    def kernel_status(self) -> str:
        status: str = self.page.evaluate(f"() => {KERNEL}.status")
        return status

    def wait_until_idle(self) -> None:
        # To start JupyterLab and a kernel takes long on a busy machine.
        condition = f"() => {KERNEL}?.status === 'idle'"
        self.page.wait_for_function(condition, timeout=180_000)

    def command(self, name: str, **arguments: object) -> None:
        """Start a command of JupyterLab without waiting for its end."""
        # Running all cells resolves only when the last one is done.
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args) }",
            [name, arguments],
        )

    def run_all(self) -> None:
        """Start "Run All Cells"."""
        self.command("notebook:run-all-cells")

    def run_afresh(self) -> None:
        """Run all cells again in place of what they made before."""
        self.spoilt = False
        self.wait_until_idle()
        self.command("notebook:clear-all-cell-outputs")
        self.page.wait_for_function("() => !document.querySelector('.actwidget')")
        self.run_all()

    def run_cell(self, number: int) -> None:
        """Start one cell."""
        self.page.evaluate(
            "(n) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = n }", number
        )
        self.command("notebook:run-cell")

    def set_source(self, number: int, code: str) -> None:
        """Write code into a cell."""
        self.page.evaluate(
            "([n, code]) => window.jupyterapp.shell.currentWidget.content.widgets[n].model"
            ".sharedModel.setSource(code)",
            [number, code],
        )

    def cell(self, number: int) -> Locator:
        """Return a cell with its output."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell").nth(number)

    def python(self, code: str) -> str:
        """Run code in the kernel and return what it printed."""
        result = self.page.evaluate(EXECUTE, code)
        assert result["failure"] is None, result["failure"]
        text: str = result["text"]
        return text

    def value(self, expression: str) -> Any:
        """Evaluate an expression in the kernel; what comes back went through JSON."""
        return json.loads(self.python(f"import json; print(json.dumps({expression}))"))

    def maps(self, layer: str, widget: str = "w") -> NDArray[np.float32]:
        """Fetch a layer's maps as recorded, ``(images, height, width, channels)``."""
        key = f"{widget}/{layer}"
        if key not in self._maps:
            file = self.folder / f"{uuid.uuid4().hex}.npy"
            self.python(
                f"import numpy; numpy.save({file.name!r}, {widget}.recording[{layer!r}].maps)"
            )
            self._maps[key] = np.load(file)
            file.unlink()
        return self._maps[key]

    @contextmanager
    def busy(self, code: str = "") -> Iterator[None]:
        """Run code in a cell that then keeps the kernel busy until the block is left."""
        gate = self.folder / uuid.uuid4().hex
        waiting = f"import pathlib, time\nwhile not pathlib.Path({gate.name!r}).exists():"
        self.page.evaluate(BLOCK, f"{code}\nprint('busy')\n{waiting} time.sleep(0.01)")
        self.page.wait_for_function("() => window.block.started")
        try:
            yield
            assert not self.page.evaluate("() => window.block.ended"), "the kernel was free"
        finally:
            gate.touch()
            self.page.wait_for_function("() => window.block.ended")
            reply = self.page.evaluate("() => window.block.reply")
        assert reply["status"] == "ok", reply

    def until(self, holds: Callable[[], bool], what: Callable[[], object]) -> None:
        """Wait for a condition that has to ask the kernel."""
        deadline = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < deadline, what()

    def restart_kernel(self) -> None:
        self.page.evaluate(f"async () => {{ await {KERNEL}.restart() }}")
        self.wait_until_idle()

    def shut_kernel_down(self) -> None:
        self.page.evaluate(
            "async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown() }"
        )

    def reopen(self) -> None:
        """End the kernel and open the file again, with a kernel that has run nothing."""
        self.shut_kernel_down()
        self._pages = None
        self.page.goto(self._address)
        self.wait_until_idle()

    def save(self) -> None:
        """Save the notebook with the state of its widgets."""
        self.page.evaluate(
            """async () => {
              const save = "@jupyter-widgets/jupyterlab-manager:saveWidgetState";
              // It is a setting, which is put back.
              await window.jupyterapp.commands.execute(save);
              await window.jupyterapp.shell.currentWidget.context.save();
              await window.jupyterapp.commands.execute(save);
            }"""
        )

    def close(self) -> list[str]:
        """End the kernel, close the page and return the errors that nobody has taken."""
        self.shut_kernel_down()
        if self._pages is None or self.spoilt:
            return super().close()
        self.page.evaluate(CLOSE)
        self._pages.append(self.let_go())
        return self.take_problems()

    def _on_frame(self, frame: bytes | str) -> None:
        self.received += len(frame)


OpenNotebook = Callable[..., Notebook]
"""What opens a notebook for a file of tests: its name and its cells."""
