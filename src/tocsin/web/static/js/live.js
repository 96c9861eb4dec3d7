// Whether the page is live: said at its side, in words and with a sign.
const live = document.getElementById("live");
const well = live && { title: live.querySelector("b").textContent, more: live.querySelector("small").textContent, bad: live.classList.contains("bad") };

const state = (title, more, bad) => {
  if (!live) return;
  live.hidden = false;
  say(live.querySelector("b"), title);
  say(live.querySelector("small"), more);
  live.classList.toggle("bad", bad);
  live.classList.toggle("off", bad && title === t("Not live"));
};

const connected = () => {
  state(well.title, well.more, well.bad);
  live.dataset.live = "";
};
const lost = () => {
  state(t("Not live"), t("it tries again by itself"), true);
  delete live.dataset.live;
};

// A form that was begun would be lost with the page; sending it asks who one is, and keeps it.
const begun = () =>
  all("main :is(textarea, input:not([type=hidden], [type=search], [type=checkbox], [type=radio]))").some(
    (one) => one.value !== one.defaultValue,
  );
const leave = () =>
  begun() ? state(t("Signed out"), t("what you typed is kept when you send it"), true) : location.reload();

// For a moment, where everybody looks for it.
const remark = (text) => {
  const place = document.getElementById("remark");
  place.textContent = text;
  place.hidden = false;
  clearTimeout(remark.timer);
  remark.timer = setTimeout(() => (place.hidden = true), 4000);
};

if (sample && live) {
  document.addEventListener("time", (event) => {
    hear(Number(event.detail.data));
    if (live.dataset.live === undefined) connected();
  });
  document.addEventListener("gone", leave);
  document.addEventListener("htmx:sse:after:connection", connected);
  document.addEventListener("htmx:sse:error", lost);
  document.addEventListener("htmx:sse:close", lost);
}
