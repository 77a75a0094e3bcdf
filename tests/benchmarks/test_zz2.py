import json, time, collections
from contenders import NETWORK, NETWORKS, WIDGET
from explorer import Explorer
from mouse import Mouse
import test_drag as td

def test_trace(open_notebook, results, debugging_port, browser):
    network="ResNet50"
    notebook = open_notebook("dragtrace", [WIDGET], height=1200)
    notebook.python(NETWORK.format(name=network, module=NETWORKS[network]) + "\nstart = 0")
    notebook.run_cell(0)
    explorer = Explorer(notebook)
    explorer.wait_for_picture()
    mouse=Mouse(explorer.page, debugging_port)
    for rnd in ("cold","seen"):
        if rnd=="seen":
            td._visit_all(explorer,177); explorer.focus(); explorer.page.keyboard.press("Home"); explorer.wait_for_neighbours()
        browser.start_tracing(page=explorer.page, path=f"/tmp/trace_{rnd}.json", categories=["devtools.timeline","toplevel","v8","blink.user_timing","disabled-by-default-devtools.timeline"])
        print(rnd, td._drag(explorer, mouse))
        browser.stop_tracing()
