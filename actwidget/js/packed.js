/** The widget's module, compressed: it is a part of the state of every widget. */

import { gunzip } from "./protocol/unpack.js";

/** Gzipped, in base64; the build puts it here. */
const PACKED = "the module of notebook.js";

/** @type {{ [packed: string]: Promise<() => unknown> }} as compiled for the page's first widget */
const loaded = (/** @type {any} */ (globalThis)).__actwidget_modules ??= {};

/** As anywidget takes it. */
export default async function load() {
  return (await (loaded[PACKED] ??= unpack()))();
}

async function unpack() {
  const bytes = Uint8Array.from(atob(PACKED), (letter) => letter.charCodeAt(0));
  const module = new Blob([await gunzip(bytes)], { type: "text/javascript" });
  const address = URL.createObjectURL(module);
  try {
    return (await import(address)).default;
  } finally {
    URL.revokeObjectURL(address);
  }
}
