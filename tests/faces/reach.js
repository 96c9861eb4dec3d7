// What keys reach on a page as it is shown, each in focus once: {count, wrong}. Wrong is what does not show that it is in
// focus, what something else covers then, and what comes before its turn.
() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled, [tabindex='-1'], dialog *");
  const marked = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const covered = (element) => {
    const box = element.getClientRects()[0];
    const x = box.left + Math.min(box.width / 2, 40);
    const y = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2; // of what is in sight, where it is tall
    if (x < 0 || y < box.top || x >= innerWidth || y > box.bottom) return "it is out of sight";
    const there = document.elementFromPoint(x, y);
    const own = there && (element.contains(there) || there.contains(element) || element.closest("label")?.contains(there));
    return own ? "" : `${there?.tagName.toLowerCase()}.${there?.getAttribute("class")} covers it`;
  };
  const wrong = [];
  const name = (element) => `${element.tagName.toLowerCase()} ${(element.ariaLabel ?? element.textContent).trim().slice(0, 40)}`;
  const all = [...document.querySelectorAll(wanted)].filter(seen);
  for (const element of all) {
    if (element.tabIndex > 0) wrong.push(`${name(element)}: it comes before its turn`);
    element.focus({ focusVisible: true });
    if (document.activeElement !== element) wrong.push(`${name(element)}: it takes no focus`);
    else if (!marked(element) && ![...element.querySelectorAll("*"), element.closest("label, form") ?? element].some(marked))
      wrong.push(`${name(element)}: one does not see that it is in focus`);
    else if (covered(element)) wrong.push(`${name(element)}: ${covered(element)}`);
  }
  document.activeElement?.blur();
  scrollTo(0, 0);
  return { count: all.length, wrong };
}
