// A told day on the map: crowds where they stand and on the march, reserve and units on their ways, phases of sectors.
// It draws what `stateAt` says and keeps nothing of its own, so that a minute always looks the same.

import { count, h, t } from "./dom.js";
import { stateAt } from "./day_state.js";
import { drawn } from "./map.js";
import { heads as headsPlaced, listen, store } from "./store.js";
import { listenTold, told } from "./told_day.js";

const NS = "http://www.w3.org/2000/svg";
const LETTERS = 11; // px on the screen, however wide the map is
const BEND = 0.13; // of a way to its right, as marches are drawn
const PATTERNS = {
  yellow: ["M-2 10L10 -2M-2 2L2 -2M6 10L10 6", "told-stroke-yellow"],
  red: ["M0 0L8 8M8 0L0 8", "told-stroke-red"],
  dispersed: ["M0 4H8", "told-stroke-dispersed"],
};
const SIGNS = { waiting: "\u2026", received: "\u2713", refused: "\u2717" }; // of a delegation
const DROP = "M0 -7C4 -2 5 0 5 2.5A5 5 0 0 1 -5 2.5C-5 0 -4 -2 0 -7Z";
const DIAMOND = "M0 -7L7 0L0 7L-7 0Z";
const SQUARE = "M-5 -5H5V5H-5Z";

let scale = 1; // units of the drawing a px on the screen has
let signs = 1; // the same for signs beside a place, which are smaller where places are many
let largest = 30; // px, radius of the largest crowd of the day
let shapes = new Map(); // by key: the group that is drawn, and what it shows
let layer = null;

/** Draw the told day whenever the map, the day or the minute is another. */
export function replayView() {
  listen((what) => what === "drawn" && begin());
  listenTold((what) => (what === "day" ? begin() : what === "minute" && show()));
}

function make(tag, attributes, ...children) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Give the patterns of phases as definitions, so that several drawings in one page have their own. */
export function patterns(key) {
  return make("defs", {}, ...Object.entries(PATTERNS).map(([phase, [d, look]]) =>
    make("pattern", { id: `${key}-${phase}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, make("path", { d, class: look }))));
}

function begin() {
  layer = drawn.layer;
  if (!layer) return;
  shapes = new Map();
  layer.replaceChildren();
  layer.ownerSVGElement.classList.toggle("told", Boolean(told.day));
  if (!told.day) return;
  scale = Math.min(2, Math.max(0.6, drawn.full[2] / (layer.ownerSVGElement.clientWidth || drawn.full[2])));
  const places = Object.keys(drawn.marks).length;
  largest = (drawn.full[2] / 720) * (places <= 20 ? 34 : places <= 60 ? 24 : 16);
  signs = places <= 60 ? scale : 0.65 * scale;
  layer.append(patterns("told"));
  layer.setAttribute("font-size", LETTERS * scale);
  layer.setAttribute("class", "told-layer");
  show();
}

function show() {
  if (!layer || !told.day) return;
  const follows = new Set(store.outline.places.filter(({ kind }) => kind === "accompaniment" || kind === "movement").map(({ id }) => id));
  const state = stateAt(told.read, told.minute);
  const seen = new Set();
  let next = layer.firstChild.nextSibling; // after the patterns; what lies over what is the same too at a minute
  const put = (key, signature, draw) => {
    seen.add(key);
    let shape = shapes.get(key);
    if (!shape) {
      shape = { group: make("g", {}), signature: null };
      shapes.set(key, shape);
    }
    if (shape.group === next) next = next.nextSibling;
    else layer.insertBefore(shape.group, next);
    if (shape.signature !== signature) {
      shape.signature = signature;
      draw(shape.group);
    }
    return shape.group;
  };
  for (const place of follows) if (drawn.marks[place]) put(`at ${place}`, place, (group) => drawLeft(group, drawn.marks[place]));
  const people = (place) => state.sectors[place]?.people ?? 0;
  for (const place of Object.keys(drawn.marks).sort((one, other) => people(other) - people(one))) {
    if (follows.has(place)) continue;
    const mark = drawn.marks[place];
    const here = state.sectors[place] ?? { people: 0, phase: "quiet", water: 0, delegation: "" };
    const heads = state.heads[place];
    const busy = here.people || here.phase !== "quiet" || here.water;
    if (!busy && (heads === undefined || heads === headsPlaced(told.day.deployment.places, place))) continue;
    put(`at ${place}`, `${here.people} ${here.phase} ${here.water} ${here.delegation} ${heads}`, (group) => drawPlace(group, place, mark, here, heads));
  }
  for (const way of state.columns) travel(put, `column ${way.number} ${way.doing}`, way, 0, drawColumn);
  for (const way of state.moving) travel(put, `moving ${way.number}`, way, BEND, drawMoving);
  for (const way of state.crowds) travel(put, `crowd ${way.number}`, way, BEND, drawCrowd);
  for (const [key, { group }] of shapes) {
    if (seen.has(key)) continue;
    group.remove();
    shapes.delete(key);
  }
}

/** Draw somebody on the way where they are now. */
function travel(put, key, way, bend, draw) {
  const [from, to] = [drawn.marks[way.from], drawn.marks[way.to]];
  if (!from || !to) return;
  const group = put(key, key, (fresh) => draw(fresh, way, from, to));
  const [x, y] = along(from, to, bend, way.share);
  group.lastChild.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
}

function along([x, y], [u, v], bend, share) {
  const [mx, my] = [(x + u) / 2 - bend * (v - y), (y + v) / 2 + bend * (u - x)];
  const [a, b, c] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
  return [a * x + b * mx + c * u, a * y + b * my + c * v];
}

const area = (people) => (largest * largest * people) / told.read.most; // square px over pi
const words = (y, text, look) => make("text", { y, "text-anchor": "middle", class: look }, text);
const named = (text) => make("title", {}, text);

function drawPlace(group, place, [x, y, radius], here, heads) {
  group.setAttribute("transform", `translate(${x} ${y})`);
  Object.assign(group.dataset, { at: place, people: here.people, phase: here.phase, heads: heads ?? 0 });
  const post = told.read.heads[place] !== undefined && told.read.phases[place] === undefined && !here.people;
  const parts = [];
  const outer = Math.sqrt(radius * radius + area(here.people)) + (here.phase === "quiet" ? 0 : 3 * scale);
  if (here.phase !== "quiet") {
    parts.push(make("circle", { r: outer, class: `told-phase ${here.phase}` }));
    if (here.phase in PATTERNS) parts.push(make("circle", { r: outer, fill: `url(#told-${here.phase})` }));
  }
  if (heads !== undefined) {
    parts.push(post ? make("rect", { x: -0.9 * radius, y: -0.9 * radius, width: 1.8 * radius, height: 1.8 * radius, rx: 2, class: "told-post" })
      : make("circle", { r: radius, class: "told-heads" }));
    const size = Math.min(LETTERS * scale, radius * (heads > 99 ? 0.95 : 1.2));
    if (size > 5 * scale) parts.push(make("text", { y: 0.36 * size, "font-size": size, "text-anchor": "middle", class: post ? "told-on-post" : "" }, count(heads)));
  }
  if (here.people) parts.push(words(outer + LETTERS * scale, count(here.people), "told-number"));
  if (here.water) parts.push(make("path", { d: DROP, class: "told-water", transform: `translate(${outer} ${-outer}) scale(${signs})` }));
  if (here.delegation) {
    const sign = make("g", { class: `told-sign ${here.delegation}`, transform: `translate(${-outer} ${-outer}) scale(${signs})` });
    sign.append(named(t(`told_${here.delegation}`)), make("circle", { r: 7.5 }), make("text", { y: 4, "text-anchor": "middle", "font-size": 11 }, SIGNS[here.delegation]));
    parts.push(sign);
  }
  group.replaceChildren(...parts);
}

/** Hollow the mark of units that move: they are counted in the sector where they stand. */
function drawLeft(group, [x, y, radius]) {
  group.replaceChildren(make("path", { d: DIAMOND, class: "told-column back", transform: `translate(${x} ${y}) scale(${radius / 7})` }));
}

function drawCrowd(group, { people }) {
  const radius = Math.max(4, Math.sqrt(area(people)));
  Object.assign(group.dataset, { crowd: people });
  group.replaceChildren(make("g", {}, make("circle", { r: radius, class: "told-crowd" }), words(radius + LETTERS * scale, count(people), "told-number")));
}

function drawColumn(group, { heads, doing }, [x, y], [u, v]) {
  Object.assign(group.dataset, { column: heads, doing });
  const road = make("path", { d: `M${x} ${y}L${u} ${v}`, class: "told-road" });
  const back = doing === "back" || doing === "empty";
  const mark = make("path", { d: SQUARE, class: back ? "told-column back" : `told-column ${doing}`, transform: `scale(${1.2 * signs})` });
  group.replaceChildren(road, make("g", {}, mark, words(-9 * scale, heads ? count(heads) : "", "told-number told-ours")));
}

function drawMoving(group, { heads }) {
  Object.assign(group.dataset, { moving: heads });
  const up = -13 * scale; // beside the people they go with
  group.replaceChildren(make("g", {}, make("path", { d: DIAMOND, class: "told-column", transform: `translate(0 ${up}) scale(${scale})` }), words(up - 9 * scale, count(heads), "told-number told-ours")));
}

/** Explain the signs of the map. */
export function replayLegend() {
  const sign = (...parts) => {
    const drawing = make("svg", { viewBox: "-10 -10 20 20", width: 20, height: 20, "aria-hidden": "true" }, patterns("told-key"));
    drawing.append(...parts);
    return drawing;
  };
  const phase = (name) => [make("circle", { r: 8, class: `told-phase ${name}` }), ...(name in PATTERNS ? [make("circle", { r: 8, fill: `url(#told-key-${name})` })] : [])];
  const keys = [
    ...["green", "yellow", "red", "dispersed"].map((name) => [phase(name), t(`phase_${name}`)]),
    [[make("circle", { r: 6, class: "told-crowd" })], t("key_crowd")],
    [[make("path", { d: SQUARE, class: "told-column" })], t("key_sent")],
    [[make("path", { d: SQUARE, class: "told-column back" })], t("key_back")],
    [[make("path", { d: DIAMOND, class: "told-column" })], t("key_moving")],
    [[make("path", { d: DROP, class: "told-water" })], t("key_water")],
    ...Object.entries(SIGNS).map(([name, letter]) => [[make("g", { class: `told-sign ${name}` }, make("circle", { r: 7.5 }), make("text", { y: 4, "text-anchor": "middle", "font-size": 11 }, letter))], t(`told_${name}`)]),
  ];
  return h("details", { class: "told-keys" }, h("summary", {}, t("told_keys")), h("p", { class: "note" }, t("told_area")),
    h("ul", {}, keys.map(([parts, text]) => h("li", {}, sign(...parts), " ", text))));
}
