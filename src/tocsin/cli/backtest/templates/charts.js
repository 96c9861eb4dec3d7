// The histogram of scores and the chart of weeks.
const by = (id) => document.getElementById(id);

const draw = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

const chart = (place, label, width, height) => {
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  place.replaceChildren(svg);
  return svg;
};

const stacked = (svg, x, width, floor, height, parts, tip) => {
  const all = parts.reduce((sum, one) => sum + one, 0);
  let y = floor;
  parts.forEach((part, rank) => {
    if (!part) return;
    const tall = Math.max(1, (height * part) / all);
    y -= tall;
    const bar = draw("rect", { x, y, width, height: tall, class: `fill-${LEVELS[rank]}` });
    bar.append(draw("title", {}, tip));
    svg.append(bar);
  });
};

const histogram = (found) => {
  const width = 800, height = 240, floor = 210, tall = 180;
  const label = `Scores: ${figure(found.senior)} senior and ${figure(found.executive)} executive of ${figure(data.total)} cases`;
  const svg = chart(by("histogram"), label, width, height);
  const scale = (score) => 10 + (score / (100 + BIN)) * (width - 20);
  const most = Math.max(1, ...found.bins.map((bin) => bin[0] + bin[1] + bin[2]));
  found.bins.forEach((bin, place) => {
    const all = bin[0] + bin[1] + bin[2];
    const tip = `${place * BIN} to ${place * BIN + BIN}: ${figure(all)} cases`;
    stacked(svg, scale(place * BIN) + 0.5, scale(BIN) - scale(0) - 1, floor, tall * Math.sqrt(all / most), bin, tip);
  });
  svg.append(draw("line", { x1: 10, x2: width - 10, y1: floor, y2: floor, class: "axis" }));
  for (let tick = 0; tick <= 100; tick += 20) {
    svg.append(draw("text", { x: scale(tick), y: floor + 18, "text-anchor": "middle" }, tick));
  }
  [...at].forEach(([level, from], row) => {
    svg.append(draw("line", { x1: scale(from), x2: scale(from), y1: 8, y2: floor, class: "mark" }));
    const before = from > 80;
    const spot = { x: scale(from) + (before ? -5 : 5), y: 18 + row * 16, "text-anchor": before ? "end" : "start" };
    svg.append(draw("text", spot, `${level} ${from}`));
  });
};

const weekly = (found) => {
  const width = 800, height = 220, floor = 190, tall = 160;
  const sums = found.weeks.map((week) => week.senior + week.executive);
  const most = Math.max(1, ...sums);
  const svg = chart(by("by-week"), `Escalations a week: at most ${Math.max(0, ...sums)}`, width, height);
  const wide = (width - 50) / Math.max(1, sums.length);
  const each = Math.max(1, Math.ceil(sums.length / 8));
  found.weeks.forEach((week, place) => {
    const x = 40 + place * wide;
    const tip = `week of ${data.weeks[place]}: ${week.senior} senior, ${week.executive} executive, ${week.woken} woken`;
    const room = Math.min(wide, 60);
    stacked(svg, x + room * 0.1, room * 0.8, floor, (tall * sums[place]) / most, [0, week.senior, week.executive], tip);
    if (week.woken) {
      const dot = draw("circle", { cx: x + room / 2, cy: floor - (tall * week.woken) / most, r: 4, class: "dot" });
      dot.append(draw("title", {}, tip));
      svg.append(dot);
    }
    if (place % each === 0) svg.append(draw("text", { x, y: floor + 18 }, data.weeks[place]));
  });
  svg.append(draw("line", { x1: 40, x2: width - 10, y1: floor, y2: floor, class: "axis" }));
  svg.append(draw("text", { x: 34, y: floor - tall + 5, "text-anchor": "end" }, most));
  svg.append(draw("text", { x: 34, y: floor, "text-anchor": "end" }, 0));
};
