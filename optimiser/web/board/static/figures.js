// A difference with its interval in words: better, worse, not shown, exactly the same; for every view that has one.
// And how many rules are broken.

import { count, figure, h, signed, t } from "./dom.js";

const LEAST = 1e-9; // half a width that an interval has at least, so that its decimals can be chosen

/** Half the width of an interval: what tells how many decimals are known. */
const half = ({ low, high }) => Math.max((high - low) / 2, LEAST);

/** Say what a difference shows: the word, how it looks, and the figures; none where nothing differs on any day. */
function judge(interval) {
  const { mean, low, high } = interval;
  const exact = mean === 0 && low === 0 && high === 0;
  const word = exact ? "no_change" : high < 0 ? "better" : low > 0 ? "worse" : "not_shown";
  const sign = (value) => signed(value, half(interval));
  return { word: t(word), tone: { better: "good", worse: "bad" }[word] ?? "soft", mean: exact ? "" : sign(mean), ends: exact ? "" : `[${sign(low)}; ${sign(high)}]` };
}

/** A difference for a cell of a table. */
export function inCell(interval) {
  const { word, tone, mean, ends } = judge(interval);
  return [h("b", { class: tone }, word), mean && ` ${mean} ${ends}`];
}

/** A difference as a line of its own, in points. */
export function difference(name, interval) {
  const { word, tone, mean, ends } = judge(interval);
  return h("p", { class: "difference" }, h("span", { class: "of" }, `${name}: `), h("b", { class: tone }, word), mean && ` ${mean} ${t("effect_points")} ${ends}`);
}

/** A level with its interval. */
export function level(interval) {
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map((value) => figure(value, half(interval)));
  return { mean, low, high };
}

/** Say how many rules are broken. */
export const countBroken = (number) => (number === 1 ? t("rule_broken") : t("rules_broken", { n: count(number) }));
