// What a told day is like at a minute: a pure function of the day and the minute, without the page. Jumping backward
// gives the same as playing forward.

const COMES = "arrived";
const LEAVES = new Set(["left", "marched", "spilled"]);
const MEETING = { waiting: "waiting", received: "received", refused: "refused" };

/** Read a day of `POST /v1/day` once: for each place what changes when, in order of time. */
export function readDay(day) {
  const people = {};
  const phases = {};
  const water = {};
  const delegations = {};
  const put = (rows, place, minute, value) => (rows[place] ??= []).push([minute, value]);
  const last = (rows, place, otherwise) => rows[place]?.at(-1)[1] ?? otherwise;
  for (const { minute, kind, sector, what, number } of day.events) {
    if (kind === COMES) put(people, sector, minute, last(people, sector, 0) + Math.round(number));
    else if (LEAVES.has(kind)) put(people, sector, minute, last(people, sector, 0) - Math.round(number));
    else if (kind === "phase") {
      put(phases, sector, minute, what);
      if (what === "quiet" || what === "dispersed") put(delegations, sector, minute, ""); // it went with its people
    } else if (kind === "spraying") put(water, sector, minute, last(water, sector, 0) + 1);
    else if (kind === "empty" || kind === "stopped_water") put(water, sector, minute, last(water, sector, 0) - 1);
    else if (kind in MEETING) put(delegations, sector, minute, MEETING[kind]);
  }
  const most = Math.max(1, ...Object.values(people).flatMap((steps) => steps.map(([, number]) => number)), ...day.walks.map((walk) => walk.people));
  return { people, phases, water, delegations, heads: day.heads, walks: day.walks, columns: day.columns, moving: day.moving, until: day.until, most };
}

/** Give the value of steps [minute, value] at a minute; what happens at a minute is so from then on. */
export function valueAt(steps, minute, otherwise) {
  let [low, high] = [0, steps?.length ?? 0];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle][0] <= minute) low = middle + 1;
    else high = middle;
  }
  return low ? steps[low - 1][1] : otherwise;
}

/**
 * Give who is where at a minute.
 *
 * sectors: by identifier those where somebody is or something happens: people, phase, water cannon that run, delegation.
 * heads: personnel that stands at each place. crowds, columns, moving: who is on the way, with the share of it behind
 * them; columns that have come and form up stand at its end, those that go back begin there.
 */
export function stateAt(read, minute) {
  const sectors = {};
  for (const sector of new Set([...Object.keys(read.people), ...Object.keys(read.phases), ...Object.keys(read.water)])) {
    sectors[sector] = {
      people: valueAt(read.people[sector], minute, 0),
      phase: valueAt(read.phases[sector], minute, "quiet"),
      water: valueAt(read.water[sector], minute, 0),
      delegation: valueAt(read.delegations[sector], minute, ""),
    };
  }
  const heads = Object.fromEntries(Object.entries(read.heads).map(([place, steps]) => [place, valueAt(steps, minute, 0)]));
  const crowds = [];
  read.walks.forEach((walk, number) => {
    const share = passed(minute, walk.left, walk.came);
    if (share !== null) crowds.push({ number, from: walk.origin, to: walk.sector, people: walk.people, share });
  });
  const columns = [];
  read.columns.forEach((column, number) => {
    for (const way of onRoad(column, minute)) columns.push({ number, ...way });
  });
  const moving = [];
  read.moving.forEach((leg, number) => {
    const share = passed(minute, leg.sent, leg.formed);
    if (share !== null) moving.push({ number, from: leg.origin, to: leg.sector, heads: leg.heads, share });
  });
  return { minute, sectors, heads, crowds, columns, moving };
}

/** Give the share of a way that is behind somebody, 0 to 1; null while they are not on it. */
function passed(minute, begin, end) {
  if (begin === null || minute < begin || (end !== null && minute >= end)) return null;
  return end === null || end <= begin ? 0 : (minute - begin) / (end - begin);
}

/** Say where a reserve column and what drove it are on their ways; nothing while they wait at a post or stand there. */
function onRoad({ origin, sector, heads, rides, sent, came, formed, released, back, home }, minute) {
  const out = { from: origin, to: sector, heads, rides };
  const ways = [
    [out, "sent", sent, came],
    [{ ...out, rides: 0 }, "forms", came, formed],
    [{ from: sector, to: origin, heads, rides: 0 }, "back", back === null ? null : released, back],
    [{ from: sector, to: origin, heads: 0, rides }, "empty", home === null || !rides ? null : came, home],
  ];
  return ways.flatMap(([way, doing, begin, end]) => {
    const share = passed(minute, begin, end);
    return share === null ? [] : [{ ...way, doing, share: doing === "forms" ? 1 : share }];
  });
}
