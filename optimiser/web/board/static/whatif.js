// What if: changes of the day chosen in fields, asked as a job; the answer becomes a variant of its own.

import { Problem, follow, get, post } from "./api.js";
import { busyWith } from "./busy.js";
import { count, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { callOff } from "./firm.js";
import { difference } from "./figures.js";
import { add, deployment, store, variant } from "./store.js";
import { renewShown } from "./tabs.js";

let root = null;
let changes = []; // what is asked, in words and as data
let chosen = "bigger"; // kind of change
const told = h("p", { role: "status" }); // how far it is; what is being chosen stays meanwhile
let answer = null;

// Each kind of change: the fields that it needs, and the change that they make.
const KINDS = {
  bigger: { fields: ["gathering", "factor"], make: ({ gathering, factor }) => ({ do: "set", path: `gatherings.${gathering}.turnout`, value: turnout(gathering) * Number(factor) }) },
  earlier: { fields: ["gathering", "minutes"], make: ({ gathering, minutes }) => ({ do: "shift", gathering, minutes: -Number(minutes) }) },
  later: { fields: ["gathering", "minutes"], make: ({ gathering, minutes }) => ({ do: "shift", gathering, minutes: Number(minutes) }) },
  chance: { fields: ["gathering", "percent"], make: ({ gathering, percent }) => ({ do: "chance", gathering, chance: Number(percent) / 100 }) },
  receive: { fields: ["minutes"], make: ({ minutes }) => ({ do: "receive", minutes: Number(minutes) }) },
  lose: { fields: ["kind", "number"], make: ({ kind, number }) => ({ do: "lose", what: kind, number: Number(number) }) },
  gain: { fields: ["kind", "number"], make: ({ kind, number }) => ({ do: "gain", what: kind, number: Number(number) }) },
  cap: { fields: ["cap"], make: ({ cap }) => ({ do: "heads", cap: Number(cap) }) },
  close: { fields: ["place"], make: ({ place }) => ({ do: "close", a: place }) },
  rain: { fields: ["strength"], make: ({ strength }) => ({ do: "rain", strength }) },
};
const STARTS = { factor: 2, minutes: 20, percent: 100, number: 1 };

export function whatifView() {
  root = h("section", { class: "whatif", "aria-labelledby": "whatif-title" });
  renewShown(root, ["variants", "outline"], render);
  return root;
}

function turnout(id) {
  const value = store.instance.gatherings.find((one) => one.id === id).turnout;
  return typeof value === "object" ? value.value : value;
}

function options(name) {
  const { instance } = store;
  const names = Object.fromEntries(store.outline.kinds.map((kind) => [kind.id, kind.name]));
  const places = Object.fromEntries(store.outline.places.map((place) => [place.id, place.name]));
  return {
    gathering: () => store.outline.gatherings.map((one) => [one.id, one.name]),
    kind: () => store.outline.kinds.map((kind) => [`${kind.type === "teams" ? "team" : "vehicle"}:${kind.id}`, names[kind.id]]),
    place: () => [...instance.sectors, ...instance.posts].map((one) => [one.id, places[one.id] ?? one.name]),
    strength: () => [["heavy", t("rain_heavy")], ["light", t("rain_light")]],
  }[name]?.();
}

function field(name) {
  const listed = options(name);
  const id = `field-${name}`;
  const start = name === "cap" ? store.outline.cap : STARTS[name];
  const input = listed
    ? h("select", { id, name }, listed.map(([value, text]) => h("option", { value }, text)))
    : h("input", { id, name, type: "number", min: name === "factor" ? "0.1" : "0", step: name === "factor" ? "0.1" : "1", value: start, required: true });
  return [h("label", { for: id }, t(`field_${name}`)), input];
}

function render() {
  const kind = h("select", { id: "whatif-kind", "data-key": "whatif-kind", onchange: () => { chosen = kind.value; render(); } },
    Object.keys(KINDS).map((name) => h("option", { value: name, selected: name === chosen }, t(`whatif_${name}`))));
  const form = h("form", { class: "asking", onsubmit: (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form));
    const shown = KINDS[chosen].fields.map((name) => form.elements[name].selectedOptions?.[0].textContent ?? values[name]);
    changes = [...changes, { words: `${t(`whatif_${chosen}`)}: ${shown.join(", ")}`, data: KINDS[chosen].make(values) }];
    render();
  } },
    h("label", { for: "whatif-kind" }, t("whatif_change")), kind,
    KINDS[chosen].fields.map(field),
    h("button", { "data-key": "whatif-add" }, t("whatif_add")));
  fill(
    root,
    h("h2", { id: "whatif-title" }, t("tab_whatif")),
    form,
    changes.length ? h("ul", { class: "changes" }, changes.map((one, number) => h("li", {}, one.words, " ",
      h("button", { "aria-label": t("start_remove", { name: one.words }), onclick: () => { changes = changes.filter((_, other) => other !== number); render(); } }, "\u00d7")))) : h("p", { class: "note" }, t("whatif_none")),
    h("p", {}, h("button", { class: "main", "data-key": "whatif-ask", onclick: () => {
      if (!changes.length) form.requestSubmit(); // what is chosen is meant, added or not
      if (changes.length) ask();
    } }, t("whatif_ask"))),
    told,
    answer ? said() : null,
  );
}

const ask = () => busyWith(root, answerTo(changes));

async function answerTo(asked) {
  callOff(); // the search needs the processor
  told.textContent = t("plan_waits");
  answer = null;
  render();
  try {
    const { instance, law, seed } = store.content;
    const whatif = { changes: [...variant().whatif, ...asked.map((one) => one.data)] };
    const job = await post("/v1/whatif", { instance, law, seed, whatif, deployment: deployment(variant().places) });
    const over = await new Promise((resolve) => follow(job.id, (now) => (now.over ? resolve(now) : progress(now))));
    told.textContent = over.error ? t("fault_any", { why: over.error.message }) : "";
    if (over.result) await take(job.id, asked, whatif.changes);
  } catch (error) {
    told.textContent = error instanceof Problem ? faultText(error) : t("fault_network");
  }
  render();
}

function progress(job) {
  told.textContent = job.progress?.stage === "reporting" ? t("plan_reports") : t("whatif_searching");
}

async function take(key, asked, whatif) {
  const found = await get(`/v1/jobs/${key}/result`);
  if (found.format !== "optimiser-answer/1") {
    told.textContent = t("plan_failed", { why: (await get(`/v1/jobs/${key}/clashes`)).clashing.join("; ") });
    return;
  }
  answer = found;
  changes = [];
  await add({ name: asked.map((one) => one.words).join("; ").slice(0, 120), places: found.deployment.places, pinned: [...variant().pinned], whatif });
}

/** The answer: what the change does to the plan there is, what moving gains, and who moves. */
function said() {
  return h("div", { class: "answer" },
    h("h3", {}, t("whatif_answer")),
    difference(t("whatif_suffered"), answer.suffered.loss),
    difference(t("whatif_gained"), answer.gained.loss),
    difference(t("whatif_both"), answer.change.loss),
    h("h3", {}, t("whatif_moves")),
    answer.moves.length ? h("ul", {}, answer.moves.map((move) => h("li", {}, moveWords(move)))) : h("p", {}, t("whatif_nobody")),
  );
}

function moveWords(move) {
  const kind = store.outline.kinds.find((one) => one.id === move.what);
  const place = (id) => store.outline.places.find((one) => one.id === id)?.name ?? t("base");
  return t("chip_put", { n: count(move.number), name: kind?.name ?? move.what, from: place(move.origin), to: place(move.goal) });
}
