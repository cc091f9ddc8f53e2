// One message as an element: who speaks, in which language, and the blocks of a reply.

import { element, inline, inLanguage, paragraphs, telephone } from "./text.js";

const SAFE_LINK = /^(https?:\/\/|tel:|mailto:)/i;

// `words` are the page's own words in the resident's language; `press(choice, button)` is called for a pressed button.
export class Messages {
  constructor(wordsOf, press) {
    this.wordsOf = wordsOf;
    this.press = press;
  }

  resident(text, language) {
    const words = this.wordsOf(language);
    const bubble = element("div", { class: "bubble" }, element("p", { class: "said" }, text));
    return element("div", { class: "message resident" }, speaker(words.you, language), bubble);
  }

  // `department` is whose staff speak; without, it is the city.
  city(blocks, language, from = "city", department = "") {
    const words = this.wordsOf(language);
    const name = department ? words.speaker.replace("{department}", department) : words[from];
    const message = element("div", { class: `message ${from}` }, speaker(name, language));
    message.append(...blocks.map((block) => this.block(block)).filter(Boolean));
    return message;
  }

  // In place of a reply, where a person reads it.
  delivered(language) {
    return element("p", { class: "delivered", ...inLanguage(language) }, ...inline(this.wordsOf(language).delivered, language));
  }

  block(block) {
    if (block.type === "text") {
      return element("div", { class: "bubble", ...inLanguage(block.language) }, ...paragraphs(block.text, block.language));
    }
    if (block.type === "answer") return this.answer(block);
    return block.type === "choices" ? this.choices(block) : null;
  }

  answer(answer) {
    const { language } = answer;
    const words = this.wordsOf(language);
    const card = element("div", { class: "bubble card", ...inLanguage(language), "data-entry": answer.entry_id });
    card.append(element("h2", {}, ...inline(answer.title, language)), ...paragraphs(answer.body, language));
    const rows = [
      [words.contact, answer.department && [answer.department]],
      [words.place, answer.place && [answer.place]],
      [words.hours, answer.hours && [answer.hours]],
      [words.phone, answer.phone && [telephone(answer.phone)]],
    ].filter(([, value]) => value);
    const list = element("dl", { lang: "ja" });
    for (const [name, value] of rows) {
      list.append(element("div", {}, element("dt", inLanguage(language), ...inline(name, language)), element("dd", {}, ...value)));
    }
    if (rows.length) card.append(list);
    const links = answer.links.filter((link) => SAFE_LINK.test(link.url));
    if (links.length) {
      const items = links.map((link) => element("li", {}, outward(link, words)));
      card.append(element("p", { class: "links-title" }, ...inline(words.links, language)), element("ul", { class: "links", lang: "ja" }, ...items));
    }
    return card;
  }

  choices(block) {
    const attributes = inLanguage(block.language);
    const prompt = block.prompt ? element("p", { class: "prompt" }, ...inline(block.prompt, block.language)) : null;
    const buttons = block.choices.map((choice) => this.choice(choice, block));
    const list = element("ul", { class: "buttons" }, ...buttons.map((button) => element("li", {}, button)));
    return element("div", { class: `choices ${block.style}`, ...attributes }, prompt, list);
  }

  choice(choice, block) {
    const number = choice.number === null ? null : element("span", { class: "number" }, String(choice.number));
    const gap = number ? " " : null;
    const label = element("span", {}, ...inline(choice.label, block.language));
    const button = element("button", { type: "button", "data-value": choice.value }, number, gap, label);
    button.addEventListener("click", () => this.press(choice, button, block));
    return button;
  }
}

function speaker(name, language) {
  return element("p", { class: "speaker", ...inLanguage(language) }, ...inline(name, language));
}

function outward(link, words) {
  const out = /^https?:/i.test(link.url);
  const note = out ? element("span", { class: "unseen" }, words.new_window) : null;
  return element("a", { href: link.url, target: out ? "_blank" : null, rel: out ? "noopener" : null }, link.title, note);
}
