// What the tests of the page's script share: a way to its modules, and to let what is pending happen.

export const ROOM = "../../../../recruitment/room/static/room/";

/** Everything that is ready to happen has happened after this, however many steps it takes. */
export async function settle(turns = 20) {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((done) => void setImmediate(done));
}

/** A promise whose end is in the test's hand. */
export function promised() {
  const made = {};
  made.promise = new Promise((resolve, reject) => {
    Object.assign(made, { resolve, reject });
  });
  return made;
}

/** What the browser gives a page, in the place of the globals that a test needs; undone after the test. */
export function given(context, globals) {
  const before = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  context.after(() => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  });
}
