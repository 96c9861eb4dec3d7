// The worker of the page at night, and of nothing else: where Tocsin cannot be reached, it keeps a tap on Acknowledge, and
// sends it as soon as the page can be reached again. It keeps nothing of what a page says.
const TAPS = "taps";
const SHELL = "shell";
const WAIT = 10000; // milliseconds that an answer may take
const ours = new URL(location);
const kept = new URL(`kept${ours.search}`, ours).href;

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(prepare());
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const prepare = async () => {
  const shell = await caches.open(SHELL);
  const page = await fetch(kept);
  const text = await page.clone().text();
  const needed = [...text.matchAll(/(?:href|src)="(\.\.\/static\/[^"]+)"/g)].map((found) => new URL(found[1], ours).href);
  await shell.addAll(needed);
  await shell.put(kept, page);
};

// When it was tapped, of a page whose answer was not sent yet.
const tappedAt = async (path) => {
  const found = await (await caches.open(TAPS)).match(path);
  return found && Number(await found.text());
};

const send = async (path, keptSince) => {
  const body = new URLSearchParams(keptSince ? { ago: Date.now() - keptSince } : {});
  const answer = await fetch(path, { method: "POST", body, signal: AbortSignal.timeout(WAIT) });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`not taken: ${answer.status}`);
  await (await caches.open(TAPS)).delete(path);
  return answer;
};

// What the server answers; without an answer, that the tap is kept.
const tap = async (path) => {
  const before = await tappedAt(path);
  const at = before ?? Date.now();
  try {
    return await send(path, before);
  } catch {
    await (await caches.open(TAPS)).put(path, new Response(String(at)));
    await registration.sync?.register("taps").catch(() => {}); // where the browser sends it even when the page is closed
    const page = await caches.match(kept);
    const text = (await page.text()).replace("data-tapped", `datetime="${new Date(at).toISOString()}"`);
    return new Response(text, { headers: page.headers });
  }
};

const open = async (request, path) => ((await tappedAt(path)) ? tap(path) : fetch(request));

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode !== "navigate") event.respondWith(fetch(request).catch(() => caches.match(request)));
  else event.respondWith(request.method === "POST" ? tap(path) : open(request, path));
});

addEventListener("sync", (event) => event.waitUntil(rest()));

// What pages that are closed have left.
const rest = async () => {
  const pathOf = ({ url }) => new URL(url).pathname;
  const shown = new Set((await clients.matchAll()).map(pathOf));
  const left = (await (await caches.open(TAPS)).keys()).map(pathOf).filter((path) => !shown.has(path));
  for (const path of left) await send(path, await tappedAt(path));
};
