/** The element with that id. */
export function byId(id) {
  return document.querySelector(`#${CSS.escape(id)}`);
}

/** A new element with attributes (`text` is its content) and children. */
export function element(name, { text, ...attributes } = {}, children = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}
