/** The title of a downloaded picture, cut to the room that it has. */

/** Pixels of a title's letters, of other letters, and about how wide a letter is of its size. */
export const TITLE = 12, TEXT = 11, WIDE = 0.62;

/**
 * Text that Plotly, which reads its texts as markup and formulas, shows as it is.
 *
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/[&<>$]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/**
 * Join parts by dots to lines that fit; a part that is too long loses its middle.
 *
 * @type {(parts: string[], width: number, size?: number) => string[]}
 */
export function titleLines(parts, width, size = TITLE) {
  /** @type {string[]} */
  const lines = [];
  const most = Math.max(8, Math.floor(width / (size * WIDE)));
  for (const part of parts) {
    const fitted = fit(part, most), longer = `${lines.at(-1)} · ${fitted}`;
    if (lines.length && longer.length <= most) lines[lines.length - 1] = longer;
    else lines.push(fitted);
  }
  return lines;
}

/** @type {(text: string, most: number) => string} */
export function fit(text, most) {
  const letters = [...text];
  if (letters.length <= most) return text;
  const last = Math.floor((most - 1) / 3), first = most - 1 - last;
  return `${letters.slice(0, first).join("")}…${letters.slice(letters.length - last).join("")}`;
}

/** @type {(parts: string[], width: number) => { text: string, height: number }} as Plotly takes it */
export function fileTitle(parts, width) {
  const lines = titleLines(parts, width);
  return { text: lines.map(plain).join("<br>"), height: Math.round(lines.length * TITLE * 1.3) };
}
