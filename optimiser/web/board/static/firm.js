// What is firm of the plan that is shown: asked in the background once nobody has stepped on for a while, called off if it changes.

import { follow, get, post } from "./api.js";
import { asked, deployment, listen, store, tell, variant } from "./store.js";

const SETTLED = 10_000; // ms without a step; the search takes a minute or two of a processor
const found = new WeakMap(); // by district: what was found, by plan, law and seed
export const firm = { places: 0, all: 0, working: false };
let timer = 0;
let job = null;
let stop = null;

/** Begin to look after the plan that is shown. */
export function watchFirm() {
  listen((what) => {
    if (["places", "variants", "outline"].includes(what)) callOff();
    if (what === "estimate") timer = again(timer);
  });
  addEventListener("pagehide", () => job && fetch(`/v1/jobs/${job}/cancel`, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: "{}" }).catch(() => {}));
}

function again(before) {
  clearTimeout(before);
  show();
  return firm.all ? 0 : setTimeout(ask, SETTLED);
}

const key = () => JSON.stringify([variant().places, store.content.law, store.content.seed]);

/** Show what is known of the plan already. */
function show() {
  const [places, all] = found.get(store.instance)?.[key()] ?? [0, 0];
  Object.assign(firm, { places, all });
  tell("firm");
}

/** Call off what is asked: the plan is another, or somebody needs the processor. */
export function callOff() {
  clearTimeout(timer);
  stop?.();
  if (job) post(`/v1/jobs/${job}/cancel`, {}).catch(() => {});
  job = stop = null;
  Object.assign(firm, { places: 0, all: 0, working: false });
}

async function ask() {
  if (store.faults || store.editing || store.content.job || job || !store.verdict?.passed) return;
  const mine = key();
  const { instance } = store;
  try {
    const made = await post("/v1/firm", { ...asked(), deployment: deployment(variant().places) });
    if (mine !== key()) return void post(`/v1/jobs/${made.id}/cancel`, {}).catch(() => {});
    job = made.id;
    firm.working = true;
    tell("firm");
    stop = follow(job, (seen) => seen.over && finish(seen, instance, mine));
  } catch {
    // nobody waits for it: it is left out
  }
}

/** A place is firm where all that the plan has there is. */
async function finish(seen, instance, mine) {
  job = stop = null;
  firm.working = false;
  if (seen.result === "optimiser-firm/1") {
    const placings = (await get(`/v1/jobs/${seen.id}/result`)).placings.filter((one) => one.number > 0);
    const places = [...new Set(placings.map((one) => one.place))];
    const all = places.filter((place) => placings.every((one) => one.place !== place || one.firm));
    found.set(instance, { ...found.get(instance), [mine]: [all.length, places.length] });
  }
  if (store.instance === instance && mine === key()) show();
}
