// Elements, of drawings and of the page.

const NS = 'http://www.w3.org/2000/svg';

// svg returns an SVG element.
export function svg(tag, attributes = {}, text) {
  const e = document.createElementNS(NS, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, v);
  if (text != null) e.textContent = text;
  return e;
}

// html returns an HTML element with attributes and children, text or elements.
export function html(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (v === true) e.setAttribute(k, '');
    else if (v !== false && v != null) e.setAttribute(k, v);
  }
  e.append(...children);
  return e;
}
