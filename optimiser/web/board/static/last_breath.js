// What was not sent yet when its page closed: it is sent while the page goes, and left in the browser besides, because
// browsers send no more than 64 kB then, and whoever reloads may be quicker than the sending.

const name = (id) => `optimiser-board-${id}`;

/** Send and leave a change of a board that is made from a revision. */
export function leave(id, revision, content) {
  const body = JSON.stringify({ revision, content });
  try {
    localStorage.setItem(name(id), body);
  } catch { // there is no room, or the browser keeps nothing
  }
  fetch(`/v1/boards/${id}`, { method: "PUT", keepalive: true, headers: { "Content-Type": "application/json" }, body }).catch(() => {});
}

/** Give what was left of a board, once; null where it has arrived meanwhile, or somebody has changed the board. */
export function takeUp(id, revision) {
  const left = JSON.parse(localStorage.getItem(name(id)) ?? "null");
  localStorage.removeItem(name(id));
  return left?.revision === revision ? left.content : null;
}
