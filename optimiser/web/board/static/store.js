// The board that is worked on: its content, undo and redo, and keeping it on the server after every change.

import { Problem, get, post, put } from "./api.js";
import { t } from "./dom.js";

const SAVE_AFTER = 300; // ms without a further change
const RETRY_AFTER = 2000; // ms after the server did not answer
const STEPS = 200; // that can be undone, as many as the server keeps

export const store = {
  id: null,
  revision: 0,
  content: null,
  outline: null, // places, kinds and gatherings in the reader's language
  saved: "", // in words
  conflict: false,
};
const listeners = new Set();

/** Have a function called after every change; it is told what has changed: "places", "variants", "saved", "job". */
export function listen(listener) {
  listeners.add(listener);
}

export function tell(what) {
  for (const listener of listeners) listener(what);
}

export const variant = () => store.content.variants[store.content.shown];
export const reference = () => store.content.variants[store.content.compared] ?? variant();
export const deployment = (places) => ({ format: "optimiser-deployment/1", instance: store.content.instance.name, places });

/** Open a kept board. */
export async function open(id) {
  const kept = await get(`/v1/boards/${id}`);
  Object.assign(store, { id, revision: kept.revision, content: kept.content, saved: t("saved"), conflict: false });
}

/** Keep a new board, and open it. */
export async function create(content) {
  const kept = await post("/v1/boards", { content });
  Object.assign(store, { id: kept.id, revision: kept.revision, content: kept.content, saved: t("saved"), conflict: false });
  history.replaceState(null, "", `#${kept.id}`);
}

let timer = 0;
let sending = false;
let again = false;

/** Note that the content has changed: it is sent soon. */
export function keep() {
  store.saved = t("saving");
  tell("saved");
  clearTimeout(timer);
  timer = setTimeout(send, SAVE_AFTER);
}

async function send() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  again = false;
  try {
    const kept = await put(`/v1/boards/${store.id}`, { revision: store.revision, content: store.content });
    store.revision = kept.revision;
    store.saved = t("saved");
  } catch (error) {
    store.conflict = error instanceof Problem && error.kind === "changed";
    store.saved = t("not_saved", { why: error instanceof Problem ? error.message : t("fault_network") });
    if (!(error instanceof Problem) || error.status >= 500) timer = setTimeout(send, RETRY_AFTER);
  }
  sending = false;
  tell("saved");
  if (again) send();
}

addEventListener("pagehide", () => {
  if (store.saved !== t("saving")) return;
  // what was not sent yet goes with the page
  fetch(`/v1/boards/${store.id}`, {
    method: "PUT",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ revision: store.revision, content: store.content }),
  }).catch(() => {});
});

// ---------------------------------------------------------------- who stands where

/** Count the units of a kind at a place; those that are nowhere are at base, the place "". */
export function units(places, place, kind) {
  if (place) return places[place]?.[kind.type]?.[kind.id] ?? 0;
  const placed = Object.values(places).reduce((sum, here) => sum + (here[kind.type]?.[kind.id] ?? 0), 0);
  return kind.count - placed;
}

/** Count heads at a place. */
export function heads(places, place) {
  return store.outline.kinds.reduce((sum, kind) => sum + units(places, place, kind) * kind.heads, 0);
}

/** Put other places into the shown variant; the step can be undone. */
export function change(places) {
  const content = store.content;
  content.undo = [...content.undo, variant().places].slice(-STEPS);
  content.redo = [];
  variant().places = places;
  keep();
  tell("places");
}

/** Move so many units of a kind from one place to another. */
export function move(kind, number, from, to) {
  const places = structuredClone(variant().places);
  for (const [place, more] of [[from, -number], [to, number]]) {
    if (!place) continue;
    const here = (places[place] ??= { teams: {}, vehicles: {} });
    const of = (here[kind.type] ??= {});
    of[kind.id] = (of[kind.id] ?? 0) + more;
    if (!of[kind.id]) delete of[kind.id];
    if (!Object.keys(here.teams ?? {}).length && !Object.keys(here.vehicles ?? {}).length) delete places[place];
  }
  change(places);
}

function step(from, to) {
  const content = store.content;
  if (!content[from].length) return;
  content[to] = [...content[to], variant().places].slice(-STEPS);
  variant().places = content[from].at(-1);
  content[from] = content[from].slice(0, -1);
  keep();
  tell("places");
}

export const undo = () => step("undo", "redo");
export const redo = () => step("redo", "undo");

/** Show another variant; what can be undone belongs to the one before. */
export function show(number) {
  Object.assign(store.content, { shown: number, undo: [], redo: [] });
  keep();
  tell("variants");
}

/** Add a variant and show it. */
export function add(added) {
  const content = store.content;
  content.variants = [...content.variants, { document: null, pinned: [], whatif: [], ...added }].slice(-12);
  show(content.variants.length - 1);
}
