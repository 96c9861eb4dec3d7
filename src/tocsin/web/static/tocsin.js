"use strict";
// What the pages do beside showing themselves: clocks that count, times in the reader's zone, keys, and whether they are
// live. All of it is read without this file; htmx fetches what changed.
(() => {
  const rows = () => [...document.querySelectorAll(".rows .subject")];
  const own = document.querySelector("[data-now]");
  // The server's time and ours, and how fast the server's runs: a demonstration's clock is faster than ours.
  let sample = own && { server: Number(own.dataset.now), ours: Date.now() };
  let pace = 1;

  const now = () => sample.server + (Date.now() - sample.ours) * pace;

  const hear = (server) => {
    const ours = Date.now();
    const passed = ours - sample.ours;
    if (passed > 3000) {
      const seen = (server - sample.server) / passed;
      pace = seen > 1.2 || seen < 0.8 ? seen : 1;
    }
    if (passed > 3000 || pace === 1) sample = { server, ours };
  };

  const two = (number) => String(number).padStart(2, "0");
  // What is said here, in the language of the page.
  const words = JSON.parse(document.documentElement.dataset.words ?? '{"texts": {}}');
  const t = (text, values = {}) =>
    Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), words.texts[text] ?? text);

  // The same spans as `clocks/saying.py`.
  const span = (milliseconds) => {
    const s = Math.floor(milliseconds / 1000);
    const also = (rest, unit) => (rest ? ` ${rest} ${unit}` : "");
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} m`;
    if (s < 86400) return `${Math.floor(s / 3600)} h${also(Math.floor(s / 60) % 60, "m")}`;
    return `${Math.floor(s / 86400)} d${also(Math.floor(s / 3600) % 24, "h")}`;
  };

  const count = () => {
    const at = now();
    for (const one of document.querySelectorAll("[data-due]")) {
      const left = Number(one.dataset.due) - at;
      one.textContent = left >= 0 ? t("due in {span}", { span: span(left) }) : t("overdue by {span}", { span: span(-left) });
      one.classList.toggle("over", left < 0);
    }
    for (const one of document.querySelectorAll("[data-since]")) {
      one.textContent = span(Math.max(0, at - Number(one.dataset.since)));
    }
  };

  const day = (at) => words.days[at.getMonth()].replace("1", at.getDate());
  const time = (at) => [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  const told = {
    short: (at) => `${day(at)} ${time(at)}`,
    full: (at) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time(at)}`,
  };

  // What htmx swaps in comes in the zone of the profile, as every page does.
  const localise = () => {
    for (const one of document.querySelectorAll("time[data-at]")) {
      one.textContent = told[one.dataset.at](new Date(one.dateTime));
    }
  };

  // Of one zone some languages know a name, and others only how far it is from UTC.
  const abbreviation = () => {
    const short = (locale) =>
      new Intl.DateTimeFormat(locale, { timeZoneName: "short" })
        .formatToParts()
        .find((part) => part.type === "timeZoneName").value;
    const names = [...navigator.languages.filter((one) => one.startsWith("en")), "en-GB", "en-US"].map(short);
    return names.find((name) => !/\d/.test(name)) ?? names[0];
  };

  const zone = document.getElementById("zone");
  if (zone) {
    const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
    const short = abbreviation();
    zone.textContent = short === "UTC" ? t("Times are UTC.") : t("Times are those of {zone}, now {short}.", { zone: timeZone, short });
    localise();
    document.addEventListener("htmx:after:swap", localise);
  }

  const live = document.getElementById("live");
  const say = (text, good) => {
    live.hidden = false;
    live.textContent = text;
    live.classList.toggle("good", good);
  };

  // For a moment, in the place of whether the page is live.
  let before = null;
  const remark = (text) => {
    before ??= { text: live.textContent, hidden: live.hidden, good: live.classList.contains("good") };
    say(text, false);
    setTimeout(() => {
      if (before && live.textContent === text) {
        say(before.text, before.good);
        live.hidden = before.hidden;
      }
      before = null;
    }, 4000);
  };

  const move = (by) => {
    const all = rows();
    const at = all.findIndex((link) => link.closest(".row").contains(document.activeElement));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
    next?.focus();
    next?.closest(".row").scrollIntoView({ block: "nearest" });
  };

  const acknowledge = () => {
    const row = document.activeElement?.closest?.(".row");
    const form = (row ?? document.querySelector("header.case"))?.querySelector("form.acknowledge");
    if (form) form.requestSubmit();
    else remark(t(row || document.querySelector("header.case") ? "nothing to acknowledge here" : "choose a case first: j, k"));
  };

  // A form that was begun would be lost with the page; sending it asks who one is, and keeps it.
  const begun = () =>
    [...document.querySelectorAll(".act :is(textarea, input:not([type=hidden]))")].some((one) => one.value !== one.defaultValue);
  const leave = () => (begun() ? say(t("signed out: what you typed is kept when you send it"), false) : location.reload());

  const help = document.getElementById("help");
  const keys = {
    j: () => move(1),
    k: () => move(-1),
    a: acknowledge,
    n: () => location.assign("/"),
    "?": () => help.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.key === "a" || help?.open) return;
    if (event.target.closest("input, textarea, select")) return;
    if (help && keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  if (help) {
    const button = document.getElementById("keys");
    button.hidden = false;
    button.addEventListener("click", () => help.showModal());
  }
  if (sample) {
    setInterval(count, 1000);
    document.addEventListener("htmx:after:swap", count);
    document.addEventListener("time", (event) => hear(Number(event.detail.data)));
    document.addEventListener("gone", leave);
    document.addEventListener("htmx:sse:after:connection", () => say(t("live"), true));
    document.addEventListener("htmx:sse:error", () => say(t("not live: reconnecting"), false));
    document.addEventListener("htmx:sse:close", () => say(t("not live: reload the page"), false));
  }
})();
