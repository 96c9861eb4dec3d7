// A tap does what was seen. Where a change of the page by somebody else puts another act under the finger, what is tapped
// within the time that people take to see that does nothing, and says so.
const REACTION = 500; // milliseconds
const PRESSED = ":is(button, summary, a)";
let befores = []; // what stood where before each change of the last half second: the oldest first
let pressed = null; // what a pointer went down on

const meaning = (one) => {
  const { name, value } = one;
  const within = one.closest("details")?.id;
  return [one.form?.action ?? one.href, name, value, one.getAttribute("popovertarget"), within, one.textContent.trim()].join("\n");
};
const places = () =>
  all(`main ${PRESSED}`)
    .filter((one) => one.checkVisibility())
    .map((one) => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      return { left: left + scrollX, right: right + scrollX, top: top + scrollY, bottom: bottom + scrollY, means: meaning(one) };
    });
const stood = (known, x, y) => known.find((one) => one.left <= x && x < one.right && one.top <= y && y < one.bottom);

document.addEventListener("htmx:before:swap", () => {
  const at = Date.now();
  befores = [...befores.filter((one) => at - one.at < REACTION), { at, known: places() }];
});
addEventListener(
  "pointerdown",
  ({ target }) => {
    const one = target.closest?.(PRESSED);
    pressed = one && { means: meaning(one) };
  },
  true,
);
addEventListener(
  "click",
  (event) => {
    const one = event.target.closest?.("main :is(button, summary)");
    const down = pressed;
    pressed = null;
    if (!one || !event.detail) return; // by a key, which names its act
    const before = befores.find(({ at }) => Date.now() - at < REACTION);
    const seen = down ? [down] : [];
    const there = before && stood(before.known, event.pageX, event.pageY);
    if (there) seen.push(there);
    if (seen.every(({ means }) => means === meaning(one))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    remark(t("The page changed as you pressed: nothing was done."));
  },
  true,
);
