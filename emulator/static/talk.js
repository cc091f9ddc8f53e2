// The list of messages. Only what is new or changed is drawn, so that a screen reader hears each message once.

import { el } from "./dom.js";
import { content } from "./message.js";

const DAY = new Intl.DateTimeFormat("ja-JP", { month: "long", day: "numeric", weekday: "short", timeZone: "Asia/Tokyo" });
const TIME = new Intl.DateTimeFormat("ja-JP", { hour: "numeric", minute: "2-digit", hour12: true, timeZone: "Asia/Tokyo" });
const STATES = { sending: "送信中", failed: "届いていません（サーバーの応答なし）" };

export class Talk {
  /** `city` is the account's name; `unsend(id)` takes a message back. */
  constructor(log, city, unsend) {
    this.log = log;
    this.city = city;
    this.unsend = unsend;
    this.#followEnd();
    this.clear();
  }

  clear() {
    this.drawn = new Map();
    this.atEnd = true;
    this.top = 0;
    this.log.replaceChildren();
    this.log.setAttribute("aria-busy", "true");
  }

  show(items) {
    let grew = false;
    let day = "";
    const present = new Set();
    for (const item of items) {
      const today = DAY.format(item.at * 1000);
      if (today !== day) present.add(this.#day(today));
      day = today;
      grew = this.#item(item) || grew;
      present.add(item.id);
    }
    for (const [key, { node }] of this.drawn) {
      if (!present.has(key)) {
        node.remove();
        this.drawn.delete(key);
      }
    }
    this.log.setAttribute("aria-busy", "false");
    if (grew && items.at(-1).sender === "resident") this.atEnd = true;
    this.#toEnd();
  }

  /** Who reads the end of the talk stays there when pictures load or the menu opens; who scrolled up is left alone. */
  #followEnd() {
    this.log.addEventListener("scroll", () => {
      const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
      if (near || this.log.scrollTop < this.top) this.atEnd = near; // a shrinking log moves nothing up
      this.top = this.log.scrollTop;
    });
    this.log.addEventListener("load", () => this.#toEnd(), true);
    new ResizeObserver(() => this.#toEnd()).observe(this.log);
  }

  #toEnd() {
    if (this.atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  #day(day) {
    const key = `day ${day}`;
    if (!this.drawn.has(key)) {
      const node = el("p", { class: "day", text: day });
      this.drawn.set(key, { node, state: "" });
      this.log.append(node);
    }
    return key;
  }

  /** Draws a message that is new or changed; true when it is new. */
  #item(item) {
    const known = this.drawn.get(item.id);
    const body = JSON.stringify([item.message, item.state === "unsent"]);
    if (!known) {
      const node = this.#row(item);
      this.drawn.set(item.id, { node, body });
      this.log.append(node);
      return true;
    }
    if (known.body !== body) {
      const node = this.#row(item);
      known.node.replaceWith(node);
      this.drawn.set(item.id, { node, body });
    } else {
      const note = known.node.querySelector(".note");
      const words = noteOf(item);
      if (note.textContent !== words) note.textContent = words;
    }
    return false;
  }

  #row(item) {
    const own = item.sender === "resident";
    const row = el("div", { class: own ? "row own" : "row" },
      el("p", { class: "unseen", text: own ? "あなた：" : `${this.city}：` }),
      content(item),
      el("div", { class: "meta" }, el("span", { class: "note", text: noteOf(item) }), own && item.state !== "unsent" ? this.#tools(item, () => row) : null));
    return row;
  }

  /** The ⋯ button (or a long press) offers to take the message back. */
  #tools(item, row) {
    const take = el("button", { type: "button", class: "take-back", text: "送信を取り消す", hidden: true, onclick: () => this.unsend(item.id) });
    const more = el("button", { type: "button", class: "more", "aria-label": "このメッセージの操作", "aria-expanded": "false", text: "⋯" });
    const toggle = (open) => {
      take.hidden = !open;
      more.setAttribute("aria-expanded", String(open));
      if (open) take.focus();
    };
    more.addEventListener("click", () => toggle(take.hidden));
    queueMicrotask(() => row().addEventListener("contextmenu", (event) => {
      if (event.target.closest("a, img")) return;
      event.preventDefault();
      toggle(true);
    }));
    return el("span", { class: "tools" }, more, take);
  }
}

function noteOf(item) {
  const parts = [TIME.format(item.at * 1000)];
  if (item.sender === "resident" && item.state !== "unsent") parts.unshift(STATES[item.state] ?? (item.read ? "既読" : ""));
  return parts.filter(Boolean).join(" ");
}
