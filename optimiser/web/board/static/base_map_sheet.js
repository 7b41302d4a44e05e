// The base map as a section of the district: a file of roads, rivers and borders, read by the server, drawn below the map.

import { Problem, post } from "./api.js";
import { count, fill, h, t } from "./dom.js";
import { faultText } from "./effect.js";
import { cutAt, getAt, setAt } from "./form.js";
import { store } from "./store.js";
import { restep } from "./tables.js";

const LARGEST = 9_000_000; // bytes, as much as the server takes in one request

/** What is drawn now, by kind, and a file to take its place. */
export function baseMap(sheet) {
  const shapes = getAt(sheet.base) ?? [];
  const kinds = new Map(sheet.columns.find((one) => one.path === "kind").choices.map((one) => [one.value, one.label]));
  const credit = h("input", { id: "base-map-credit", maxlength: 500, value: shapes.find((one) => one.credit)?.credit ?? "" });
  const file = h("input", { type: "file", id: "base-map-file", accept: ".geojson,.json" });
  const said = h("p", { role: "status" });
  file.addEventListener("change", async () => {
    if (!file.files.length) return;
    await take(sheet, file.files[0], credit.value.trim(), said);
    file.value = ""; // so that the same file can be opened again once it is another
  });
  return [
    h("small", { class: "bad", "data-faults": sheet.base }),
    h("p", {}, shapes.length ? t("base_map_drawn", { kinds: [...new Set(shapes.map((one) => kinds.get(one.kind) ?? one.kind))].join(", "), letters: count(shapes.reduce((sum, one) => sum + one.shape.length, 0)) }) : t("base_map_none")),
    h("div", { class: "fields" },
      h("div", { class: "field" }, h("label", { for: "base-map-credit", class: "label" }, t("base_map_credit")), credit, h("small", { class: "help" }, t("base_map_credit_help"))),
      h("div", { class: "field" }, h("label", { for: "base-map-file", class: "label" }, t("base_map_file")), file, h("small", { class: "help" }, t("base_map_file_help")))),
    said,
    shapes.length ? h("button", { type: "button", onclick: () => restep(() => cutAt(sheet.base)) }, t("base_map_away")) : null,
  ];
}

async function take(sheet, file, credit, said) {
  const refuse = (why) => fill(said, h("span", { class: "bad" }, t("fault_any", { why })));
  if (file.size > LARGEST) return refuse(t("base_map_large"));
  try {
    const map = JSON.parse(await file.text());
    const found = await post("/v1/base-map", { instance: store.content.instance, map, ...(credit ? { credit } : {}) });
    restep(() => setAt(sheet.base, found.shapes));
  } catch (error) {
    refuse(error instanceof Problem ? faultText(error) : error instanceof SyntaxError ? t("base_map_no_json") : t("fault_network"));
  }
}
