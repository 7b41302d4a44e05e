// A view whose answer takes a job: it is asked for once, its key is kept with the board, so that after a reload and in
// another window the answer, or how far it is, is there again; and its papers can be saved.

import { Problem, post, resultOf } from "./api.js";
import { busyWith } from "./busy.js";
import { differ, fileOf } from "./downloads.js";
import { faultText } from "./effect.js";
import { h, t } from "./dom.js";
import { keep, store, variant } from "./store.js";

/** Make what asks for jobs of a kind: `show` is called with the answer, or with null; `refused` says what is wrong. */
export function askedJob(kind, root, working, show, refused = sayWhy) {
  const told = h("div", { role: "status" });
  let shown = null; // key of the job whose answer is shown
  const follow = async (key) => {
    told.replaceChildren(t("job_waits"));
    const found = await resultOf(key, (job) => told.replaceChildren(t(job.state === "running" ? working : "job_waits")));
    told.replaceChildren();
    shown = key;
    show(found);
  };
  const attempt = (act) => busyWith(root(), act().catch((error) => told.replaceChildren(...[refused(error)].flat())));
  return {
    told,
    /** Ask anew: `make` gives what the job is about. */
    ask: (make) => attempt(async () => {
      show(null);
      told.replaceChildren(t("job_waits"));
      const job = await post(`/v1/${kind}`, await make());
      store.content.jobs = { ...store.content.jobs, [kind]: job.id };
      keep();
      await follow(job.id);
    }),
    /** Show what was asked before, here or in another window. */
    again: async () => {
      const key = store.content.jobs?.[kind];
      if (key && key !== shown) await attempt(() => follow(key));
    },
    /** List the papers of the answer, each made when it is asked for. */
    papers: (names) => {
      const said = h("p", { role: "status", class: "note" }, t("papers_note"));
      return [h("h3", {}, t("papers")), said, h("ul", { class: "papers" }, names.map((name) => h("li", {},
        h("button", { type: "button", "data-key": `${kind} ${name}`, onclick: () => {
          said.textContent = t("files_making");
          busyWith(root(), fileOf(shown, name)).then((file) => (said.textContent = t("files_made", { name: file })), (error) => said.replaceChildren(sayWhy(error)));
        } }, name), " ", t(`papers_${name.replace(".", "_")}`))))];
    },
  };
}

export const sayWhy = (error) => h("p", { class: "bad" }, error instanceof Problem ? faultText(error) : t("fault_any", { why: error.message }));

/** Say that an answer is of another plan, district or law than what is shown, where it is. */
export function ofAnother({ deployment, instance, settings }) {
  const same = instance.sha256 === store.outline.instance.sha256 && settings.law === store.content.law;
  return same && !differ(deployment.places, variant().places) ? null : h("p", { class: "warning", "data-other": true }, t("of_another"));
}

export const nameOf = (id) => store.outline.places.find((one) => one.id === id)?.name;
