/** The row of the mode while frames are live: start and pause, where they come from, how fast. */

/** @import { LiveFeed } from "../live/feed.js" */

import { OFF, PAUSED, RUNNING } from "../live/feed.js";
import { button, element, icon, keepKeys } from "./dom.js";
import { Menu } from "./menu.js";

export class LiveBar {
  el;
  #feed;
  #main = button("", "", () => this.#press());
  #word = element("span", "");
  #stop;
  #mirror;
  #rescale;
  #state = element("span", "actwidget-live-state");
  #name = element("span", "actwidget-soft actwidget-live-name");
  #numbers = element("span", "actwidget-soft actwidget-live-numbers");
  #words = element("span", "actwidget-live-words", { role: "status" });
  #cameras;
  /** @type {{ id: string, name: string }[]} */
  #devices = [];
  #asked = false;
  #face = "";

  /** @param {LiveFeed} feed */
  constructor(feed) {
    this.#feed = feed;
    this.#cameras = new Menu(
      "which camera",
      element("span", ""),
      () => this.#devices.map(({ id, name }) => ({ value: id, name, words: "" })),
      (device) => feed.start(device),
    );
    this.#stop = button("stop: the recording is shown again", icon("stop"), () => feed.stop());
    this.#mirror = button("mirror the camera’s picture", icon("mirror"), () => {
      feed.mirrored = !feed.mirrored;
      this.update();
    });
    this.#rescale = button("begin the scale anew with this frame", "rescale", () => feed.rescale());
    this.#main.classList.add("actwidget-live-main");
    this.#rescale.classList.add("actwidget-live-rescale");
    this.el = element("div", "actwidget-live", {}, [
      this.#main,
      this.#state,
      this.#cameras.el,
      this.#name,
      this.#numbers,
      this.#words,
      this.#mirror,
      this.#rescale,
      this.#stop,
    ]);
    keepKeys(this.el);
    this.update();
  }

  #press() {
    const feed = this.#feed;
    if (feed.state === OFF) feed.start();
    else feed.toggle();
  }

  /** Show how it stands. */
  update() {
    const feed = this.#feed, { state, source } = feed;
    this.el.hidden = !source;
    if (!source) return;
    this.el.dataset.state = state;
    const isCamera = source.kind === "camera", runs = state === RUNNING;
    const words = runs ? "Pause" : state === PAUSED ? "Resume" : isCamera ? "Start camera" : "Play";
    this.#setFace(words, runs ? "pause" : "play");
    this.#main.disabled = feed.starting;
    this.#stop.hidden = state === OFF;
    this.#mirror.hidden = !isCamera || !feed.isOn;
    this.#mirror.setAttribute("aria-pressed", String(feed.mirrored));
    this.#rescale.hidden = !runs;
    this.#state.dataset.on = String(isCamera ? feed.isOn : runs);
    const on = runs ? "Live" : feed.isOn ? "Paused, camera on" : state === PAUSED ? "Paused" : "";
    this.#state.textContent = on;
    this.#state.hidden = !on;
    this.#updateCameras(isCamera && feed.isOn);
    this.#name.textContent = isCamera ? "" : source.name;
    this.#name.hidden = isCamera;
    this.#updateNumbers(runs);
    this.#words.textContent = feed.failure || (feed.starting ? "allow the camera …" : feed.note);
    this.#words.classList.toggle("actwidget-live-failure", Boolean(feed.failure));
    this.#words.title = this.#words.textContent;
  }

  /** @type {(words: string, name: "play" | "pause") => void} */
  #setFace(words, name) {
    if (this.#face === words) return;
    this.#face = words;
    this.#word.textContent = words;
    this.#main.replaceChildren(icon(name), this.#word);
    this.#main.title = `${words} (space)`;
    this.#main.setAttribute("aria-label", words);
  }

  /** @param {boolean} runs */
  #updateNumbers(runs) {
    const feed = this.#feed;
    this.#numbers.hidden = !runs;
    if (!runs) return;
    const rate = feed.framesPerSecond;
    const parts = [rate ? `${rate.toFixed(rate < 9.95 ? 1 : 0)} frames a second` : "starting …"];
    if (feed.dropped) parts.push(`${feed.dropped} dropped`);
    this.#numbers.textContent = parts.join(" · ");
    Object.assign(this.#numbers.dataset, { rate: String(rate), latency: String(feed.latency) });
    this.#numbers.title = feed.latency
      ? `${Math.round(feed.latency)} ms from the camera to the screen`
      : "";
  }

  /**
   * The choice of the camera, once one is on: before, browsers do not tell their names.
   *
   * @param {boolean} isOn
   */
  #updateCameras(isOn) {
    if (isOn && !this.#asked) {
      this.#asked = true;
      this.#feed.camera.devices().then((devices) => {
        this.#devices = devices;
        this.update();
      });
    }
    if (!isOn) this.#asked = false;
    this.#cameras.el.hidden = !isOn || this.#devices.length < 2;
    this.#cameras.update(this.#feed.camera.device.id);
  }
}
