// What the page waits for: a part is busy from the moment it asks until the answer is shown. A screen reader waits with
// it, three dots at its heading say so to everybody else, and nothing is busy exactly when nothing is going to change.

const waiting = new WeakMap(); // by part: how many of its questions have no answer yet

/** Everything below the bar, while another board or another variant is on its way. */
export const whole = document.getElementById("work");

/** Mark a part as busy until a piece of work on it is over; gives what the work gives. */
export async function busyWith(part, work) {
  count(part, 1);
  try {
    return await work;
  } finally {
    count(part, -1);
  }
}

const IDLE = 400; // ms without a step after which what can wait is asked for; whoever steps on is not kept waiting by it

/**
 * Let a part ask once nobody has stepped on for a while: it is busy from now on. What it was to ask
 * before is dropped.
 */
export function whenIdle(part) {
  let timer = 0;
  const drop = () => {
    if (timer) count(part(), -1);
    clearTimeout(timer);
    timer = 0;
  };
  const ask = (act) => {
    drop();
    count(part(), 1);
    timer = setTimeout(() => {
      busyWith(part(), act());
      drop();
    }, IDLE);
  };
  return { ask, drop };
}

function count(part, more) {
  const now = (waiting.get(part) ?? 0) + more;
  waiting.set(part, now);
  if (now) part.setAttribute("aria-busy", "true");
  else part.removeAttribute("aria-busy");
}
