// The first page: boards that are kept, shipped examples, and a district of one's own.

import { Problem, get, post, remove } from "./api.js";
import { LANG, count, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { create } from "./store.js";

/** Show the first page; `opened` is called once a board is there. */
export async function startView(work, opened) {
  const [kept, shipped] = await Promise.all([get("/v1/boards"), get("/v1/instances")]);
  const problem = h("p", { class: "bad", role: "alert" });
  const begin = async (instance) => {
    problem.textContent = "";
    try {
      await create(await fresh(instance));
      await opened();
    } catch (error) {
      problem.textContent = t("fault_any", { why: error instanceof Problem ? faultText(error) : error.message });
    }
  };
  const file = h("input", { type: "file", id: "file", accept: ".xlsx,.toml,.json" });
  file.addEventListener("change", async () => file.files.length && begin(await read(file.files[0], problem)));
  fill(
    work,
    h("div", { class: "start" },
      h("h2", {}, t("start_title")),
      problem,
      kept.boards.length ? [h("h3", {}, t("start_kept")), h("ul", { class: "cards" }, kept.boards.map((one) => keptCard(one, work, opened)))] : null,
      h("h3", {}, t("start_examples")),
      h("ul", { class: "cards" }, shipped.instances.map((one) =>
        h("li", {}, h("button", { class: "card", onclick: () => begin(one.name) }, h("b", {}, one.title),
          h("small", {}, t("start_size", { sectors: count(one.sectors), heads: count(one.cap) })))))),
      h("h3", {}, t("start_own")),
      h("p", {}, h("label", { for: "file" }, t("start_file")), " ", file),
    ),
  );
}

function keptCard(one, work, opened) {
  const when = new Intl.DateTimeFormat(LANG, { dateStyle: "medium", timeStyle: "short" }).format(new Date(1000 * one.changed));
  return h("li", {},
    h("a", { class: "card", href: `#${one.id}` }, h("b", {}, one.title || one.id), h("small", {}, t("changed", { when }))),
    h("button", { class: "small", "aria-label": t("start_remove", { name: one.title || one.id }), onclick: async () => {
      await remove(`/v1/boards/${one.id}`);
      await startView(work, opened);
    } }, "\u00d7"),
  );
}

/** Make the content of a new board: the instance, and the plan of a hand rule to begin with. */
async function fresh(name) {
  const instance = typeof name === "string" ? await get(`/v1/instances/${name}`) : name;
  const first = await post("/v1/draft", instance);
  return { title: instance.title, instance, variants: [{ name: t("by_hand"), places: first.places }] };
}

async function read(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!file.name.endsWith(".xlsx")) return JSON.parse(new TextDecoder().decode(bytes));
  throw new Error(file.name);
}
