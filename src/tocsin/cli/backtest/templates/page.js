// The cards, the list, and the sliders that change them.
const STEP = 100; // cases that the list grows by
let shown = STEP;

const share = (part) => {
  if (!data.total) return "";
  const found = part / data.total;
  return found > 0 && found < 0.0001 ? "under 0.01 %" : `${(100 * found).toFixed(2)} %`;
};

const say = (selector, text) => {
  const found = document.querySelector(selector);
  if (found) found.textContent = text;
};

const cards = (found) => {
  for (const name of [...LEVELS, "technical", "relationship", "woken"]) say(`[data-count="${name}"]`, figure(found[name]));
  for (const level of LEVELS) say(`[data-share="${level}"]`, share(found[level]));
  for (const [level, aim] of Object.entries(data.aims)) {
    const within = found[level] <= aim * data.total ? "within" : "above";
    say(`[data-aim="${level}"]`, `aim: at most ${+(100 * aim).toPrecision(6)} %, ${within}`);
  }
  const nights = found.weeks.map((week) => week.woken);
  const sum = nights.reduce((all, one) => all + one, 0);
  const average = nights.length ? sum / nights.length : 0;
  const text = average >= 10 ? average.toFixed(1) : `${+average.toPrecision(2)}`;
  say('[data-count="woken-weekly"]', `${text} a week, worst ${Math.max(0, ...nights)}`);
};

const because = (found, score, minimums, reasons) => {
  const first = [];
  if (found.reached) first.push(`score ${score} reaches ${LEVELS[found.reached]} (${at.get(LEVELS[found.reached])})`);
  if (found.rank > found.reached) first.push(`level ${LEVELS[found.rank]}: minimums ${minimums.join(", ")}`);
  return [...first, ...reasons].join("; ");
};

const row = (one) => {
  const [score, , , , , ticket, subject, opened, severity, team, minimums, reasons] = one.entry;
  const texts = (places) => places.map((place) => data.texts[place]);
  const level = LEVELS[one.now.rank];
  const cells = [
    ticket,
    one.was.rank === one.now.rank ? level : `${level}, was ${LEVELS[one.was.rank]}`,
    `${+score.toFixed(2)}`,
    `${subject} (${[opened, data.texts[severity], data.texts[team]].filter(Boolean).join(", ")})`,
    because(one.now, score, texts(minimums), texts(reasons)),
  ];
  const line = document.createElement("tr");
  cells.forEach((text, place) => {
    const cell = document.createElement("td");
    cell.textContent = text;
    if (place === 1) cell.className = level;
    line.append(cell);
  });
  return line;
};

const list = (found) => {
  const which = by("which").value;
  const wanted = by("words").value.trim().toLowerCase();
  const says = (one) => `${one.entry[5]} ${one.entry[6]}`.toLowerCase().includes(wanted);
  const picked = data.cases
    .map((entry) => ({ entry, now: stand(entry, at), was: stand(entry, policy) }))
    .filter((one) => which === "all" || (which === "escalated" ? one.now.rank > 0 : one.now.rank !== one.was.rank))
    .filter((one) => !wanted || says(one))
    .sort((one, other) => other.now.rank - one.now.rank || other.entry[0] - one.entry[0]);
  by("list").replaceChildren(...picked.slice(0, shown).map(row));
  by("more").hidden = picked.length <= shown;
  const all = found.senior + found.executive;
  const listed = data.cases.length < data.total ? `; the list knows the highest ${figure(data.cases.length)} cases` : "";
  by("shown").textContent = `${figure(picked.length)} cases, of ${figure(all)} escalated${listed}`;
};

const update = () => {
  for (const input of document.querySelectorAll("#sliders input")) {
    if (input !== document.activeElement || input.type === "range") input.value = at.get(input.dataset.level);
  }
  const found = count(at);
  cards(found);
  histogram(found);
  weekly(found);
  list(found);
};

const set = (level, value) => {
  const number = Number(value);
  if (value === "" || !Number.isFinite(number) || !at.has(level)) return;
  at.set(level, Math.min(100, Math.max(0, number)));
  for (const other of at.keys()) { // a higher level never begins below a lower one
    const above = rankOf(other) > rankOf(level);
    if (other !== level) at.set(other, above ? Math.max(at.get(other), at.get(level)) : Math.min(at.get(other), at.get(level)));
  }
};

const fromAddress = () => {
  at = new Map(policy);
  for (const [level, value] of new URLSearchParams(location.hash.slice(1))) set(level, value);
  update();
};

by("sliders").addEventListener("input", (event) => {
  shown = STEP;
  set(event.target.dataset.level, event.target.value);
  update();
});
by("sliders").addEventListener("submit", (event) => event.preventDefault());
by("filter").addEventListener("submit", (event) => event.preventDefault());
by("sliders").addEventListener("reset", (event) => {
  event.preventDefault();
  at = new Map(policy);
  update();
});
by("filter").addEventListener("input", () => {
  shown = STEP;
  update();
});
by("more").addEventListener("click", () => {
  shown += STEP;
  update();
});
addEventListener("hashchange", fromAddress);
for (const hidden of document.querySelectorAll("#sliders, #filter, [data-chart]")) hidden.hidden = false;
fromAddress();
