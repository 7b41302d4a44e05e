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

/** Wait until a job is over, and give what it came to; `seen` is called with its document at each change until then. */
export async function resultOf(key, seen) {
  await new Promise((resolve) => {
    follow(key, (now) => (now.over ? resolve() : seen(now)));
  });
  return get(`/v1/jobs/${key}/result`); // where there is none this says why, in the reader's language
}

/** Return the bytes of a file as base64. */
export async function encode(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

const AGAIN = 1000; // ms until a job is looked at whose events have ended without it

/**
 * Follow a job until it is over; `seen` is called with its document at each change. Returns a function that stops it.
 *
 * Events may end while the job goes on: the server has too many of them, or the page is being left. So only the job itself
 * says that it is gone.
 */
export function follow(key, seen) {
  let source = null;
  let timer = 0;
  const begin = () => {
    source = new EventSource(`/v1/jobs/${key}/events`);
    source.addEventListener("job", (event) => seen(JSON.parse(event.data)));
    source.addEventListener("over", (event) => {
      source.close();
      seen(JSON.parse(event.data));
    });
    source.addEventListener("error", () => { // a server that is gone is asked again by the browser
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(look, AGAIN);
    });
  };
  const look = async () => {
    try {
      const job = await get(`/v1/jobs/${key}`);
      if (job.over) seen(job);
      else begin();
    } catch (error) {
      const gone = error instanceof Problem && error.status === 404;
      if (gone) seen({ id: key, over: true, result: null, error: { message: t("job_gone") } });
      else timer = setTimeout(look, AGAIN);
    }
  };
  begin();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
