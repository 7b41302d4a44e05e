// The server: its REST interface, the same that other programs use. Errors are problem details in the reader's language.

import { LANG, t } from "./dom.js";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail ?? String(status));
    Object.assign(this, { status, body, kind: (body.type ?? "").replace("urn:optimiser:problem:", "") });
  }
}

async function ask(method, path, body, signal) {
  const response = await fetch(path, {
    method,
    signal,
    headers: { "Accept-Language": LANG, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 204) return null;
  if (response.status === 429 && response.headers.get("Retry-After") === "1") { // others are estimated just now
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return ask(method, path, body, signal);
  }
  const text = await response.text();
  let data = {};
  try {
    data = JSON.parse(text);
  } catch {
    data = { detail: text.slice(0, 200) };
  }
  if (!response.ok) throw new Problem(response.status, data);
  return data;
}

export const get = (path) => ask("GET", path);
export const post = (path, body, signal) => ask("POST", path, body, signal);
export const put = (path, body) => ask("PUT", path, body);
export const remove = (path) => ask("DELETE", path);

const IDLE = 400; // ms without a step after which what can wait is asked for; whoever steps on is not kept waiting by it

/** Have something asked once nobody has stepped on for a while; it takes the place of what has the timer given. */
export function later(timer, act) {
  clearTimeout(timer);
  return setTimeout(act, IDLE);
}

/** Follow a job until it is over; `seen` is called with its document at each change. Returns a function that stops it. */
export function follow(key, seen) {
  const source = new EventSource(`/v1/jobs/${key}/events`);
  const read = (event) => seen(JSON.parse(event.data));
  source.addEventListener("job", read);
  source.addEventListener("over", (event) => {
    source.close();
    read(event);
  });
  source.addEventListener("error", () => { // a server that is gone is asked again by the browser, a job that is gone is not
    if (source.readyState === EventSource.CLOSED) seen({ id: key, over: true, result: null, error: { message: t("job_gone") } });
  });
  return () => source.close();
}
