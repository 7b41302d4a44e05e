// Sections of another shape than a table of things: kilometres from place to place, marks, texts, rules of presence.

import { h, t } from "./dom.js";
import { input } from "./fields.js";
import { changed } from "./district.js";
import { cutAt, getAt, setAt } from "./form.js";
import { fieldset, restep } from "./tables.js";

const away = (name, act) => h("button", { type: "button", class: "plain", "aria-label": t("form_remove", { name }), title: t("form_remove", { name }), onclick: () => restep(act) }, "\u00d7");

/** Road kilometres between places, a row and a column for each. */
export function matrix(sheet) {
  const places = getAt("travel.places") ?? [];
  const here = ["sectors", "posts", "reinforcements"].flatMap((section) => getAt(section) ?? []);
  const named = (id) => here.find((one) => one.id === id)?.name ?? id;
  const fit = () => {
    const all = here.map((one) => one.id);
    const km = getAt("travel.km") ?? [];
    const old = (a, b) => km[places.indexOf(a)]?.[places.indexOf(b)];
    setAt("travel.km", all.map((a) => all.map((b) => (a === b ? 0 : old(a, b) ?? null))));
    setAt("travel.places", all);
  };
  return [
    h("small", { class: "bad", "data-faults": "travel.places" }), h("small", { class: "bad", "data-faults": "travel.km" }),
    h("p", {}, h("button", { type: "button", onclick: () => restep(fit) }, t("form_matrix"))),
    places.length ? h("div", { class: "scroll" }, h("table", { class: "rows" },
      h("thead", {}, h("tr", {}, h("td", {}), places.map((place) => h("th", { scope: "col" }, named(place))))),
      h("tbody", {}, places.map((from, i) => h("tr", {}, h("th", { scope: "row" }, named(from)), places.map((to, j) => h("td", {},
        input(sheet.columns[0], `travel.km[${i}][${j}]`, `${named(from)} \u2192 ${named(to)}`, changed),
        h("small", { class: "bad", "data-faults": `travel.km[${i}][${j}]` })))))))) : null,
  ];
}

/** A list of bare numbers. */
export function marks(sheet) {
  const found = getAt(sheet.base) ?? [];
  return [
    h("small", { class: "bad", "data-faults": sheet.base }),
    found.map((_, number) => h("p", {}, input(sheet.columns[0], `${sheet.base}[${number}]`, sheet.columns[0].label, changed), " ", sheet.columns[0].unit, " ",
      away(String(number + 1), () => cutAt(`${sheet.base}[${number}]`)), h("small", { class: "bad", "data-faults": `${sheet.base}[${number}]` }))),
    h("button", { type: "button", onclick: () => restep(() => setAt(`${sheet.base}[${found.length}]`, (found.map((one) => one?.value ?? one).filter((one) => typeof one === "number").at(-1) ?? 0) + 30)) }, `+ ${t("form_add", { what: sheet.title })}`),
  ];
}

/** Names in another language: by language a table of texts. */
export function texts(sheet) {
  const [text, language, told] = sheet.columns;
  const found = Object.entries(getAt("texts") ?? {}).flatMap(([code, words]) => Object.entries(words ?? {}).map(([from, to]) => ({ code, from, to })));
  const rewrite = (line, change) => {
    const all = found.map((one) => (one === line ? Object.assign(one, change) : one));
    const made = {};
    for (const one of all) if (one.from) (made[one.code] ??= {})[one.from] = one.to;
    setAt("texts", made);
    changed();
  };
  const cell = (line, key, label, choices) => {
    const made = choices ? h("select", { "aria-label": label }, choices.map((one) => h("option", { value: one.value }, one.label))) : h("input", { class: "long", "aria-label": label });
    made.value = line[key];
    made.addEventListener("change", () => rewrite(line, { [key]: made.value }));
    return h("td", {}, made);
  };
  return [
    h("small", { class: "bad", "data-faults": "texts" }),
    h("table", { class: "rows" }, h("thead", {}, h("tr", {}, [text, language, told].map((one) => h("th", { scope: "col" }, one.label)), h("td", {}))),
      h("tbody", {}, found.map((line) => h("tr", {}, cell(line, "from", text.label), cell(line, "code", language.label, language.choices), cell(line, "to", told.label),
        h("td", {}, away(line.from, () => delete getAt("texts")[line.code][line.from])))))),
    h("button", { type: "button", onclick: () => restep(() => setAt("texts", addText(getAt("texts") ?? {}))) }, `+ ${t("form_add", { what: sheet.title })}`),
  ];
}

const addText = (all) => ({ ...all, id: { ...(all.id ?? {}), "...": "..." } });

/** A part that may be left out as a whole. */
export function optional(sheet) {
  if (getAt(sheet.base) === undefined) return h("button", { type: "button", onclick: () => restep(() => setAt(sheet.base, {})) }, `+ ${t("form_add", { what: sheet.title })}`);
  return [fieldset(sheet, `${sheet.base}.`), h("button", { type: "button", onclick: () => restep(() => setAt(sheet.base, null)) }, t("form_remove", { name: sheet.title }))];
}
