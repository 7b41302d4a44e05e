// Files to keep and to hand out: at once what can be said of any plan, by a job what only a plan of the tool has.

import { Problem, get, post, resultOf } from "./api.js";
import { busyWith } from "./busy.js";
import { LANG, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { asked, deployment, store, variant } from "./store.js";

const AT_ONCE = ["orders.html", "orders.xlsx", "deployment.csv", "plan.geojson", "deployment.json", "instance.xlsx", "instance.json"];
const OF_A_PLAN = ["report.html", "plan.xlsx", "orders.html", "orders.xlsx", "plan.json", "plan.geojson", "deployment.csv", "events.csv"];
const FIGURES = 2000; // days that figures on orders come from
const made = new Map(); // files of a job's plan, by its key
let said = null;
let list = null;

export const downloadsButton = () => h("button", { "data-key": "downloads", disabled: store.faults > 0, onclick: show }, `\u2913 ${t("files")}`);

async function show() {
  said = h("p", { role: "status", class: "note" });
  list = h("div", {});
  const shown = h("dialog", { "aria-labelledby": "files-title", class: "files" },
    h("h2", { id: "files-title" }, t("files_title", { name: variant().name })), said, list,
    h("form", { method: "dialog" }, h("menu", {}, h("button", {}, t("close")))));
  shown.addEventListener("close", () => shown.remove());
  document.body.append(shown);
  shown.showModal();
  const key = variant().document;
  const plan = key ? await busyWith(list, find(key)) : null;
  const of = plan && !differ(plan.deployment.places, variant().places);
  const same = of && plan.instance.sha256 === store.outline.instance.sha256;
  const row = (name, act) => h("li", {}, h("button", { type: "button", onclick: act }, name), " ", h("span", {}, t(`files_${name.replace(".", "_")}`)));
  fill(list,
    key && of ? [h("h3", {}, t("files_of_plan")), h("p", { class: "note" }, t("files_again"), same ? null : ` ${t("files_then")}`), h("ul", {}, OF_A_PLAN.map((name) => row(name, () => attempt(() => ofPlan(key, name)))))] : null,
    h("h3", {}, t("files_at_once")),
    key && of ? null : h("p", { class: "note" }, t(key ? "files_moved" : "files_by_hand")),
    h("ul", {}, AT_ONCE.filter((name) => !(key && of && OF_A_PLAN.includes(name))).map((name) => row(name, () => attempt(() => atOnce(name))))));
}

/** Return the document of the plan of a job; null where it was removed. */
async function find(key) {
  try {
    return await get(`/v1/jobs/${key}/result`);
  } catch {
    return null;
  }
}

/** Tell whether somebody stands elsewhere by two plans. */
export const differ = (one, other) => JSON.stringify(plain(one)) !== JSON.stringify(plain(other));

const plain = (places) => Object.entries(places)
  .map(([place, here]) => [place, ["teams", "vehicles"].map((type) => Object.entries(here[type] ?? {}).filter(([, n]) => n).sort())])
  .filter(([, here]) => here.some((units) => units.length)).sort();

async function attempt(act) {
  said.className = "note working";
  said.textContent = t("files_making");
  try {
    said.textContent = t("files_made", { name: await busyWith(list, act()) });
    said.className = "good";
  } catch (error) {
    said.className = "bad";
    said.textContent = t("fault_any", { why: error instanceof Problem ? faultText(error) : error.message });
  }
}

async function atOnce(name) {
  const draft = (store.verdict?.violations ?? []).length > 0;
  const body = { ...asked(), deployment: deployment(variant().places), file: name, draft, scenarios: FIGURES };
  const response = await fetch("/v1/export", { method: "POST", headers: { "Accept-Language": LANG, "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!response.ok) throw new Problem(response.status, await response.json());
  return save(await response.blob(), name);
}

/** Have the plan made again as a job, once; its files are then kept as long as the window is open. */
async function ofPlan(key, name) {
  if (name === "plan.json") return save(new Blob([JSON.stringify(await get(`/v1/jobs/${key}/result`), null, 2)], { type: "application/json" }), name);
  return fileOf(key, name);
}

/** Save a file of what a job came to. */
export async function fileOf(key, name) {
  if (!made.has(key)) {
    const job = await post(`/v1/jobs/${key}/files`, {});
    made.set(key, (await resultOf(job.id, () => {})).files);
  }
  const files = made.get(key);
  if (!(name in files)) throw new Error(t("files_no_map"));
  const bytes = Uint8Array.from(atob(files[name]), (sign) => sign.charCodeAt(0));
  return save(new Blob([bytes]), name);
}

function save(blob, name) {
  const file = `${String(store.content.instance.name ?? "").replace(/[^a-z0-9_-]/g, "")}-${name}`;
  const link = h("a", { href: URL.createObjectURL(blob), download: file });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  return file;
}
