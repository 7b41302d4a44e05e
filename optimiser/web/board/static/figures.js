// A mean with its interval, and a difference in words, as the papers write them. Where too few days carry a mean there
// is no interval: how many days do is said instead.

import { count, figure, h, signed, t } from "./dom.js";

const wide = (one) => Math.max(one.low === null ? Math.abs(one.mean) : (one.high - one.low) / 2, 1e-9);

function ends(one, write, least = -Infinity) {
  if (one.low !== null) return `[${write(Math.max(one.low, least), wide(one))}; ${write(one.high, wide(one))}]`;
  const days = { n: count(one.unusual), all: count(one.count) };
  return `(${t(one.usual === 0 ? "rare_some" : one.unusual ? "rare_but" : "rare_alike", days)})`;
}

/** Write a level, which cannot be negative: its mean, and its interval. */
export const level = (one) => ({ mean: figure(one.mean, wide(one)), ends: ends(one, figure, 0) });

/** Say a difference: better, worse, not shown, or none; then how much, in a unit. */
export function difference(one, unit = "") {
  const { mean, low, high } = one;
  const exact = mean === 0 && low === 0 && high === 0;
  const sure = low !== null;
  const word = exact ? "no_change" : sure && high < 0 ? "better" : sure && low > 0 ? "worse" : "not_shown";
  const tone = { better: "good", worse: "bad" }[word] ?? "soft";
  return [h("b", { class: tone }, t(word)), exact ? null : ` ${signed(mean, wide(one))}${unit && ` ${unit}`} ${ends(one, signed)}`];
}
