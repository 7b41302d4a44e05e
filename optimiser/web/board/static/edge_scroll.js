// While something is dragged near the upper or lower edge of the window, the page moves on under it, the faster the
// nearer, so that what lies outside the window can be reached.

const EDGE = 56; // px from the edge, within which the page moves
const FASTEST = 900; // px a second
const LONGEST = 50; // ms that one step may make up for

/** Begin to move the page; `moved` is called after each step. Gives what tells it where the pointer is, and what ends it. */
export function scrollAtEdge(moved) {
  let y = innerHeight / 2;
  let before = performance.now();
  let frame = 0;
  const step = (now) => {
    const top = Math.max(0, document.getElementById("bar").getBoundingClientRect().bottom); // the bar may stay in view
    const past = y < top + EDGE ? y - top - EDGE : Math.max(0, y - innerHeight + EDGE);
    const was = scrollY;
    scrollBy(0, Math.max(-1, Math.min(1, past / EDGE)) * FASTEST * Math.min(LONGEST, Math.max(0, now - before)) / 1000);
    before = now;
    if (scrollY !== was) moved();
    frame = requestAnimationFrame(step);
  };
  frame = requestAnimationFrame(step);
  return { at: (where) => (y = where), end: () => cancelAnimationFrame(frame) };
}
