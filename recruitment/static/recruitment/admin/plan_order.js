// @ts-check
// Where a block of a plan goes: the part that needs no page.

/** Above how many of its new siblings a block is let go at this height. @param {{top: number, bottom: number}[]} siblings @param {number} y */
export const placeAt = (siblings, y) => {
  const below = siblings.findIndex(({ top, bottom }) => y < (top + bottom) / 2);
  return below === -1 ? siblings.length : below;
};

/** Which of the lists is meant at this height: the one that holds it, else the nearest. @param {{top: number, bottom: number}[]} lists @param {number} y */
export const listAt = (lists, y) => {
  const away = lists.map(({ top, bottom }) => (y < top ? top - y : y > bottom ? y - bottom : 0));
  return away.indexOf(Math.min(...away));
};

/**
 * One step up or down: the list and the place in it, from list to list where one ends; null where there is no further.
 * @param {number[]} lengths @param {number} list @param {number} place @param {-1 | 1} by @returns {[number, number] | null}
 */
export const step = (lengths, list, place, by) => {
  const wanted = place + by;
  if (wanted >= 0 && wanted < lengths[list]) return [list, wanted];
  const next = list + by;
  if (next < 0 || next >= lengths.length) return null;
  return [next, by === 1 ? 0 : lengths[next]];
};

/** A key that no block has yet. @param {string} kind @param {Iterable<string>} taken */
export const freshKey = (kind, taken) => {
  const known = new Set(taken);
  let number = 1;
  while (known.has(`${kind}n${number}`)) number += 1;
  return `${kind}n${number}`;
};

/** A sentence with its {names} filled in. @param {string} sentence @param {Record<string, string | number>} values */
export const filled = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/gu, (whole, name) => (name in values ? String(values[name]) : whole));
