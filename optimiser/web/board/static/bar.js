// The bar: what is open, undo and redo, planning with progress and stop, languages, and whether all is kept.

import { Problem, follow, get, post } from "./api.js";
import { busyWith, whole } from "./busy.js";
import { LANG, count, figure, fill, h, say, t } from "./dom.js";
import { downloadsButton } from "./downloads.js";
import { edit } from "./editor.js";
import { faultText } from "./effect.js";
import { callOff, firm, watchFirm } from "./firm.js";
import { add, asked, create, keep, listen, once, redo, store, tell, undo, variant } from "./store.js";

const PLAN = "optimiser-plan/1"; // what a job comes to where some plan keeps every rule
const ELSEWHERE = ["rules", "estimate", "drawn", "tab", "place"]; // what is told of and not shown here
const LAWS = ["facilitation", "risk", "threshold"];
let root = null;
let told = ""; // of the job that plans
let stop = null;

export function barView(header) {
  root = header;
  listen((what) => ELSEWHERE.includes(what) || render());
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select")) return;
    const again = event.key === "y" || (event.key === "z" && event.shiftKey);
    if ((event.key !== "z" && !again) || store.editing) return; // the district has a way back of its own
    event.preventDefault();
    (again ? redo : undo)();
  });
  if (store.content.job) watch(store.content.job);
  watchFirm();
  render();
}

function render() {
  const { content, outline } = store;
  const planning = Boolean(content.job);
  const other = LANG === "id" ? "en" : "id";
  fill(
    root,
    h("a", { href: `/board?lang=${LANG}`, class: "home", title: t("home"), "aria-label": t("home") }, "\u2302"),
    h("h1", {}, outline.instance.title, " ", h("small", {}, outline.period.day, " \u00b7 ", variant().name, variant().whatif.length ? ` (${t("variant_whatif")})` : "")),
    h("div", { class: "tools" },
      planning
        ? h("button", { class: "main", "data-key": "plan", onclick: cancel }, `\u25a0 ${t("stop")}`)
        : h("button", { class: "main", "data-key": "plan", onclick: plan, disabled: store.faults > 0, title: store.faults > 0 ? t("plan_faulty") : null }, `\u25b6 ${t("plan")}`),
      h("button", { "data-key": "undo", onclick: undo, disabled: store.editing || !content.undo.length }, `\u21b6 ${t("undo")}`),
      h("button", { "data-key": "redo", onclick: redo, disabled: store.editing || !content.redo.length }, `\u21b7 ${t("redo")}`),
      h("button", { "data-key": "edit", "aria-pressed": String(Boolean(store.editing)), onclick: () => edit() }, `\u270e ${t("form_title")}`),
      downloadsButton(),
      h("select", { "data-key": "law", "aria-label": t("law"), title: t("law_what"), disabled: planning, onchange: (event) => chooseLaw(event.target.value) },
        LAWS.map((name) => h("option", { value: name, selected: name === content.law }, t(`law_${name}`)))),
      h("button", { "data-key": "print", onclick: () => print() }, t("print")),
      h("a", { href: `/board?lang=${other}#${store.id}`, hreflang: other, lang: other }, t("language_other")),
    ),
    h("p", { class: "state", role: "status" }, told || store.saved),
    h("p", { class: "state", title: t("firm_what") }, firm.all ? t("firm", { n: count(firm.places), all: count(firm.all) }) : firm.working ? t("firm_working") : ""),
    store.conflict
      ? h("p", { class: "bad conflict", role: "alert" }, t("changed_elsewhere"), " ",
          h("button", { onclick: theirs }, t("load_theirs")), " ", h("button", { onclick: mine }, t("keep_mine")))
      : null,
  );
}

/** Play all that is asked from now on by another law. */
function chooseLaw(name) {
  store.content.law = name;
  store.evaluation = null;
  keep();
  tell("variants");
}

const theirs = () => location.reload();

async function mine() {
  await create(store.content);
  tell("saved");
}

// ---------------------------------------------------------------- planning

async function plan() {
  const { content } = store;
  const pins = variant().pinned.map((name) => {
    const [place, kind] = name.split(" ");
    const here = variant().places[place] ?? {};
    const number = here.teams?.[kind] ?? here.vehicles?.[kind] ?? 0;
    return { place, what: kind, at_least: number, at_most: number };
  }).filter((pin) => pin.at_least > 0); // what has gone from there since is held no more
  const instance = pins.length ? { ...store.instance, pins: [...(store.instance.pins ?? []), ...pins] } : store.instance;
  callOff(); // the plan needs the processor
  try {
    const job = await post("/v1/plan", { ...asked(), instance });
    Object.assign(content, { job: job.id, planned: { pinned: variant().pinned, whatif: variant().whatif } });
    keep();
    watch(job.id);
  } catch (error) {
    told = t("plan_failed", { why: error instanceof Problem ? faultText(error) : t("fault_network") });
    render();
  }
}

async function cancel() {
  await post(`/v1/jobs/${store.content.job}/cancel`, {});
}

function watch(key) {
  stop?.();
  stop = follow(key, (job) => (job.over ? busyWith(whole, finish(job)) : progress(job)));
}

function progress(job) {
  const at = job.progress;
  if (!at) told = t(job.state === "running" ? "plan_begins" : "plan_waits");
  else if (at.stage === "compiling") told = t("plan_compiles");
  else if (at.stage === "reporting") told = t("plan_reports");
  else told = t("planning", { points: figure(at.best ?? at.objective ?? 0), seconds: Math.round(at.seconds ?? 0) });
  render();
}

/** Take in what a job has come to, in one of the windows that wait for it. */
async function finish(job) {
  told = job.result === PLAN ? "" : t("plan_failed", { why: job.error?.message ?? (await infeasible(job)) });
  await once((content) => content.job !== job.id, () => takeIn(job));
  const made = store.content.variants.find((one) => one.document === job.id);
  if (made) say(t("plan_done", { name: made.name }));
  if (store.content.job) watch(store.content.job); // another window has asked for the next one meanwhile
  render();
}

async function takeIn(job) {
  const made = job.result === PLAN ? await get(`/v1/jobs/${job.id}/result`) : null;
  const { pinned, whatif } = store.content.planned ?? { pinned: [], whatif: [] }; // of the variant that was planned for
  Object.assign(store.content, { job: null, planned: null });
  if (!made) return keep();
  const name = t("plan_name", { n: store.content.variants.filter((one) => one.document).length + 1 });
  await add({ name, places: made.deployment.places, document: job.id, pinned, whatif });
}

/** Say what clashes where no plan keeps every rule. */
async function infeasible(job) {
  if (!job.result) return job.state ?? "";
  return (await get(`/v1/jobs/${job.id}/clashes`)).clashing.join("; ");
}
