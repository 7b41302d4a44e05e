// An exercise of the plan that is shown: what it trains and how hard it is chosen in a form, the injects of the day that is
// found in a table, with what is expected by when, and both ways to go on where players decide.

import { askedJob, nameOf, ofAnother } from "./asked_job.js";
import { busyWith } from "./busy.js";
import { count, fill, h, percent, some, t } from "./dom.js";
import { asked, deployment, store, variant } from "./store.js";
import { renewShown } from "./tabs.js";
import { clockAt } from "./told_day.js";

const PAPERS = ["exercise.html", "exercise.xlsx", "exercise.json"];
const THEMES = ["delegation", "lapis", "lintas", "second-site", "rumour", "gates", "evacuation", "reserve", "communication"];
let root = null;
let found = null;
const chosen = { themes: new Set(), hard: 80, players: 200 };
const job = askedJob("exercise", () => root, "exercise_working", (answer) => {
  found = answer;
  render();
});

export function exerciseView() {
  root = h("section", { class: "exercise", "aria-labelledby": "exercise-title" });
  renewShown(root, ["places", "variants", "outline"], () => {
    render();
    busyWith(root, job.again());
  });
  return root;
}

function render() {
  const boxes = THEMES.map((name) => {
    const box = h("input", { type: "checkbox", "data-key": `theme ${name}`, checked: chosen.themes.has(name) });
    box.addEventListener("change", () => chosen.themes[box.checked ? "add" : "delete"](name));
    return h("label", { class: "theme" }, box, " ", t(`theme_${name}`));
  });
  const number = (name, limits) => {
    const made = h("input", { id: `exercise-${name}`, "data-key": `exercise ${name}`, type: "number", required: true, value: chosen[name], ...limits });
    made.addEventListener("input", () => (chosen[name] = made.value));
    return [h("label", { for: `exercise-${name}` }, t(`exercise_${name}`)), made];
  };
  const form = h("form", { onsubmit: (event) => {
    event.preventDefault();
    job.ask(make);
  } },
    h("fieldset", { class: "themes" }, h("legend", {}, t("exercise_themes")), boxes),
    h("div", { class: "asking" }, number("hard", { min: 0, max: 100 }), number("players", { min: 1, max: 100000 }),
      h("button", { class: "main", "data-key": "exercise-ask", disabled: store.faults > 0 }, t("exercise_ask"))));
  fill(root, h("h2", { id: "exercise-title" }, t("tab_exercise")), h("p", { class: "note" }, store.faults ? t("plan_faulty") : t("exercise_note")), form, job.told, found && answer());
}

const make = async () => ({
  ...asked(),
  deployment: deployment(variant().places),
  themes: THEMES.filter((name) => chosen.themes.has(name)),
  hard: Number(chosen.hard) / 100,
  players: Number(chosen.players),
});

function answer() {
  return h("div", { class: "answer" },
    ofAnother(found),
    h("p", {}, t("exercise_day", { share: percent(found.day.rank) })),
    h("ul", {}, found.themes.map(({ theme, minute }) => h("li", {}, t("exercise_theme", { theme: t(`theme_${theme}`), clock: minute === null ? t("exercise_by_hand") : clockAt(minute) })))),
    h("h3", { id: "exercise-list" }, t("exercise_list")),
    list(found.injects, "exercise-list"),
    found.conditions.flatMap(({ branches }) => branches).filter((one) => one.injects.length).map((one) => [
      h("h3", { id: `way-${one.label}` }, t("exercise_way", { label: one.label })), list(one.injects, `way-${one.label}`)]),
    job.papers(PAPERS));
}

// ---------------------------------------------------------------- injects

function list(injects, named) {
  const heads = ["label", "clock", "where", "inject", "player", "expected", "by"];
  return h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": named }, h("table", { class: "injects" },
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(`exercise_${name}`))))),
    h("tbody", {}, injects.map(row))));
}

function row(one) {
  const condition = found.conditions.find(({ label }) => label === one.label);
  const each = (write) => one.expected.map((action) => h("span", { class: "part" }, write(action)));
  return h("tr", {},
    h("th", { scope: "row" }, one.label),
    h("td", {}, clockAt(one.minute)),
    h("td", {}, one.sector ? nameOf(one.sector) ?? one.sector : t("exercise_town")),
    h("td", {}, condition ? h("b", {}, question(condition)) : inject(one)),
    h("td", {}, t(`player_${one.player}`)),
    h("td", {}, each(({ action }) => t(`doing_${action}`, store.outline.command))),
    h("td", {}, each(({ limit }) => t("exercise_minutes", { n: some(limit) }))));
}

function question({ asks, minute, branches: [yes, no] }) {
  return t(`asks_${asks}`, { clock: clockAt(minute), yes: yes.label, no: no.label });
}

/** Say what is put before the players. */
function inject({ kind, sector, other, what, number }) {
  const { places, gatherings, triggers } = store.outline;
  const here = places.find((one) => one.id === sector);
  const named = (list) => list.find((one) => one.id === what)?.name ?? "";
  return t(`inject_${kind}`, {
    n: count(number),
    gathering: named(gatherings),
    trigger: named(triggers),
    place: nameOf(other) ?? "",
    official: here?.official ?? t("exercise_official"),
    process: here?.process ?? "",
  });
}
