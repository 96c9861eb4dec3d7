// Find or do: what is typed is looked up as one types; arrows choose, Enter goes there or does it.
const palette = document.getElementById("palette");
if (palette) {
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const options = () => all("[role=option]:not([aria-disabled])", list);
  let asked = 0;
  let listed = null; // what was typed when the list was made

  const choose = (option) => {
    for (const one of all("[aria-selected=true]", list)) one.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    options().forEach((one, index) => (one.id = `option-${index}`));
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
  };

  const look = async () => {
    const mine = ++asked;
    const typed = field.value;
    const query = new URLSearchParams({ q: typed, case: document.body.dataset.case ?? "" });
    try {
      const answer = await fetch(`/parts/palette?${query}`, { headers: { "hx-request": "true" } });
      if (mine !== asked || !answer.ok) return;
      const found = await answer.text();
      if (mine !== asked) return;
      list.innerHTML = found;
      listed = typed;
      choose(options()[0]);
    } catch {
      list.textContent = t("Not live");
    }
  };

  const selected = () => options().find((one) => one.getAttribute("aria-selected") === "true");
  const take = (option) => {
    if (!option) return palette.querySelector("form").submit();
    if (option.dataset.href) return location.assign(option.dataset.href);
    palette.close();
    openAct(option.dataset.act);
  };

  // Enter is meant for what is typed: a list of what was typed before is made anew first.
  const enter = async () => {
    const typed = field.value;
    if (listed !== typed) {
      clearTimeout(waiting);
      await look();
    }
    if (palette.open && field.value === typed) take(listed === typed ? selected() : null);
  };

  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 120);
  });
  palette.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const every = options();
      choose(every[(every.indexOf(selected()) + step + every.length) % every.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter();
    }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option) take(option);
  });
  new MutationObserver(() => {
    if (palette.open) look();
  }).observe(palette, { attributeFilter: ["open"] });
}

// The form of an act, wherever it stands on the page.
function openAct(name) {
  const form = document.getElementById(`act-${name}`) ?? document.querySelector(`form[action$="/${CSS.escape(name)}"]`);
  if (!form) return;
  const details = form.closest("details") ?? form;
  if (details.matches("details")) details.open = true;
  form.closest("[popover]")?.showPopover();
  details.scrollIntoView({ block: "center" });
  form.querySelector("textarea, input:not([type=hidden]), select, button")?.focus();
}
