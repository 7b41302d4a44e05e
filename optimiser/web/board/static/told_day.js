// The told day that is shown and the minute it is at; whoever shows it listens here, sixty times a second while it plays.

import { Problem, post } from "./api.js";
import { LANG, t } from "./dom.js";
import { readDay } from "./day_state.js";
import { faultText } from "./effect.js";
import { asked, deployment, keep, store, variant } from "./store.js";

export const told = { day: null, read: null, minute: 0, playing: false, speed: 10, fault: "" };
const LONGEST = 100; // ms that one picture may move the day on by; a window in the background stands still
const listeners = new Set();
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** Have a function called with "day", "minute" or "playing" after each has changed. */
export function listenTold(listener) {
  listeners.add(listener);
}

function tellTold(what) {
  for (const listener of listeners) listener(what);
}

let abort = null;

/** Tell a day of the shown plan by its number, from the minute that is shown. */
export async function tellDay(scenario) {
  abort?.abort();
  const mine = (abort = new AbortController());
  try {
    const day = await post("/v1/day", { ...asked(), scenario, deployment: deployment(variant().places) }, mine.signal);
    Object.assign(told, { day, read: readDay(day), fault: "" });
    told.minute = Math.min(told.minute, day.until);
  } catch (error) {
    if (error.name === "AbortError") return;
    told.fault = error instanceof Problem ? faultText(error) : t("fault_network");
  }
  if (!told.fault && store.content.told !== scenario) {
    store.content.told = scenario;
    keep();
  }
  tellTold("day");
}

/** Show another minute. */
export function goTo(minute) {
  if (!told.day) return;
  told.minute = Math.min(Math.max(0, minute), told.day.until);
  tellTold("minute");
}

/** Show the next thing that happens, or the one before. */
export function stepBy(direction) {
  const minutes = told.day.told.map((line) => line.minute);
  const next = direction > 0 ? minutes.find((minute) => minute > told.minute) : minutes.findLast((minute) => minute < told.minute);
  goTo(next ?? (direction > 0 ? told.day.until : 0));
}

let frame = 0;
let timer = 0;
let before = 0;

/** Play on from the minute shown, from the beginning where that is the end; in steps for whom motion is too much. */
export function play() {
  if (!told.day || told.playing) return;
  if (told.minute >= told.day.until) goTo(0);
  told.playing = true;
  before = performance.now();
  if (still.matches) timer = setInterval(() => advance(1), 1000);
  else frame = requestAnimationFrame(move);
  tellTold("playing");
}

export function pause() {
  if (!told.playing) return;
  told.playing = false;
  clearInterval(timer);
  cancelAnimationFrame(frame);
  tellTold("playing");
}

function move(now) {
  frame = requestAnimationFrame(move);
  advance(Math.min(LONGEST, Math.max(0, now - before)) / 1000);
  before = now;
}

function advance(seconds) {
  goTo(told.minute + told.speed * seconds);
  if (told.minute >= told.day.until) pause();
}

/** Write the clock time of a minute in full; minutes that have begun do not count. */
export function clockAt(minute) {
  const [hour, past] = store.outline.period.start.slice(11).split(":").map(Number);
  const at = (hour * 60 + past + Math.floor(minute)) % 1440;
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(at / 60))}${LANG === "id" ? "." : ":"}${two(at % 60)}`;
}
