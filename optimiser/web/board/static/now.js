// What to do now: a report of the situation, kept with the board, is asked of the plan that is shown; the answer says what
// helps in the next half hour, what it costs elsewhere, and which gates of doctrine are shut.

import { Problem, post } from "./api.js";
import { busyWith } from "./busy.js";
import { count, fill, h, say, t } from "./dom.js";
import { inCell, level } from "./figures.js";
import { loadForm } from "./form.js";
import { labelOf, reportForm } from "./now_report.js";
import { asked, deployment, keep, listen, store, variant } from "./store.js";
import { renewShown } from "./tabs.js";

const FORMAT = "optimiser-situation/1";
let root = null;
let abort = null;
let answer = null; // what there is to say, as elements
const said = h("div", { role: "status" });

export function nowView() {
  root = h("section", { class: "now", "aria-labelledby": "now-title", "data-takes-place": true });
  renewShown(root, ["places", "variants", "outline"], () => busyWith(root, begin()));
  listen((what) => what === "place" && root.isConnected && openPlace());
  return root;
}

/** The report, and what it comes to where it has been asked for: the same report has the same answer. */
async function begin() {
  await loadForm();
  show([]);
  render();
  if (store.content.situation?.at && !store.faults) await ask();
}

const report = () => (store.content.situation ??= {});

/** The report was changed: it is kept, and what was answered to another one goes. */
function changed() {
  abort?.abort();
  if (answer.length) show([]);
  root.querySelectorAll("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  keep();
}

function render() {
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    busyWith(root, ask());
  } },
    reportForm(report(), changed),
    h("p", {}, h("button", { class: "main", "data-key": "now-ask", disabled: store.faults > 0 }, t("now_ask")), " ",
      h("button", { type: "button", "data-key": "now-clear", onclick: clear }, t("now_clear"))));
  fill(root, h("h2", { id: "now-title" }, t("tab_now")), h("p", { class: "note" }, store.faults ? t("plan_faulty") : t("now_note")), form, said);
}

function clear() {
  store.content.situation = null;
  changed();
  render();
  say(t("now_emptied"));
}

function show(lines) {
  answer = lines;
  fill(said, lines);
}

async function ask() {
  abort?.abort();
  const mine = (abort = new AbortController());
  show([]);
  const situation = { ...report(), format: FORMAT, instance: store.instance.name };
  try {
    const found = await post("/v1/now", { ...asked(), deployment: deployment(variant().places), situation }, mine.signal);
    if (!mine.signal.aborted) show(tell(found));
  } catch (error) {
    if (error.name !== "AbortError") show(error instanceof Problem ? faults(error) : [h("p", { class: "bad" }, t("fault_network"))]);
  }
}

/** Say what is wrong with a report, each at its field as well. */
function faults(problem) {
  const found = problem.body.faults ?? [];
  if (!found.length) return [h("p", { class: "bad" }, problem.message)];
  return [h("ul", { class: "bad" }, found.map((one) => {
    const { label, field } = labelOf(one.place, report());
    field?.setAttribute("aria-invalid", "true");
    const around = field?.closest("details");
    if (around) around.open = true;
    return h("li", {}, `${label}: ${one.expected}. ${one.repair}.`);
  }))];
}

function openPlace() {
  const part = root.querySelector(`details[data-place="${CSS.escape(store.place ?? "")}"]`);
  if (!part) return;
  part.open = true;
  part.querySelector("summary").focus();
}

// ---------------------------------------------------------------- the answer

const placeName = (id) => store.outline.places.find((one) => one.id === id)?.name ?? id;

/** Say in a sentence what is to be done. */
function sentence(one) {
  const teams = Object.entries(one.teams).map(([id, n]) => `${count(n)} ${store.outline.kinds.find((kind) => kind.id === id)?.name ?? id}`).join(", ");
  const official = store.outline.places.find((place) => place.id === one.sector)?.official;
  return t(`now_${one.action}`, { teams, official, origin: placeName(one.origin), place: placeName(one.sector), n: count(one.minutes) });
}

function tell(found) {
  const best = found.best === null ? null : found.options[found.best];
  const { loss, injuries } = found.stay;
  const heads = ["now_option", "now_points", "now_injured", "now_elsewhere"];
  return [h("div", { class: "answer" },
    h("h3", { id: "now-answer" }, t("now_answer")),
    h("p", {}, h("b", {}, best ? t("now_do", { what: sentence(best) }) : t("now_stay"))),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "now-answer" }, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(name))))),
      h("tbody", {},
        h("tr", {}, h("th", { scope: "row" }, t("now_staying")), [loss, injuries].map((one) => h("td", {}, `${level(one).mean} ${level(one).ends}`)), h("td", {}, "")),
        found.options.map(option)))),
    notes(found).map((line) => h("p", { class: "note" }, line)),
    found.gates.map((gate) => h("p", { class: "note" }, gate.shut.length
      ? t("now_shut", { place: placeName(gate.sector), why: gate.shut.map((one) => t(`gate_${one}`)).join(", ") })
      : t("now_gates_open", { place: placeName(gate.sector) }))))];
}

const option = (one) => h("tr", {},
  h("th", { scope: "row" }, sentence(one)),
  h("td", {}, inCell(one.loss)),
  h("td", {}, inCell(one.injuries)),
  h("td", {}, one.elsewhere.map(({ sector, loss }) => h("span", { class: "part" }, `${placeName(sector)}: `, inCell(loss)))));

function notes({ situation, futures, days, agree, kept, refused }) {
  const reported = situation.sectors?.length || situation.posts?.length || situation.road;
  return [
    t("now_figures", { n: count(futures) }),
    reported && t("now_agree", { agree: count(agree), days: count(days), kept: count(kept) }),
    refused.length && t("now_refused", { n: count(refused.length) }),
  ].filter(Boolean);
}
