// Strips: each sector over the day, with the chance of each phase, and below it the phases of the told day.

import { post } from "./api.js";
import { whenIdle } from "./busy.js";
import { count, fill, h, percent, t } from "./dom.js";
import { patterns } from "./replay.js";
import { asked, deployment, listen, store, tell, variant } from "./store.js";
import { clockAt, goTo, listenTold, told } from "./told_day.js";

const NS = "http://www.w3.org/2000/svg";
const HIGH = 18; // px of the chances
const LANE = 6; // px of the told day
const THIN = 1; // px, least height of a chance that is not nothing
const LEAST = 0.005; // share of scenarios with anybody there, below which the day is over for a picture
const STACK = ["red", "yellow", "green", "dispersed"]; // from below
const [SIDES, SIDES_PHONE] = [24.3, 7.9]; // rem beside a strip, see board.css
const HOUR = 70; // px that a clock time takes
const [FEWEST, MOST] = [40, 200]; // days that are played for the chances
const WORK = 15000; // sectors times days take longer than somebody waits, some seconds; assumed
let root = null;
let found = null;
let abort = null;
let line = null;
let wide = 0;
const waits = whenIdle(() => root);

export function stripsView() {
  root = h("section", { class: "strips", "aria-labelledby": "strips-title" });
  listen((what) => {
    if (what === "places") waits.drop();
    if (what === "estimate") waits.ask(ask);
    if (what === "place" && found) render();
  });
  listenTold((what) => (what === "day" ? render() : what === "minute" && move()));
  new ResizeObserver(() => inside() !== wide && render()).observe(root);
  return root;
}

async function ask() {
  abort?.abort();
  const mine = (abort = new AbortController());
  try {
    const scenarios = Math.max(FEWEST, Math.min(MOST, Math.floor(WORK / store.instance.sectors.length)));
    found = await post("/v1/strips", { ...asked(), scenarios, deployment: deployment(variant().places) }, mine.signal);
  } catch {
    return; // what is wrong is said where the plan is examined
  }
  render();
}

/** Give the minute with which strips end: that of the period, later while people are still there. */
function ending() {
  const each = found.until / (found.sectors[0]?.green.length ?? 1);
  let last = 0;
  for (const one of found.sectors) one.green.forEach((_, part) => {
    if (one.green[part] + one.yellow[part] + one.red[part] > LEAST) last = Math.max(last, (part + 1) * each);
  });
  return Math.max(store.outline.period.minutes, told.day?.until ?? 0, Math.min(last, found.until));
}

function render() {
  wide = inside();
  if (!found || !wide) return;
  const until = ending();
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const across = Math.max(120, wide - (phone() ? SIDES_PHONE : SIDES) * rem);
  const axis = drawing(across, 14);
  const step = [30, 60, 120, 180, 240].find((minutes) => (across * minutes) / until >= HOUR) ?? 360;
  const first = (step - (startMinute() % step)) % step;
  for (let minute = first; minute <= until; minute += step) {
    const x = (across * minute) / until;
    axis.append(make("text", { x, y: 11, "text-anchor": x < 20 ? "start" : x > across - 20 ? "end" : "middle" }, clockAt(minute)));
  }
  line = h("div", { class: "now" });
  fill(root,
    h("h2", { id: "strips-title" }, t("strips")),
    h("p", { class: "note" }, t("strips_note", { n: count(found.scenarios) })),
    h("div", { class: "strip-rows" },
      h("div", { class: "strip-row" }, h("span", {}), axis, h("span", { class: "peak note", "aria-hidden": "true" }, t("strip_peak_head"))),
      found.sectors.map((one) => row(one, across, until)),
      h("div", { class: "strip-row over", "aria-hidden": "true" }, h("span", {}), h("div", { class: "across" }, line), h("span", {}))));
  line.parentElement.style.width = `${across}px`;
  line.dataset.until = until;
  move();
}

/** Give the px inside the section. */
const inside = () => Math.floor(root.clientWidth - 2 * parseFloat(getComputedStyle(root).paddingLeft));
const phone = () => matchMedia("(max-width: 640px)").matches;

function startMinute() {
  const [hour, minute] = store.outline.period.start.slice(11).split(":").map(Number);
  return hour * 60 + minute;
}

function move() {
  if (!line) return;
  line.hidden = !told.day;
  if (told.day) line.style.left = `${(100 * told.minute) / line.dataset.until}%`;
}

function row(one, across, until) {
  const place = store.outline.places.find((known) => known.id === one.id);
  const [yellow, red] = [Math.max(...one.yellow.map((share, part) => share + one.red[part])), Math.max(...one.red)];
  const peak = t("strip_peak", { yellow: percent(yellow), red: percent(red) });
  const strip = drawing(across, HIGH + LANE, t("strip_name", { place: place.name, peak }));
  strip.append(patterns(`strip-${one.id}`));
  const each = ((found.until / one.green.length) * across) / until;
  const parts = Math.min(one.green.length, Math.ceil(across / each));
  let below = Array(parts).fill(HIGH);
  for (const phase of STACK) {
    const above = below.map((y, part) => Math.max(0, y - (one[phase][part] > 0 ? Math.max(THIN, one[phase][part] * HIGH) : 0)));
    if (one[phase].slice(0, parts).some((share) => share > 0)) shade(strip, phase, one.id, outline(below, above, each));
    below = above;
  }
  const steps = told.read?.phases[one.id] ?? [];
  steps.forEach(([minute, phase], number) => {
    const x = (across * minute) / until;
    const end = (across * Math.min(told.day.until, steps[number + 1]?.[0] ?? told.day.until)) / until;
    if (phase !== "quiet" && end > x) shade(strip, phase, one.id, `M${x.toFixed(1)} ${HIGH + 1}H${end.toFixed(1)}V${HIGH + LANE}H${x.toFixed(1)}Z`);
  });
  strip.addEventListener("click", (event) => goTo((until * (event.clientX - strip.getBoundingClientRect().left)) / across));
  const chosen = store.place === one.id;
  return h("div", { class: chosen ? "strip-row chosen" : "strip-row" },
    h("button", { class: "place-name", "data-key": `strip ${one.id}`, "aria-pressed": String(chosen), onclick: () => {
      store.place = one.id;
      tell("place");
    } }, phone() ? place.short : place.name),
    strip, h("span", { class: "peak note", "aria-hidden": "true" }, `${percent(yellow)} / ${percent(red)}`));
}

/** Outline what lies between two stepped lines, each with one height a part. */
function outline(below, above, each) {
  const x = (part) => (part * each).toFixed(1);
  const there = above.map((y, part) => `V${y.toFixed(1)}H${x(part + 1)}`).join("");
  const back = below.map((y, part) => `V${y.toFixed(1)}H${x(part)}`).reverse().join("");
  return `M0 ${below[0].toFixed(1)}${there}${back}Z`;
}

function shade(strip, phase, ident, d) {
  strip.append(make("path", { d, class: `told-phase ${phase}` }));
  if (phase !== "green") strip.append(make("path", { d, fill: `url(#strip-${ident}-${phase})` }));
}

function make(tag, attributes, ...children) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function drawing(width, height, name = "") {
  const made = make("svg", { viewBox: `0 0 ${width} ${height}`, width, height, class: "strip", ...(name ? { role: "img", "aria-label": name } : { "aria-hidden": "true" }) });
  return made;
}
