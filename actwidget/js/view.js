/** One view of a widget: the header, the picture, the input beside it, and the pointer's label. */

/** @import { Model, Range, Raster, Place } from "./types.js" */
/** @import { Scene } from "./scene.js" */

import { fetchAhead } from "./ahead.js";
import { nameCoreSliders } from "./core_sliders.js";
import { bars, isFinalSoftmax } from "./bars.js";
import { nativeControls } from "./controls.js";
import { element, keepKeys } from "./dom.js";
import { contains, intersection, locate } from "./geometry.js";
import { oncePerFrame, painted } from "./frames.js";
import { HoverLabel } from "./hover.js";
import { followKeys } from "./keyboard.js";
import { loadPlotly } from "./library.js";
import { Plot } from "./plot.js";
import { followPointer } from "./pointer.js";
import { draw } from "./raster.js";
import { beyond, sceneOf } from "./scene.js";
import { Side } from "./side.js";
import { ALL } from "./state.js";
import { storeOf } from "./store.js";
import { onThemeChange } from "./theme.js";
import { channelWord, header } from "./words.js";

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
  const ahead = fetchAhead(model, store);
  /** @type {Scene | null} */
  let scene = null;
  /** @type {Place | null} */
  let pointed = null;
  let plotlyFailed = "";
  /** @type {Raster | null} */
  let raster = null;
  /** @type {unknown[]} what the raster was drawn of */
  let drawn = [];
  /** The channel that was opened last: coming back, its tile is outlined. */
  let opened = ALL;

  const headerLine = element("div", "actwidget-header", { role: "status" });
  const back = element("button", "actwidget-back", { type: "button" }, ["← all channels"]);
  const message = element("div", "actwidget-message", { role: "status" });
  const hover = new HoverLabel();
  const plot = new Plot(onRange);
  const list = element("div", "actwidget-list");
  const stage = element("div", "actwidget-stage", {
    tabindex: "0",
    role: "group",
    "aria-roledescription": "heatmap",
  }, [plot.el, list, hover.cursor, hover.el, message]);
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
  keepKeys(stage);
  keepKeys(back);
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
    const layerNumber = model.get("layer"), imageNumber = model.get("image");
    const overview = store.overview(layerNumber, imageNumber);
    if (!overview) {
      store.wantOverview(layerNumber, imageNumber);
      sayWaiting();
      return;
    }
    const before = scene;
    scene = sceneOf(model, store, overview, before);
    if (scene.channel !== ALL) opened = scene.channel;
    else if (before && before.overview.layer !== layerNumber) opened = ALL;
    store.keep(overview);
    paint(scene);
    sayHeader(scene);
    side.show(store.input(imageNumber), model.get("images") > 1 ? ` ${imageNumber}` : "");
    sayMessage(store.alive ? "" : lost());
    point(pointed);
    ahead.rest();
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
    // Where only the view or the colours have changed, the cells are the same.
    const shown = [overview, detail, normalization, channel, model.get("sort")];
    if (!raster || shown.some((each, k) => each !== drawn[k])) {
      raster = draw(layout, overview, detail, normalization);
      drawn = shown;
    }
    const { below, above } = beyond(overview, layout, normalization, colouring);
    const marks = { overview, strength: !colouring.comparable, opened };
    const name = channel === ALL ? layer.path : `${layer.path} ${channelWord(layer)} ${channel}`;
    plot.draw({ layout, full, range, raster, colouring, below, above, marks, name });
    stage.classList.toggle("actwidget-openable", channel === ALL && layer.channels > 1);
  }

  /** @param {Scene} scene */
  function sayHeader({ overview, channel, layer, normalization, colouring }) {
    // The share is known of a normalization's own limits; of others Python is asked.
    const asBars = isFinalSoftmax(model.get("layers"), overview.layer);
    const own = colouring.limits === overview.normalizations[normalization].limits;
    const share = own
      ? colouring.beyond
      : store.shareBeyond(overview.layer, normalization, colouring.limits);
    const parts = header(model.get("layers"), overview, channel, {
      beyond: channel === ALL && !asBars ? share : null,
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
    if (!known || asBars || !scene) {
      side.point(null, null, null, 0, null);
      hover.hide();
      return;
    }
    const { overview, layer, normalization, colouring } = scene;
    side.point(place, overview, layer, normalization, colouring);
    hover.show(place, scene, store, plot.box);
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

  for (
    const name of [
      "layer",
      "channel",
      "image",
      "normalization",
      "sort",
      "hold",
      "limits",
      "channel_text",
    ]
  ) {
    model.on(`change:${name}`, schedule);
  }
  const stopStore = store.listen((news) => {
    if (news === "exact") point(pointed);
    else if (news === "ahead") ahead.rest();
    else if (news === "beyond" && scene) sayHeader(scene);
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
    plotlyFailed = `Plotly could not be loaded (${error.message}); run the cell again.`;
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
