// One message of a talk, by its type.

import { actionName, pressable } from "./actions.js";
import { contentAddress } from "./api.js";
import { el, languageOf, linked, style } from "./dom.js";
import { flex } from "./flex.js";
import { stickerFace } from "./stickers.js";

const KINDS = { text, textV2: text, sticker, image, video, audio, file, location, template, flex: card, imagemap, unsent };

/** What stands in (or instead of) the bubble. `own` is true for what the resident sent. */
export function content(item) {
  const own = item.sender === "resident";
  if (item.state === "unsent") return unsent();
  return (KINDS[item.message.type] ?? unknown)(item.message, own);
}

function text(message) {
  return el("p", { class: "bubble", lang: languageOf(message.text) }, linked(message.text));
}

function unsent() {
  return el("p", { class: "bubble gone", text: "メッセージの送信を取り消しました" });
}

function unknown(message) {
  return el("p", { class: "bubble gone", text: `この電話では表示できません（${message.type}）` });
}

function sticker(message) {
  const face = stickerFace(message.packageId, message.stickerId);
  return el("p", { class: "sticker", role: "img", "aria-label": `スタンプ：${face.name}`, text: face.face });
}

function image(message, own) {
  const source = own ? contentAddress(message.id) : message.previewImageUrl;
  return el("img", { class: "picture", src: source, alt: own ? "送った写真" : "届いた写真", loading: "lazy" });
}

function video(message, own) {
  const source = own ? contentAddress(message.id) : message.originalContentUrl;
  return el("video", { class: "picture", src: source, controls: true, preload: "none", "aria-label": "動画" });
}

function audio(message, own) {
  const source = own ? contentAddress(message.id) : message.originalContentUrl;
  return el("audio", { src: source, controls: true, preload: "none", "aria-label": "音声" });
}

function file(message) {
  const size = Math.max(1, Math.round(message.fileSize / 1024)).toLocaleString("ja-JP");
  return el("p", { class: "bubble", text: `ファイル：${message.fileName}（${size}KB）` });
}

function location(message) {
  const place = `${message.latitude}, ${message.longitude}`;
  return el("div", { class: "bubble" },
    el("p", { class: "strong", text: `位置情報：${message.title || place}` }),
    message.address ? el("p", { text: message.address }) : null,
    el("p", { class: "small", text: place }));
}

function card(message) {
  return flex(message.contents);
}

function template(message) {
  const spec = message.template;
  if (spec.type === "carousel") return row(spec.columns.map(templateCard));
  if (spec.type === "image_carousel") return row(spec.columns.map(imageCard));
  return templateCard(spec);
}

function row(cards) {
  return el("div", { class: "carousel", role: "group", "aria-label": `${cards.length}枚のカード`, tabindex: "0" }, ...cards);
}

function templateCard(spec) {
  return el("div", { class: "template" },
    spec.thumbnailImageUrl ? el("img", { src: spec.thumbnailImageUrl, alt: "", loading: "lazy" }) : null,
    spec.title ? el("p", { class: "strong", text: spec.title }) : null,
    el("p", { lang: languageOf(spec.text) }, linked(spec.text)),
    ...spec.actions.map((action) => pressable(action, { class: "template-button" }, action.label)));
}

function imageCard(column) {
  return pressable(column.action, { class: "template image-card" },
    el("img", { src: column.imageUrl, alt: "", loading: "lazy" }),
    el("span", { text: column.action.label }));
}

function imagemap(message) {
  const node = el("div", { class: "imagemap" }, el("img", { src: `${message.baseUrl}/1040`, alt: message.altText }));
  for (const spot of message.actions) {
    const action = spot.type === "uri" ? { ...spot, uri: spot.linkUri } : spot;
    node.append(area(action, spot.area, message.baseSize));
  }
  return node;
}

/** A pressable rectangle over a picture, placed in percent of the picture's size. */
export function area(action, bounds, size) {
  const node = pressable(action, { class: "area", "aria-label": actionName(action) });
  return style(node, {
    left: `${(bounds.x / size.width) * 100}%`,
    top: `${(bounds.y / size.height) * 100}%`,
    width: `${(bounds.width / size.width) * 100}%`,
    height: `${(bounds.height / size.height) * 100}%`,
  });
}
