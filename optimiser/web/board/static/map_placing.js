// Places on the map while the district is written: a click puts a new one, dragging a mark moves one.

import { say, t } from "./dom.js";
import { sheetOf } from "./form.js";
import { drawn } from "./map.js";
import { listen, store } from "./store.js";
import { add, restep } from "./tables.js";

const APART = 5; // px that a pointer goes before a press is a drag
let armed = null; // section that the next click adds to

listen((what) => what === "drawn" && attach());

/** Have the next click on the map put a new place into a section; or no more. */
export function arm(section) {
  armed = section;
  document.querySelector(".stage")?.classList.toggle("armed", Boolean(section));
  if (section) say(t("survey_click"));
}

function attach() {
  const picture = document.querySelector(".stage svg");
  picture.addEventListener("click", (event) => {
    if (!store.editing || !armed || !drawn.plane) return;
    const section = armed;
    arm(null);
    say(""); // it is done
    add(sheetOf(section), section, sheetOf(section).columns, where(picture, event));
  });
  picture.addEventListener("pointerdown", (event) => {
    const spot = event.target.closest?.(".spot[data-place]");
    const path = spot && pathOf(spot.dataset.place);
    if (!store.editing || !path || event.button !== 0 || !drawn.plane) return;
    event.stopPropagation();
    drag(picture, spot, path, event);
  }, { capture: true });
}

function drag(picture, spot, path, begun) {
  spot.setPointerCapture(begun.pointerId);
  let moved = false;
  const follow = (event) => {
    moved ||= Math.hypot(event.clientX - begun.clientX, event.clientY - begun.clientY) > APART;
    if (!moved) return;
    const { x, y } = point(picture, event);
    spot.setAttribute("cx", x);
    spot.setAttribute("cy", y);
    spot.classList.add("over");
  };
  const end = (event) => {
    spot.removeEventListener("pointermove", follow);
    if (moved && event.type === "pointerup") restep(() => Object.assign(path, where(picture, event)));
  };
  spot.addEventListener("pointermove", follow);
  spot.addEventListener("pointerup", end, { once: true });
  spot.addEventListener("pointercancel", end, { once: true });
}

const pathOf = (id) => ["sectors", "posts"].flatMap((section) => store.content.instance[section] ?? []).find((one) => one?.id === id);

const point = (picture, event) => new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());

/** Return where a pointer is, in degrees or kilometres as the district has them. */
function where(picture, event) {
  const { x, y } = point(picture, event);
  const { of, x: [left, along], y: [top, down] } = drawn.plane;
  const digits = of === "degrees" ? 5 : 2;
  const [east, north] = [left + along * x, top + down * y].map((value) => Number(value.toFixed(digits)));
  return of === "degrees" ? { lat: north, lon: east } : { x: east, y: north };
}
