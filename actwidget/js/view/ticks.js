/** The labels along an axis. */

/**
 * Labels along one axis: tiles while several are in sight, else the units of a map.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} room how many labels have room
 * @param {number} period units from one tile to the next
 * @param {number} units in a tile
 * @param {string[] | null} names of the tiles along this axis; null: its units are labelled
 */
export function ticks(from, to, room, period, units, names) {
  const most = Math.max(1, Math.floor(room));
  /** @type {number[]} */
  const at = [];
  /** @type {string[]} */
  const text = [];
  if (names) {
    const first = Math.max(0, Math.floor(from)), last = Math.min(names.length, Math.ceil(to));
    const step = niceStep((last - first) / most), middle = units / period / 2;
    for (let tile = Math.ceil(first / step) * step; tile < last; tile += step) {
      if (tile + middle < from || tile + middle > to) continue;
      at.push(tile + middle);
      text.push(names[tile]);
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
