// The time bar below the map: which day is told, play, pause, step and speed, the minute, and what happens in words.

import { post } from "./api.js";
import { busyWith, whenIdle } from "./busy.js";
import { count, figure, fill, h, t } from "./dom.js";
import { replayLegend, replayView } from "./replay.js";
import { asked, deployment, listen, store, variant } from "./store.js";
import { clockAt, goTo, listenTold, pause, play, stepBy, tellDay as ask, told } from "./told_day.js";

const QUICK = 1000; // days among which those worth being told are looked for, as many as are estimated first
const SPEEDS = [2, 5, 10, 20, 60]; // minutes of the day a second
const parts = {};
let days = [];
let abort = null;
const waits = whenIdle(() => parts.root);

export function timeView() {
  parts.play = h("button", { class: "main", onclick: () => (told.playing ? pause() : start()) });
  parts.back = h("button", { onclick: () => stepBy(-1), "aria-label": t("time_back"), title: t("time_back") }, "\u25c2");
  parts.on = h("button", { onclick: () => stepBy(1), "aria-label": t("time_on"), title: t("time_on") }, "\u25b8");
  parts.clock = h("span", { class: "told-clock" });
  parts.speed = h("select", { "aria-label": t("time_speed"), onchange: (event) => (told.speed = Number(event.target.value)) },
    SPEEDS.map((n) => h("option", { value: n, selected: n === told.speed }, t("time_speed_value", { n }))));
  parts.day = h("select", { id: "told-day", onchange: (event) => event.target.value && tellDay(Number(event.target.value)) });
  parts.number = h("input", { id: "told-number", type: "number", min: 0, max: 19999, step: 1, inputmode: "numeric", onchange: choose });
  parts.slider = h("input", { type: "range", min: 0, step: 1, "aria-label": t("time_minute"), oninput: (event) => goTo(Number(event.target.value)) });
  parts.ends = h("div", { class: "told-ends note", "aria-hidden": "true" });
  parts.title = h("small", {});
  parts.fault = h("p", { class: "bad", role: "alert" });
  parts.ticker = h("ol", { class: "ticker", tabindex: 0, "aria-label": t("ticker") });
  parts.body = h("div", {}, parts.ticker, replayLegend());
  parts.root = h("section", { class: "time", "aria-labelledby": "time-title" },
    h("h2", { id: "time-title" }, t("time"), " ", parts.title),
    h("div", { class: "time-row" }, parts.play, parts.back, parts.on, parts.speed),
    parts.slider, parts.ends,
    h("div", { class: "time-row" },
      h("label", { for: "told-day" }, t("time_day")), parts.day, h("label", { for: "told-number" }, t("time_number")), parts.number),
    parts.fault, parts.body);
  replayView();
  listen(heed);
  listenTold((what) => ({ day: showDay, minute: showMinute, playing: showPlaying })[what]());
  showDay();
  if (store.content.told !== null && store.content.told !== undefined) tellDay(store.content.told);
  return parts.root;
}

const tellDay = (scenario) => busyWith(parts.root, ask(scenario));

/** Look for days worth being told once there is an estimate, and tell the day again when the plan is another. */
function heed(what) {
  if (what === "places") waits.drop();
  if (what === "estimate") waits.ask(findDays);
  if (what === "rules" && told.day) tellDay(told.day.scenario);
}

async function findDays() {
  abort?.abort();
  const mine = (abort = new AbortController());
  try {
    const found = await post("/v1/days", { ...asked(), scenarios: QUICK, deployment: deployment(variant().places) }, mine.signal);
    days = found.days;
  } catch {
    return; // any number can be told all the same
  }
  showChoice();
}

async function start() {
  if (!told.day) {
    if (!days.length) await busyWith(parts.root, findDays());
    await tellDay(days[0]?.scenario ?? 0);
  }
  play();
}

function choose() {
  const number = Number(parts.number.value);
  if (parts.number.value !== "" && parts.number.checkValidity()) tellDay(number);
}

function showChoice() {
  const known = days.some((day) => day.scenario === told.day?.scenario);
  const options = days.map((day) => h("option", { value: day.scenario }, t(`day_${day.name.replaceAll("-", "_")}`, { points: figure(day.points) })));
  fill(parts.day, h("option", { value: "" }, told.day ? t("day_other") : t("day_choose")), options);
  parts.day.value = known ? told.day.scenario : "";
}

function showDay() {
  const { day } = told;
  showChoice();
  showPlaying();
  parts.fault.textContent = told.fault;
  parts.body.hidden = parts.slider.hidden = parts.ends.hidden = !day;
  parts.back.disabled = parts.on.disabled = !day;
  if (!day) return;
  parts.root.dataset.scenario = day.scenario;
  parts.number.value = day.scenario;
  parts.slider.max = Math.ceil(day.until);
  fill(parts.ends, h("span", {}, clockAt(0)), parts.clock, h("span", {}, clockAt(day.until)));
  parts.title.textContent = t("told_of", { n: count(day.scenario) });
  fill(parts.ticker, day.told.map((line) =>
    h("li", {}, h("button", { class: line.phase ? `line phase-${line.phase}` : "line", onclick: () => goTo(line.minute) },
      h("b", {}, line.clock), " ", line.where ? h("span", { class: "where" }, `${line.where}: `) : null, line.what,
      line.why ? h("small", {}, ` \u2013 ${line.why}`) : null))));
  current = -2;
  showMinute();
}

function showPlaying() {
  parts.play.textContent = told.playing ? `\u275a\u275a ${t("time_pause")}` : `\u25b6 ${t("time_play")}`;
  if (told.day) sayMinute();
}

let current = -2; // number of the line that is shown as the last thing that has happened

function showMinute() {
  const { day, minute } = told;
  const after = minute > store.outline.period.minutes;
  parts.clock.textContent = after ? t("time_after", { clock: clockAt(minute) }) : clockAt(minute);
  parts.slider.value = minute;
  if (!told.playing) sayMinute(); // while it plays nobody is read the time without end
  let now = day.told.length - 1;
  while (now >= 0 && day.told[now].minute > minute) now -= 1;
  if (now === current) return;
  parts.ticker.children[current]?.removeAttribute("aria-current");
  current = now;
  const line = parts.ticker.children[now];
  line?.setAttribute("aria-current", "true");
  parts.ticker.scrollTop = line ? line.offsetTop - parts.ticker.clientHeight / 2 : 0;
}

function sayMinute() {
  parts.slider.setAttribute("aria-valuetext", parts.clock.textContent);
}
