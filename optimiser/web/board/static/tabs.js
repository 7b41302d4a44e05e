// Tabs: one part of the work at a time, chosen by mouse or by arrow keys.

import { fill, h, t } from "./dom.js";
import { listen } from "./store.js";

/** Make tabs of views by name; each is made when it is first shown. A chosen place opens its own tab. */
export function tabsView(views) {
  const made = {};
  const list = h("div", { role: "tablist", class: "tabs" });
  const panel = h("div", { role: "tabpanel", tabindex: "-1" });
  const names = Object.keys(views);
  const choose = (name, focus = false) => {
    made[name] ??= views[name]();
    fill(
      list,
      names.map((one) =>
        h("button", { role: "tab", id: `tab-${one}`, "data-key": `tab ${one}`, "aria-selected": String(one === name), tabindex: one === name ? "0" : "-1", onclick: () => choose(one) }, t(`tab_${one}`)),
      ),
    );
    panel.setAttribute("aria-labelledby", `tab-${name}`);
    panel.replaceChildren(made[name]);
    if (focus) list.querySelector(`#tab-${name}`).focus();
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = names.indexOf(document.activeElement.id.replace("tab-", ""));
    choose(names[(at + step + names.length) % names.length], true);
  });
  listen((what) => what === "place" && choose("why"));
  choose(names[0]);
  return h("div", { class: "work" }, list, panel);
}
