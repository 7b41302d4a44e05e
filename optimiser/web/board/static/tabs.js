// Tabs: one part of the work at a time, chosen by mouse or by arrow keys.

import { fill, h, t } from "./dom.js";
import { listen, tell } from "./store.js";

/** Have a view made anew for reasons that `listen` tells, while its tab is shown; else once it is shown again. */
export function renewShown(root, reasons, renew) {
  let stale = true;
  listen((what) => {
    if (reasons.includes(what)) stale = true;
    if (!stale || !root.isConnected || ![...reasons, "tab"].includes(what)) return;
    stale = false;
    renew();
  });
}

/** Make tabs of views by name; each is made when it is first shown. A chosen place opens its own tab,
 * unless the one that is shown takes it itself, `data-takes-place`. */
export function tabsView(views) {
  const made = {};
  const list = h("div", { role: "tablist", class: "tabs" });
  const panel = h("div", { role: "tabpanel", tabindex: "-1" });
  const names = Object.keys(views);
  let shown = null;
  const choose = (name, focus = false) => {
    shown = name;
    made[name] ??= views[name]();
    fill(
      list,
      names.map((one) =>
        h("button", { role: "tab", id: `tab-${one}`, "data-key": `tab ${one}`, "aria-selected": String(one === name), tabindex: one === name ? "0" : "-1", onclick: () => choose(one) }, t(`tab_${one}`)),
      ),
    );
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    panel.replaceChildren(made[name]);
    tell("tab");
    if (focus) list.querySelector(`#tab-${name}`).focus();
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = names.indexOf(document.activeElement.id.replace("tab-", ""));
    choose(names[(at + step + names.length) % names.length], true);
  });
  listen((what) => {
    if (what !== "place" || made[shown].matches("[data-takes-place]")) return;
    choose("why");
    const { top } = list.getBoundingClientRect();
    const hidden = Math.max(0, document.getElementById("bar").getBoundingClientRect().bottom); // by the bar, where it stays in view
    if (top < hidden || top > innerHeight / 2) list.scrollIntoView(); // strips are below, the answer is above
  });
  choose(names[0]);
  return h("div", { class: "work" }, list, panel);
}
