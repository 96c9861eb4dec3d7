// The worker of the page at night, and of nothing else: where Tocsin cannot be reached, it keeps a tap on Acknowledge or
// Decline, and sends it as soon as the page can be reached again. Of what a page says it keeps only what its case is
// called, until the tap is sent, and the answer to it, until that was seen.
const TAPS = "taps"; // by path: when it was tapped; in headers, what was, and of which case
const ANSWERS = "answers"; // by path, until a page that shows it takes it away (`night.js`)
const SHELL = "shell";
const WAIT = 10000; // milliseconds that an answer may take
const ours = new URL(location);
const shell = (given) => new URL(`kept${ours.search}&given=${given}`, ours).href; // what is shown while a tap is kept

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(prepare());
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const prepare = async () => {
  const shells = await caches.open(SHELL);
  for (const address of [shell("acknowledge"), shell("decline")]) {
    const page = await fetch(address);
    if (!page.ok) throw new Error(`what is shown without a network cannot be had: ${page.status}`);
    const text = await page.clone().text();
    const needed = [...text.matchAll(/(?:href|src)="(\.\.\/static\/[^"]+)"/g)].map((found) => new URL(found[1], ours).href);
    await shells.addAll(needed);
    await shells.put(address, page);
  }
};

// A tap whose answer was not sent yet: `at` when, what was `given`, and what its case is `called`.
const tapOf = async (path) => {
  const found = await (await caches.open(TAPS)).match(path);
  if (!found) return null;
  const given = found.headers.get("given") ?? "acknowledge";
  return { at: Number(await found.text()), given, called: decodeURIComponent(found.headers.get("called") ?? "") };
};

const send = async (path, given, at) => {
  const body = new URLSearchParams({ given, ...(at && { ago: Date.now() - at }) });
  const answer = await fetch(path, { method: "POST", body, signal: AbortSignal.timeout(WAIT) });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`not taken: ${answer.status}`);
  return answer;
};

// A page and the browser itself may both want to send what was kept: one does, and its answer is kept for the page.
const sendKept = (path) =>
  navigator.locks.request(path, async () => {
    const tap = await tapOf(path);
    if (!tap) return;
    const answer = await send(path, tap.given, tap.at);
    await (await caches.open(ANSWERS)).put(path, answer);
    await (await caches.open(TAPS)).delete(path);
  });

// What the worker shows while it keeps a tap: with its time and its case in the places that are left for them.
const shown = async ({ at, given, called }) => {
  const page = await caches.match(shell(given));
  const time = `<time class="due" data-kept datetime="${new Date(at).toISOString()}"></time>`;
  const plain = called.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const text = (await page.text()).replace("<span data-tapped></span>", time).replace("<b data-called></b>", () => `<b>${plain}</b>`);
  return new Response(text, { headers: page.headers });
};

const keep = (path, given, called) =>
  navigator.locks.request(path, async () => {
    const at = Date.now();
    const headers = { given, called: encodeURIComponent(called) };
    await (await caches.open(TAPS)).put(path, new Response(String(at), { headers }));
    await registration.sync?.register(TAPS).catch(() => {}); // where the browser sends it even when the page is closed
    return shown({ at, given, called });
  });

// A page that is looked at: first it sends what was kept of it; without an answer that stays kept.
const look = async (request, path) => {
  await sendKept(path).catch(() => {});
  const tap = await tapOf(path);
  return tap ? shown(tap) : ((await (await caches.open(ANSWERS)).match(path)) ?? fetch(request));
};

// Of two taps without network, the later one is meant.
const tap = async (request, path) => {
  const { given = "acknowledge", called = "" } = Object.fromEntries(await request.formData());
  const before = await tapOf(path);
  if (before && before.given !== given) await keep(path, given, called);
  return before ? look(request, path) : send(path, given).catch(() => keep(path, given, called));
};

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
