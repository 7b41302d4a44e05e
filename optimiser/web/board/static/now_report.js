// The report of a situation as a form: for each place what can be said of it. A field that is left empty is not reported;
// what is reported is kept as the document that is asked, without what stands in it for nothing.

import { count, fill, h, t } from "./dom.js";
import { sheetOf } from "./form.js";
import { store, variant } from "./store.js";

const PHASES = ["quiet", "green", "yellow", "red", "dispersed"];
const DELEGATIONS = ["none", "waiting", "received", "refused"];

/** Make the fields of a report, which is changed as one types; `changed` is called after each change. */
export function reportForm(report, changed) {
  const at = clock("at", report.at, t("now_at"), (value) => {
    put(report, "at", value);
    changed();
  }, true);
  const of = (list, id) => report[list]?.find((one) => one.id === id) ?? { id };
  const place = (list, one, fields) => {
    const told = of(list, one.id);
    const state = h("small", {});
    const tell = () => (state.textContent = summary(told));
    const done = () => {
      settle(report, list, told);
      tell();
      changed();
    };
    tell();
    return h("details", { "data-place": one.id }, h("summary", { "data-key": `now ${one.id}` }, h("b", {}, nameOf(one.id)), " ", state), h("div", { class: "fields" }, fields(one, told, `${list} ${one.id}`, done)));
  };
  return [
    h("p", {}, at),
    store.instance.sectors.map((one) => place("sectors", one, sectorFields)),
    (store.instance.posts ?? []).map((one) => place("posts", one, postFields)),
    road(report, changed),
  ];
}

/** Name the field that a fault is about, and find it. */
export function labelOf(place, report) {
  const [, list, number, rest] = /^(\w+)\[(\d+)\]\.?(.*)$/.exec(place) ?? [];
  if (!list) return { label: place === "at" ? t("now_at") : place, field: find("at") };
  if (list === "road") return { label: `${t("now_road")} ${Number(number) + 1}`, field: find(`road ${number} ${rest.split(".")[0]}`) };
  const id = report[list]?.[number]?.id ?? "";
  const field = find(`${list} ${id} ${rest}`);
  return { label: `${nameOf(id)}, ${field?.closest("label")?.querySelector("span").textContent ?? rest}`, field };
}

const find = (key) => document.querySelector(`.now [data-key="${CSS.escape(key)}"]`);
const nameOf = (id) => store.outline.places.find((one) => one.id === id)?.name ?? id;

// ---------------------------------------------------------------- what is reported

function put(told, name, value) {
  if (value === undefined) delete told[name];
  else told[name] = value;
}

/** Have a place among the reported ones exactly if something is said of it. */
function settle(report, list, told) {
  const others = (report[list] ?? []).filter((one) => one.id !== told.id);
  const all = Object.keys(told).length > 1 ? [...others, told] : others;
  put(report, list, all.length ? all : undefined);
}

function putNumber(told, group, id, value) {
  const now = { ...told[group] };
  put(now, id, value);
  put(told, group, Object.keys(now).length ? now : undefined);
}

function summary(told) {
  const people = Object.values(told.people ?? {}).reduce((sum, n) => sum + n, 0);
  const parts = [
    told.phase && t(`phase_${told.phase}`),
    told.people && t("now_people_here", { n: count(people) }),
    told.mood !== undefined && (moods().find((one) => one.value === told.mood)?.word ?? String(told.mood)),
    told.delegation && `${t("now_delegation")}: ${t(`delegation_${told.delegation}`)}`,
    told.exit_open === false && `${t("now_exit_open")}: ${t("exit_false")}`,
    told.stopped && `${t("now_stopped")}: ${t("stopped_true")}`,
    (told.teams || told.vehicles) && t("now_units_known"),
  ].filter(Boolean);
  return parts.join("; ") || (Object.keys(told).length > 1 ? "\u2026" : t("now_nothing"));
}

// ---------------------------------------------------------------- fields of places

function sectorFields(sector, told, key, done) {
  const set = (name) => (value) => {
    put(told, name, value);
    done();
  };
  const named = (name) => [`${key} ${name}`, told[name], t(`now_${name}`)];
  const coming = new Map(store.outline.places.find((one) => one.id === sector.id)?.people.map((one) => [one.id, one.gathering]));
  return [
    choice(...named("phase"), PHASES.map((one) => [one, t(`phase_${one}`)]), set("phase")),
    choice(...named("mood"), moods().map((one) => [String(one.value), `${one.word} \u2013 ${one.like}`]), (value) => set("mood")(value && Number(value))),
    [...coming].map(([id, name]) => amount(`${key} people.${id}`, told.people?.[id], t("now_people", { name }), (value) => {
      putNumber(told, "people", id, value);
      done();
    })),
    sector.official ? [choice(...named("delegation"), DELEGATIONS.map((one) => [one, t(`delegation_${one}`)]), set("delegation")), clock(...named("since"), set("since"))] : null,
    truth(...named("exit_open"), (one) => t(`exit_${one}`), set("exit_open")),
    sector.critical ? truth(...named("stopped"), (one) => t(`stopped_${one}`), set("stopped")) : null,
    clock(...named("on_duty_since"), set("on_duty_since")),
    wet().length ? amount(...named("water"), set("water")) : null,
    units(sector.id, told, key, ["teams"], done),
  ];
}

/** Words for moods; the number is kept, so that each reader finds a word of his language. */
const moods = () => sheetOf("gatherings").columns.find((one) => one.path === "tension").scale;
const postFields = (post, told, key, done) => units(post.id, told, key, ["teams", "vehicles"], done);
const wet = () => (store.instance.vehicles ?? []).filter((one) => one.water_cannon).map((one) => one.id);

/** How many of each kind are at a place; a button takes what the plan has there. */
function units(place, told, key, types, done) {
  const kinds = store.outline.kinds.filter((one) => types.includes(one.type) && !wet().includes(one.id));
  const box = h("div", { class: "fields" });
  const draw = () => fill(box, kinds.map((kind) => amount(`${key} ${kind.type}.${kind.id}`, told[kind.type]?.[kind.id], kind.label, (value) => {
    putNumber(told, kind.type, kind.id, value);
    done();
  })));
  const plan = () => {
    for (const { type, id } of kinds) putNumber(told, type, id, variant().places[place]?.[type]?.[id] ?? 0);
    draw();
    done();
  };
  draw();
  return h("fieldset", { class: "now-units" }, h("legend", {}, t("now_units")), h("button", { type: "button", "data-key": `${key} planned`, onclick: plan }, t("now_as_planned")), box);
}

// ---------------------------------------------------------------- who is on the road

function road(report, changed) {
  const box = h("details", { "data-place": "road" });
  const again = () => {
    changed();
    draw();
  };
  const state = () => (report.road === undefined ? "unheard" : report.road.length ? "these" : "nobody");
  const one = () => ({ start: [...(store.instance.posts ?? []), ...(store.instance.reinforcements ?? [])][0]?.id, sector: store.instance.sectors[0]?.id, teams: { [store.instance.teams[0]?.id]: 1 }, arrives: "" });
  const draw = () => {
    const states = ["unheard", "nobody", "these"].map((name) => [name, t(`road_${name}`)]);
    const chosen = choice("road state", state(), t("now_road"), states, (value) => {
      put(report, "road", { nobody: [], these: [one()] }[value]);
      again();
    }, true);
    fill(box, h("summary", { "data-key": "now road" }, h("b", {}, t("now_road")), " ", h("small", {}, report.road?.length ? count(report.road.length) : t(`road_${state()}`))), chosen,
      (report.road ?? []).map((column, number) => h("div", { class: "fields" }, columnFields(column, number, changed),
        h("button", { type: "button", "data-key": `road ${number} away`, onclick: () => {
          report.road.splice(number, 1);
          again();
        } }, t("form_remove", { name: count(number + 1) })))),
      report.road?.length ? h("button", { type: "button", "data-key": "road add", onclick: () => {
        report.road.push(one());
        again();
      } }, `+ ${t("road_add")}`) : null);
  };
  draw();
  return box;
}

function columnFields(column, number, changed) {
  const key = (name) => `road ${number} ${name}`;
  const set = (name) => (value) => {
    column[name] = value ?? "";
    changed();
  };
  const [kind, n] = Object.entries(column.teams)[0];
  const starts = [...(store.instance.posts ?? []), ...(store.instance.reinforcements ?? [])];
  const kinds = store.outline.kinds.filter((one) => one.type === "teams").map((one) => [one.id, one.label]);
  return [
    choice(key("start"), column.start, t("road_start"), starts.map((one) => [one.id, nameOf(one.id)]), set("start"), true),
    choice(key("sector"), column.sector, t("road_sector"), store.instance.sectors.map((one) => [one.id, nameOf(one.id)]), set("sector"), true),
    choice(key("kind"), kind, t("road_kind"), kinds, (value) => set("teams")({ [value]: Object.values(column.teams)[0] }), true),
    amount(key("teams"), n, t("road_number"), (value) => set("teams")({ [Object.keys(column.teams)[0]]: value ?? 0 })),
    clock(key("arrives"), column.arrives, t("road_arrives"), set("arrives")),
  ];
}

// ---------------------------------------------------------------- one field

const labelled = (text, made) => h("label", { class: "field" }, h("span", { class: "label" }, text), made);

function choice(key, value, text, listed, set, required = false) {
  const made = h("select", { "data-key": key }, required ? null : h("option", { value: "" }, t("now_unheard")), listed.map(([one, word]) => h("option", { value: one }, word)));
  made.value = value ?? "";
  made.addEventListener("change", () => set(made.value || undefined));
  return labelled(text, made);
}

const truth = (key, value, text, word, set) => choice(key, value === undefined ? "" : String(value), text, ["true", "false"].map((one) => [one, word(one)]), (chosen) => set(chosen && chosen === "true"));

function amount(key, value, text, set) {
  const made = h("input", { "data-key": key, type: "number", class: "amount", min: "0", step: "1", value });
  made.addEventListener("input", () => set(made.value === "" ? undefined : Number(made.value)));
  return labelled(text, made);
}

function clock(key, value, text, set, required = false) {
  const made = h("input", { "data-key": key, class: "clock", inputmode: "numeric", placeholder: "14:30", required, value });
  const read = (typed) => typed.trim().replace(/^(\d{1,2})[.:](\d{2})$/, (_, hour, minute) => `${hour.padStart(2, "0")}:${minute}`) || undefined;
  made.addEventListener("input", () => set(read(made.value)));
  return labelled(text, made);
}
