// Forms of acts: folds in the place of their buttons, which are whole without this. Here they take the focus, close like
// a menu, and what was typed outlives a change of the page by somebody else.
const field = "textarea, input:not([type=hidden]), select";
const typed = (form) => all(field, form).some((one) => one.value !== one.defaultValue && !one.matches("select"));

document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches?.("details.act") && event.target.open) event.target.querySelector(field)?.focus();
  },
  true,
);

const shut = (fold) => {
  fold.open = false;
  fold.querySelector("summary").focus();
};
document.addEventListener("keydown", (event) => {
  const fold = event.target.closest?.("details.act[open]");
  if (event.key === "Escape" && fold) {
    event.stopPropagation();
    shut(fold);
  }
});
document.addEventListener("click", (event) => {
  for (const fold of all(".tools > details.act[open]")) {
    if (!fold.contains(event.target) && !typed(fold)) fold.open = false;
  }
});

// The menus of the frame close likewise.
const MENUS = ":is(.side .user, .tabs > details)[open]";
document.addEventListener("keydown", (event) => event.key === "Escape" && all(MENUS).forEach(shut));
document.addEventListener("click", ({ target }) => {
  for (const menu of all(MENUS)) if (!menu.contains(target)) menu.open = false;
});

// A form that somebody types in stays as it was shown, so that the server sees what its writer had seen.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("#case form");
  if (form) form.toggleAttribute("hx-morph-skip", typed(form));
});

// Where the act went out of reach meanwhile, the form with its text stands above; sending it says why not, and keeps it.
let held = [];
document.addEventListener("htmx:before:swap", () => {
  held = all("#case form[hx-morph-skip]");
});
document.addEventListener("htmx:after:swap", () => {
  const place = document.getElementById("kept");
  for (const form of held.filter((one) => !one.isConnected)) {
    place.hidden = false;
    place.append(form);
  }
});

// Without a network the browser would leave the page for an error of its own, and what was typed with it.
document.addEventListener("submit", (event) => {
  if (navigator.onLine || event.target.getAttribute("method") !== "post") return;
  event.preventDefault();
  remark(t("There is no connection: nothing was sent. What you wrote stays here."));
});
