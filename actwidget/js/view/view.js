/** One view of a widget: its parts, when they are drawn, and how they end. */

/** @import { Layer, Model, Overview, PictureKey, Range } from "../types.js" */
/** @import { RoomKind } from "./frame.js" */
/** @import { Presence } from "./presence.js" */
/** @import { Scene } from "./scene.js" */
/** @import { LiveFeed } from "../live/feed.js" */
/** @import { Store } from "../store/store.js" */

import { intersection } from "../numerics/mosaic.js";
import { pictureWanted } from "../store/picture_key.js";
import { isExplored, isOfFrames, isOfOtherImage, LIVE } from "../store/variant.js";
import { prefetch } from "../store/prefetch.js";
import { comparedAnswers } from "./compared_answers.js";
import { Controls } from "./controls.js";
import { element } from "./dom.js";
import { afterFrame, oncePerFrame, painted } from "./frames.js";
import { isSmall, isTight, isTiny, roomKind, stageHeight, toolbarRoom } from "./frame.js";
import { Header } from "./header.js";
import { Help } from "./help.js";
import { Interaction } from "./interaction.js";
import { loadPlotly } from "./plotly_js.js";
import { OtherInputs } from "./other_inputs.js";
import { Pager } from "./pager.js";
import { Panels } from "./panels.js";
import { nextFrame, sceneOf } from "./scene.js";
import { SidePanel } from "./side_panel.js";
import { Stage } from "./stage.js";
import { StatusLine } from "./status_line.js";
import { Strip } from "./strip.js";
import { onThemeChange } from "./theme.js";
import { Toolbar } from "./toolbar.js";
import { TRAITS } from "./view_state.js";
import { classesOf, classExplained, overlayOf, valuesWithout } from "./attribution.js";
import { explain } from "./why.js";

const INVITATION = "Point to read a value, click to open a channel";

/** On a screen that is touched. */
const TOUCH_INVITATION = "Tap to read a value, then open its channel";

/** Milliseconds that the first picture may take before Plotly is loaded without it. */
const HEAD_START = 500;

/**
 * @param {{ model: Model, el: HTMLElement, store: Store, presence: Presence, feed: LiveFeed }} context
 * @returns {() => void} ends it
 */
export function render({ model, el, store, presence, feed }) {
  const ahead = prefetch(model, store);
  /** @type {Scene | null} */
  let scene = null;
  /** @type {PictureKey | null} an overview that has come when the slider had moved on */
  let passing = null;

  /** @type {(range: Range | null, moving?: boolean) => void} null: the whole picture */
  const onRange = (range, moving = false) => {
    if (!scene) return;
    scene.range = range ? intersection(range, scene.full) : scene.full;
    // What lies under the pointer is another unit already; what is drawn of it can wait.
    if (moving) {
      interaction.refresh();
      panels.follow(scene.range);
    } else schedule();
  };
  const status = new StatusLine(model, store, (replacesPicture) => {
    panels.hide(replacesPicture);
    if (!replacesPicture) return;
    scene = null;
    interaction.refresh();
    header.showNameOnly(pictureWanted(model).layer);
  });
  /** @type {Layer[]} */
  const layers = model.get("layers");
  const header = new Header(model, store), help = new Help(layers);
  const stage = new Stage(model, store, onRange, [status.message]);
  const panels = new Panels(model, store, stage, {
    range: onRange,
    point: (unit) => interaction.pointAt(unit),
    open: (unit) => interaction.openAt(unit),
  });
  const controls = model.get("controls") ? new Controls(model, store, header.back, feed) : null;
  // Without controls the layer is chosen elsewhere.
  header.name.disabled = !controls;
  const predictions = model.get("predictions");
  const side = new SidePanel({
    image: model.get("has_input_image"),
    answers: predictions.length > 0,
    several: Boolean(controls?.image),
  });
  const inputs = new OtherInputs(model, store);
  side.frame.parentElement?.after(inputs.el);
  const toolbar = new Toolbar(header, controls, help, {
    reset: () => onRange(null),
    download: () => stage.download(),
  });
  const pager = new Pager((by) => {
    if (scene?.alone) interaction.step("channel", by);
    else pager.turn(by);
    schedule();
  });
  const meaning = element("span", "actwidget-meaning");
  const colours = element("div", "actwidget-colours actwidget-soft", {}, ["colours: ", meaning]);
  const foot = element("div", "actwidget-foot", {}, [
    element("div", "actwidget-say", {}, [
      stage.hover.el,
      status.note,
      element("div", "actwidget-invitation actwidget-soft", {}, [
        matchMedia("(hover: none)").matches ? TOUCH_INVITATION : INVITATION,
      ]),
    ]),
    header.open,
    colours,
    pager.el,
  ]);
  const interaction = new Interaction(
    model,
    store,
    { stage, panels, side, header, feed },
    () => scene,
    onRange,
    (channel) => {
      if (scene) pager.turnTo(scene, channel);
      schedule();
    },
  );
  const strip = new Strip(model, store, { side, stage });
  const main = element("div", "actwidget-main", {}, [side.el, panels.el]);
  const root = element("div", "actwidget", {}, [
    toolbar.el,
    header.line,
    ...(controls ? [controls.rows] : []),
    main,
    foot,
    header.list.el,
    help.el,
  ]);
  el.classList.add("actwidget-view");
  el.append(root);

  /** @type {RoomKind | ""} */
  let kind = "";
  let width = 0, height = "", fitted = "";

  /** Give everything its place in the room that there is. */
  const fit = (/** @type {number} */ layer) => {
    width ||= root.clientWidth;
    root.classList.toggle("actwidget-tight", isTight(width));
    root.classList.toggle("actwidget-tiny", isTiny(width));
    const now = roomKind(width), small = isSmall(layers, layer), has = toolbarRoom(width);
    const hasOwnHeight = !["", "auto"].includes(el.style.height);
    const below = strip.fit(now, layers, layer, width);
    height = hasOwnHeight ? "" : `${stageHeight(now, width, small, controls?.more, below)}px`;
    const fits = JSON.stringify([now, height, has]);
    if (fitted === fits) return;
    fitted = fits;
    kind = now;
    root.classList.toggle("actwidget-fixed-height", hasOwnHeight);
    root.dataset.room = kind;
    panels.el.style.height = height;
    toolbar.fit(kind, has, side.slot);
    controls?.fit(has, side.images);
    side.fit(kind, small);
    if (kind !== "wide" && controls) side.slot.append(stage.facts.over);
    panels.measure();
    controls?.map.measure();
    controls?.film?.draw();
  };

  const update = () => {
    header.update();
    controls?.update();
    const wanted = pictureWanted(model), overview = store.overview(wanted);
    const isLive = wanted.variant === LIVE;
    if (overview && isLive) {
      const now = stateText(), next = shownOf === now ? nextFrame(store, scene, overview) : null;
      if (next) showFrame(next);
      else {
        show(overview);
        shownOf = stateText();
      }
      afterFrame(() => feed.painted());
      return;
    }
    if (overview) {
      show(overview);
      store.save(overview);
      ahead.rest();
      return;
    }
    // The first frame comes soon, and that of another layer with the next.
    if (isLive) return;
    store.requestOverview(wanted);
    // On the way there what comes is shown, as a film that is wound on.
    const last = passing && store.overview(passing);
    if (last) show(last);
    else side.lay(overlayOf(model, store, wanted), model.get("overlay_opacity") ?? 0.5);
    status.showMissing();
  };
  // Several traits change at one step, and news come with them: one picture for all.
  const { schedule, cancel } = oncePerFrame(update);

  /** How large everything is, and of which state all of it was drawn last. */
  let size = "", shownOf = "";
  const stateText = () => {
    const traits = TRAITS.map((name) => model.get(name));
    return JSON.stringify([traits, scene?.range, scene?.page?.number, size]);
  };

  /** @type {(next: Scene) => void} the next live frame: what moves, and nothing around it */
  const showFrame = (next) => {
    scene = next;
    stage.showFrame(next);
    showWhy(next.overview, "");
    interaction.refresh();
  };

  /** @param {Overview} overview */
  const show = (overview) => {
    passing = null;
    fit(overview.layer);
    const bar = panels.fit(kind || "wide", width, overview);
    const turned = kind === "phone" ? pager.page.bind(pager) : null;
    // Pages of tiles stay what they are while a channel is open.
    const free = stage.plot.room(bar), { height: taken } = strip;
    const room = { ...free, height: free.height + (turned ? taken : 0) };
    scene = sceneOf(model, store, overview, scene, room, turned);
    pager.show(turned && scene);
    strip.show(scene, foot);
    stage.show(scene, bar);
    panels.show(scene);
    header.show(scene);
    toolbar.settle();
    meaning.textContent = scene.colouring.title;
    colours.classList.toggle("actwidget-colours-none", scene.asBars);
    const { variant } = overview, several = model.get("images") > 1 && !isOfFrames(variant);
    const number = isExplored(variant)
      ? ` · image ${model.get("explored")}`
      : several
      ? ` ${overview.image}`
      : "";
    showWhy(overview, number);
    controls?.why.say(scene.why);
    status.showPicture();
    help.note(status.note.textContent ?? "");
    interaction.refresh();
  };

  /** @type {(overview: Overview, number: string) => void} the input, and what explains the target */
  const showWhy = (overview, number) => {
    const explained = classExplained(model);
    const known = isOfFrames(overview.variant) ? store.live.answers : predictions[overview.image];
    const isOne = isOfOtherImage(overview.variant) || model.get("ablated");
    const compared = isOne ? null : comparedAnswers(model, overview.image);
    const answers = overview.answers ?? compared?.answers ?? known;
    const numbers = compared?.numbers ?? classesOf(model).map(([each]) => each);
    const name = inputs.nameOf(overview);
    inputs.show(overview);
    side.show(store.input(overview), name ? ` · ${name}` : number, answers ?? [], {
      chosen: explained === null ? -1 : numbers.indexOf(explained),
      compared,
      without: valuesWithout(model, store),
      canExplain: store.canExplain,
    });
    side.lay(overlayOf(model, store, overview), model.get("overlay_opacity") ?? 0.5);
  };
  side.onClass = (place) => {
    const likely = comparedAnswers(model, model.get("image_index"))?.numbers ??
      classesOf(model).map(([each]) => each);
    const number = likely[place];
    if (number === undefined) return;
    explain(model, classExplained(model) === number ? null : number);
  };

  for (const name of TRAITS) model.on(`change:${name}`, schedule);
  const stopStore = store.listen((event, key) => {
    if (event === "passing") passing = key ?? null;
    if (event === "profiles" || event === "compare") {
      controls?.map.draw();
      header.list.update();
      if (event === "compare") schedule();
    } else if (event === "value" || event === "field") interaction.refresh();
    else if (event === "why") {
      schedule();
      interaction.refresh();
    } else if (event === "input") controls?.film?.draw();
    else if (event === "ahead" || event === "prepare") ahead.came();
    else schedule();
  });
  const stopTheme = onThemeChange(() => {
    controls?.map.draw();
    schedule();
  });
  for (const event of ["pointerover", "focusin"]) root.addEventListener(event, ahead.use);
  const sight = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    sight.disconnect();
    store.requestProfiles();
    store.compare.requestDistances();
    ahead.see();
  });
  presence.enter();
  feed.enter();
  const looks = new IntersectionObserver((entries) => {
    feed.see(root, entries.at(-1)?.isIntersecting ?? false);
  });
  looks.observe(root);
  const stopFeed = feed.listen(() => controls?.live.update());
  const sizes = new ResizeObserver(() => {
    presence.attach(el);
    const { clientWidth, clientHeight } = stage.el;
    const now = [root.clientWidth, clientWidth, clientHeight, el.style.height].join();
    if (now === size) return;
    size = now;
    width = root.clientWidth;
    if (scene) fit(scene.overview.layer);
    toolbar.settle();
    panels.measure();
    controls?.map.measure();
    controls?.film?.draw();
    schedule();
  });
  for (const each of [root, stage.el, el]) sizes.observe(each);
  update();
  // To compile it keeps the page busy for a second or more: the picture goes first.
  const first = painted(() => scene !== null, HEAD_START);
  first.then(() => sight.observe(root));
  first.then(() => loadPlotly(model)).then(
    (plotly) => panels.use(plotly),
    (error) => status.plotlyFailed(error.message),
  );

  return () => {
    presence.leave();
    looks.disconnect();
    stopFeed();
    feed.leave(root);
    cancel();
    ahead.stop();
    interaction.stop();
    stopStore();
    stopTheme();
    for (const name of TRAITS) model.off(`change:${name}`, schedule);
    sizes.disconnect();
    sight.disconnect();
    panels.close();
    root.remove();
  };
}
