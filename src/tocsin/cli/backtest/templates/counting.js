"use strict";
// What the page knows, and what other thresholds make of it. The engine counts the same; tests hold one against the other.
const data = JSON.parse(document.getElementById("data").textContent);
const LEVELS = ["standard", "senior", "executive"];
const BIN = 2; // points of a bar
const policy = new Map(data.thresholds); // from the highest level down, as the engine asks them
let at = new Map(policy);

const rankOf = (level) => LEVELS.indexOf(level);
const figure = (number) => number.toLocaleString("en");

// What the engine does with a case at these thresholds; see docs/backtest.md.
const stand = ([score, technical, relationship, wakes], thresholds) => {
  let reached = 0;
  for (const [level, from] of thresholds) {
    if (score >= from) {
      reached = rankOf(level);
      break;
    }
  }
  const rank = Math.max(reached, technical, relationship);
  const kind = Math.max(reached, technical) ? "technical" : relationship ? "relationship" : null;
  const woken = kind === "technical" && (wakes & (1 << (rank - 1))) !== 0;
  return { reached, rank, kind, woken };
};

const count = (thresholds) => {
  const found = { standard: 0, senior: 0, executive: 0, technical: 0, relationship: 0, woken: 0 };
  const weeks = data.weeks.map(() => ({ senior: 0, executive: 0, woken: 0 }));
  const bins = Array.from({ length: 100 / BIN + 1 }, () => [0, 0, 0]);
  for (const cell of data.cells) {
    const [week, cases] = cell.slice(4);
    const { rank, kind, woken } = stand(cell, thresholds);
    found[LEVELS[rank]] += cases;
    bins[Math.min(Math.floor(cell[0] / BIN), bins.length - 1)][rank] += cases;
    if (kind) found[kind] += cases;
    if (woken) found.woken += cases;
    if (week >= 0 && rank) weeks[week][LEVELS[rank]] += cases;
    if (week >= 0 && woken) weeks[week].woken += cases;
  }
  return { ...found, weeks, bins };
};
