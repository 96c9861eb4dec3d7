// Keys: everything that a pointer does. `?` shows them.
const rows = () => all(".rows .subject, .table .t-case a");
const within = (link) => link.closest(".row, tr, li");

const move = (by) => {
  const links = rows();
  const at = links.findIndex((link) => within(link).contains(document.activeElement));
  const next = links[at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by))];
  next?.focus();
  if (next) within(next).scrollIntoView({ block: "nearest" });
};

const acknowledge = () => {
  const row = document.activeElement?.closest?.(".row, tr");
  const form = (row ?? document.querySelector(".casepage main"))?.querySelector("form.acknowledge");
  if (form) form.requestSubmit();
  else remark(t(row || document.querySelector(".casepage") ? "nothing to acknowledge here" : "choose a case first: J, K"));
};

const show = (id) => {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
};
for (const button of all("[data-open]")) {
  button.hidden = false;
  button.addEventListener("click", () => show(button.dataset.open));
}

// What stands on the page with a key of its own is pressed by it.
const press = (key) => {
  const found = all(`[data-key="${CSS.escape(key)}"]`).find((one) => one.offsetParent !== null || one.closest("[popover]"));
  if (!found) return false;
  const menu = found.closest("[popover]");
  if (menu && !menu.matches(":popover-open")) menu.showPopover();
  if (found.matches("summary")) {
    found.parentElement.open = true;
    found.parentElement.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
  } else if (found.matches("input, textarea, select")) found.focus();
  else found.click();
  return true;
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  a: acknowledge,
  "?": () => show("keymap"),
  "/": () => press("/") || document.querySelector("[type=search]")?.focus(),
};

// The key of a Mac that others call Ctrl.
if (/^(Mac|iP)/.test(navigator.platform)) for (const key of all("[data-control]")) key.textContent = "⌘";

let going = 0; // until when a letter pressed after g says where to, by the clock of events: a busy page hears of keys late
const go = (key) => {
  const link = document.querySelector(`.side a[data-go="${CSS.escape(key)}"]`);
  if (link) location.assign(link.href);
};

if (document.body.dataset.keys !== "off") {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      return show("palette");
    }
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.repeat && !["j", "k"].includes(key)) return;
    if (going > event.timeStamp) {
      going = 0;
      event.preventDefault();
      return go(key);
    }
    if (key === "g") {
      going = event.timeStamp + 1500;
    } else if (keys[key]) {
      event.preventDefault();
      keys[key]();
    } else if (/^([a-z0-9]|Arrow(Left|Right))$/.test(key) && press(key)) {
      event.preventDefault();
    }
  });
}

// Choosing many cases: all of a page, the one in focus by x, and how many there are.
const chosen = () => {
  const amount = all(".choosing [name=case]:checked").length;
  for (const one of all("[data-chosen]")) one.textContent = amount;
  for (const one of all(".choosing [name=case]")) one.closest("tr").toggleAttribute("aria-selected", one.checked);
};
keys.x = () => {
  const box = document.activeElement?.closest?.("tr")?.querySelector("[name=case]");
  if (box) {
    box.checked = !box.checked;
    chosen();
  }
};
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) for (const one of all(".choosing [name=case]")) one.checked = event.target.checked;
  if (event.target.matches(".choosing [type=checkbox]")) chosen();
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("reset", () => setTimeout(chosen));
document.addEventListener("htmx:after:swap", chosen);
