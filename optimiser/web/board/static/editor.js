// The district as forms and tables, with what is wrong with it counted on top and said at the field as one types.

import { baseMap } from "./base_map_sheet.js";
import { busyWith, whole } from "./busy.js";
import { count, fill, h, t } from "./dom.js";
import { canTakeBack, look, looked, takeBack } from "./district.js";
import { USUAL, cutAt, findSheet, getAt, loadForm, sheetOf, tellPlace, topSheets } from "./form.js";
import { marks, matrix, optional, texts } from "./special_sheets.js";
import { listen, store, tell } from "./store.js";
import { arm } from "./map_placing.js";
import { fieldset, onRedraw, openRow, restep, table } from "./tables.js";

const ODD = { matrix, waiting_marks: marks, texts, presence: optional, base_map: baseMap };
const SHOWN = 12; // faults in the list at once
let root = null;
let shown = "settings";
let head = null;
let body = null;

export function editorView() {
  root = h("section", { class: "editor", id: "editor", "aria-labelledby": "editor-title", hidden: true });
  onRedraw(draw);
  listen((what) => what === "looked" && store.editing && (drawHead(), mark()));
  return root;
}

/** Show the district instead of the plan, or the plan again. */
export const edit = (on = !store.editing) => busyWith(whole, turn(on));

async function turn(on) {
  if (on) await loadForm();
  store.editing = on;
  document.body.classList.toggle("editing", on);
  root.hidden = !on;
  if (on) {
    draw();
    await look();
    if (root.getBoundingClientRect().top > innerHeight / 2) root.scrollIntoView(); // on a telephone the map stands above it
  }
  tell("editing");
}

const faultsOf = (sheet) => looked.faults.filter((fault) => topOf(fault.place).name === sheet.name).length;
const topOf = (place) => {
  const sheet = findSheet(place);
  return sheet.parent ? sheetOf(sheet.parent) : sheet;
};

function draw() {
  const sheet = sheetOf(shown);
  head = h("div", { class: "editor-head" });
  body = h("div", { class: "editor-body" },
    h("h3", {}, sheet.title), h("p", { class: "note" }, sheet.help),
    ODD[sheet.name]?.(sheet) ?? (sheet.form === "fields" ? fieldset(sheet, sheet.base ? `${sheet.base}.` : "") : table(sheet, sheet.base)),
    ["settings", "teams"].includes(sheet.name) ? strength() : null,
    ["sectors", "posts"].includes(sheet.name) ? h("button", { type: "button", "data-key": "survey", onclick: () => arm(sheet.name) }, `+ ${t("survey_add")}`) : null,
    ["sectors", "posts"].includes(sheet.name) ? h("p", { class: "note" }, t("survey_note")) : null);
  arm(null);
  drawHead();
  fill(root, head, body);
  mark();
}

/** Say how many heads there are beside how many may be deployed: who adds teams may have to raise the one by hand. */
function strength() {
  const bare = (value) => value?.value ?? value ?? 0;
  const heads = (getAt("teams") ?? []).filter((team) => team?.counts !== false).reduce((sum, team) => sum + bare(team?.size) * bare(team?.count), 0);
  const cap = bare(getAt("cap"));
  return Number.isFinite(heads) && Number.isFinite(cap) ? h("p", { class: "note" }, t("form_strength", { n: count(heads), cap: count(cap) })) : null;
}

function drawHead() {
  const rest = topSheets().filter((sheet) => !USUAL.includes(sheet.name));
  const others = h("select", { "aria-label": t("form_others"), "data-key": "others" }, h("option", { value: "" }, t("form_others")), rest.map((sheet) => h("option", { value: sheet.name }, sheet.title + (faultsOf(sheet) ? ` (${faultsOf(sheet)} \u26a0)` : ""))));
  others.value = rest.some((sheet) => sheet.name === shown) ? shown : "";
  others.addEventListener("change", () => others.value && show(others.value));
  fill(head,
    h("div", { class: "editor-bar" },
      h("h2", { id: "editor-title" }, t("form_title")),
      h("button", { type: "button", "data-key": "back", disabled: !canTakeBack(), onclick: () => (takeBack(), draw()) }, `\u21b6 ${t("form_back")}`),
      h("button", { type: "button", class: "main", "data-key": "done", onclick: () => edit(false) }, t("form_done"))),
    state(),
    (getAt("gatherings") ?? []).length ? null : h("p", { class: "steps" }, t("form_steps")),
    read(),
    h("nav", { "aria-label": t("form_title") }, USUAL.map(sheetOf).map((sheet) => tab(sheet)), others));
}

function tab(sheet) {
  const wrong = faultsOf(sheet);
  return h("button", { type: "button", class: "tab", "data-key": `tab ${sheet.name}`, "aria-current": sheet.name === shown ? "true" : null, onclick: () => show(sheet.name) },
    sheet.title, wrong ? h("b", { class: "bad" }, ` ${count(wrong)} \u26a0`) : null);
}

const show = (name) => {
  shown = name;
  draw();
};

/** What is wrong and what is unusual, each a way to its field. */
function state() {
  const { faults, warnings, trouble } = looked;
  const line = (one, tone) => h("li", {}, h("button", { type: "button", class: "plain go", onclick: () => go(one.place) }, tellPlace(one.place)), " ", h("span", { class: tone }, words(one)),
    one.code === "unknown-field" ? [" ", h("button", { type: "button", onclick: () => restep(() => cutAt(one.place)) }, t("form_remove", { name: one.place.split(".").at(-1) }))] : null);
  return h("div", { class: "editor-state" },
    h("p", { role: "status", class: faults.length || trouble ? "bad" : "good" },
      trouble || (faults.length ? `\u26a0 ${t(faults.length === 1 ? "form_fault" : "form_faults", { n: count(faults.length) })}` : `\u2713 ${t("form_no_faults")}`)),
    faults.length ? h("ul", {}, faults.slice(0, SHOWN).map((one) => line(one, "bad")), faults.length > SHOWN ? h("li", {}, t("form_further", { n: count(faults.length - SHOWN) })) : null) : null,
    !faults.length && warnings.length ? h("details", {}, h("summary", {}, warnings.length === 1 ? t("form_warning") : t("form_warnings", { n: count(warnings.length) })), h("ul", {}, warnings.map((one) => line({ ...one, repair: one.check ?? one.repair, expected: one.usual ?? one.expected }, "soft")))) : null);
}

const words = (one) => one.code === "missing-field" ? t("form_empty", { expected: one.expected }) : `${t("form_found", { found: one.found, expected: one.expected })} ${one.repair}`;

// ---------------------------------------------------------------- what a file said

const noted = () => `optimiser-reading-${store.id}`;

/** Keep what was wrong with the file that the board was begun with, as long as the window is open. */
export const noteReading = (faults) => sessionStorage.setItem(noted(), JSON.stringify(faults));

function read() {
  const faults = JSON.parse(sessionStorage.getItem(noted()) ?? "[]");
  if (!faults.length) return null;
  const away = () => (sessionStorage.removeItem(noted()), drawHead());
  return h("details", { class: "reading" }, h("summary", {}, faults.length === 1 ? t("form_reading_one") : t("form_reading", { n: count(faults.length) })),
    h("ul", {}, faults.map((one) => h("li", {}, h("b", {}, one.place), " ", words(one)))),
    h("button", { type: "button", onclick: away }, t("form_reading_done")));
}

// ---------------------------------------------------------------- at the field

const within = (place, path) => place === path || place.startsWith(`${path}.`) || place.startsWith(`${path}[`);

/** Say each fault at the field that it is about, or at the next thing around it that is shown. */
function mark() {
  const slots = [...body.querySelectorAll("[data-faults]")];
  for (const slot of slots) slot.replaceChildren();
  for (const made of body.querySelectorAll("[aria-invalid]")) made.removeAttribute("aria-invalid");
  for (const fault of looked.faults) {
    const slot = slots.filter((one) => within(fault.place, one.dataset.faults)).sort((a, b) => b.dataset.faults.length - a.dataset.faults.length)[0];
    slot?.append(h("span", {}, `\u26a0 ${words(fault)}`));
    body.querySelector(`[data-path="${CSS.escape(fault.place)}"]`)?.setAttribute("aria-invalid", "true");
  }
}

function go(place) {
  shown = topOf(place).name;
  const item = /^[a-z_]+\[\d+\]/.exec(place)?.[0];
  if (item) openRow(item);
  draw();
  const fields = [...body.querySelectorAll("[data-path]")];
  const target = fields.find((one) => within(place, one.dataset.path)) ?? fields.find((one) => within(one.dataset.path, place)) ?? fields.find((one) => item && within(one.dataset.path, item)) ?? body.querySelector("input, select, button");
  target?.closest("details")?.setAttribute("open", "");
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
}
