// The board that is worked on: its content, undo and redo, and keeping it on the server after every change.

import { Problem, get, post, put } from "./api.js";
import { busyWith, whole } from "./busy.js";
import { say, t } from "./dom.js";
import { leave, takeUp } from "./unsent_change.js";

const SAVE_AFTER = 300; // ms without a further change
const STEP_AFTER = 100; // ms after a step: what the rules say of it goes first
const RETRY_AFTER = 2000; // ms after the server did not answer
const MOST = 12; // variants of a board
const STEPS = 200; // that can be undone, as many as the server keeps

export const store = {
  id: null,
  revision: 0,
  content: null,
  instance: null, // the one of the shown variant: a what-if changes that of the board
  outline: null, // places, kinds and gatherings in the reader's language
  saved: "", // in words
  conflict: false,
  before: null, // places of the shown variant before the last step, undone ones too
};
const listeners = new Set();

/**
 * Have a function called after every change; it is told what has changed: "places" of the shown variant, what is
 * "pinned", the "variants" or the name of one ("rename"), the "outline" of the district; the "place" that is chosen;
 * what was found: "rules", "estimate", "drawn", "looked"; and how the page stands: "saved", "editing", another "tab".
 */
export function listen(listener) {
  listeners.add(listener);
}

export function tell(what) {
  for (const listener of [...listeners]) listener(what);
}

export const variant = () => store.content.variants[store.content.shown];
export const reference = () => store.content.variants[store.content.compared] ?? variant();
/** What every question is about: the district as the shown variant has it, its law and the seed of its days. */
export const asked = () => ({ instance: store.instance, law: store.content.law, seed: store.content.seed });
export const deployment = (places) => ({ format: "optimiser-deployment/1", instance: store.content.instance.name, places });

/** Open a kept board, with what was left when its page was closed. */
export async function open(id) {
  const [there, left] = await takeUp(id);
  take({ ...there, content: left ?? there.content });
  if (left) keep(0);
}

/** Keep a new board, and open it. */
export async function create(content) {
  const made = await post("/v1/boards", { content });
  take(made);
  history.replaceState(null, "", `#${made.id}`);
}

/** Take what the server has. */
function take({ id, revision, content }) {
  if (!content.variants.length) content.variants.push({ name: t("by_hand"), places: {}, document: null, pinned: [], whatif: [] });
  for (const name of ["shown", "compared"]) if (!content.variants[content[name]]) content[name] = 0; // another program wrote it
  Object.assign(store, { id, revision, content, saved: t("saved"), conflict: false });
  kept = changes;
  unanswered = null;
}

let timer = 0;
let sending = false;
let again = false;
let stuck = false; // it is not sent again before there is a further change
let changes = 0; // of the content, since the page is there
let kept = 0; // so many of them are on the server's disk
let unanswered = null; // a change that may be on its disk: it is sent again, as it was, before any other

/** Note that the content has changed: it is sent so many ms later, if nothing else changes. */
export function keep(after = SAVE_AFTER) {
  changes += 1;
  stuck = false;
  store.saved = t("saving");
  tell("saved");
  clearTimeout(timer);
  timer = setTimeout(send, after);
}

async function send() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  again = unanswered !== null;
  unanswered ??= { number: changes, revision: store.revision, content: structuredClone(store.content) };
  const { number, revision, content } = unanswered;
  try {
    const answer = await put(`/v1/boards/${store.id}`, { revision, content });
    unanswered = null;
    store.revision = answer.revision;
    kept = number;
    if (kept === changes) store.saved = t("saved"); // else there was a further change, which is sent soon
  } catch (error) {
    store.conflict = error instanceof Problem && error.kind === "changed";
    store.saved = t("not_saved", { why: error instanceof Problem ? error.message : t("fault_network") });
    // one that was started again has another token until its address is opened in some window
    again = false;
    if (!(error instanceof Problem) || error.status >= 500 || error.status === 401) timer = setTimeout(send, RETRY_AFTER);
    else [unanswered, stuck] = [null, true];
  }
  sending = false;
  tell("saved");
  if (again && kept !== changes) send();
}

addEventListener("pageshow", (event) => event.persisted && location.reload()); // a page from before may be behind
addEventListener("pagehide", () => {
  if (kept === changes || store.conflict) return;
  const sent = unanswered && unanswered.number !== changes ? { revision: unanswered.revision, content: unanswered.content } : null;
  leave(store.id, store.revision, store.content, sent);
});

// ---------------------------------------------------------------- other windows

/**
 * Do what every window that has this board open is about to do, such as taking in the plan that a job has made, in one of
 * them only: the others take what that one has kept. What a window has not kept yet it never gives up for it.
 *
 * `done` tells of a content whether it was done there, `act` does it here.
 */
export function once(done, act) {
  return inTurn(async () => {
    const own = kept !== changes;
    let made = 0;
    do {
      if (!own) await catchUp();
      if (done(store.content)) return;
      await act();
      made = changes;
      await settled();
    } while (store.conflict && !own && changes === made); // a window of another browser was quicker
  });
}

/** Windows of one browser take turns; where it cannot have them do so, the revision still tells who was first. */
const inTurn = (act) => (navigator.locks ? navigator.locks.request(`optimiser-board-${store.id}`, act) : act());

/** Take what the server has, where that is not what is shown. */
async function catchUp() {
  const there = await get(`/v1/boards/${store.id}`);
  if (there.revision === store.revision) return;
  take(there);
  Object.assign(store, await lookUp(), { before: null });
  tell("variants");
}

/** Wait until every change is on the server's disk, or cannot get there. */
const settled = () => new Promise((resolve) => {
  const look = () => {
    if (kept !== changes && !stuck) return;
    listeners.delete(look);
    resolve();
  };
  listeners.add(look);
  look();
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
  putPlaces(places);
}

function putPlaces(places) {
  store.before = variant().places;
  variant().places = places;
  keep(STEP_AFTER);
  tell("places");
}

/** Return who stands where after so many units of a kind have gone from one place to another. */
export function shifted(before, kind, number, from, to) {
  const places = structuredClone(before);
  for (const [place, more] of [[from, -number], [to, number]]) {
    if (!place) continue;
    const here = (places[place] ??= { teams: {}, vehicles: {} });
    const of = (here[kind.type] ??= {});
    of[kind.id] = (of[kind.id] ?? 0) + more;
    if (!of[kind.id]) delete of[kind.id];
    if (!Object.keys(here.teams ?? {}).length && !Object.keys(here.vehicles ?? {}).length) delete places[place];
  }
  return places;
}

/** Move so many units of a kind from one place to another. */
export const move = (kind, number, from, to) => change(shifted(variant().places, kind, number, from, to));

function step(from, to) {
  const content = store.content;
  if (!content[from].length) return;
  content[to] = [...content[to], variant().places].slice(-STEPS);
  const places = content[from].at(-1);
  content[from] = content[from].slice(0, -1);
  putPlaces(places);
}

export const undo = () => step("undo", "redo");
export const redo = () => step("redo", "undo");

/** Look up the district as a variant has it, and its outline: a what-if changes that of the board. */
export async function lookUp(number = store.content.shown) {
  const { instance, law, variants } = store.content;
  const { whatif, places } = variants[number];
  const changed = whatif.length ? await post("/v1/apply", { instance, law, whatif: { changes: whatif }, deployment: deployment(places) }) : instance;
  return { instance: changed, outline: await post("/v1/outline", changed) };
}

let showing = 0;

/** Show another variant; what can be undone belongs to the one before. */
export const show = (number) => busyWith(whole, turnTo(number));

async function turnTo(number) {
  const mine = ++showing;
  const found = await lookUp(number);
  if (mine !== showing) return; // meanwhile another one was asked for
  Object.assign(store, found, { before: null });
  Object.assign(store.content, { shown: number, undo: [], redo: [] });
  keep();
  tell("variants");
}

/** Add a variant and show it; where there are too many, the oldest goes that is neither shown nor compared with. */
export async function add(added) {
  const content = store.content;
  if (content.variants.length >= MOST) {
    const oldest = content.variants.findIndex((_, number) => number !== content.compared && number !== content.shown);
    say(t("variant_oldest", { n: MOST, name: content.variants[oldest].name }));
    drop(oldest);
  }
  content.variants = [...content.variants, { document: null, pinned: [], whatif: [], ...added }];
  await show(content.variants.length - 1);
}

/** Remove a variant; the last one stays. */
export function drop(number) {
  const content = store.content;
  if (content.variants.length < 2) return;
  content.variants = content.variants.filter((_, other) => other !== number);
  for (const name of ["shown", "compared"]) {
    if (content[name] === number) content[name] = 0;
    else if (content[name] > number) content[name] -= 1;
  }
}
