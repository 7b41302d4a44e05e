// What was not sent yet when its page closed: it is sent while the page goes, and left in the browser besides, because
// browsers send no more than 64 kB then, and whoever reloads may be quicker than the sending.

import { Problem, get, put } from "./api.js";

const name = (id) => `optimiser-board-${id}`;

/** Send and leave a change of a board that is made from a revision; `unanswered` is what was sent before and may be there. */
export function leave(id, revision, content, unanswered) {
  const change = { revision, content };
  try {
    localStorage.setItem(name(id), JSON.stringify({ ...change, unanswered }));
  } catch { // there is no room, or the browser keeps nothing
  }
  fetch(`/v1/boards/${id}`, { method: "PUT", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(change) }).catch(() => {});
}

/**
 * Give a board as it is there, and what was left of it, or null where that has arrived meanwhile or somebody has changed the
 * board. What was sent and not answered is sent once more: only so is it known whether what was left goes on from there.
 */
export async function takeUp(id) {
  const left = JSON.parse(localStorage.getItem(name(id)) ?? "null");
  const before = left?.unanswered && (await put(`/v1/boards/${id}`, left.unanswered).catch(ifRefused));
  const there = before || (await get(`/v1/boards/${id}`));
  localStorage.removeItem(name(id));
  return [there, before || (left && !left.unanswered && left.revision === there.revision) ? left.content : null];
}

function ifRefused(error) {
  if (!(error instanceof Problem)) throw error; // nobody answers: it stays in the browser
  return null;
}
