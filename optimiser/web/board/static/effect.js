// What the rules say of a plan, and what it changes: first on few days, then on as many as `optimiser compare` plays.

import { Problem, post } from "./api.js";
import { count, fill, h, t } from "./dom.js";
import { difference, level } from "./figures.js";
import { deployment, listen, reference, store, tell, variant } from "./store.js";

const QUICK = 1000; // days of the first estimate
let root = null;
let abort = null;
let state = { step: null, all: null, loss: null, days: 0, working: false, fault: "" };

export function effectView() {
  root = h("section", { class: "effect", "aria-labelledby": "effect-title" });
  listen((what) => ["places", "variants", "outline"].includes(what) && examine(what === "places"));
  listen((what) => what === "looked" && store.faults && examine(false));
  examine(false);
  return root;
}

/** Ask for rules and estimates of what is shown; what was asked before is called off. */
async function examine(stepped) {
  abort?.abort();
  const mine = (abort = new AbortController());
  if (store.faults) { // nothing is estimated of a district that has faults
    state = { step: null, all: null, loss: null, days: 0, working: false, fault: t("plan_faulty") };
    store.verdict = null;
    return render();
  }
  const { law, seed } = store.content;
  const { instance } = store;
  const now = deployment(variant().places);
  const before = stepped ? store.content.undo.at(-1) : undefined;
  state = { ...state, working: true, fault: "", step: null };
  render();
  try {
    const verdict = await post("/v1/rules", { instance, deployment: now }, mine.signal);
    store.verdict = verdict;
    tell("rules");
    render();
    for (const scenarios of [QUICK, store.scenarios]) {
      const asked = { instance, law, seed, scenarios };
      const all = await post("/v1/estimate", { ...asked, deployments: [deployment(reference().places), now] }, mine.signal);
      const step = before && (await post("/v1/estimate", { ...asked, deployments: [deployment(before), now] }, mine.signal));
      state = {
        working: scenarios === QUICK,
        fault: "",
        days: scenarios,
        loss: all.deployments[1].evaluation,
        all: all.deployments[1].against_first,
        step: step ? step.deployments[1].against_first : null,
      };
      store.evaluation = state.loss;
      tell("estimate");
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

function render() {
  const broken = store.verdict?.violations ?? [];
  fill(
    root,
    h("h2", { id: "effect-title" }, t("effect")),
    state.fault ? h("p", { class: "bad", role: "alert" }, state.fault) : null,
    state.loss && h("p", { class: "loss" }, h("b", {}, t("loss_of", level(state.loss.loss))), " ", h("span", {}, t("loss"))),
    state.step && line(t("effect_step"), state.step),
    reference() !== variant() && state.all && line(t("effect_all", { name: reference().name }), state.all),
    !state.step && !store.content.undo.length && reference() === variant() ? h("p", { class: "note" }, t("effect_none")) : null,
    state.days && !state.working ? h("p", { class: "note" }, t("effect_days", { n: count(state.days) })) : null,
    state.working ? h("p", { class: "note working" }, t("effect_working")) : null,
    h("h3", {}, t("rules")),
    !store.verdict ? null
      : broken.length
        ? [h("p", { class: "bad" }, broken.length === 1 ? t("rule_broken") : t("rules_broken", { n: count(broken.length) })),
           h("ul", { class: "broken-rules" }, broken.map((one) => h("li", {}, one.sentence)))]
        : h("p", { class: "good" }, `\u2713 ${t("rules_kept")}`),
  );
}

const line = (name, against) => h("p", { class: "difference" }, h("span", { class: "of" }, `${name}: `), difference(against.loss, t("effect_points")));
