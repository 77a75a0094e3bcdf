// Put into every page: how long it takes from an input event to the painted picture.
//
// A picture changes where an <img> or an SVG <image> has loaded, or a canvas is written to. The time
// ends when the frame after the one that shows the change begins: by then the browser has painted
// the picture and handed it on. That holds alike for whoever draws the picture, and however.
(() => {
  const EVENTS = ["keydown", "pointerdown", "pointermove", "wheel"];
  const inFrame = { current: false };
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      inFrame.current = true;
      try {
        callback(time);
      } finally {
        inFrame.current = false;
      }
    });

  const { port1, port2 } = new MessageChannel();
  let waiting = [];
  port1.onmessage = () => {
    const done = waiting;
    waiting = [];
    for (const each of done) each(performance.now());
  };
  const afterFrame = () =>
    new Promise((resolve) => {
      const post = () => {
        waiting.push(resolve);
        port2.postMessage(null);
      };
      if (inFrame.current) post();
      else request(post);
    });

  let watched = null;
  let lastChange = 0;
  const changed = async (element) => {
    const watch = watched;
    if (!watch?.root()?.contains(element)) return;
    lastChange = performance.now();
    if (watch.started === null) return;
    await afterFrame();
    const painted = await new Promise((next) => request(() => next(performance.now())));
    if (!watch.right()) return;
    watch.pictures.push({ at: painted, what: watch.what() });
    watch.first(painted - watch.started);
  };
  const start = (event) => {
    if (watched && watched.started === null) watched.started = event.timeStamp;
  };
  for (const name of EVENTS) window.addEventListener(name, start, { capture: true, passive: true });
  // On an element: Chromium tells of an SVG image's load only where an element listens for it.
  document.addEventListener("DOMContentLoaded", () => {
    document.documentElement.addEventListener("load", (event) => {
      if (/^(img|image)$/i.test(event.target.tagName)) changed(event.target);
    }, true);
  });
  for (const name of ["putImageData", "drawImage"]) {
    const draw = CanvasRenderingContext2D.prototype[name];
    CanvasRenderingContext2D.prototype[name] = function (...given) {
      draw.apply(this, given);
      if (this.canvas.isConnected) changed(this.canvas);
    };
  }

  window.stopwatch = {
    /** Watch what is below an element; the next input event starts the time. */
    arm({ root, right = "true", what = "null", running = false }) {
      const watch = {
        root: new Function(`return ${root}`),
        right: new Function(`return ${right}`),
        what: new Function(`return ${what}`),
        started: running ? performance.now() : null,
        pictures: [],
      };
      watch.painted = new Promise((resolve) => watch.first = resolve);
      watched = watch;
    },
    /** Milliseconds from the event until the first right picture is painted. */
    painted: () => watched.painted,
    /** All pictures since, each with what it showed. */
    pictures: () => watched.pictures,
    /** Resolves once nothing has changed for so long. */
    async quiet(milliseconds) {
      lastChange = performance.now();
      while (performance.now() - lastChange < milliseconds) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds / 4));
      }
    },
    /** Milliseconds until something holds, checked at the end of every frame. */
    async until(condition) {
      const holds = new Function(`return ${condition}`);
      const watch = watched;
      while (true) {
        const end = await afterFrame();
        if (watch.started !== null && holds()) return end - watch.started;
      }
    },
    /** The gaps between frames, until it is called. */
    frames() {
      let last = performance.now(), longest = 0, going = true;
      const step = () => {
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        if (going) request(step);
      };
      request(step);
      return () => {
        going = false;
        return Math.max(longest, performance.now() - last);
      };
    },
  };
})();
