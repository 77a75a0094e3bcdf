import psutil, time, threading
from contenders import NETWORK, NETWORKS, WIDGET
from explorer import Explorer
from mouse import Mouse
import test_drag as td

def test_cpu(open_notebook, results, debugging_port):
    network="ResNet50"
    notebook = open_notebook("dragcpu", [WIDGET], height=1200)
    notebook.python(NETWORK.format(name=network, module=NETWORKS[network]) + "\nstart = 0")
    for rnd in range(3):
        notebook.run_cell(0)
        explorer = Explorer(notebook)
        explorer.wait_for_picture()
        if rnd==0: mouse=Mouse(explorer.page, debugging_port)
        me=psutil.Process(); procs=[me,*me.children(recursive=True)]
        def snap(): return {p.pid:(sum(p.cpu_times()[:2])," ".join(p.cmdline())[:0]+p.name()+" "+next((a for a in p.cmdline() if a.startswith("--type")),(p.cmdline()+["","",""])[2][-30:])) for p in procs if p.is_running()}
        a=snap(); t=time.time()
        r=td._drag(explorer, mouse)
        b=snap(); t2=time.time()
        print("ROUND",rnd,r, round(t2-t,1),"s")
        for k in b:
            d=b[k][0]-a.get(k,(0,))[0]
            if d>0.15: print("   ",round(d,2), b[k][1])
        print("   cold answers", notebook.value("len(w.grid._sheets._known)"))
