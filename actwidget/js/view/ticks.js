/** The labels along an axis. */

/**
 * Labels along one axis: tiles while several are in sight, else the units of a map.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} pixels the axis' length on the screen
 * @param {number} room pixels that a label needs
 * @param {number} tiles along this axis
 * @param {(tile: number) => string} label
 * @param {number} period units from one tile to the next
 * @param {number} units in a tile
 * @param {boolean} byTile whether tiles are named, even where there is one
 * @returns {{ at: number[], text: string[] }}
 */
export function ticks(from, to, pixels, room, tiles, label, period, units, byTile = tiles > 1) {
  const most = Math.max(1, Math.floor(pixels / room));
  /** @type {number[]} */
  const at = [];
  /** @type {string[]} */
  const text = [];
  const middle = units / period / 2;
  if (byTile) {
    const first = Math.max(0, Math.floor(from)), last = Math.min(tiles, Math.ceil(to));
    const step = niceStep((last - first) / most);
    for (let tile = Math.ceil(first / step) * step; tile < last; tile += step) {
      if (tile + middle < from || tile + middle > to) continue;
      at.push(tile + middle);
      text.push(label(tile));
    }
    return { at, text };
  }
  const step = niceStep((to - from) * period / most);
  const last = Math.min(units - 1, to * period);
  for (let unit = Math.max(0, Math.ceil(from * period / step) * step); unit <= last; unit += step) {
    at.push((unit + 0.5) / period);
    text.push(String(unit));
  }
  return { at, text };
}

/** @type {(least: number) => number} the next of 1, 2, 5, 10, 20, … */
function niceStep(least) {
  let step = 1;
  for (let i = 0; step < least; i++) step *= i % 3 === 1 ? 2.5 : 2;
  return step;
}
