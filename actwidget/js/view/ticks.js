/** The labels along an axis. */

/**
 * Labels along one axis of a map: of some of its units.
 *
 * @param {number} from
 * @param {number} to
 * @param {number} room how many labels have room
 * @param {number} period units from one tile to the next
 * @param {number} units in a tile
 */
export function ticks(from, to, room, period, units) {
  const most = Math.max(1, Math.floor(room));
  /** @type {number[]} */
  const at = [];
  /** @type {string[]} */
  const text = [];
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
