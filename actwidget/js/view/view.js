/** One view of a widget: the header, the picture, the input beside it, and the pointer's label. */

/** @import { Model, Overview, PictureKey, Range, Raster, Place } from "../types.js" */
/** @import { Scene } from "./scene.js" */

import { prefetch } from "../store/prefetch.js";
import { nameCoreSliders } from "./core_sliders.js";
import { bars, isFinalSoftmax } from "./class_bars.js";
import { nativeControls } from "./native_controls.js";
import { element, keepKeys } from "./dom.js";
import { contains, intersection, locate } from "../numerics/mosaic.js";
import { oncePerFrame, painted } from "./frames.js";
import { HoverLabel } from "./hover.js";
import { followKeys } from "./keyboard.js";
import { loadPlotly } from "./plotly_js.js";
import { Plot } from "./plot.js";
import { followPointer } from "./pointer.js";
import { draw } from "../numerics/raster.js";
import { beyond, sceneOf } from "./scene.js";
import { Side } from "./side_panel.js";
import { pictureWanted } from "../store/picture_key.js";
import { ALL } from "./view_state.js";
import { lostText, noteText, statusText } from "./status_text.js";
import { storeOf } from "../store/store.js";
import { onThemeChange } from "./theme.js";
import { axisWords, channelWord, header, helpText } from "./words.js";

/** Milliseconds after which the page says that it waits; sooner it would only flicker. */
const PATIENCE = 300;

/** Milliseconds that the first picture may take before Plotly is loaded without it. */
const HEAD_START = 500;

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void}
 */
export function render({ model, el }) {
  const store = storeOf(model);
  const ahead = prefetch(model, store);
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Place | null} */
  let pointed = null;
  /** Whether a finger did it. */
  let tapped = false;
  let plotlyFailed = "";
  /** @type {Raster | null} */
  let raster = null;
  /** @type {unknown[]} what the raster was drawn of */
  let drawn = [];
  /** @type {PictureKey | null} an overview that has come when the slider had moved on */
  let passing = null;
  /** The channel that was opened last: coming back, its tile is outlined. */
  let opened = ALL;

  const headerLine = element("div", "actwidget-header", { role: "status" });
  const back = element("button", "actwidget-back", { type: "button" }, ["← all channels"]);
  const openPointed = element("button", "actwidget-back", { type: "button" });
  openPointed.hidden = true;
  const message = element("div", "actwidget-message", { role: "status" });
  const hover = new HoverLabel();
  const plot = new Plot(onRange);
  const list = element("div", "actwidget-list");
  const stage = element("div", "actwidget-stage", {
    tabindex: "0",
    role: "group",
    "aria-roledescription": "heatmap",
  }, [plot.el, list, hover.cursor, hover.el, message]);
  const side = new Side(model.get("layers"), model.get("has_input_image"), pointFromInput);
  const controls = model.get("controls") ? nativeControls(model) : null;
  const note = element("div", "actwidget-note", { role: "status" });
  const help = element("div", "actwidget-help", {}, [
    element("span", "actwidget-help-touch", {}, [
      "Tap a unit to read it, then the button to open its channel · drag to zoom, double-tap to reset",
    ]),
    element("span", "actwidget-help-pointer", {}, [helpText(model.get("layers"))]),
  ]);
  const root = element("div", "actwidget", {}, [
    ...(controls ? [controls.el] : []),
    element("div", "actwidget-top", {}, [headerLine, back, openPointed]),
    element("div", "actwidget-main", {}, [stage, side.el]),
    note,
    help,
  ]);
  keepKeys(stage);
  keepKeys(back);
  keepKeys(openPointed);
  el.append(root);

  /** @param {Record<string, number>} changes */
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };

  /** @param {Range | null} range */
  function onRange(range) {
    if (!scene) return;
    scene.range = range ? intersection(range, scene.full) : scene.full;
    schedule();
  }

  // Several traits change at one step, and news come with them: one picture for all.
  const { schedule, cancel } = oncePerFrame(update);

  function update() {
    controls?.update();
    const wanted = pictureWanted(model), overview = store.overview(wanted);
    if (overview) {
      show(overview);
      store.save(overview);
      ahead.rest();
      return;
    }
    store.requestOverview(wanted);
    // On the way there what comes is shown, as a film that is wound on.
    const last = passing && store.overview(passing);
    if (last) show(last);
    sayWaiting();
  }

  /** @param {Overview} overview */
  function show(overview) {
    passing = null;
    const before = scene;
    scene = sceneOf(model, store, overview, before);
    if (scene.channel !== ALL) opened = scene.channel;
    else if (before && before.overview.layer !== overview.layer) opened = ALL;
    paint(scene);
    sayHeader(scene);
    side.show(store.input(overview.image), model.get("images") > 1 ? ` ${overview.image}` : "");
    sayMessage(lostText(store));
    note.textContent = noteText(model, store);
    point(pointed);
  }

  /** @param {Scene} scene */
  function paint(scene) {
    const { overview, detail, layer, layout, full, range, normalization, channel } = scene;
    const { colouring } = scene;
    const asBars = isFinalSoftmax(model.get("layers"), overview.layer);
    list.hidden = !asBars;
    plot.el.classList.toggle("actwidget-replaced", asBars);
    if (asBars) {
      const names = model.get("class_names");
      const own = layer.named ? names : [];
      list.replaceChildren(bars(overview, layer, own, channel, (unit) => set({ channel: unit })));
    }
    // Where only the view or the colours have changed, the cells are the same.
    const shown = [overview, detail, normalization, channel, model.get("sort")];
    if (!raster || shown.some((each, k) => each !== drawn[k])) {
      raster = draw(layout, overview, detail, normalization);
      drawn = shown;
    }
    const { below, above } = beyond(overview, layout, normalization, colouring);
    const isSequence = layer.kind === "sequence";
    const column = isSequence ? channel : ALL, titles = isSequence ? axisWords(layer) : null;
    const marks = { overview, strength: !colouring.comparable, opened, column };
    const name = nameOf(scene);
    plot.draw({ layout, full, range, raster, colouring, below, above, marks, titles, name });
    stage.classList.toggle("actwidget-openable", canOpen(scene));
  }

  /** @param {Scene} scene */
  function sayHeader({ overview, channel, alone, layer, normalization, colouring }) {
    // The share is known of a normalization's own limits; of others Python is asked.
    const asBars = isFinalSoftmax(model.get("layers"), overview.layer);
    const own = colouring.limits === overview.normalizations[normalization].limits;
    const share = own
      ? colouring.clipped
      : store.clippedShare(overview.layer, normalization, colouring.limits);
    const parts = header(model.get("layers"), overview, channel, {
      beyond: !alone && !asBars ? share : null,
      firstNonFinite: model.get("first_non_finite"),
      prediction: model.get("predictions")[overview.image],
      kept: store.alive ? 1 : store.finest(overview.layer),
    });
    headerLine.textContent = parts.join(" · ");
    headerLine.title = parts.join(" · ");
    back.hidden = channel === ALL;
    const what = alone ? `${channelWord(layer)} ${channel}` : "all channels";
    const slice = layer.depth > 1 ? `, slice ${overview.slice}` : "";
    const framed = channel !== ALL && !alone ? `, channel ${channel} framed` : "";
    stage.setAttribute("aria-label", `${what} of ${layer.path}${slice}${framed}`);
  }

  /** @param {Scene} scene */
  function nameOf({ layer, overview, channel }) {
    const slice = layer.depth > 1 ? ` slice ${overview.slice}` : "";
    return layer.path + slice + (channel === ALL ? "" : ` ${channelWord(layer)} ${channel}`);
  }

  /**
   * Whether a click opens something: a tile, or of a sequence the column of a channel.
   *
   * @param {Scene} scene
   */
  function canOpen({ layer, channel }) {
    return layer.channels > 1 && (layer.kind === "sequence" || channel === ALL);
  }

  let waitingSince = 0;
  function sayWaiting() {
    const wanted = pictureWanted(model), status = store.status(wanted);
    if (status !== "waiting") {
      blank(statusText(status, model, store));
      return;
    }
    waitingSince ||= performance.now();
    setTimeout(() => {
      const over = waitingSince && performance.now() - waitingSince > PATIENCE - 1;
      if (over && store.waiting && store.status(pictureWanted(model)) === "waiting") {
        blank(statusText("waiting", model, store));
      }
    }, PATIENCE);
  }

  /** @param {string} text in place of the picture */
  function blank(text) {
    scene = null;
    pointed = null;
    point(null);
    const path = model.get("layers")[model.get("layer")].path;
    note.textContent = "";
    headerLine.textContent = `${model.get("layer") + 1}/${model.get("layers").length} · ${path}`;
    sayMessage(text);
  }

  /** @param {string} text */
  function sayMessage(text) {
    if (!text) waitingSince = 0;
    text ||= plotlyFailed;
    message.textContent = text;
    message.hidden = !text;
    const hidden = Boolean(text) && text !== plotlyFailed;
    plot.el.classList.toggle("actwidget-hidden", hidden);
    list.classList.toggle("actwidget-hidden", hidden);
  }

  /**
   * Show what is known of a place, beside it.
   *
   * @param {Place | null} place
   */
  function point(place) {
    pointed = place;
    const known = place && scene && place.channel < scene.layer.tiles &&
      scene.layout.order.includes(place.channel);
    const asBars = scene !== null && isFinalSoftmax(model.get("layers"), scene.overview.layer);
    openPointed.hidden = !tapped || !known || asBars || !scene || !canOpen(scene);
    if (!known || asBars || !scene) {
      side.point(null, null, null, 0, null);
      hover.hide();
      return;
    }
    const { overview, layer, normalization, colouring } = scene;
    openPointed.textContent = layer.kind === "sequence"
      ? `frame channel ${place.column}`
      : `open ${channelWord(layer)} ${place.channel}`;
    side.point(place, overview, layer, normalization, colouring);
    hover.show(place, scene, store, plot.box);
  }

  /** @param {{ x: number, y: number } | null} share of the input's width and height */
  function pointFromInput(share) {
    if (!scene || scene.channel === ALL) return;
    const { layer, channel, alone } = scene;
    if (!layer.sees) return;
    const row = share ? Math.floor(share.y * layer.height) : 0;
    const column = share ? Math.floor(share.x * layer.width) : 0;
    point(share && (alone ? { channel, row, column } : { channel: 0, row, column: channel }));
  }

  /** @param {Place} place */
  const open = (place) => {
    if (!scene || !canOpen(scene)) return;
    if (scene.layer.kind !== "sequence") set({ channel: place.channel });
    else set({ channel: place.column === scene.channel ? ALL : place.column });
  };
  /**
   * A finger cannot hover: it reads a unit, and a button opens its channel.
   *
   * @param {Place | null} place
   */
  const tap = (place) => {
    tapped = true;
    point(place);
  };
  openPointed.addEventListener("click", () => {
    if (pointed) open(pointed);
  });
  const goBack = () => {
    if (scene && scene.channel !== ALL) set({ channel: ALL });
  };
  back.addEventListener("click", () => {
    goBack();
    stage.focus();
  });

  const stopPointer = followPointer(plot, () => scene && scene.range, {
    move: (at) => {
      const place = at && scene && locate(scene.layout, at.x, at.y);
      tapped = false;
      if (place || pointed) point(place);
    },
    click: (at, touch) => {
      const place = scene && locate(scene.layout, at.x, at.y);
      if (touch) tap(place);
      else if (place) open(place);
    },
    zoomed: () =>
      scene !== null && scene.range !== scene.full && !contains(scene.range, scene.full),
  });
  // Plotly keeps a press from giving the focus, which the keys need.
  stage.addEventListener("pointerdown", () => stage.focus({ preventScroll: true }), true);
  followKeys(stage, {
    scene: () => scene,
    pointed: () => pointed,
    point,
    open,
    goBack,
    onRange,
    step: (name, by) => {
      const last = {
        layer: model.get("layers").length - 1,
        channel: model.get("layers")[model.get("layer")].channels - 1,
        slice: model.get("layers")[model.get("layer")].depth - 1,
      }[name];
      const first = name === "channel" ? ALL : 0;
      set({ [name]: Math.min(last, Math.max(first, model.get(name) + by)) });
    },
  });

  for (
    const name of [
      "layer",
      "channel",
      "image",
      "slice",
      "normalization",
      "sort",
      "hold",
      "limits",
      "channel_text",
    ]
  ) {
    model.on(`change:${name}`, schedule);
  }
  const stopStore = store.listen((news, which) => {
    if (news === "passing") passing = which ?? null;
    if (news === "value") point(pointed);
    else if (news === "ahead" || news === "prepare") ahead.came();
    else if (news === "clipped" && scene) sayHeader(scene);
    else schedule();
  });
  const stopTheme = onThemeChange(schedule);
  /** @type {(() => void) | null} */
  let stopNames = null;
  let width = 0;
  // Called first when the view has been put into the page, which is after it was rendered.
  const sizes = new ResizeObserver(() => {
    if (!stopNames) {
      stopNames = nameCoreSliders(el, model);
      // The core sliders are in this box, too.
      const box = el.closest(".actwidget-box") ?? el;
      for (const event of ["pointerover", "focusin"]) box.addEventListener(event, ahead.use);
    }
    if (stage.clientWidth === width) return;
    width = stage.clientWidth;
    plot.resize();
    point(pointed);
  });
  sizes.observe(stage);
  update();
  // To compile it keeps the page busy for a second or more: the picture goes first.
  const first = painted(() => scene !== null, HEAD_START);
  first.then(() => loadPlotly(model)).then((plotly) => plot.use(plotly), (error) => {
    plotlyFailed = `Plotly could not be loaded: ${error.message}.`;
    sayMessage("");
  });

  return () => {
    cancel();
    ahead.stop();
    stopPointer();
    stopStore();
    stopTheme();
    stopNames?.();
    sizes.disconnect();
    plot.close();
    root.remove();
  };
}
