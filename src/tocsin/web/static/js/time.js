// Time: clocks that count, fuses that burn, and times in the zone of the browser.
const own = document.querySelector("[data-now]");
// The server's time and ours, and how fast the server's runs: a demonstration's clock is faster than ours.
let sample = own && { server: Number(own.dataset.now), ours: Date.now() };
let pace = 1;
const now = () => (sample ? sample.server + (Date.now() - sample.ours) * pace : Date.now());

const hear = (server) => {
  const ours = Date.now();
  const passed = ours - sample.ours;
  if (passed > 3000) {
    const seen = (server - sample.server) / passed;
    pace = seen > 2.5 ? seen : 1; // below, what was said before had come late, or it was our clock that was set
  }
  if (passed > 3000 || pace === 1) sample = { server, ours };
};

const two = (number) => String(number).padStart(2, "0");

// The same spans as `brief` and `coarse` of `clocks/saying.py`.
const span = (milliseconds) => {
  const s = Math.floor(Math.max(0, milliseconds) / 1000);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86400) return `${Math.floor(s / 3600)}h ${two(Math.floor(s / 60) % 60)}m`;
  return `${Math.floor(s / 86400)}d ${Math.floor(s / 3600) % 24}h`;
};
const coarse = (milliseconds) =>
  milliseconds >= 60000 && milliseconds < 3600000 ? `${Math.floor(milliseconds / 60000)}m` : span(milliseconds);

const say = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

const count = () => {
  const at = now();
  for (const one of all("time[data-due]")) {
    const left = Number(one.dataset.due) - at;
    const said = ("coarse" in one.dataset ? coarse : span)(Math.abs(left));
    say(one, left >= 0 ? said : t("{span} late", { span: said }));
    one.classList.toggle("over", left < 0);
  }
  for (const one of all("time[data-since]")) say(one, coarse(at - Number(one.dataset.since)));
  for (const one of all(".fuse:is(.calm, .risk) .rest")) {
    const { from, due } = one.dataset;
    const left = (100 * (due - at)) / (due - from);
    one.setAttribute("width", `${Math.max(1.5, Math.min(100, left)).toFixed(2)}%`);
    if (left < 0) one.closest(".fuse").setAttribute("class", "fuse late");
  }
};

const day = (at) => words.days[at.getMonth()].replace("1", at.getDate());
const weekday = (at) => words.weekdays[at.getDay()].replace("{day}", day(at));
const clock = (at) => [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
const told = {
  short: (at) => `${day(at)} ${clock(at)}`,
  minute: (at) => clock(at).slice(0, 5),
  weekday,
  hour: (at) => {
    const today = new Date(now()).toDateString() === at.toDateString();
    return (today ? "" : `${day(at)} `) + clock(at).slice(0, 5);
  },
};

// Days of a history are those of its times: a heading stands where another day begins.
const dated = () => {
  for (const list of all(".timeline")) {
    const heads = all(".day:has(time)", list);
    let before = "";
    for (const entry of [...list.children].filter((one) => !heads.includes(one))) {
      const time = entry.querySelector("time[data-at]");
      const said = time && weekday(new Date(time.dateTime));
      const above = entry.previousElementSibling;
      if (!said || said === before) {
        if (heads.includes(above)) above.remove();
      } else {
        const head = heads.includes(above) ? above : heads[0].cloneNode(true);
        head.querySelector("time").dateTime = time.dateTime;
        entry.before(head);
        before = said;
      }
    }
  }
};

// What htmx swaps in comes in the zone of the profile, as every page does.
const localise = () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  for (const one of all("[data-zone-sent]")) one.value = timeZone;
  for (const one of all("[data-zone]")) say(one, timeZone);
  dated();
  for (const one of all("time[data-at]")) say(one, told[one.dataset.at](new Date(one.dateTime)));
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

// How long ago a slider leads back, beside it and for those who do not see it.
document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-says-back]")) return;
  const says = t("{span} ago", { span: coarse(target.value * 60000) });
  say(target.closest("label").querySelector("[data-back]"), says);
  target.setAttribute("aria-valuetext", says);
});

const zone = document.getElementById("zone");
if (zone) {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const short = abbreviation();
  zone.textContent = short === "UTC" ? t("Times are UTC.") : t("Times are those of {zone}, now {short}.", { zone: timeZone, short });
  localise();
  document.addEventListener("htmx:after:swap", localise);
}
if (sample) {
  setInterval(count, 1000);
  document.addEventListener("htmx:after:swap", count);
}
