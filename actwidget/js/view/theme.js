/** The page's colours, light or dark, for what Plotly draws. */

/** @param {HTMLElement} el */
export function themeOf(el) {
  const style = getComputedStyle(el);
  const own = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
    style.getPropertyValue(`--actwidget-${name}`).trim() || otherwise;
  return {
    text: style.color,
    line: own("soft", "#888888"),
    back: own("back", "#ffffff"),
    promotes: own("promotes", "#1b7837"),
    opposes: own("opposes", "#762a83"),
    font: style.fontFamily,
  };
}

/**
 * Call back when the page changes its theme.
 *
 * @type {(changed: () => void) => () => void} stops it
 */
export function onThemeChange(changed) {
  const observer = new MutationObserver(changed);
  for (const el of [document.documentElement, document.body]) {
    observer.observe(el, {
      attributes: true,
      attributeFilter: ["class", "data-jp-theme-name", "data-jp-theme-light", "data-theme"],
    });
  }
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    query.removeEventListener("change", changed);
  };
}
