// The map: the drawing of the papers, with marks that units can be dropped on, to look nearer and farther.

import { post } from "./api.js";
import { busyWith } from "./busy.js";
import { fill, h, svg, t } from "./dom.js";
import { asked, deployment, heads, listen, store, tell, variant } from "./store.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = innerWidth < 500 ? 480 : 720; // px of the drawing; a narrow one is upright, and names find room in it soon
const BEYOND = 16; // times the width of the drawing that can be looked at while a district is written; assumed
let root = null;
let stage = null;
let abort = null;
export const drawn = { marks: {}, layer: null, box: [0, 0, WIDTH, WIDTH] };

export function mapView() {
  stage = h("div", { class: "stage" });
  const tools = [["zoom_in", "+", 1.4], ["zoom_out", "\u2212", 1 / 1.4], ["zoom_all", "\u25a1", 0]];
  root = h(
    "section",
    { class: "map", "aria-labelledby": "map-title" },
    h("h2", { id: "map-title" }, t("map")),
    h("div", { class: "zoom" }, tools.map(([name, sign, by]) => h("button", { title: t(name), "aria-label": t(name), onclick: () => zoom(by) }, sign))),
    stage,
  );
  listen((what) => (what === "estimate" || (what === "rules" && !store.evaluation)) && draw()); // what the rules say goes first
  listen((what) => what === "place" && mark());
  return root;
}

const draw = () => busyWith(root, ask());

async function ask() {
  if (drawn.layer) abort?.abort(); // the first picture is better than none
  const mine = (abort = new AbortController());
  let found;
  try {
    const scenarios = store.evaluation ? 1000 : 0;
    found = await post("/v1/map", { ...asked(), deployment: deployment(variant().places), width: WIDTH, scenarios }, mine.signal);
  } catch {
    return; // what is wrong is said where the plan is examined
  }
  if (mine !== abort && drawn.layer) return; // it was the first one, and a later one was quicker
  if (!found.svg) {
    fill(stage, h("p", { class: "note" }, t("map_none")));
    return;
  }
  const picture = svg(found.svg);
  const full = picture.viewBox.baseVal;
  drawn.marks = found.marks;
  drawn.plane = found.plane;
  const other = !drawn.full || drawn.full[2] !== full.width || drawn.full[3] !== full.height; // places were added or moved
  if (other) drawn.box = [full.x, full.y, full.width, full.height];
  drawn.full = [full.x, full.y, full.width, full.height];
  picture.setAttribute("viewBox", drawn.box.join(" "));
  for (const [place, [x, y, radius]] of Object.entries(found.marks)) picture.append(spot(place, x, y, radius));
  drawn.layer = document.createElementNS(NS, "g");
  picture.append(drawn.layer);
  pan(picture);
  stage.replaceChildren(picture);
  mark();
  tell("drawn");
}

function spot(place, x, y, radius) {
  const known = store.outline.places.find((one) => one.id === place);
  const made = document.createElementNS(NS, "circle");
  for (const [name, value] of Object.entries({ cx: x, cy: y, r: Math.max(radius + 3, 14), class: "spot" })) made.setAttribute(name, value);
  if (!known) return made;
  made.dataset.place = place;
  made.append(Object.assign(document.createElementNS(NS, "title"), { textContent: t("map_place", { place: known.name, heads: heads(variant().places, place) }) }));
  made.addEventListener("click", () => {
    store.place = place;
    tell("place");
  });
  return made;
}

function mark() {
  for (const one of stage.querySelectorAll(".spot")) one.classList.toggle("chosen", one.dataset.place === store.place);
}

// ---------------------------------------------------------------- nearer and farther

function zoom(by) {
  const picture = stage.querySelector("svg");
  if (!picture) return;
  const [x, y, w, hgt] = drawn.box;
  const most = drawn.full[2] * (store.editing ? BEYOND : 1); // a new place may lie beyond all that there are
  const width = by ? Math.min(most, w / by) : drawn.full[2];
  const height = (width / drawn.full[2]) * drawn.full[3];
  look(picture, [x + (w - width) / 2, y + (hgt - height) / 2, width, height]);
}

function look(picture, [x, y, w, hgt]) {
  const [left, top, full, tall] = drawn.full;
  drawn.box = [between(x, left, left + full - w), between(y, top, top + tall - hgt), w, hgt];
  picture.setAttribute("viewBox", drawn.box.join(" "));
}

const between = (value, one, other) => Math.min(Math.max(value, Math.min(one, other)), Math.max(one, other));

function pan(picture) {
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drawn.box[2] === drawn.full[2]) return;
    let [x, y] = [event.clientX, event.clientY];
    const follow = (moved) => {
      const scale = drawn.box[2] / picture.clientWidth;
      look(picture, [drawn.box[0] - (moved.clientX - x) * scale, drawn.box[1] - (moved.clientY - y) * scale, drawn.box[2], drawn.box[3]]);
      [x, y] = [moved.clientX, moved.clientY];
    };
    const end = () => {
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", end);
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", end);
  });
}
