// Sections of the district: a table with a row for each thing, its further fields and what belongs to it below the row.

import { count, h, say, t } from "./dom.js";
import { changed, remember } from "./district.js";
import { input } from "./fields.js";
import { childrenOf, cutAt, getAt, options, rename, setAt, shortName } from "./form.js";
import { store } from "./store.js";

const ORDERED = ["itinerary", "legs"]; // lists whose order says something
const NAMED = ["sectors", "posts", "roles", "teams", "vehicles", "gatherings", "accompaniments", "movements", "triggers", "reinforcements"];
const BEGIN = { size: 10, count: 1, teams: 1, at_least: 1, weight: 1 }; // to begin with; who adds a row changes it
const BESIDE = 0.3; // km between a new place and the last one
const KM_PER_DEGREE = 111.195; // km, of latitude
const open = new Set(); // places of rows whose further fields are shown
let again = () => {}; // draws the section anew

export const onRedraw = (draw) => (again = draw);
export const openRow = (path) => open.add(path);

/** One field with its name, unit, help, and what is wrong with it. */
export function field(column, path) {
  return h("div", { class: "field" },
    h("span", { class: "label" }, column.label, column.required ? " *" : "", column.unit ? h("small", {}, ` ${column.unit}`) : null),
    input(column, path, column.label, edited),
    h("small", { class: "bad", "data-faults": path }),
    column.help ? h("small", { class: "help" }, column.help) : null);
}

let before = ""; // place that was edited last: one step back takes back all of its letters
function edited(path) {
  changed();
  before = path;
}

addEventListener("focusin", (event) => {
  const path = event.target.dataset?.path;
  if (!path || path === before) return;
  before = path;
  remember();
});

/** All fields of a sheet with one field a row: those that most fill in, the others behind "more". */
export function fieldset(sheet, prefix) {
  const [first, rest] = parted(sheet.columns);
  const fields = (columns) => h("div", { class: "fields" }, columns.map((column) => field(column, prefix + column.path)));
  return [fields(first), rest.length ? h("details", {}, h("summary", {}, t("form_more")), fields(rest)) : null];
}

/** Part columns into those that are shown at once and the others; positions are degrees or kilometres, as they are used. */
function parted(columns) {
  const plane = usesKilometres();
  const swapped = { lat: !plane, lon: !plane, x: plane, y: plane };
  const isFirst = (column) => (columns.some((one) => one.path === "lat") ? swapped[column.path] : undefined) ?? column.first;
  return [columns.filter(isFirst), columns.filter((column) => !isFirst(column))];
}

function usesKilometres() {
  const places = ["sectors", "posts"].flatMap((section) => getAt(section) ?? []);
  return places.some((one) => one?.x !== undefined && one?.x !== null) && !places.some((one) => one?.lat !== undefined && one?.lat !== null);
}

/** A table of things. `key` is left out of the columns: what the rows belong to. */
export function table(sheet, base) {
  const things = getAt(base) ?? [];
  const own = sheet.parent ? sheet.columns.slice(1) : sheet.columns;
  const [first, rest] = parted(own);
  const children = childrenOf(sheet.name);
  const deep = rest.length > 0 || children.length > 0;
  const head = first.map((column) => h("th", { scope: "col", title: column.help || null }, column.label, column.required ? " *" : "", column.unit ? h("small", {}, column.unit) : null));
  const rows = (Array.isArray(things) ? things : []).map((thing, number) => row(sheet, `${base}[${number}]`, number, thing, first, rest, children, deep));
  return [
    h("small", { class: "bad", "data-faults": base }),
    rows.length ? h("div", { class: "scroll" }, h("table", { class: "rows" }, h("thead", {}, h("tr", {}, head, h("td", {}))), h("tbody", {}, rows))) : h("p", { class: "note" }, t("form_none")),
    h("button", { type: "button", "data-key": `add ${base}`, onclick: () => add(sheet, base, own) }, `+ ${t("form_add", { what: sheet.title })}`),
  ];
}

function row(sheet, path, number, thing, first, rest, children, deep) {
  const name = thing?.name || thing?.id || `${sheet.title} ${count(number + 1)}`;
  const cells = first.map((column, place) => h("td", {},
    cell(sheet, column, `${path}.${column.path}`, `${name}: ${column.label}`, path),
    h("small", { class: "bad", "data-faults": `${path}.${column.path}` }),
    place === 0 ? h("small", { class: "bad", "data-faults": path }) : null));
  const shown = open.has(path);
  const more = deep ? h("button", { type: "button", class: "plain", "data-key": `more ${path}`, "aria-expanded": String(shown), "aria-label": t("form_more_of", { name }), title: t("form_more_of", { name }), onclick: () => toggle(path) }, shown ? "\u25b4" : "\u25be") : null;
  const up = ORDERED.includes(sheet.name) && number ? h("button", { type: "button", class: "plain", "data-key": `up ${path}`, "aria-label": t("form_up", { name }), title: t("form_up", { name }), onclick: () => swap(path, number) }, "\u2191") : null;
  const away = h("button", { type: "button", class: "plain", "data-key": `away ${path}`, "aria-label": t("form_remove", { name }), title: t("form_remove", { name }), onclick: () => cut(path, name) }, "\u00d7");
  const tools = h("td", { class: "row-tools" }, more, up, away);
  const lines = [h("tr", {}, cells, tools)];
  if (shown) {
    lines.push(h("tr", { class: "deep" }, h("td", { colspan: first.length + 1 },
      children.map((child) => h("div", { class: "child" }, h("h4", {}, child.title), belonging(child, path))),
      h("div", { class: "fields" }, rest.map((column) => (column.path === "id" ? identity(sheet, column, path) : field(column, `${path}.${column.path}`)))))));
  }
  return lines;
}

function cell(sheet, column, place, named, path) {
  const made = input(column, place, named, edited);
  if (column.path !== "name" || !NAMED.includes(sheet.name)) return made;
  made.addEventListener("change", () => {
    const thing = getAt(path);
    if (!thing?.name || (thing.id && !thing.id.startsWith("new-"))) return; // a short name that somebody may know stays
    const id = shortName(thing.name, sheet.name);
    if (thing.id) rename(sheet.name, thing.id, id);
    thing.id = id;
    const shown = document.querySelector(`[data-path="${CSS.escape(`${path}.id`)}"]`);
    if (shown) shown.value = id;
    changed();
  });
  return made;
}

/** The short name of a thing: whatever names it follows. */
function identity(sheet, column, path) {
  const made = h("input", { "data-path": `${path}.id`, "data-key": `${path}.id`, "aria-label": column.label, value: getAt(`${path}.id`) ?? "" });
  made.addEventListener("change", () => {
    const old = getAt(`${path}.id`);
    if (old) rename(sheet.name, old, made.value.trim());
    setAt(`${path}.id`, made.value.trim() || undefined);
    changed();
    again();
  });
  return h("div", { class: "field" }, h("span", { class: "label" }, t("form_id")), made, h("small", { class: "bad", "data-faults": `${path}.id` }), h("small", { class: "help" }, t("form_id_help")));
}

function belonging(child, path) {
  if (child.name === "limits") return limits(child, path);
  const base = `${path}.${child.base.split("[].")[1]}`;
  if (child.name !== "officials") return table(child, base);
  const single = { ...child, columns: child.columns.slice(1) };
  return getAt(base) === undefined
    ? h("button", { type: "button", "data-key": `add ${base}`, onclick: () => restep(() => setAt(base, { name: child.title })) }, `+ ${t("form_add", { what: child.title })}`)
    : [fieldset(single, `${base}.`), h("button", { type: "button", "data-key": `away ${base}`, onclick: () => restep(() => setAt(base, null)) }, t("form_remove", { name: child.title }))];
}

/** Least and most teams of each role in a sector. */
function limits(sheet, path) {
  const [, role, ...ends] = sheet.columns;
  const known = options(role, path);
  const there = [...new Set(ends.flatMap((end) => Object.keys(getAt(`${path}.${end.path}`) ?? {})))];
  const left = known.filter((one) => !there.includes(one.value));
  const chosen = h("select", { "aria-label": role.label, "data-key": `role ${path}` }, left.map((one) => h("option", { value: one.value }, one.label)));
  return [
    there.length ? h("table", { class: "rows" }, h("thead", {}, h("tr", {}, [role, ...ends].map((one) => h("th", { scope: "col" }, one.label)), h("td", {}))),
      h("tbody", {}, there.map((id) => {
        const name = known.find((one) => one.value === id)?.label ?? id;
        return h("tr", {}, h("th", { scope: "row" }, name), ends.map((end) => h("td", {}, input(end, `${path}.${end.path}.${id}`, `${name}: ${end.label}`, edited), h("small", { class: "bad", "data-faults": `${path}.${end.path}.${id}` }))),
          h("td", {}, h("button", { type: "button", class: "plain", "aria-label": t("form_remove", { name }), onclick: () => restep(() => ends.forEach((end) => cutAt(`${path}.${end.path}.${id}`))) }, "\u00d7")));
      }))) : null,
    left.length ? h("p", {}, chosen, " ", h("button", { type: "button", onclick: () => restep(() => setAt(`${path}.minimum.${chosen.value}`, 1)) }, `+ ${t("form_add", { what: sheet.title })}`)) : null,
  ];
}

// ---------------------------------------------------------------- rows that come, go and move

/** Do something that changes which fields there are: it can be taken back, and the section is drawn anew. */
export function restep(act) {
  remember();
  act();
  before = "";
  changed();
  again();
}

const toggle = (path) => {
  open[open.has(path) ? "delete" : "add"](path);
  again();
};

function cut(path, name) {
  open.clear(); // numbers of rows have changed
  restep(() => cutAt(path));
  say(t("form_removed", { name }));
}

const swap = (path, number) => restep(() => {
  const list = getAt(path.replace(/\[\d+\]$/, ""));
  [list[number - 1], list[number]] = [list[number], list[number - 1]];
});

export function add(sheet, base, columns, more = {}) {
  const number = (getAt(base) ?? []).length;
  const path = `${base}[${number}]`;
  restep(() => setAt(path, { ...fresh(sheet, columns, path, number), ...more }));
  if (sheet.name === "gatherings" || sheet.name === "movements") toggle(path);
  const first = document.querySelector(`[data-path^="${CSS.escape(path)}."]`);
  first?.focus();
  first?.select?.(); // what is written takes the place of the name that it has to begin with
}

function fresh(sheet, columns, path, number) {
  const made = {};
  for (const column of columns.filter((one) => one.required)) {
    const value = column.refers ? options(column, path)[0]?.value : column.kind === "list" ? column.choices.map((one) => one.value) : BEGIN[column.path];
    if (value !== undefined && (!Array.isArray(value) || value.length)) made[column.path] = value;
  }
  if (columns.some((column) => column.path === "name")) made.name = t("form_new", { n: count(number + 1) });
  if (NAMED.includes(sheet.name)) made.id = shortName(`new-${number + 1}`, sheet.name);
  const sector = getAt("sectors[0].id");
  if (sheet.name === "gatherings") made.itinerary = [{ sector, stay: 90 }];
  if (sheet.name === "movements") made.legs = [{ sector }];
  if (sheet.name === "legs") made.sector = sector;
  if (sheet.name === "pins") made.at_least = 1;
  return columns.some((column) => column.path === "lat") ? { ...made, ...besideLast() } : made;
}

function besideLast() {
  const last = ["sectors", "posts"].flatMap((section) => getAt(section) ?? []).filter((one) => one?.lat !== undefined || one?.x !== undefined).at(-1);
  const number = (value) => (typeof value === "object" ? value.value : value);
  if (typeof number(last?.lat) === "number") return { lat: Number((number(last.lat) + BESIDE / KM_PER_DEGREE).toFixed(5)), lon: number(last.lon) };
  return typeof number(last?.x) === "number" ? { x: number(last.x), y: Number((number(last.y) + BESIDE).toFixed(3)) } : {};
}
