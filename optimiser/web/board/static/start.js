// The first page: boards that are kept, shipped examples, and a district of one's own, from a file or from nothing.

import { Problem, encode, get, post, remove } from "./api.js";
import { busyWith } from "./busy.js";
import { LANG, count, fill, h, t } from "./dom.js";
import { noteReading } from "./editor.js";
import { faultText } from "./effect.js";
import { create } from "./store.js";

const LATEST = 6; // kept boards that are shown at once

/** Show the first page; `opened` is called once a board is there, and whether its district is to be written first. */
export async function startView(work, opened, trouble = "") {
  const [kept, shipped] = await Promise.all([get("/v1/boards"), get("/v1/instances")]);
  const cards = (boards) => h("ul", { class: "cards" }, boards.map((one) => keptCard(one, work, opened)));
  const problem = h("div", { class: "bad", role: "alert" }, trouble);
  const attempt = async (act) => {
    problem.replaceChildren();
    try {
      await busyWith(work, act());
    } catch (error) {
      problem.textContent = t("fault_any", { why: error instanceof Problem ? faultText(error) : error.message });
    }
  };
  const begin = async (instance, editing = false, faults = []) => {
    await create(await fresh(instance, faults));
    if (faults.length) noteReading(faults);
    await opened(editing);
  };
  const file = h("input", { type: "file", id: "file", accept: ".xlsx,.toml,.json" });
  file.addEventListener("change", () => file.files.length && attempt(async () => {
    const { instance, faults } = await read(file.files[0]);
    file.value = "";
    if (instance) await begin(instance, faults.length > 0, faults);
    else fill(problem, h("p", {}, t("start_unreadable")), faultList(faults));
  }));
  fill(
    work,
    h("div", { class: "start" },
      h("h2", {}, t("start_title")),
      problem,
      kept.boards.length ? [h("h3", {}, t("start_kept")), cards(kept.boards.slice(0, LATEST)),
        kept.boards.length > LATEST ? h("details", {}, h("summary", {}, t("start_older", { n: count(kept.boards.length - LATEST) })), cards(kept.boards.slice(LATEST))) : null] : null,
      h("h3", {}, t("start_own")),
      h("div", { class: "own" },
        h("div", {}, h("label", { for: "file" }, t("start_file")), " ", file, h("p", { class: "note" }, t("start_file_note"))),
        blankForm((asked) => attempt(async () => begin(await post("/v1/blank", asked), true)))),
      h("h3", {}, t("start_examples")),
      h("ul", { class: "cards" }, shipped.instances.map((one) =>
        h("li", {}, h("button", { class: "card", onclick: () => attempt(() => begin(one.name)) }, h("b", {}, one.title),
          h("small", {}, t("start_size", { sectors: count(one.sectors), heads: count(one.cap) })))))),
    ),
  );
}

/** Faults of a file: where, what was found, what was expected, how to repair it. */
function faultList(faults) {
  return h("ul", {}, faults.map((one) => h("li", {}, h("b", {}, one.place), " ", `${t("form_found", { found: one.found, expected: one.expected })} ${one.repair}`)));
}

/** Ask for what an empty district needs: its name and, where it is known, where it is. */
function blankForm(begin) {
  const title = h("input", { id: "blank-title", required: true, maxlength: 120, autocomplete: "off" });
  const middle = h("input", { id: "blank-middle", placeholder: "-4.12, 104.17", autocomplete: "off" });
  const form = h("form", { class: "blank" },
    h("b", {}, t("start_empty")),
    h("label", { for: "blank-title" }, t("start_name")), title,
    h("label", { for: "blank-middle" }, t("start_middle")), middle,
    h("p", { class: "note" }, t("start_middle_note")),
    h("button", { class: "main" }, t("start_begin")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const found = /^\s*(-?\d+(?:[.]\d+)?)\s*[,; ]\s*(-?\d+(?:[.]\d+)?)\s*$/.exec(middle.value);
    middle.setCustomValidity(middle.value.trim() && !found ? t("start_middle_wrong") : "");
    if (!form.reportValidity()) return;
    begin({ title: title.value.trim(), ...(found ? { lat: Number(found[1]), lon: Number(found[2]) } : {}) });
  });
  middle.addEventListener("input", () => middle.setCustomValidity(""));
  return form;
}

function keptCard(one, work, opened) {
  const when = new Intl.DateTimeFormat(LANG, { dateStyle: "medium", timeStyle: "short" }).format(new Date(1000 * one.changed));
  const name = one.title || one.id;
  const away = h("button", { class: "small", "aria-label": t("start_remove", { name }), onclick: async () => {
    if (!away.classList.contains("sure")) { // it cannot be brought back, so one press does nothing yet
      away.classList.add("sure");
      fill(away, t("start_sure"));
      away.setAttribute("aria-label", `${t("start_remove", { name })}: ${t("start_sure")}`);
      return;
    }
    await remove(`/v1/boards/${one.id}`);
    await startView(work, opened);
  } }, "\u00d7");
  away.addEventListener("blur", () => {
    away.classList.remove("sure");
    fill(away, "\u00d7");
    away.setAttribute("aria-label", t("start_remove", { name }));
  });
  return h("li", {}, h("a", { class: "card", href: `#${one.id}` }, h("b", {}, name), h("small", {}, t("changed", { when }))), away);
}

/** Make the content of a new board: the instance, and the plan of a hand rule to begin with; nobody where it has faults. */
async function fresh(name, faults) {
  const instance = typeof name === "string" ? await get(`/v1/instances/${name}`) : name;
  const places = faults.length ? {} : (await post("/v1/draft", { ...instance })).places;
  const title = String(instance.title ?? "").slice(0, 200);
  return { title, instance, variants: [{ name: t("by_hand"), places }] };
}

/** Have the server read a file, as it is. */
async function read(file) {
  return post("/v1/reading", { name: file.name.slice(-255), file: await encode(file) });
}
