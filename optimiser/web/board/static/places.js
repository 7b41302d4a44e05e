// Who stands where: a row for each place, a chip for each kind of unit there, moved by mouse, touch or keyboard.

import { count, fill, h, say, t } from "./dom.js";
import { scrollAtEdge } from "./edge_scroll.js";
import { heads, listen, move, reference, store, units, variant, keep, tell } from "./store.js";

const APART = 5; // px that a pointer goes before a press is a drag
let carried = null; // what is picked up: {kind, from, number, to, chip}
const MANY = 25; // places from which on one of them is looked for by name
let root = null;
let looked = ""; // part of the names that are shown
let told = ""; // what the rules say of the rows as they are drawn
let table = null; // as it is drawn: {outline, head, body, rows}, a row for each place with what it is drawn of

export function placesView() {
  root = h("section", { class: "places", "aria-labelledby": "places-title" });
  listen((what) => {
    if (["places", "pinned", "variants", "outline"].includes(what) || (what === "rules" && told !== broken())) render();
  });
  render();
  return root;
}

const broken = () => JSON.stringify(store.verdict?.violations ?? []);
const rows = () => [...store.outline.places, { id: "", kind: "base", name: t("base"), people: [] }];
const nameOf = (place) => rows().find((row) => row.id === place).name;
const atPlace = (place) => store.outline.kinds.filter((kind) => units(variant().places, place, kind) !== 0);

function render() {
  told = broken();
  if (table?.outline !== store.outline || !root.contains(table.body)) table = { outline: store.outline, head: h("div"), rows: new Map() };
  const { head, rows: drawn } = table;
  fill(
    head,
    h("p", {}, t("placed", { n: count(store.outline.places.reduce((sum, place) => sum + heads(variant().places, place.id), 0)), base: count(heads(variant().places, "")) })),
    variant().document && heads(variant().places, "") > 0 ? h("p", { class: "note" }, t("held_back")) : null,
  );
  for (const place of rows()) {
    const known = drawn.get(place.id) ?? { row: h("tr", { "data-place": place.id }), of: "" };
    const of = contentOf(place);
    if (known.of !== of) fillRow(known.row, place);
    drawn.set(place.id, Object.assign(known, { of }));
  }
  if (table.body) return;
  table.body = h("tbody", {}, [...drawn.values()].map((one) => one.row));
  fill(
    root,
    h("h2", { id: "places-title" }, t("places")),
    head,
    h("p", { class: "note" }, t("drag_hint")),
    store.outline.places.length >= MANY ? find() : null,
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "places-title" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ["place", "people", "units", "heads"].map((name) => h("th", { scope: "col" }, t(name))))),
        table.body,
      ),
    ),
  );
}

function find() {
  const field = h("input", { type: "search", "data-key": "find", "aria-label": t("place_find"), placeholder: t("place_find"), value: looked });
  field.addEventListener("input", () => {
    looked = field.value.trim().toLowerCase();
    for (const one of root.querySelectorAll("tr[data-place]")) one.hidden = away(one.dataset.place);
  });
  return h("p", {}, field);
}

/** Tell whether a row is not looked for; those at base always are. */
const away = (place) => Boolean(place) && !nameOf(place).toLowerCase().includes(looked);

const wrongAt = (place) => (place.id ? (store.verdict?.violations ?? []).filter((one) => one.place === place.id) : []);

/** Tell what the row of a place is drawn of, but for the outline: while it stays the same, so does the row. */
function contentOf(place) {
  const here = store.outline.kinds.map((kind) => [units(variant().places, place.id, kind), variant().pinned.includes(`${place.id} ${kind.id}`), carried?.kind.id === kind.id && carried.from === place.id]);
  const others = reference() === variant() ? null : [reference().name, store.outline.kinds.map((kind) => units(reference().places, place.id, kind))];
  return JSON.stringify([here, others, wrongAt(place).map((one) => one.sentence), away(place.id)]);
}

function fillRow(row, place) {
  const wrong = wrongAt(place);
  row.hidden = away(place.id);
  row.className = `${place.kind}${wrong.length ? " broken" : ""}`;
  fill(
    row,
    h(
      "th",
      { scope: "row" },
      h("button", { class: "place-name", "data-key": `place ${place.id}`, onclick: () => choose(place.id), disabled: !place.id }, place.name),
      h("small", {}, place.kind === "base" ? t("base_hint") : t(`kind_${place.kind}`)),
    ),
    h("td", { class: "people" }, place.people.map(visit)),
    h("td", {}, h("div", { class: "chips" }, atPlace(place.id).map((kind) => chip(kind, place)), ghosts(place)), wrong.map((one) => h("small", { class: "bad" }, `\u26a0 ${one.sentence}`))),
    h("td", { class: "num" }, count(heads(variant().places, place.id))),
  );
}

function visit(one) {
  const share = one.share < 0.995 ? `, ${Math.round(100 * one.share)} %` : "";
  return h("span", { class: "visit" }, `${one.from}\u2013${one.until} ${count(one.people)}${share}`);
}

function choose(place) {
  store.place = place;
  tell("place");
}

// ---------------------------------------------------------------- chips

function chip(kind, place) {
  const number = units(variant().places, place.id, kind);
  const pinned = variant().pinned.includes(`${place.id} ${kind.id}`);
  const words = { n: number, name: kind.name, place: place.name, heads: number * kind.heads };
  const made = h(
    "button",
    {
      class: `chip ${kind.type}${pinned ? " pinned" : ""}${number < 0 ? " bad" : ""}`,
      "data-key": `${place.id} ${kind.id}`,
      "aria-label": t("chip", words),
      "aria-pressed": carried?.kind.id === kind.id && carried.from === place.id ? "true" : "false",
      title: kind.from ? `${kind.name}, ${kind.from}` : kind.name,
    },
    h("b", {}, count(number)),
    ` ${kind.label}`,
    pinned ? " \u2691" : "",
  );
  made.addEventListener("pointerdown", (event) => press(event, made, kind, place.id, number));
  made.addEventListener("keydown", (event) => key(event, made, kind, place.id, number));
  made.addEventListener("click", (event) => event.detail > 0 && !event.defaultPrevented && dialog(kind, place.id, number));
  return made;
}

/** Show where the plan that is compared with has others. */
function ghosts(place) {
  if (reference() === variant()) return [];
  return store.outline.kinds.flatMap((kind) => {
    const other = units(reference().places, place.id, kind);
    const here = units(variant().places, place.id, kind);
    return other > here && place.id ? [h("span", { class: "ghost", title: reference().name }, `${count(other - here)} ${kind.label}`)] : [];
  });
}

// ---------------------------------------------------------------- mouse and touch

function press(event, made, kind, from, number) {
  if (event.button !== 0) return;
  made.setPointerCapture(event.pointerId); // at once: a fast pointer has left the chip before its first move is told
  const start = [event.clientX, event.clientY];
  const shade = made.cloneNode(true);
  let over = null;
  let begun = false;
  let last = event;
  let edge = null;
  const follow = (moved) => {
    if (!begun && Math.hypot(moved.clientX - start[0], moved.clientY - start[1]) < APART) return;
    if (!begun) {
      begun = true;
      shade.classList.add("shade");
      shade.removeAttribute("data-key");
      if (!moved.shiftKey) shade.querySelector("b").textContent = "1";
      document.body.append(shade);
      edge = scrollAtEdge(() => follow(last));
    }
    last = moved;
    edge.at(moved.clientY);
    shade.style.transform = `translate(${moved.clientX + 8}px, ${moved.clientY + 8}px)`;
    const under = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("[data-place]");
    if (under !== over) {
      over?.classList.remove("over");
      under?.classList.add("over");
      over = under;
    }
  };
  const end = (moved) => {
    for (const [name, listener] of watched) made.removeEventListener(name, listener);
    over?.classList.remove("over");
    shade.remove();
    edge?.end();
    if (!begun) return;
    made.addEventListener("click", (click) => click.preventDefault(), { once: true, capture: true });
    if (moved.type === "pointerup" && over && over.dataset.place !== from) {
      put(kind, moved.shiftKey ? number : 1, from, over.dataset.place);
    }
  };
  const watched = [["pointermove", follow], ["pointerup", end], ["pointercancel", end]];
  for (const [name, listener] of watched) made.addEventListener(name, listener);
}

function put(kind, number, from, to) {
  move(kind, number, from, to);
  say(t("chip_put", { n: number, name: kind.name, from: nameOf(from), to: nameOf(to) }));
}

// ---------------------------------------------------------------- keyboard

function key(event, made, kind, from, number) {
  const order = rows().map((place) => place.id);
  if (!carried) {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    carried = { kind, from, number: 1, to: from };
    made.setAttribute("aria-pressed", "true");
    say(t("chip_carried", { n: 1, name: kind.name, place: nameOf(from) }));
    return;
  }
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) {
    carried.to = order[(order.indexOf(carried.to) + steps[event.key] + order.length) % order.length];
  } else if (event.key === "+" || event.key === "-") {
    carried.number = Math.min(number, Math.max(1, carried.number + (event.key === "+" ? 1 : -1)));
  } else if (event.key === "Enter" || event.key === " ") {
    const { to, number: many } = carried;
    drop();
    made.setAttribute("aria-pressed", "false");
    event.preventDefault();
    if (to !== from) put(kind, many, from, to);
    root.querySelector(`[data-key="${CSS.escape(`${to} ${kind.id}`)}"]`)?.focus();
    return;
  } else if (event.key === "Escape" || event.key === "Tab") {
    drop();
    made.setAttribute("aria-pressed", "false");
    say(t("chip_back", { name: kind.name, place: nameOf(from) }));
    return;
  } else {
    return;
  }
  event.preventDefault();
  mark(carried.to);
  say(`${carried.number} \u00d7 ${kind.name}, ${t("target", { place: nameOf(carried.to) })}`);
}

function mark(place) {
  for (const one of root.querySelectorAll("tr.over")) one.classList.remove("over");
  const here = root.querySelector(`tr[data-place="${CSS.escape(place)}"]`);
  here?.classList.add("over");
  here?.scrollIntoView({ block: "nearest" });
}

function drop() {
  carried = null;
  for (const one of root.querySelectorAll("tr.over")) one.classList.remove("over");
}

// ---------------------------------------------------------------- without dragging

function dialog(kind, from, number) {
  const many = h("input", { type: "number", min: 1, max: Math.max(1, number), value: 1, id: "move-number" });
  const to = h("select", { id: "move-to" }, rows().filter((place) => place.id !== from).map((place) => h("option", { value: place.id }, place.name)));
  const name = `${from} ${kind.id}`;
  const pinned = variant().pinned.includes(name);
  const shown = h(
    "dialog",
    { "aria-labelledby": "move-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "move-title" }, `${kind.name}, ${nameOf(from)}`),
      h("label", { for: "move-number" }, t("how_many")), many,
      h("label", { for: "move-to" }, t("move_to")), to,
      h("menu", {},
        h("button", { value: "move", class: "main" }, t("move")),
        from ? h("button", { value: "pin" }, pinned ? t("unpin") : t("pin")) : null,
        h("button", { value: "" }, t("close")),
      ),
    ),
  );
  shown.addEventListener("close", () => {
    shown.remove();
    if (shown.returnValue === "move") put(kind, Math.min(number, Math.max(1, Number(many.value) || 1)), from, to.value);
    if (shown.returnValue === "pin") {
      variant().pinned = pinned ? variant().pinned.filter((one) => one !== name) : [...variant().pinned, name];
      keep();
      tell("pinned");
    }
  });
  document.body.append(shown);
  shown.showModal();
}
