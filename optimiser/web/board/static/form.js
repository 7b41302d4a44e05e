// The form of an instance as the server describes it: sheets with fields, where their data lie, what they may name.

import { get } from "./api.js";
import { LANG, t } from "./dom.js";
import { store } from "./store.js";

const PHASES = ["green", "yellow", "red"];
const APART = new Set(["matrix_ranges"]); // ranges stand beside the kilometres
export const USUAL = ["settings", "sectors", "posts", "gatherings", "teams", "vehicles", "triggers", "reinforcements", "pins", "presence", "base_map"];
let form = null;

export async function loadForm() {
  form ??= await get("/v1/form");
}

export const sheetOf = (name) => form.sheets.find((sheet) => sheet.name === name);
export const childrenOf = (name) => form.sheets.filter((sheet) => sheet.parent === name);
export const topSheets = () => form.sheets.filter((sheet) => !sheet.parent && !APART.has(sheet.name));

/** Return the keys of a place such as `sectors[0].official.chance`. */
const keys = (path) => path.split(/[.[\]]+/).filter(Boolean).map((key) => (/^\d+$/.test(key) ? Number(key) : key));

/** Return what stands at a place of the instance; one word for all phases stands for each. */
export function getAt(path) {
  let at = store.content.instance;
  for (const key of keys(path)) {
    if (typeof at === "string" && PHASES.includes(key)) return at;
    at = at?.[key];
  }
  return at === null ? undefined : at;
}

/** Put a value at a place; `undefined` leaves the field out. */
export function setAt(path, value) {
  const way = keys(path);
  const last = way.pop();
  let at = store.content.instance;
  way.forEach((key, number) => {
    if (typeof at[key] !== "object" || at[key] === null) {
      const word = typeof at[key] === "string" && PHASES.includes(way[number + 1] ?? last) ? at[key] : undefined;
      at[key] = word ? Object.fromEntries(PHASES.map((phase) => [phase, word])) : typeof (way[number + 1] ?? last) === "number" ? [] : {};
    }
    at = at[key];
  });
  if (value === undefined && !Array.isArray(at)) delete at[last];
  else at[last] = value;
}

/** Take what stands at a place out: an item out of its list, a field out of its table. */
export function cutAt(path) {
  const way = keys(path);
  const last = way.pop();
  const at = way.reduce((inner, key) => inner?.[key], store.content.instance);
  if (Array.isArray(at)) at.splice(last, 1);
  else if (at) delete at[last];
}

/** List what a field may name, as values with labels. */
export function options(column, path) {
  if (column.refers === "routes") {
    return (getAt(path.replace(/\.(itinerary|routes)\b.*$/, ".routes")) ?? []).map((one) => ({ value: one.id, label: one.id }));
  }
  const sections = form.lists[column.refers] ?? [column.refers];
  const named = sections.flatMap((section) => getAt(section) ?? []).filter((one) => one?.id);
  const found = named.map((one) => ({ value: one.id, label: one.name || one.id }));
  return column.refers === "kinds" ? [...found, { value: "heads", label: t("heads") }] : found;
}

/** Return the sheet that has a place: of those the longest base of which the place begins with. */
export function findSheet(path) {
  const whole = path.replace(/\[\d+\]/g, "[]");
  if (/^sectors\[\]\.(minimum|maximum)/.test(whole)) return sheetOf("limits");
  const fits = form.sheets.filter((sheet) => sheet.base && sheet.name !== "limits" && !APART.has(sheet.name) && (whole === sheet.base || whole.startsWith(`${sheet.base}.`) || whole.startsWith(`${sheet.base}[]`)));
  return fits.sort((a, b) => b.base.length - a.base.length)[0] ?? sheetOf(path.startsWith("travel.places") ? "matrix" : "settings");
}

/** Say in words where a place is: sheet, thing, field. */
export function tellPlace(path) {
  const [, from, to] = /^travel\.km\[(\d+)\]\[(\d+)\]/.exec(path) ?? [];
  if (from) return [sheetOf("matrix").title, [from, to].map((n) => getAt(`travel.places[${n}]`)).join(" \u2192 ")].join(" \u203a ");
  const sheet = findSheet(path);
  const top = sheet.parent ? sheetOf(sheet.parent) : sheet;
  const item = /^(.*?\[\d+\])/.exec(path)?.[1];
  const thing = item && top.form === "table" ? getAt(item) : null;
  const name = thing?.name || thing?.id || (item ? `${Number(/\d+/.exec(item)[0]) + 1}.` : "");
  const own = path.replace(/\[\d+\]/g, "[]").slice(sheet.base.length).replace(/^\[\]/, "").replace(/^\./, "");
  const column = sheet.columns.find((one) => one.path === own) ?? sheet.columns.find((one) => own.startsWith(`${one.path}.`));
  return [top.title, name, sheet === top ? "" : sheet.title, column?.label ?? own].filter(Boolean).join(" \u203a ");
}

/** Make a short name of a name that no other thing of the section has. */
export function shortName(name, section) {
  const plain = name.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/[^a-z0-9_-]+/g, "-").replace(/^[-_]+|[-_]+$/g, "").slice(0, 50);
  const taken = new Set(["sectors", "posts", "roles", "teams", "vehicles", "gatherings", "accompaniments", "movements", "reinforcements", "triggers"].flatMap((one) => (getAt(one) ?? []).map((thing) => thing?.id)));
  const base = plain || section.replace(/s$/, "");
  let found = base;
  for (let number = 2; taken.has(found); number += 1) found = `${base}-${number}`;
  return found;
}

/** Have everything that names a thing name it by its new short name: fields, limits, and plans. */
export function rename(section, old, now) {
  const instance = store.content.instance;
  for (const sheet of form.sheets) {
    for (const column of sheet.columns) {
      const sections = form.lists[column.refers] ?? [column.refers];
      if (sections.includes(section)) rewrite(instance, `${sheet.base}${sheet.form === "table" && !sheet.base.endsWith("official") ? "[]" : ""}.${column.path}`, old, now);
    }
  }
  for (const sector of instance.sectors ?? []) {
    for (const limits of [sector.minimum, sector.maximum]) if (section === "roles" && limits && old in limits) move(limits, old, now);
  }
  if (instance.travel?.places) instance.travel.places = instance.travel.places.map((one) => (one === old ? now : one));
  const plans = [...store.content.variants.map((one) => one.places), ...store.content.undo, ...store.content.redo];
  for (const places of plans) {
    if (old in places) move(places, old, now);
    for (const here of Object.values(places)) for (const kinds of [here.teams, here.vehicles]) if (kinds && old in kinds && section in here) move(kinds, old, now);
  }
}

function move(table, old, now) {
  table[now] = table[old];
  delete table[old];
}

function rewrite(at, path, old, now) {
  const [, key, list, rest] = /^\.?([^.[]+)(\[\])?\.?(.*)$/.exec(path) ?? [];
  if (!key || at?.[key] === undefined || at[key] === null) return;
  if (!rest) {
    if (at[key] === old) at[key] = now;
    else if (Array.isArray(at[key])) at[key] = at[key].map((one) => (one === old ? now : one));
  } else for (const inner of list ? at[key] : [at[key]]) rewrite(inner, rest, old, now);
}

const plain = new Intl.NumberFormat(LANG, { useGrouping: false, maximumFractionDigits: 12 });
export const writeNumber = (value) => (typeof value === "number" ? plain.format(value) : value ?? "");

/** Read a number as it was typed; what can be read in two ways stays a text, which the server asks about. */
export function readNumber(text, column) {
  const typed = text.trim().replace(/^\u2212/, "-");
  if (!typed) return undefined;
  const thousands = LANG === "id" ? "." : ",";
  const grouped = new RegExp(`^-?\\d{1,3}(\\${thousands}\\d{3})+$`);
  if (grouped.test(typed) && (column.counted || (column.most ?? 1) >= 1000)) {
    return column.counted ? Number(typed.replaceAll(thousands, "")) : typed;
  }
  return /^-?\d*[.,]?\d+$/.test(typed) ? Number(typed.replace(",", ".")) : typed;
}
