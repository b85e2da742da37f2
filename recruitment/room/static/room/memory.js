// @ts-check
// What this device and this tab remember of the interview: nothing that the server does not know better.

/** @template T @param {() => T} work */
function quietly(work) {
  try {
    return work();
  } catch (error) {
    // Where storing is forbidden the device is checked once more, and a reload asks "continue here?" once more.
    return null;
  }
}

/** @type {Room.CreateMemory} */
export function createMemory(prefix) {
  const tab = `${prefix}epoch`;
  return {
    recall: (key) => quietly(() => localStorage.getItem(prefix + key)),
    keep: (key, value) => quietly(() => localStorage.setItem(prefix + key, value)),
    entered: (epoch) => quietly(() => sessionStorage.setItem(tab, String(epoch))),
    left: () => quietly(() => sessionStorage.removeItem(tab)),
    wasHere: (epoch) => quietly(() => sessionStorage.getItem(tab) === String(epoch)) === true,
  };
}
