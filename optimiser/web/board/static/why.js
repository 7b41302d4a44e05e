// Why units stand at a place: who comes there, what the rules say, and what one more or one fewer of each would change.

import { Problem, post } from "./api.js";
import { busyWith } from "./busy.js";
import { count, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { countBroken, inCell } from "./figures.js";
import { asked, deployment, shifted, store, units, variant } from "./store.js";
import { renewShown } from "./tabs.js";

const DAYS = 4000; // simulated days of each difference
const AT_ONCE = 3; // deployments beside the plan in one request
let root = null;
let abort = null;

export function whyView() {
  root = h("section", { class: "why", "aria-labelledby": "why-title" });
  renewShown(root, ["places", "variants", "outline", "place"], () => busyWith(root, show()));
  return root;
}

async function show() {
  abort?.abort();
  const place = store.outline.places.find((one) => one.id === store.place);
  if (!place) {
    fill(root, h("h2", { id: "why-title" }, t("tab_why")), h("p", { class: "note" }, t("why_choose")));
    return;
  }
  const mine = (abort = new AbortController());
  const questions = list(place);
  render(place, questions);
  try {
    for (let begin = 0; begin < questions.length; begin += AT_ONCE) {
      const some = questions.slice(begin, begin + AT_ONCE);
      const plans = [variant().places, ...some.map((one) => one.places)].map(deployment);
      const found = await post("/v1/estimate", { ...asked(), scenarios: DAYS, deployments: plans }, mine.signal);
      some.forEach((one, n) => Object.assign(one, { found: found.deployments[n + 1].against_first, broken: found.deployments[n + 1].verdict.violations }));
      render(place, questions);
    }
  } catch (error) {
    if (error.name !== "AbortError") fill(root, h("p", { class: "bad", role: "alert" }, error instanceof Problem ? faultText(error) : t("fault_network")));
  }
}

/** List what can be asked: one more from base and one fewer to base, of every kind that is here or could come. */
function list(place) {
  const here = variant().places;
  const questions = [];
  for (const kind of store.outline.kinds) {
    if (units(here, place.id, kind) > 0) questions.push({ kind, more: false, places: shifted(here, kind, 1, place.id, "") });
    if (units(here, "", kind) > 0) questions.push({ kind, more: true, places: shifted(here, kind, 1, "", place.id) });
  }
  return questions;
}

function render(place, questions) {
  const here = (store.verdict?.violations ?? []).filter((one) => one.place === place.id);
  fill(
    root,
    h("h2", { id: "why-title" }, place.name),
    h("p", { class: "note" }, t(`kind_${place.kind}`)),
    place.people.length ? h("h3", {}, t("people")) : null,
    place.people.length ? h("ul", {}, place.people.map((one) => h("li", {}, t("why_visit", { from: one.from, until: one.until, people: count(one.people), gathering: one.gathering, share: Math.round(100 * one.share) })))) : null,
    here.map((one) => h("p", { class: "bad" }, `\u26a0 ${one.sentence}`)),
    questions.length ? h("h3", {}, t("why_units")) : null,
    questions.length ? h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "why-title" },
      h("table", {},
        h("thead", {}, h("tr", {}, [t("units"), t("why_change"), t("why_points"), t("rules")].map((text) => h("th", { scope: "col" }, text)))),
        h("tbody", {}, questions.map(row)))) : null,
    questions.length ? h("p", { class: "note" }, t("why_note", { n: count(DAYS) })) : null,
  );
}

function row(one) {
  const { found } = one;
  return h("tr", {},
    h("th", { scope: "row" }, one.kind.label),
    h("td", {}, t(one.more ? "one_more" : "one_fewer")),
    h("td", {}, found ? inCell(found.loss) : "\u2026"),
    h("td", { class: one.broken?.length ? "bad" : "" }, one.broken ? (one.broken.length ? countBroken(one.broken.length) : "\u2713") : ""),
  );
}
