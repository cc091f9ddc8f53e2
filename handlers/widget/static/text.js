// Text of the city as elements: headings, lists, telephone numbers to call, readings above kanji. Never as markup.

const ADDRESS = /https?:\/\/[\w\-.~:/?#@!$&'*+,;=%]+/g;
const PHONE = /0\d{1,3}-\d{2,4}-\d{3,4}|#\d{4}(?!\d)/g;
const READING = /([一-龯々〆ヶ]+)\(([ぁ-んー]+)\)/g;
// 「■だれが　本人か…」 is a heading and its text; a whole sentence after ■ is none.
const HEADING = /^■\s*([^　]*[^　。])(?:　+(.*))?$/u;
const ITEM = /^(?:・|■|- |• )\s*(.*)$/u;

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export const langOf = (language) => ({ easy: "ja", zh: "zh-Hans" })[language] || language;

// Attributes of an element whose text is in one of the city's languages. やさしい日本語 is Japanese, so it is marked apart.
export const inLanguage = (language) => ({
  lang: langOf(language),
  "data-language": language === "easy" ? "easy" : null,
});

export const telephone = (phone) => element("a", { href: `tel:${phone.replace(/-/g, "")}` }, phone);

// A line as nodes. An address opens beside the city's page; what looks like a telephone number inside one is part of it.
// Readings in brackets stand above their kanji where the language is やさしい日本語.
export function inline(text, language = "ja") {
  const nodes = within(split(text, ADDRESS, address), PHONE, (match) => telephone(match[0]));
  return language === "easy" ? within(nodes, READING, ruby) : nodes;
}

const address = (match) => element("a", { href: match[0], target: "_blank", rel: "noopener" }, match[0]);

const within = (nodes, pattern, make) =>
  nodes.flatMap((node) => (typeof node === "string" ? split(node, pattern, make) : [node]));

function ruby(match) {
  return element("ruby", {}, match[1], element("rp", {}, "("), element("rt", {}, match[2]), element("rp", {}, ")"));
}

function split(text, pattern, make) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(done, match.index), make(match));
    done = match.index + match[0].length;
  }
  return [...nodes, text.slice(done)].filter((node) => node !== "");
}

// A text as paragraphs, headings and lists, by the marks that staff use (■ and ・).
export function paragraphs(text, language, headingLevel = 3) {
  const blocks = [];
  let open = null;
  const into = (name) => {
    if (!open || open.localName !== name) blocks.push((open = element(name)));
    return open;
  };
  for (const line of text.trim().split("\n")) {
    const heading = line.match(HEADING);
    const item = line.match(ITEM);
    if (!line.trim()) {
      open = null;
    } else if (heading) {
      blocks.push(element(`h${headingLevel}`, {}, ...inline(heading[1], language)));
      open = null;
      if (heading[2]) into("p").append(...inline(heading[2], language));
    } else if (item) {
      into("ul").append(element("li", {}, ...inline(item[1], language)));
    } else {
      const paragraph = into("p");
      if (paragraph.hasChildNodes()) paragraph.append(document.createElement("br"));
      paragraph.append(...inline(line.trim(), language));
    }
  }
  return blocks;
}
