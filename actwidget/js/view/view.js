/** One view of a widget: its parts, when they are drawn, and how they end. */

/** @import { Model, Overview, PictureKey, Range } from "../types.js" */
/** @import { Scene } from "./scene.js" */

import { intersection } from "../numerics/mosaic.js";
import { pictureWanted } from "../store/picture_key.js";
import { prefetch } from "../store/prefetch.js";
import { storeOf } from "../store/store.js";
import { Controls } from "./controls.js";
import { element } from "./dom.js";
import { oncePerFrame, painted } from "./frames.js";
import { Header } from "./header.js";
import { Interaction } from "./interaction.js";
import { loadPlotly } from "./plotly_js.js";
import { presenceOf } from "./presence.js";
import { sceneOf } from "./scene.js";
import { SidePanel } from "./side_panel.js";
import { Stage } from "./stage.js";
import { StatusLine } from "./status_line.js";
import { onThemeChange } from "./theme.js";
import { TRAITS } from "./view_state.js";
import { helpText, touchHelpText } from "./labels.js";

/** Milliseconds that the first picture may take before Plotly is loaded without it. */
const HEAD_START = 500;

/** @type {(context: { model: Model, el: HTMLElement }) => () => void} */
export function render({ model, el }) {
  const store = storeOf(model), ahead = prefetch(model, store), presence = presenceOf(model);
  /** @type {Scene | null} */
  let scene = null;
  /** @type {PictureKey | null} an overview that has come when the slider had moved on */
  let passing = null;

  /** @type {(range: Range | null, moving?: boolean) => void} null: the whole picture */
  const onRange = (range, moving = false) => {
    if (!scene) return;
    scene.range = range ? intersection(range, scene.full) : scene.full;
    // What lies under the pointer is another unit already; what is drawn of it can wait.
    if (moving) interaction.refresh();
    else schedule();
  };
  const status = new StatusLine(model, store, (replacesPicture) => {
    stage.hide(replacesPicture);
    if (!replacesPicture) return;
    scene = null;
    interaction.refresh();
    header.showNameOnly(pictureWanted(model).layer);
  });
  const header = new Header(model, store);
  const stage = new Stage(model, store, onRange, status.message);
  const side = new SidePanel(model.get("layers"), model.get("has_input_image"));
  const controls = model.get("controls") ? new Controls(model) : null;
  const interaction = new Interaction(model, { stage, side, header }, () => scene, onRange);
  const root = element("div", "actwidget", {}, [
    ...(controls ? [controls.el] : []),
    header.el,
    element("div", "actwidget-main", {}, [stage.el, side.el]),
    status.note,
    element("div", "actwidget-help", {}, [
      element("span", "actwidget-help-touch", {}, [touchHelpText]),
      element("span", "actwidget-help-pointer", {}, [helpText(model.get("layers"))]),
    ]),
  ]);
  el.classList.add("actwidget-view");
  el.append(root);

  const update = () => {
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
    status.showMissing();
  };
  // Several traits change at one step, and news come with them: one picture for all.
  const { schedule, cancel } = oncePerFrame(update);

  /** @param {Overview} overview */
  const show = (overview) => {
    passing = null;
    scene = sceneOf(model, store, overview, scene);
    stage.show(scene);
    header.show(scene);
    side.show(store.input(overview.image), model.get("images") > 1 ? ` ${overview.image}` : "");
    status.showPicture();
    interaction.refresh();
  };

  for (const name of TRAITS) model.on(`change:${name}`, schedule);
  const stopStore = store.listen((event, key) => {
    if (event === "passing") passing = key ?? null;
    if (event === "value") interaction.refresh();
    else if (event === "ahead" || event === "prepare") ahead.came();
    else if (event === "clipped" && scene) {
      header.show(scene);
      // A longer header may move what is below it.
      interaction.refresh();
    } else schedule();
  });
  const stopTheme = onThemeChange(schedule);
  for (const event of ["pointerover", "focusin"]) root.addEventListener(event, ahead.use);
  let width = 0, height = 0;
  presence.enter();
  const sizes = new ResizeObserver(() => {
    presence.attach(el);
    root.classList.toggle("actwidget-fixed-height", !["", "auto"].includes(el.style.height));
    const { clientWidth, clientHeight } = stage.el;
    if (clientWidth === width && clientHeight === height) return;
    [width, height] = [clientWidth, clientHeight];
    stage.plot.resize();
    interaction.refresh();
  });
  sizes.observe(stage.el);
  sizes.observe(el);
  update();
  // To compile it keeps the page busy for a second or more: the picture goes first.
  painted(() => scene !== null, HEAD_START).then(() => loadPlotly(model)).then(
    (plotly) => stage.plot.use(plotly),
    (error) => status.plotlyFailed(error.message),
  );

  return () => {
    presence.leave();
    cancel();
    ahead.stop();
    interaction.stop();
    stopStore();
    stopTheme();
    for (const name of TRAITS) model.off(`change:${name}`, schedule);
    sizes.disconnect();
    stage.plot.close();
    root.remove();
  };
}
