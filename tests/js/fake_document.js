/** As much of a document as the modules need that make elements: there is none in these tests. */

/** What was drawn on a canvas: each call with the styles that it was made in. */
export class FakeContext {
  /** @type {{ name: string, args: any[], fill: any, stroke: any }[]} */
  calls = [];
  fillStyle = "";
  strokeStyle = "";

  constructor() {
    return new Proxy(this, {
      get: (target, name) => {
        if (name in target) return /** @type {any} */ (target)[name];
        return (/** @type {any[]} */ ...args) => {
          const { fillStyle: fill, strokeStyle: stroke } = target;
          target.calls.push({ name: String(name), args, fill, stroke });
          if (name === "measureText") return { width: 6 * args[0].length };
          return name === "createPattern" ? { pattern: args[0] } : undefined;
        };
      },
    });
  }

  /** @param {string} name */
  all(name) {
    return this.calls.filter((call) => call.name === name);
  }
}

export class FakeElement extends EventTarget {
  /** @type {(FakeElement | string)[]} */
  children = [];
  /** @type {Record<string, string>} */
  attributes = {};
  /** @type {Record<string, string>} */
  style = {};
  className = "";
  title = "";
  context = new FakeContext();
  classList = {
    add: (/** @type {string} */ name) => {
      this.className += ` ${name}`;
    },
  };

  /** @param {string} tag */
  constructor(tag) {
    super();
    this.tag = tag;
  }

  /**
   * @param {string} name
   * @param {string} value
   */
  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  /** @param {(FakeElement | string)[]} children */
  append(...children) {
    this.children.push(...children);
  }

  getContext() {
    return this.context;
  }

  /** @type {string} */
  get text() {
    return this.children.map((child) => typeof child === "string" ? child : child.text).join("");
  }

  /**
   * Those within that have a class, in their order.
   *
   * @param {string} name
   * @returns {FakeElement[]}
   */
  find(name) {
    return this.children.flatMap((child) => {
      if (typeof child === "string") return [];
      const own = child.className.split(" ").includes(name) ? [child] : [];
      return [...own, ...child.find(name)];
    });
  }
}

/**
 * Do something where there is a document.
 *
 * @template T
 * @param {() => T} act
 * @returns {T}
 */
export function withDocument(act) {
  const page = /** @type {any} */ (globalThis);
  page.document = { createElement: (/** @type {string} */ tag) => new FakeElement(tag) };
  try {
    return act();
  } finally {
    delete page.document;
  }
}
