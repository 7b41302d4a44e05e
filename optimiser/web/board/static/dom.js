// Elements, texts and numbers: what every other module is written with. Texts only ever become text nodes.

const TEXTS = JSON.parse(document.getElementById("texts").textContent);
export const LANG = document.documentElement.lang;

/** Return a text by its name, with values in its {placeholders}. */
export function t(name, values = {}) {
  const text = TEXTS[name];
  if (text === undefined) throw new Error(`no text '${name}'`);
  return text.replace(/\{(\w+)(?::,)?\}/g, (_, key) => String(values[key]));
}

/** Make an element: attributes by name, `on...` as listeners, `class` and `data-...` too; children are nodes or texts. */
export function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const LET_GO = 50; // ms from letting go to the click at the latest; assumed, a finger's click comes after it
const late = new Map(); // by parent: what it is filled with once that is let go
let held = null; // what a pointer is pressed on: were it another one when it is let go, there would be no click

addEventListener("pointerdown", (event) => (held = event.target.closest?.("button, a, summary, label") ?? null), true);
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => {
    held = null;
    setTimeout(() => [...late].forEach(([parent, children]) => fill(parent, ...children)), LET_GO);
  }, true);
}

/**
 * Put new children into an element, and the focus back to the one with the same `data-key`; later, where one of the old
 * ones is pressed.
 */
export function fill(parent, ...children) {
  late.delete(parent);
  if (parent.contains(held)) {
    late.set(parent, children);
    return;
  }
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (key) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

/** Parse SVG that our own server drew. */
export function svg(text) {
  return document.importNode(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, true);
}

const SHOWN = 6000; // ms that what was said stays in view
let hide = 0;

/** Say something to a reader of the screen, and for a while to one who sees it, below the page. */
export function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  said.classList.remove("read");
  clearTimeout(hide);
  hide = setTimeout(() => said.classList.add("read"), SHOWN);
}

const whole = new Intl.NumberFormat(LANG, { maximumFractionDigits: 0 });
/** Write a whole number. */
export const count = (value) => whole.format(value);
/** Write a share of 1 in percent. */
export const percent = (value) => `${new Intl.NumberFormat(LANG, { maximumFractionDigits: value < 0.0995 ? 1 : 0 }).format(100 * value)} %`;
const short = new Intl.NumberFormat(LANG, { maximumFractionDigits: 1 });
/** Write a number with one decimal at most. */
export const some = (value) => short.format(value);
/** Write a number with as many decimals as its interval is known to. */
export function figure(value, width = Math.abs(value)) {
  const decimals = Math.min(3, Math.max(0, 1 - Math.floor(Math.log10(Math.max(width, 1e-3)))));
  return new Intl.NumberFormat(LANG, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value);
}
/** The same with a sign. */
export function signed(value, width) {
  const text = figure(Math.abs(value), width);
  return value > 0 ? `+${text}` : value < 0 ? `\u2212${text}` : text;
}
