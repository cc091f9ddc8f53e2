// Small helpers for making elements. Styles from messages go through the CSSOM, so a strict CSP may stand.

/** An element with properties (`class`, `text`, `lang`, `aria-…`, `on…`) and children. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Sets the CSS properties that have a value. */
export function style(node, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== "") node.style.setProperty(name, value);
  }
  return node;
}

/** The language of a text, as far as its letters tell; undefined when Japanese or unclear. */
export function languageOf(text) {
  if (/[\u3040-\u30ff]/.test(text)) return undefined;
  if (/[\uac00-\ud7af]/.test(text)) return "ko";
  if (/[\u4e00-\u9fff]/.test(text)) return undefined;
  if (/[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(text)) return "vi";
  if (/[ãõç]/i.test(text)) return "pt";
  return /[a-z]{3}/i.test(text) ? "en" : undefined;
}

const LINKS = /(https?:\/\/[^\s<>"「」『』（）、。]+)|(?<![\d-])(0\d{1,4}-\d{1,4}-\d{3,4})(?![\d-])/g;

/** Text with web addresses and telephone numbers as links. */
export function linked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    parts.append(text.slice(end, match.index));
    parts.append(match[1] ? outside(match[1], match[1]) : el("a", { href: `tel:${match[2]}`, text: match[2] }));
    end = match.index + match[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

/** A link that leaves the phone. */
export function outside(href, text, properties = {}) {
  const web = /^https?:/.test(href);
  return el("a", { href, text, ...(web ? { target: "_blank", rel: "noopener noreferrer" } : {}), ...properties });
}
