// A mean with its interval, and a difference in words, as the papers write them; and how many rules are broken. Where too
// few days carry a mean there is no interval: how many days do is said instead.

import { count, figure, h, signed, t } from "./dom.js";

const LEAST = 1e-9; // half a width that an interval has at least, so that its decimals can be chosen

/** Half the width of an interval, or the mean where there is none: what tells how many decimals are known. */
const half = ({ mean, low, high }) => Math.max(low === null ? Math.abs(mean) : (high - low) / 2, LEAST);

function ends(one, write, least = -Infinity) {
  if (one.low !== null) return `[${write(Math.max(one.low, least), half(one))}; ${write(one.high, half(one))}]`;
  const days = { n: count(one.unusual), all: count(one.count) };
  return `(${t(one.usual === 0 ? "rare_some" : one.unusual ? "rare_but" : "rare_alike", days)})`;
}

/** Write a level, which cannot be negative: its mean, and its interval. */
export const level = (one) => ({ mean: figure(one.mean, half(one)), ends: ends(one, figure, 0) });

/** Say what a difference shows: the word, how it looks, and the figures; none where nothing differs on any day. */
function judge(one) {
  const { mean, low, high } = one;
  const exact = mean === 0 && low === 0 && high === 0;
  const sure = low !== null;
  const word = exact ? "no_change" : sure && high < 0 ? "better" : sure && low > 0 ? "worse" : "not_shown";
  const tone = { better: "good", worse: "bad" }[word] ?? "soft";
  return { word: t(word), tone, mean: exact ? "" : signed(mean, half(one)), ends: exact ? "" : ends(one, signed) };
}

/** A difference for a cell of a table. */
export function inCell(one) {
  const { word, tone, mean, ends: shown } = judge(one);
  return [h("b", { class: tone }, word), mean && ` ${mean} ${shown}`];
}

/** A difference as a line of its own, in points. */
export function difference(name, one) {
  const { word, tone, mean, ends: shown } = judge(one);
  return h("p", { class: "difference" }, h("span", { class: "of" }, `${name}: `), h("b", { class: tone }, word), mean && ` ${mean} ${t("effect_points")} ${shown}`);
}

/** Say how many rules are broken. */
export const countBroken = (number) => (number === 1 ? t("rule_broken") : t("rules_broken", { n: count(number) }));
