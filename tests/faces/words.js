// Words of ours that are not whole on a page as it is shown: broken over two lines, or cut at the edge of what holds them:
// [what]. What others wrote stands in `bdi`, `code`, `pre` or what is marked with `dir`, or is an address.
() => {
  const theirs = "bdi, [dir=auto], code, pre, samp, kbd, textarea, option, svg, .vh, .skip, dialog:not([open]) *, [popover]:not(:popover-open) *";
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const cuts = (element) => {
    const style = getComputedStyle(element);
    return style.overflowX !== "visible" && style.overflowX !== "auto" && style.overflowX !== "scroll" ? element : null;
  };
  const holder = (element) => (element && element !== document.body ? cuts(element) ?? holder(element.parentElement) : null);
  const wrong = [];
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) {
    const node = all.currentNode;
    const element = node.parentElement;
    if (element.closest(theirs) || !seen(element)) continue;
    const within = holder(element);
    const edge = within?.getBoundingClientRect();
    if (edge && edge.width <= 1) continue; // for ears alone
    for (const word of node.data.matchAll(/(?<!\S)[\p{L}\p{N}]+(?![^\s.,:;?!)])/gu)) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      const lines = new Set(boxes.map((box) => Math.round(box.top)));
      if (lines.size > 1) wrong.push(`${word[0]} is broken, in ${element.tagName.toLowerCase()}.${element.className}`);
      else if (edge && boxes.some((box) => box.right > edge.right + 1 || box.left < edge.left - 1))
        wrong.push(`${word[0]} is cut, in ${within.tagName.toLowerCase()}.${within.className}`);
    }
  }
  return wrong;
}
