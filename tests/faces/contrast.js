// Every text that one sees, as it is and in focus, with its contrast to what is behind it by WCAG 2.2 (1.4.3): [{text, where, ratio, least}].
() => {
  const colour = (css) => {
    const found = css.match(/^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/);
    if (!found) throw new Error(`a colour that this cannot read: ${css}`);
    return [Number(found[1]), Number(found[2]), Number(found[3]), found[4] === undefined ? 1 : Number(found[4])];
  };
  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3])).concat(1);
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const upwards = (element) => (element ? [element, ...upwards(element.parentElement)] : []);
  const behind = (element) =>
    upwards(element).reverse().reduce((back, each) => over(colour(getComputedStyle(each).backgroundColor), back), canvas);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const measure = (element, text, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const back = behind(element);
    const faint = upwards(element).reduce((so_far, each) => so_far * Number(getComputedStyle(each).opacity), 1);
    const own = colour(style.color);
    const alpha = own[3] * faint * (pseudo ? Number(style.opacity) : 1);
    const [light, dark] = [luminance(over([...own.slice(0, 3), alpha], back)), luminance(back)].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const where = element.tagName.toLowerCase() + [...element.classList].map((name) => `.${name}`).join("") + (pseudo || "");
    return { text: text.trim().slice(0, 40), where, ratio: (light + 0.05) / (dark + 0.05), least: large ? 3 : 4.5 };
  };
  for (const each of document.querySelectorAll("details")) each.open = true;
  const seen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 1;
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    if (!seen(element)) continue;
    const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join(" ");
    if (own.trim()) found.push(measure(element, own));
    if (own.trim() && element.matches("a, button, summary")) {
      element.focus();
      found.push(measure(element, `${own.trim()} (focused)`));
    }
    for (const pseudo of ["::before", "::after"]) {
      const content = getComputedStyle(element, pseudo).content;
      if (/^".*\S.*"$/.test(content)) found.push(measure(element, content, pseudo));
    }
    if (element.matches("input, select, textarea")) {
      found.push(measure(element, element.value || element.name));
      if (element.placeholder) found.push(measure(element, element.placeholder, "::placeholder"));
    }
  }
  return found;
}
