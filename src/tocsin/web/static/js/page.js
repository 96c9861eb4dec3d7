// Words, in the language of the page, and a few things that every part of this script uses. Each page is whole without it.
const html = document.documentElement;
html.classList.add("keys");
const words = JSON.parse(document.querySelector('meta[name="words"]')?.content ?? '{"texts": {}}');
const t = (text, values = {}) =>
  Object.entries(values).reduce((said, [name, value]) => said.replace(`{${name}}`, value), words.texts[text] ?? text);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
