// Variants: plans side by side on the same days, with what harms each and how sure the differences are.

import { Problem, post } from "./api.js";
import { busyWith } from "./busy.js";
import { count, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { inCell, level } from "./figures.js";
import { add, asked, deployment, drop, heads, keep, listen, show, store, tell, variant } from "./store.js";
import { renewShown } from "./tabs.js";

const SIDE = 4; // variants side by side
const DAYS = 4000;
let root = null;
let abort = null;
let found = null; // the comparison, and the numbers of its variants
let fault = "";
let side = null; // what is compared: it comes later, and nobody who writes a name loses it then

export function variantsView() {
  root = h("section", { class: "variants", "aria-labelledby": "variants-title" });
  renewShown(root, ["places", "variants", "outline"], () => busyWith(root, compare()));
  listen((what) => what === "rename" && render());
  return root;
}

/** The compared variant, the shown one, then others of the same world, the latest first. */
function chosen() {
  const { variants, shown, compared } = store.content;
  const alike = (number) => JSON.stringify(variants[number].whatif) === JSON.stringify(variant().whatif);
  const rest = variants.map((_, number) => number).reverse();
  return [...new Set([compared, shown, ...rest.filter(alike)])].filter((number) => number < variants.length).slice(0, SIDE);
}

async function compare() {
  abort?.abort();
  const mine = (abort = new AbortController());
  const numbers = chosen();
  found = null;
  fault = "";
  render();
  try {
    const plans = numbers.map((number) => deployment(store.content.variants[number].places));
    found = { numbers, plans: (await post("/v1/estimate", { ...asked(), scenarios: DAYS, deployments: plans }, mine.signal)).deployments };
  } catch (error) {
    if (error.name === "AbortError") return;
    fault = error instanceof Problem ? faultText(error) : t("fault_network");
  }
  renderSide();
}

function render() {
  const { variants } = store.content;
  fill(
    root,
    h("h2", { id: "variants-title" }, t("tab_variants")),
    h("ul", { class: "variant-list" }, variants.map(line)),
    h("p", {}, h("button", { "data-key": "copy", onclick: copy }, t("variant_copy"))),
    (side = h("div", {})),
  );
  renderSide();
}

function renderSide() {
  fill(
    side,
    h("h3", {}, t("variants_side")),
    variant().whatif.length ? h("p", { class: "note" }, t("variants_world", { name: variant().name })) : null,
    fault ? h("p", { class: "bad", role: "alert" }, fault) : null,
    found ? table() : h("p", { class: "note working" }, t("effect_working")),
    h("p", { class: "note" }, t("effect_days", { n: count(DAYS) })),
  );
}

function line(one, number) {
  const { shown, compared, variants } = store.content;
  const name = h("input", { type: "text", value: one.name, maxlength: 120, "aria-label": t("variant_name"), "data-key": `name ${number}` });
  name.addEventListener("change", () => {
    one.name = name.value.trim() || one.name;
    keep();
    tell("rename");
  });
  return h("li", { class: number === shown ? "shown" : "" },
    name,
    h("button", { "data-key": `show ${number}`, "aria-pressed": String(number === shown), onclick: () => show(number) }, t("variant_show")),
    h("button", { "data-key": `compare ${number}`, "aria-pressed": String(number === compared), onclick: () => against(number) }, t("variant_against")),
    variants.length > 1 ? h("button", { "data-key": `drop ${number}`, "aria-label": t("start_remove", { name: one.name }), onclick: () => remove(number) }, "\u00d7") : null,
    one.whatif.length ? h("small", {}, t("variant_whatif")) : null,
  );
}

function copy() {
  add({ name: t("variant_copied", { name: variant().name }), places: structuredClone(variant().places), pinned: [...variant().pinned], whatif: variant().whatif });
}

function against(number) {
  store.content.compared = number;
  keep();
  tell("variants");
}

async function remove(number) {
  const was = number === store.content.shown;
  drop(number);
  if (was) return show(store.content.shown);
  keep();
  tell("variants");
}

function table() {
  const { numbers, plans } = found;
  const variants = numbers.map((number) => store.content.variants[number]);
  const harms = store.outline.harms.filter(({ id }) => plans.some((plan) => plan.evaluation.harms[id]?.mean > 0));
  const rows = [
    [t("rules"), (plan) => (plan.verdict.passed ? "\u2713" : h("span", { class: "bad" }, count(plan.verdict.violations.length)))],
    [t("heads"), (_, n) => count(store.outline.places.reduce((sum, place) => sum + heads(variants[n].places, place.id), 0))],
    [t("loss"), (plan, n) => cell(plan.evaluation.loss, n && plan.against_first.loss)],
    ...harms.map(({ id, label, unit }) => [`${label}, ${unit}`, (plan, n) => cell(plan.evaluation.harms[id], n && plan.against_first.harms[id])]),
  ];
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "variants-title" },
    h("table", { class: "side" },
      h("thead", {}, h("tr", {}, h("td", {}), variants.map((one) => h("th", { scope: "col" }, one.name)))),
      h("tbody", {}, rows.map(([name, make]) => h("tr", {}, h("th", { scope: "row" }, name), plans.map((plan, n) => h("td", {}, make(plan, n))))))));
}

function cell(interval, difference) {
  const { mean, ends } = level(interval);
  return [mean, h("small", {}, ` ${ends}`), difference ? h("span", { class: "part" }, inCell(difference)) : null];
}
