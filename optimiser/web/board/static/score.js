// The score of days that happened: logs are sent, what is wrong with them is named by cell, and every measure is told with
// its limit, its place among simulated days and its rating, the weakest link first.

import { Problem, encode } from "./api.js";
import { askedJob, ofAnother, sayWhy } from "./asked_job.js";
import { busyWith } from "./busy.js";
import { count, fill, h, percent, some, t } from "./dom.js";
import { deployment, store, variant } from "./store.js";
import { renewShown } from "./tabs.js";

const PAPERS = ["review.html", "review.xlsx", "score.json"];
const SUMS = new Set(["unmet", "gates", "officer", "alone", "process", "records", "injured", "participation"]); // of a day; else its median
let root = null;
let files = []; // logs that were chosen
let found = null;
const job = askedJob("score", () => root, "score_working", (answer) => {
  found = answer;
  render();
}, refused);

export function scoreView() {
  root = h("section", { class: "score", "aria-labelledby": "score-title" });
  renewShown(root, ["places", "variants", "outline"], () => {
    render();
    busyWith(root, job.again());
  });
  return root;
}

const logs = h("input", { id: "score-logs", type: "file", accept: ".csv,.xlsx", multiple: true, required: true });
const played = h("input", { id: "score-exercise", type: "file", accept: ".json" });

function render() {
  const form = h("form", { class: "asking", onsubmit: (event) => {
    event.preventDefault();
    job.ask(make);
  } },
    h("label", { for: "score-logs" }, t("score_logs")), logs,
    h("label", { for: "score-exercise" }, t("score_exercise")), played,
    h("button", { class: "main", "data-key": "score-ask", disabled: store.faults > 0 }, t("score_ask")));
  fill(root, h("h2", { id: "score-title" }, t("tab_score")), h("p", { class: "note" }, store.faults ? t("plan_faulty") : t("score_note")), form, job.told,
    found && h("div", { class: "answer" }, ofAnother(found), found.days.map(day), job.papers(PAPERS)));
}

/** Make the request; a log keeps the form of its file. */
async function make() {
  files = [...logs.files];
  const { law } = store.content;
  const sent = await Promise.all(files.map(async (file) => (file.name.endsWith(".xlsx") ? { workbook: await encode(file) } : file.text())));
  const request = { instance: store.instance, law, deployment: deployment(variant().places), logs: sent };
  if (!played.files.length) return request;
  try {
    return { ...request, exercise: JSON.parse(await played.files[0].text()) };
  } catch {
    throw new Error(t("score_no_exercise", { file: played.files[0].name }));
  }
}

/** Say what is wrong with logs: file, cell, what was expected, and what mends it. */
function refused(error) {
  const faults = error instanceof Problem ? error.body.faults ?? [] : [];
  if (!faults.length) return sayWhy(error);
  return [h("p", { class: "bad" }, t("score_faults")), h("ul", { class: "bad" }, faults.map((one) => {
    const [, number, cell] = /^logs\[(\d+)\]\.(.*)$/.exec(one.place) ?? [];
    const place = number === undefined ? one.place : `${files[number]?.name ?? number}, ${cell.replace(/^log!/, "")}`;
    return h("li", {}, h("b", {}, place), `: ${one.expected}. ${one.repair}.`);
  }))];
}

// ---------------------------------------------------------------- one day

const amount = (value, one) => `${some(value)} ${t(`unit_${value === 1 ? "one_" : ""}${one.measure}`)}`;

function day(told, number) {
  const weakest = told.measures.find((one) => one.measure === told.weakest);
  const pair = (name, value) => h("p", {}, h("b", {}, `${t(name)}: `), value);
  const heads = ["measure", "rating", "value", "limit", "simulated", "share"];
  const id = `score-day-${number}`;
  return [
    h("h3", { id }, told.day || t("score_day", { n: count(number + 1) })),
    pair("score_whole", h("strong", { class: `rating-${told.rating}` }, t(`rating_${told.rating}`))),
    weakest && pair("score_weakest", `${t(`measure_${weakest.measure}`)}: ${value(weakest)}`),
    weakest && pair("score_raise", t(`raise_${weakest.measure}`)),
    weakest && pair("score_then", t(`rating_${told.without_weakest}`)),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": id }, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(`score_${name}`))))),
      h("tbody", {}, told.measures.map(row)))),
  ];
}

function row(one) {
  const { place } = one;
  return h("tr", { "data-measure": one.measure },
    h("th", { scope: "row" }, t(`measure_${one.measure}`)),
    h("td", { class: `rating-${one.rating}` }, one.rating === "-" ? "\u2013" : one.rating),
    h("td", {}, value(one)),
    h("td", {}, one.limit === null ? t("score_no_limit") : amount(one.limit, one)),
    h("td", {}, place ? t("score_usual", { median: some(place.median), usual: some(place.usual) }) : "\u2013"),
    h("td", {}, place ? `${percent(place.share)} [${count(100 * place.low)}; ${count(100 * place.high)}]` : "\u2013"));
}

/** Say what was found, and how often the limit was missed. */
function value(one) {
  if (!one.told) return t("score_untold");
  if (!one.occasions.length) return t("score_no_occasion");
  const summed = one.value !== null && SUMS.has(one.measure);
  const median = one.value !== null && !summed && one.occasions.length > 1;
  return [
    one.value === null ? "" : median ? t("score_median_of", { amount: amount(one.value, one), n: count(one.occasions.length) }) : amount(one.value, one),
    one.over && !summed ? t("score_over", { n: count(one.over) }) : "",
    one.undone ? t("score_undone", { n: count(one.undone) }) : "",
  ].filter(Boolean).join("; ");
}
