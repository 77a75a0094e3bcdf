/** When what has been drawn is on the screen. */

/**
 * Call back after the next frame: a message that is posted in a frame comes when it is painted.
 *
 * @param {() => void} callback
 */
export function afterFrame(callback) {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  });
}

/**
 * Make a function that draws at once, and again in the next frame if it was called meanwhile.
 *
 * At once is at the end of what is being done now: several changes that belong together are one
 * picture, and it makes the frame that is about to come.
 *
 * @type {(draw: () => void) => { schedule: () => void, cancel: () => void }}
 */
export function oncePerFrame(draw) {
  let called = false, resting = true, frame = 0;
  const run = () => {
    if (!called) return;
    called = false;
    resting = false;
    frame = requestAnimationFrame(() => {
      resting = true;
      run();
    });
    draw();
  };
  return {
    schedule() {
      if (!called && resting) queueMicrotask(run);
      called = true;
    },
    cancel() {
      cancelAnimationFrame(frame);
      called = resting = false;
    },
  };
}

/**
 * Wait until something has been drawn and is on the screen, but not for ever: in a page that is in
 * the background no frame comes.
 *
 * @type {(drawn: () => boolean, milliseconds: number) => Promise<void>}
 */
export function painted(drawn, milliseconds) {
  return new Promise((resolve) => {
    let waiting = true;
    const end = () => {
      waiting = false;
      resolve();
    };
    setTimeout(end, milliseconds);
    const look = () => {
      if (drawn()) afterFrame(end);
      else if (waiting) requestAnimationFrame(look);
    };
    look();
  });
}
