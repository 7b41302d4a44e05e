// One field of the form: an input as its kind asks for, with words for numbers, a range, and what is wrong with it.

import { h, t } from "./dom.js";
import { getAt, options, readNumber, setAt, writeNumber } from "./form.js";

const POSITION = ["lat", "lon", "x", "y"];

/** Make the input of a field. `changed` is called after each change; `named` gives it its name for a screen reader. */
export function input(column, path, named, changed) {
  const put = (value) => {
    setAt(path, value);
    changed(path);
  };
  const base = { "data-path": path, "data-key": path, "aria-label": named, title: column.help || null };
  const make = { "yes-no": truth, choice, list, date, clock };
  if (column.kind === "number" || column.kind === "whole") return amount(column, path, base, put);
  if (column.kind === "identifier" && column.refers) return choice(column, path, base, put);
  return (make[column.kind] ?? text)(column, path, base, put);
}

function text(column, path, base, put, read = (typed) => typed.trim() || undefined, attributes = {}) {
  const long = ["about", "why", "outline", "source"].includes(column.path);
  const made = h("input", { ...base, class: long ? "long" : null, ...attributes, value: shown(getAt(path)), placeholder: attributes.placeholder ?? hint(column) });
  made.addEventListener("input", () => put(read(made.value)));
  return made;
}

const shown = (value) => (value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));
const hint = (column) => (column.default === null || typeof column.default === "object" ? null : writeNumber(column.default));

function clock(column, path, base, put) {
  const read = (typed) => typed.trim().replace(/^(\d{1,2})[.:](\d{2})$/, (_, hour, minute) => `${hour.padStart(2, "0")}:${minute}`) || undefined;
  return text(column, path, base, put, read, { class: "clock", inputmode: "numeric", placeholder: "14:30" });
}

function date(column, path, base, put) {
  const value = shown(getAt(path));
  if (value && !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(value)) return text(column, path, base, put);
  const made = h("input", { ...base, type: "datetime-local", value: value.replace(" ", "T").slice(0, 16) });
  made.addEventListener("input", () => put(made.value ? `${made.value}:00` : undefined));
  return made;
}

function truth(column, path, base, put) {
  const value = getAt(path);
  const made = h("input", { ...base, type: "checkbox" });
  made.checked = value === undefined ? column.default === true : value === true;
  made.addEventListener("change", () => put(made.checked));
  return made;
}

function choice(column, path, base, put) {
  const value = getAt(path);
  const found = column.choices.length ? column.choices : options(column, path);
  const known = value === undefined || found.some((one) => one.value === value);
  const usual = found.find((one) => one.value === column.default)?.label;
  const made = h("select", base,
    column.required && value !== undefined ? null : h("option", { value: "" }, usual ? t("form_usual", { value: usual }) : "\u2013"),
    known ? null : h("option", { value: shown(value) }, `${shown(value)} ?`),
    found.map((one) => h("option", { value: one.value }, one.label)));
  made.value = value === undefined ? "" : shown(value);
  made.addEventListener("change", () => put(made.value || undefined));
  return made;
}

function list(column, path, base, put) {
  const found = column.choices.length ? column.choices : column.refers ? options(column, path) : [];
  if (!found.length) {
    const read = (typed) => (typed.trim() ? typed.split(",").map((part) => part.trim()).filter(Boolean) : undefined);
    const made = text(column, path, base, put, read);
    made.value = [getAt(path) ?? []].flat().join(", ");
    return made;
  }
  const chosen = () => [getAt(path) ?? []].flat();
  const boxes = found.map((one) => {
    const box = h("input", { type: "checkbox", "data-key": `${path} ${one.value}` });
    box.checked = chosen().includes(one.value);
    box.addEventListener("change", () => {
      const now = new Set(chosen());
      now[box.checked ? "add" : "delete"](one.value);
      put(found.map((other) => other.value).filter((value) => now.has(value)));
    });
    return h("label", { class: "box" }, box, " ", one.label);
  });
  return h("span", { ...base, "data-key": null, class: "boxes", role: "group" }, boxes);
}

// ---------------------------------------------------------------- numbers

/** A number with the words that may be said instead, and behind a button its range and source. */
function amount(column, path, base, put) {
  const parts = () => {
    const value = getAt(path);
    return typeof value === "object" ? { ...value } : { value };
  };
  const keep = (change) => {
    const now = { ...parts(), ...change };
    for (const name of Object.keys(now)) if (now[name] === undefined) delete now[name];
    const names = Object.keys(now);
    put(names.length === 0 ? undefined : names.length === 1 && "value" in now ? now.value : now);
    tell();
  };
  const number = h("input", { ...base, class: "amount", inputmode: "decimal", value: writeNumber(parts().value), placeholder: hint(column) });
  number.addEventListener("input", () => {
    const { source } = parts(); // a word stood for another number
    keep({ value: readNumber(number.value, column), ...(source?.startsWith("assumed: ") ? { source: undefined, low: undefined, high: undefined } : {}) });
  });
  number.addEventListener("paste", (event) => takePosition(path, event.clipboardData?.getData("text") ?? "") && event.preventDefault());
  number.addEventListener("change", () => takePosition(path, number.value)); // who types both means both
  const bare = POSITION.includes(column.path) && typeof getAt(path) !== "object"; // nobody gives a range of a position
  const range = column.ranged && !bare ? ranged(column, path, base, parts, keep) : null;
  const words = column.scale.length ? scale(column, base, parts, (anchor) => {
    keep({ value: anchor.value, low: anchor.low, high: anchor.high, source: `assumed: ${anchor.word}` });
    number.value = writeNumber(anchor.value);
    range?.show();
  }) : null;
  const tell = () => words?.tell();
  return h("span", { class: "number" }, h("span", { class: "line" }, number, words?.made, range?.button), range?.box);
}

function scale(column, base, parts, chosen) {
  const made = h("select", { class: "words", "aria-label": `${base["aria-label"]}: ${t("form_word")}`, "data-key": `${base["data-path"]} word` },
    h("option", { value: "" }, t("form_number")),
    column.scale.map((anchor, number) => h("option", { value: number, title: anchor.like }, `${anchor.word} \u2013 ${anchor.like}`)));
  const tell = () => {
    const found = column.scale.findIndex((anchor) => anchor.value === parts().value || anchor.word === parts().value);
    made.value = found < 0 ? "" : String(found);
  };
  made.addEventListener("change", () => made.value && chosen(column.scale[Number(made.value)]));
  tell();
  return { made, tell };
}

function ranged(column, path, base, parts, keep) {
  const ends = ["low", "high", "source"];
  const inputs = ends.map((end) => {
    const made = h("input", { "data-path": `${path}.${end}`, "data-key": `${path}.${end}`, "aria-label": `${base["aria-label"]}: ${t(`form_${end}`)}`, placeholder: t(`form_${end}`), class: end === "source" ? "long" : "amount" });
    made.addEventListener("input", () => keep({ [end]: end === "source" ? made.value.trim() || undefined : readNumber(made.value, column) }));
    return made;
  });
  const show = () => inputs.forEach((made, number) => (made.value = number < 2 ? writeNumber(parts()[ends[number]]) : parts().source ?? ""));
  const has = () => ends.slice(0, 2).some((end) => parts()[end] !== undefined);
  const box = h("span", { class: "range", hidden: true }, inputs);
  const button = h("button", { type: "button", class: `plain${has() ? " has" : ""}`, "aria-expanded": "false", "data-key": `${path} range`, title: t("form_range"), "aria-label": `${base["aria-label"]}: ${t("form_range")}` }, "\u00b1");
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.setAttribute("aria-expanded", String(!box.hidden));
  });
  show();
  return { button, box, show };
}

/** "-4.12, 104.17", as maps copy positions, fills latitude and longitude; tells whether it was one. */
function takePosition(path, text) {
  const found = /^\s*(-?\d+[.]\d+)\s*[,; ]\s*(-?\d+[.]\d+)\s*$/.exec(text);
  const other = /^(.*\.)(lat|lon)$/.exec(path);
  if (!found || !other) return false;
  ["lat", "lon"].forEach((name, number) => {
    const field = document.querySelector(`input[data-path="${CSS.escape(other[1] + name)}"]`);
    if (!field) return;
    field.value = writeNumber(Number(found[number + 1]));
    field.dispatchEvent(new Event("input"));
  });
  return true;
}
