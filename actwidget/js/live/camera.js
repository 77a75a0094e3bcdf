/** The page's camera: it starts at a click, and its frames go no further than to the kernel. */

/** What a camera is asked for: what any model takes is smaller. */
const SIZE = { width: { ideal: 640 }, height: { ideal: 480 } };

/** The quality of the JPEG that is sent: at 224 × 224 some 10 kB. */
const QUALITY = 0.85;

const JPEG = "image/jpeg";

/** Milliseconds for which a new frame is waited for. */
const PATIENCE = 250;

/** @type {Record<string, string>} what can go wrong, by the browser's names of errors */
const WORDS = {
  NotAllowedError:
    "The browser was not allowed to use the camera. Allow it beside the address, and press Start again.",
  NotFoundError: "No camera was found. Connect one and press Start again, or play a file: " +
    'widget.live("clip.mp4").',
  NotReadableError: "Another program uses the camera. Close it there, and press Start again.",
  OverconstrainedError: "That camera is gone. Press Start again for another.",
  SecurityError:
    "This page may not use a camera. Open the notebook in a tab of its own, or play a " +
    'file: widget.live("clip.mp4").',
};

const INSECURE =
  "Browsers give the camera to https pages and to localhost alone. Open this page by https or " +
  'through an ssh tunnel, or play a file: widget.live("clip.mp4").';

const NONE =
  "This page has no access to cameras, as in VS Code. Open the notebook in a browser, or " +
  'play a file: widget.live("clip.mp4").';

const UNPLUGGED = "The camera was taken away. Connect it and press Start again.";

/** @type {(error: any) => string} a sentence about what went wrong, with the way out */
export function cameraWords(error) {
  const { name, message } = error;
  // The system's own settings refuse some browsers, which tell that in the same way.
  return WORDS[name] ?? `The camera could not be started: ${message || name}.`;
}

export class Camera {
  /** @type {MediaStream | null} */
  #stream = null;
  #video = document.createElement("video");
  #canvas = document.createElement("canvas");
  /** Counts up: one that was started before is not wanted any more. */
  #starts = 0;
  #seen = -1;
  /** Lets go of whoever waits for a frame. */
  #release = () => {};
  /**
   * The camera has ended by itself.
   *
   * @type {(words: string) => void}
   */
  onEnd = () => {};

  constructor() {
    this.#video.muted = true;
    this.#video.playsInline = true;
  }

  /** Whether it is on: its light is, too. */
  get isOn() {
    return this.#track?.readyState === "live";
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /** Whether it looks away from whoever holds the screen. */
  get facesAway() {
    return this.#track?.getSettings().facingMode === "environment";
  }

  /** The camera's identity and name, where the browser tells. */
  get device() {
    return { id: this.#track?.getSettings().deviceId ?? "", name: this.#track?.label ?? "" };
  }

  /**
   * Start it. Called by a click alone: browsers ask whoever clicked.
   *
   * @param {string} [device] its identity; by default the one that the browser prefers
   * @returns {Promise<string>} what went wrong; empty: nothing
   */
  async start(device = "") {
    this.stop();
    if (!globalThis.isSecureContext) return INSECURE;
    if (!navigator.mediaDevices?.getUserMedia) return NONE;
    const start = this.#starts;
    try {
      const video = { ...SIZE, ...(device ? { deviceId: { exact: device } } : {}) };
      const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video });
      if (start !== this.#starts) {
        end(stream);
        return "";
      }
      this.#stream = stream;
      this.#track?.addEventListener("ended", () => {
        if (this.#stream !== stream) return;
        this.stop();
        this.onEnd(UNPLUGGED);
      });
      this.#video.srcObject = stream;
      await this.#video.play();
    } catch (error) {
      if (start === this.#starts) this.stop();
      return cameraWords(error);
    }
    return "";
  }

  /** End it. */
  stop() {
    this.#starts++;
    if (this.#stream) end(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.#seen = -1;
    this.#release();
  }

  /** @returns {Promise<{ id: string, name: string }[]>} the cameras that there are */
  async devices() {
    const found = await navigator.mediaDevices?.enumerateDevices() ?? [];
    return found.filter(({ kind }) => kind === "videoinput").map(({ deviceId, label }, number) => ({
      id: deviceId,
      name: label || `camera ${number + 1}`,
    }));
  }

  /**
   * Wait for a frame that was not captured yet, but not for ever: when the camera ends none comes, and
   * browsers present none of a video while they draw nothing.
   */
  newFrame() {
    const video = this.#video;
    if (video.readyState >= 2 && video.currentTime !== this.#seen) return Promise.resolve();
    return new Promise((resolve) => {
      const come = () => resolve(null);
      this.#release = come;
      setTimeout(come, PATIENCE);
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(come);
      else requestAnimationFrame(come);
    });
  }

  /**
   * The frame that is there now, cropped at the centre, as the model takes it.
   *
   * Encoded in one step: `toBlob` waits until the page has nothing else to do.
   *
   * @type {(width: number, height: number, mirrored: boolean, kept: HTMLCanvasElement) =>
   *   Uint8Array}
   */
  capture(width, height, mirrored, kept) {
    const video = this.#video, canvas = this.#canvas;
    this.#seen = video.currentTime;
    size(canvas, width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (!context) return new Uint8Array();
    const scale = Math.max(width / video.videoWidth, height / video.videoHeight);
    const across = width / scale, down = height / scale;
    const left = (video.videoWidth - across) / 2, top = (video.videoHeight - down) / 2;
    context.setTransform(mirrored ? -1 : 1, 0, 0, 1, mirrored ? width : 0, 0);
    context.drawImage(video, left, top, across, down, 0, 0, width, height);
    size(kept, width, height);
    kept.getContext("2d")?.drawImage(canvas, 0, 0);
    return decodeBase64(canvas.toDataURL(JPEG, QUALITY));
  }
}

/** @param {MediaStream} stream */
function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}

/** @type {(canvas: HTMLCanvasElement, width: number, height: number) => void} */
function size(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** @param {string} url */
function decodeBase64(url) {
  const text = atob(url.slice(url.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) bytes[k] = text.charCodeAt(k);
  return bytes;
}
