// The beginning: the first page, or the board whose key stands in the address.

import { get, post } from "./api.js";
import { barView } from "./bar.js";
import { fill, h, t } from "./dom.js";
import { effectView } from "./effect.js";
import { mapView } from "./map.js";
import { placesView } from "./places.js";
import { startView } from "./start.js";
import { open, store } from "./store.js";
import { stripsView } from "./strips.js";
import { timeView } from "./time.js";

const work = document.getElementById("work");
const bar = document.getElementById("bar");

async function begin() {
  const id = location.hash.slice(1);
  if (!id) return startView(work, board);
  try {
    await open(id);
  } catch {
    history.replaceState(null, "", location.pathname + location.search);
    return startView(work, board);
  }
  return board();
}

async function board() {
  store.outline = await post("/v1/outline", store.content.instance);
  store.scenarios = 20000;
  fill(work, h("div", { class: "board" }, h("div", { class: "left" }, mapView(), timeView(), effectView()), placesView()), stripsView());
  barView(bar);
}

addEventListener("hashchange", () => location.reload());
begin().catch((error) => fill(work, h("p", { class: "bad", role: "alert" }, t("fault_any", { why: error.message }))));
