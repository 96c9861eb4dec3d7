// The worker of the page at night, and of nothing else: where Tocsin cannot be reached, it keeps a tap on Acknowledge, and
// sends it as soon as the page can be reached again. Of what a page says it keeps only the answer to such a tap, until
// that was seen.
const TAPS = "taps"; // by path: when it was tapped
const ANSWERS = "answers"; // by path, until a page that shows it takes it away (`night.js`)
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
  if (!page.ok) throw new Error(`what is shown without a network cannot be had: ${page.status}`);
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

const send = async (path, at) => {
  const body = new URLSearchParams(at ? { ago: Date.now() - at } : {});
  const answer = await fetch(path, { method: "POST", body, signal: AbortSignal.timeout(WAIT) });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`not taken: ${answer.status}`);
  return answer;
};

// A page and the browser itself may both want to send what was kept: one does, and its answer is kept for the page.
const sendKept = (path) =>
  navigator.locks.request(path, async () => {
    const at = await tappedAt(path);
    if (!at) return;
    const answer = await send(path, at);
    await (await caches.open(ANSWERS)).put(path, answer);
    await (await caches.open(TAPS)).delete(path);
  });

// What the worker shows while it keeps a tap: with its time in the place that is left for it.
const shown = async (at) => {
  const page = await caches.match(kept);
  const time = `<time class="due" data-kept datetime="${new Date(at).toISOString()}"></time>`;
  const text = (await page.text()).replace("<span data-tapped></span>", time);
  return new Response(text, { headers: page.headers });
};

const keep = async (path) => {
  const at = Date.now();
  await (await caches.open(TAPS)).put(path, new Response(String(at)));
  await registration.sync?.register(TAPS).catch(() => {}); // where the browser sends it even when the page is closed
  return shown(at);
};

// A page that is looked at: first it sends what was kept of it; without an answer that stays kept.
const look = async (request, path) => {
  await sendKept(path).catch(() => {});
  const at = await tappedAt(path);
  return at ? shown(at) : ((await (await caches.open(ANSWERS)).match(path)) ?? fetch(request));
};

const tap = async (request, path) => ((await tappedAt(path)) ? look(request, path) : send(path).catch(() => keep(path)));

addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode !== "navigate") event.respondWith(fetch(request).catch(() => caches.match(request)));
  else event.respondWith(request.method === "POST" ? tap(request, path) : look(request, path));
});

addEventListener("sync", (event) => event.waitUntil(sendAll()));

const sendAll = async () => {
  const left = await (await caches.open(TAPS)).keys();
  await Promise.all(left.map(({ url }) => sendKept(new URL(url).pathname)));
};
