/** One view of a widget: the header, the picture, the input beside it, and the pointer's label. */

/** @import { Model, Layer, Layout, Range, Overview, Detail, Place, Colouring } from "./types.js" */

import { nameCoreSliders } from "./accessible_names.js";
import { bars, isFinalSoftmax } from "./bars.js";
import { nativeControls } from "./controls.js";
import { element } from "./dom.js";
import {
  blockFor,
  blockRange,
  channelLayout,
  contains,
  fullRange,
  gridLayout,
  intersection,
  locate,
  patchesIn,
} from "./geometry.js";
import { followKeys } from "./keyboard.js";
import { loadPlotly } from "./library.js";
import { Plot } from "./plot.js";
import { followPointer } from "./pointer.js";
import { covers, draw, read, shown, strongestFirst } from "./raster.js";
import { colouringInForce } from "./scale.js";
import { Side } from "./side.js";
import { ALL } from "./state.js";
import { storeOf } from "./store.js";
import { onThemeChange, themeOf } from "./theme.js";
import { channelWord, header, label, silenceText } from "./words.js";

/** Milliseconds after which the page says that it waits; sooner it would only flicker. */
const PATIENCE = 300;

/**
 * What is on the screen.
 *
 * @typedef {object} Scene
 * @prop {string} key what it shows, for telling whether the view stays
 * @prop {Overview} overview
 * @prop {Detail | null} detail
 * @prop {Layer} layer
 * @prop {Layout} layout
 * @prop {Range} full
 * @prop {Range} range
 * @prop {number} normalization
 * @prop {Colouring} colouring
 * @prop {number} channel
 */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void}
 */
export function render({ model, el }) {
  const store = storeOf(model);
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Place | null} */
  let pointed = null;
  let frame = 0;
  let plotlyFailed = "";
  /** The channel that was opened last: coming back, its tile is outlined. */
  let opened = ALL;

  const headerLine = element("div", "actwidget-header", { role: "status" });
  const back = element("button", "actwidget-back", { type: "button" }, ["← all channels"]);
  const message = element("div", "actwidget-message", { role: "status" });
  const hover = element("div", "actwidget-hover", { role: "status" });
  const cursor = element("div", "actwidget-cursor");
  const plot = new Plot(onRange);
  const list = element("div", "actwidget-list");
  const stage = element("div", "actwidget-stage", {
    tabindex: "0",
    role: "group",
    "aria-roledescription": "heatmap",
  }, [plot.el, list, cursor, hover, message]);
  const side = new Side(pointFromInput);
  const controls = model.get("controls") ? nativeControls(model) : null;
  const help = element("div", "actwidget-help", {}, [
    "Click a tile to open its channel · drag to zoom, shift-drag to pan, wheel to zoom, " +
    "double-click to reset · keys: ← → channel, ↑ ↓ layer, shift-arrows unit, + − 0 zoom, " +
    "Enter open, Esc back",
  ]);
  const root = element("div", "actwidget", {}, [
    ...(controls ? [controls.el] : []),
    element("div", "actwidget-top", {}, [headerLine, back]),
    element("div", "actwidget-main", {}, [stage, side.el]),
    help,
  ]);
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
  function schedule() {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(update);
  }

  function update() {
    controls?.update();
    const layerNumber = model.get("layer"), imageNumber = model.get("image");
    const overview = store.overview(layerNumber, imageNumber);
    if (!overview) {
      store.wantOverview(layerNumber, imageNumber);
      sayWaiting();
      return;
    }
    const layer = model.get("layers")[layerNumber];
    const wanted = model.get("channel");
    const channel = wanted < layer.channels ? wanted : ALL;
    if (channel !== ALL) opened = channel;
    else if (scene && scene.overview.layer !== layerNumber) opened = ALL;
    const order = model.get("sort") ? strongestFirst(overview, layer.channels) : undefined;
    const layout = channel === ALL ? gridLayout(layer, order) : channelLayout(layer, channel);
    const full = fullRange(layout);
    // Where the next layer is laid out the same, the place in sight stays: for comparing them.
    const key = JSON.stringify([layout.columns, layout.rows, layout.period, channel === ALL]);
    const range = scene?.key === key ? scene.range : full;
    scene = {
      key,
      overview,
      detail: null,
      layer,
      layout,
      full,
      range,
      normalization: model.get("normalization"),
      colouring: colouringInForce(model, overview),
      channel,
    };
    scene.detail = refined(scene);
    store.keep(overview);
    paint(scene);
    sayHeader(scene);
    side.show(store.input(imageNumber), model.get("images") > 1 ? ` ${imageNumber}` : "");
    sayMessage(store.alive ? "" : lost());
    point(pointed);
  }

  /**
   * The finer units of what is in sight; asked for where the page does not hold them.
   *
   * @param {Scene} scene
   * @returns {Detail | null}
   */
  function refined({ overview, layout, range }) {
    const block = blockFor(layout, range);
    if (block >= overview.block) return null;
    const patches = patchesIn(layout, range, block);
    const { layer, image: imageNumber } = overview;
    const held = store.detail(layer, imageNumber, block, patches);
    if (!held) store.wantDetail(layer, imageNumber, block, patches);
    return held ?? null;
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
      list.replaceChildren(bars(overview, layer, names, channel, (unit) => set({ channel: unit })));
    }
    let raster = draw(layout, overview, detail, normalization);
    if (detail && !contains(covers(raster), range)) {
      raster = draw(layout, overview, null, normalization);
    }
    const { below, above } = beyond(overview, layout, normalization, colouring);
    const marks = { overview, strength: !colouring.comparable, opened };
    const name = channel === ALL ? layer.path : `${layer.path} ${channelWord(layer)} ${channel}`;
    const theme = themeOf(root);
    plot.draw({ layout, full, range, raster, colouring, below, above, marks, name, theme });
    stage.classList.toggle("actwidget-openable", channel === ALL && layer.channels > 1);
  }

  /** @param {Scene} scene */
  function sayHeader({ overview, channel, layer, normalization, colouring }) {
    // The share is known of a normalization's own limits; of others Python is asked.
    const asBars = isFinalSoftmax(model.get("layers"), overview.layer);
    const own = colouring.limits === overview.normalizations[normalization].limits;
    const beyond = own
      ? colouring.beyond
      : store.shareBeyond(overview.layer, normalization, colouring.limits);
    const parts = header(model.get("layers"), overview, channel, {
      beyond: channel === ALL && !asBars ? beyond : null,
      firstNonFinite: model.get("first_non_finite"),
      prediction: model.get("predictions")[overview.image],
    });
    headerLine.textContent = parts.join(" · ");
    headerLine.title = parts.join(" · ");
    back.hidden = channel === ALL;
    stage.setAttribute(
      "aria-label",
      `${channel === ALL ? "all channels" : `${channelWord(layer)} ${channel}`} of ${layer.path}`,
    );
  }

  let waitingSince = 0;
  function sayWaiting() {
    if (!store.alive) {
      blank(lost());
      return;
    }
    if (store.failure) {
      blank(`Python could not make this picture: ${store.failure}`);
      return;
    }
    waitingSince ||= performance.now();
    setTimeout(() => {
      if (
        !store.waiting || !waitingSince || store.overview(model.get("layer"), model.get("image"))
      ) {
        return;
      }
      const path = model.get("layers")[model.get("layer")].path;
      blank(`Waiting for ${path}: the kernel is busy. The picture comes when it is free.`);
    }, PATIENCE);
  }

  function lost() {
    return "The kernel that made this picture is gone. Run the cell again to get it back.";
  }

  /** @param {string} text in place of the picture */
  function blank(text) {
    scene = null;
    pointed = null;
    point(null);
    const path = model.get("layers")[model.get("layer")].path;
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
    const known = place && scene && place.channel < scene.layer.channels &&
      scene.layout.order.includes(place.channel);
    const asBars = scene !== null && isFinalSoftmax(model.get("layers"), scene.overview.layer);
    hover.hidden = cursor.hidden = !known || asBars;
    if (!known || asBars || !scene) {
      side.point(null, null, null, 0, null);
      return;
    }
    const { overview, detail, layout, layer, normalization, range, colouring } = scene;
    side.point(place, overview, layer, normalization, colouring);
    const reading = read(layout, overview, detail, place);
    const exact = store.exact(overview.layer, overview.image, place, reading.block);
    if (exact) Object.assign(reading, { value: exact.value, exact: true });
    const value = shown(overview, normalization, place.channel, reading.value);
    const lines = label(layer, place, reading, value, colouring.limits);
    if (exact && reading.block > 1) {
      lines[lines.length - 1] += `, at row ${exact.row} · column ${exact.column}`;
    }
    const silent = silenceText(overview, place.channel);
    if (silent && overview.groups === layer.channels) lines.push(silent);
    hover.replaceChildren(...lines.map((line) => element("div", "", {}, [line])));

    const box = plot.box;
    const block = blockRange(layout, place, reading.block);
    const x = box.width / (range.right - range.left), y = box.height / (range.bottom - range.top);
    const left = box.left + (block.left - range.left) * x;
    const top = box.top + (block.top - range.top) * y;
    const width = (block.right - block.left) * x, height = (block.bottom - block.top) * y;
    Object.assign(cursor.style, {
      transform: `translate(${left}px, ${top}px)`,
      width: `${Math.max(1, width)}px`,
      height: `${Math.max(1, height)}px`,
    });
    // Beside the unit, on the side that has room, so that it never hides what it speaks of.
    const beside = left + width + 12 + hover.offsetWidth < stage.clientWidth
      ? left + width + 12
      : left - 12 - hover.offsetWidth;
    const below = Math.min(top + height + 8, stage.clientHeight - hover.offsetHeight - 2);
    hover.style.transform = `translate(${Math.max(0, beside)}px, ${Math.max(0, below)}px)`;
  }

  /** @param {{ x: number, y: number } | null} share of the input's width and height */
  function pointFromInput(share) {
    if (!scene || scene.channel === ALL) return;
    const { layer, channel } = scene;
    point(
      share && {
        channel,
        row: Math.floor(share.y * layer.height),
        column: Math.floor(share.x * layer.width),
      },
    );
  }

  /** @param {Place} place */
  const open = (place) => {
    if (scene && scene.channel === ALL && scene.layer.channels > 1) set({ channel: place.channel });
  };
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
      if (place || pointed) point(place);
    },
    click: (at) => {
      const place = scene && locate(scene.layout, at.x, at.y);
      if (place) open(place);
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
      }[name];
      const first = name === "channel" ? ALL : 0;
      set({ [name]: Math.min(last, Math.max(first, model.get(name) + by)) });
    },
  });

  for (const name of ["layer", "channel", "image", "normalization", "sort", "hold", "limits"]) {
    model.on(`change:${name}`, schedule);
  }
  const stopStore = store.listen(schedule);
  const stopTheme = onThemeChange(schedule);
  /** @type {(() => void) | null} */
  let stopNames = null;
  let width = 0;
  // Called first when the view has been put into the page, which is after it was rendered.
  const sizes = new ResizeObserver(() => {
    stopNames ??= nameCoreSliders(el, model);
    if (stage.clientWidth === width) return;
    width = stage.clientWidth;
    if (scene) plot.resize();
    point(pointed);
  });
  sizes.observe(stage);
  update();
  loadPlotly(model).then((plotly) => plot.use(plotly), (error) => {
    plotlyFailed = `Plotly could not be loaded (${error.message}); run the cell again.`;
    sayMessage("");
  });

  return () => {
    cancelAnimationFrame(frame);
    stopPointer();
    stopStore();
    stopTheme();
    stopNames?.();
    sizes.disconnect();
    plot.close();
    root.remove();
  };
}

/**
 * Whether values of what is shown lie beyond the colours' ends.
 *
 * @param {Overview} overview
 * @param {Layout} layout
 * @param {number} normalization
 * @param {Colouring} colouring
 */
function beyond(overview, layout, normalization, { limits: [low, high] }) {
  let below = false, above = false;
  for (const channel of layout.order) {
    const row = overview.groups === 1 ? 0 : channel;
    const least = overview.table[2 * overview.groups + row];
    const most = overview.table[4 * overview.groups + row];
    const ends = [least, most].map((value) => shown(overview, normalization, channel, value));
    below ||= ends[0] < low - (high - low) * 1e-6;
    above ||= ends[1] > high + (high - low) * 1e-6;
    if (overview.groups === 1) break;
  }
  return { below, above };
}
