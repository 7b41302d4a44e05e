// The beginning: the first page, or the board whose key stands in the address.

import { barView } from "./bar.js";
import { busyWith } from "./busy.js";
import { fill, h, say, t } from "./dom.js";
import { loadOutline } from "./district.js";
import { edit, editorView } from "./editor.js";
import { effectView } from "./effect.js";
import { mapView } from "./map.js";
import { exerciseView } from "./exercise.js";
import { nowView } from "./now.js";
import { placesView } from "./places.js";
import { scoreView } from "./score.js";
import { startView } from "./start.js";
import { open } from "./store.js";
import { tabsView } from "./tabs.js";
import { variantsView } from "./variants.js";
import { whatifView } from "./whatif.js";
import { whyView } from "./why.js";
import { stripsView } from "./strips.js";
import { timeView } from "./time.js";

const work = document.getElementById("work");
const bar = document.getElementById("bar");

async function begin() {
  const id = location.hash.slice(1);
  if (!id) return startView(work, board);
  try {
    await open(id);
  } catch (error) {
    history.replaceState(null, "", location.pathname + location.search);
    return startView(work, board, t("fault_any", { why: error.message })); // it was removed, or its file is damaged
  }
  return board();
}

async function board(editing = false) {
  const whole = await loadOutline();
  fill(work, h("div", { class: "board" }, h("div", { class: "left" }, mapView(), timeView(), effectView()), tabsView({ places: placesView, variants: variantsView, whatif: whatifView, why: whyView, now: nowView, score: scoreView, exercise: exerciseView }), editorView()), stripsView());
  barView(bar);
  if (editing || !whole) await edit(true); // what has faults is mended first
}

addEventListener("unhandledrejection", (event) => say(t("fault_any", { why: event.reason?.message ?? String(event.reason) })));
addEventListener("hashchange", () => location.reload());
busyWith(work, begin()).catch((error) => fill(work, h("p", { class: "bad", role: "alert" }, t("fault_any", { why: error.message }))));
