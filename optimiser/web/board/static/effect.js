// What the rules say of a plan, and what it changes: first on few days, then on as many as `optimiser compare` plays.

import { Problem, post } from "./api.js";
import { busyWith } from "./busy.js";
import { count, fill, h, percent, t } from "./dom.js";
import { countBroken, difference, level } from "./figures.js";
import { asked, deployment, listen, reference, store, tell, variant } from "./store.js";

const QUICK = 1000; // days of the first estimate
const MOST = 20000; // days of the second, as `optimiser compare` takes; fewer where there are so many sectors that
const WORK = 800000; // sectors times days take longer than somebody waits, some seconds; assumed
let root = null;
let abort = null;
let explained = false; // what points are
let estimated = null; // the district that the last estimate was for
let state = { step: null, all: null, loss: null, days: 0, working: false, fault: "" };

export function effectView() {
  root = h("section", { class: "effect", "aria-labelledby": "effect-title" });
  listen((what) => ["places", "variants", "outline"].includes(what) && examine(what === "places"));
  listen((what) => what === "looked" && store.faults && examine(false));
  examine(false);
  return root;
}

/** Ask for rules and estimates of what is shown; what was asked before is called off. */
const examine = (stepped) => busyWith(root, ask(stepped));

async function ask(stepped) {
  abort?.abort();
  const mine = (abort = new AbortController());
  if (store.faults) { // nothing is estimated of a district that has faults
    state = { step: null, all: null, loss: null, days: 0, working: false, fault: t("plan_faulty") };
    store.verdict = null;
    return render();
  }
  const now = deployment(variant().places);
  const before = stepped ? store.before : null;
  if (estimated !== store.instance) store.evaluation = null; // another district: it is not known how it goes there
  state = { ...state, working: true, fault: "", step: null };
  render();
  try {
    const verdict = await post("/v1/rules", { instance: store.instance, deployment: now }, mine.signal);
    store.verdict = verdict;
    tell("rules");
    render();
    const enough = Math.max(2 * QUICK, Math.min(MOST, QUICK * Math.floor(WORK / QUICK / store.instance.sectors.length)));
    for (const scenarios of [QUICK, enough]) {
      const estimate = (other) => post("/v1/estimate", { ...asked(), scenarios, deployments: [deployment(other), now] }, mine.signal);
      const step = before && (await estimate(before));
      const all = step && reference() === variant() ? step : await estimate(reference().places);
      state = {
        working: scenarios === QUICK,
        fault: "",
        days: scenarios,
        loss: all.deployments[1].evaluation,
        all: all.deployments[1].against_first,
        step: step ? step.deployments[1].against_first : null,
      };
      store.evaluation = state.loss;
      estimated = store.instance;
      if (scenarios === QUICK) tell("estimate"); // what is drawn of it needs no more days
      render();
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    state = { ...state, working: false, fault: error instanceof Problem ? faultText(error) : t("fault_network") };
    render();
  }
}

/** Say what a problem is about: its first faults, else its own words. */
export function faultText(problem) {
  const faults = problem.body.faults ?? [];
  return faults.length ? faults.slice(0, 3).map((one) => `${one.place}: ${one.expected}. ${one.repair}`).join(" ") : problem.message;
}

/** What the plan comes to: points, which are explained where one asks, and how often a sector turns yellow or red. */
function loss({ loss: points, worst_phase: { yellow, red } }) {
  return [
    h("p", { class: "loss" }, h("b", {}, t("loss_of", level(points))), " ", h("span", {}, t("loss"))),
    h("p", {}, t("loss_days", { red: percent(red), yellow: percent(yellow) })),
    h("details", { open: explained, ontoggle: (event) => (explained = event.target.open) }, h("summary", { "data-key": "points" }, t("loss_what")), h("p", { class: "note" }, t("loss_points"))),
  ];
}

function render() {
  const broken = store.verdict?.violations ?? [];
  fill(
    root,
    h("h2", { id: "effect-title" }, t("effect")),
    state.fault ? h("p", { class: "bad", role: "alert" }, state.fault) : null,
    state.loss && loss(state.loss),
    state.step && difference(t("effect_step"), state.step.loss),
    reference() !== variant() && state.all && difference(t("effect_all", { name: reference().name }), state.all.loss),
    !state.step && !store.content.undo.length && reference() === variant() ? h("p", { class: "note" }, t("effect_none")) : null,
    state.days && !state.working ? h("p", { class: "note" }, t("effect_days", { n: count(state.days) })) : null,
    state.working ? h("p", { class: "note working" }, t(store.evaluation ? "effect_working" : "effect_first")) : null,
    h("h3", {}, t("rules")),
    !store.verdict ? null
      : broken.length
        ? [h("p", { class: "bad" }, countBroken(broken.length)),
           h("ul", { class: "broken-rules" }, broken.map((one) => h("li", {}, one.sentence)))]
        : h("p", { class: "good" }, `\u2713 ${t("rules_kept")}`),
  );
}
