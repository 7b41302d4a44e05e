// The district as it is written: every change is kept, looked at by the server, and taken over once it has no fault.

import { Problem, post } from "./api.js";
import { busyWith } from "./busy.js";
import { t } from "./dom.js";
import { keep, lookUp, store, tell } from "./store.js";

const LOOK_AFTER = 250; // ms without a further change
const STEPS = 50; // that can be taken back, in this window
const history = [];
let asked = 0;

export const looked = { faults: [], warnings: [], trouble: "" };

/** An outline of what cannot be outlined yet, so that the page stands. */
export const emptyOutline = () => ({
  instance: { title: String(store.content.instance.title ?? store.content.title ?? "") },
  period: { start: "", day: "", minutes: 0 },
  cap: 0,
  places: [],
  kinds: [],
  gatherings: [],
  harms: [],
});

/** Load the outline of the instance, or note its faults. Tell whether it has none. */
export async function loadOutline() {
  try {
    Object.assign(store, await lookUp());
    store.faults = 0;
  } catch (error) {
    if (!(error instanceof Problem) || !error.body.faults) throw error;
    store.outline ??= emptyOutline();
    store.instance ??= store.content.instance;
    store.faults = error.body.faults.length;
  }
  return !store.faults;
}

/** Remember what stands now, before it is changed. */
export function remember() {
  if (history.at(-1) === now()) return;
  history.push(now());
  if (history.length > STEPS) history.shift();
}

const now = () => {
  const { instance, variants, undo, redo, title } = store.content;
  return JSON.stringify({ instance, variants, undo, redo, title });
};
const district = (step) => JSON.stringify(JSON.parse(step).instance);

export const canTakeBack = () => history.some((step) => district(step) !== JSON.stringify(store.content.instance));

/** Take the last change of the district back. */
export function takeBack() {
  while (history.length) {
    const step = history.pop();
    if (district(step) === JSON.stringify(store.content.instance)) continue; // nothing was changed after it
    Object.assign(store.content, JSON.parse(step));
    return changed();
  }
}

/** The instance was changed: keep it, and have it looked at. */
export function changed() {
  store.content.title = String(store.content.instance.title ?? "").slice(0, 200);
  keep();
  const mine = ++asked; // what is looked at now is not what is written any more
  const later = new Promise((resolve) => setTimeout(resolve, LOOK_AFTER));
  busyWith(editor(), later.then(() => mine === asked && look()));
}

const editor = () => document.getElementById("editor");

/** Have the instance looked at; one without faults is taken over by plan, map and estimates. */
export const look = () => busyWith(editor(), examine());

async function examine() {
  const mine = ++asked;
  try {
    const found = await post("/v1/validate", store.content.instance);
    if (mine !== asked) return;
    Object.assign(looked, { faults: [], warnings: found.warnings ?? [], trouble: "" });
    const shown = await lookUp();
    if (mine !== asked) return;
    store.faults = 0;
    await takeOver(shown, mine);
  } catch (error) {
    if (mine !== asked) return;
    const faults = error instanceof Problem ? error.body.faults : null;
    Object.assign(looked, { faults: faults ?? looked.faults, warnings: [], trouble: faults ? "" : error instanceof Problem ? error.message : t("fault_network") });
    store.faults = looked.faults.length;
  }
  tell("looked");
}

async function takeOver(shown, mine) {
  const { content } = store;
  const own = shown.instance === content.instance ? shown.outline : await post("/v1/outline", content.instance); // a what-if may lack kinds
  if (mine !== asked) return;
  const same = JSON.stringify(shown.outline) === JSON.stringify(store.outline);
  Object.assign(store, shown);
  const first = content.variants.length === 1 && !content.undo.length && !Object.keys(content.variants[0].places).length;
  if (first) {
    const draft = await post("/v1/draft", content.instance);
    if (mine !== asked) return;
    content.variants[0].places = draft.places;
  }
  tidy(content, own);
  if (first || !same) keep();
  tell("outline");
}

/** Leave out of every plan what is no more: units of a place that went are at base, kinds that went are nowhere. */
function tidy(content, outline) {
  const places = new Set(outline.places.map((one) => one.id));
  const kinds = new Set(outline.kinds.map((one) => one.id));
  const cleaned = (plan) =>
    Object.fromEntries(
      Object.entries(plan)
        .filter(([place]) => places.has(place))
        .map(([place, here]) => [place, Object.fromEntries(Object.entries(here).map(([type, units]) =>
          [type, typeof units === "object" && units ? Object.fromEntries(Object.entries(units).filter(([kind]) => kinds.has(kind))) : units]))]),
    );
  for (const one of content.variants) {
    one.places = cleaned(one.places);
    one.pinned = one.pinned.filter((pin) => {
      const [place, kind] = pin.split(" ");
      return places.has(place) && kinds.has(kind);
    });
  }
  content.undo = content.undo.map(cleaned);
  content.redo = content.redo.map(cleaned);
}
