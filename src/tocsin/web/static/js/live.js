// Whether the page is live: said at its side, in words and with a sign.
const live = document.getElementById("live");
const glyph = live?.querySelector("use");
const drawn = glyph?.getAttribute("href");
const well = live && { title: live.querySelector("b").textContent, more: live.querySelector("small").textContent, bad: live.classList.contains("bad") };

const state = (title, more, bad) => {
  if (!live) return;
  live.hidden = false;
  say(live.querySelector("b"), title);
  say(live.querySelector("small"), more);
  live.classList.toggle("bad", bad);
  glyph.setAttribute("href", title === t("Not live") ? drawn.replace(/#.*/, "#wifi-off") : drawn);
};

// Since when the page is not live any more: when the server last said the time. Not said of a moment.
const offline = document.getElementById("offline");
let lostAt = 0;
let signedOut = false;

const connected = () => {
  lostAt = 0;
  if (offline) offline.hidden = true;
  state(well.title, well.more, well.bad);
  live.dataset.live = "";
};
const lost = () => {
  if (signedOut) return;
  state(t("Not live"), t("it tries again by itself"), true);
  delete live.dataset.live;
  if (!offline || lostAt) return;
  lostAt = sample.server;
  const time = offline.querySelector("time");
  if (time.dataset.since) time.dataset.since = lostAt;
  else {
    time.dateTime = new Date(lostAt).toISOString();
    say(time, told.hour(new Date(lostAt)));
  }
  setTimeout(() => (offline.hidden = !lostAt), 3000);
};

// How much waits for whoever reads the page: beside the names of pages, and where a tab that nobody looks at shows it.
const counted = (counts) => {
  for (const one of all("[data-count]")) {
    const amount = counts[one.dataset.count] ?? 0;
    say(one, amount.toLocaleString(html.lang));
    one.hidden = !amount;
  }
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = counts.now ? `(${counts.now}) ${title}` : title;
};
document.addEventListener("counts", (event) => counted(JSON.parse(event.detail.data)));
// A page that has no stream asks for itself, and so does one in the background, whose stream rests.
const ASKS = 30000; // milliseconds
setInterval(async () => {
  if (!live || signedOut || (connection && !document.hidden)) return;
  const answer = await fetch("/parts/counts").catch(() => null);
  if (answer?.ok && answer.headers.get("content-type") === "application/json") counted(await answer.json());
}, ASKS);

// A form that was begun would be lost with the page; sending it asks who one is, and keeps it.
const begun = () =>
  all("main :is(textarea, input:not([type=hidden], [type=search], [type=checkbox], [type=radio]))").some(
    (one) => one.value !== one.defaultValue,
  );
const leave = () => {
  signedOut = true;
  if (begun()) state(t("Signed out"), t("what you typed is kept when you send it"), true);
  else location.reload();
};

// What the server says of a stream that it refuses: nobody is signed in, or there is not what the page is narrowed to; the
// page then says so.
const refusals = { 401: leave, 422: () => location.reload() };

// For a moment, where everybody looks for it.
const remark = (text) => {
  const place = document.getElementById("remark");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(remark.timer);
  remark.timer = setTimeout(() => (place.hidden = true), 10000);
};

// A part that was drawn for many holds no token: a form gets that of its session when it is sent, and a number of its own.
const ownToken = document.querySelector(".side [name=form_token]");
document.addEventListener(
  "submit",
  (event) => {
    const token = event.target.elements.namedItem("form_token");
    if (!token || token.value || !ownToken) return;
    // As attributes: what a script gives a hidden field as its value, Firefox gives it again when the page is read anew.
    token.setAttribute("value", ownToken.value);
    event.target.elements.namedItem("once").setAttribute("value", `${Date.now()}${Math.random()}`);
  },
  true,
);

// The stream of the page. Once it was open, htmx opens it again wherever it ends. A first connection that comes to nothing
// is tried again here; and a stream in which nothing is said any more, as after a sleep, is let go.
const stream = document.querySelector("[hx-sse\\:connect]");
const SILENCE = 15000; // milliseconds; the server says the time every five seconds
let connection = null;
let heardAt = 0;

const connect = () => htmx.ajax("GET", stream.getAttribute("hx-sse:connect"), { source: stream });
const soon = () => 500 + 1500 * Math.random(); // milliseconds; not all pages at once

if (sample && live && stream) {
  document.addEventListener("time", (event) => {
    heardAt = Date.now();
    hear(Number(event.detail.data));
    if (live.dataset.live === undefined) connected();
  });
  document.addEventListener("gone", leave);
  document.addEventListener("htmx:sse:before:connection", (event) => signedOut && event.preventDefault());
  document.addEventListener("htmx:sse:after:connection", (event) => {
    heardAt = Date.now();
    connection = event.detail.connection;
    connected();
  });
  document.addEventListener("htmx:before:response", (event) => {
    const type = event.detail.ctx.response.headers.get("content-type") ?? "";
    if (event.target === stream && !type.startsWith("text/event-stream")) event.preventDefault(); // it is no part of ours
  });
  document.addEventListener("htmx:finally:request", (event) => {
    if (event.target !== stream || connection) return;
    const refused = refusals[event.detail.ctx.response?.status];
    if (refused) return refused();
    lost();
    setTimeout(connect, soon());
  });
  document.addEventListener("htmx:sse:error", (event) => (refusals[event.detail.status] ?? lost)());
  document.addEventListener("htmx:sse:close", lost);
  document.addEventListener("visibilitychange", () => (heardAt = Date.now()));
  setInterval(() => {
    if (document.hidden || !connection || Date.now() - heardAt < SILENCE) return;
    lost();
    connection.reader?.cancel();
  }, SILENCE / 3);
}
