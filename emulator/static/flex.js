// Flex Messages: bubbles and carousels drawn with flexbox, in the sizes LINE documents (as rem, so that zoom works).

import { actionName, pressable } from "./actions.js";
import { el, languageOf, style } from "./dom.js";

const TEXT = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const STEP = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const CORNER = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDER = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const IMAGE = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const WIDTH = { nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386 };
const ALIGN = { start: "start", center: "center", end: "end" };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };

const rem = (pixels) => `${pixels / 16}rem`;
const length = (value, table) => (value in table ? rem(table[value]) : value?.endsWith("px") ? rem(parseFloat(value)) : value);
const given = (value, table) => (value === undefined ? undefined : length(value, table));

/** The contents of a Flex Message. */
export function flex(contents) {
  if (contents.type === "bubble") return bubble(contents);
  const cards = contents.contents.map(bubble);
  return el("div", { class: "carousel", role: "group", "aria-label": `${cards.length}枚のカード`, tabindex: "0" }, ...cards);
}

function bubble(spec) {
  const blocks = ["header", "hero", "body", "footer"]
    .filter((name) => spec[name])
    .map((name) => block(name, spec[name], spec.styles?.[name]));
  const node = wrap(spec.action, el("div", { class: "flex-bubble", dir: spec.direction }, ...blocks));
  return style(node, { "--bubble-width": rem(WIDTH[spec.size] ?? WIDTH.mega) });
}

function block(name, spec, styles = {}) {
  const node = el("div", { class: `flex-${name}` }, component(spec, "vertical"));
  if (styles.separator) node.prepend(separator({ color: styles.separatorColor }));
  return style(node, { "background-color": styles.backgroundColor });
}

function component(spec, parent) {
  const make = { box, text, button, image, icon, separator, filler, video }[spec.type];
  if (!make) return null;
  const node = make(spec, parent);
  const grows = spec.flex ?? (parent !== "vertical" && ["box", "text", "button", "image"].includes(spec.type) ? 1 : undefined);
  const space = given(spec.margin, STEP);
  return style(node, {
    flex: grows === undefined ? undefined : grows === 0 ? "0 0 auto" : `${grows} 1 0`,
    [parent === "vertical" ? "margin-block-start" : "margin-inline-start"]: space,
    position: spec.position,
    "inset-block-start": given(spec.offsetTop, STEP),
    "inset-block-end": given(spec.offsetBottom, STEP),
    "inset-inline-start": given(spec.offsetStart, STEP),
    "inset-inline-end": given(spec.offsetEnd, STEP),
  });
}

function box(spec) {
  const children = (spec.contents ?? []).map((child) => component(child, spec.layout));
  const node = el("div", { class: `flex-box ${spec.layout}` }, ...children);
  const gradient = spec.background;
  style(node, {
    gap: given(spec.spacing, STEP),
    "background-color": spec.backgroundColor,
    "background-image": gradient && `linear-gradient(${[gradient.angle, gradient.startColor, gradient.centerColor, gradient.endColor].filter(Boolean).join(",")})`,
    "border-color": spec.borderColor,
    "border-style": spec.borderWidth || spec.borderColor ? "solid" : undefined,
    "border-width": given(spec.borderWidth, BORDER),
    "border-radius": given(spec.cornerRadius, CORNER),
    width: given(spec.width, {}),
    "max-width": given(spec.maxWidth, {}),
    height: given(spec.height, {}),
    "max-height": given(spec.maxHeight, {}),
    padding: given(spec.paddingAll, STEP),
    "padding-block-start": given(spec.paddingTop, STEP),
    "padding-block-end": given(spec.paddingBottom, STEP),
    "padding-inline-start": given(spec.paddingStart, STEP),
    "padding-inline-end": given(spec.paddingEnd, STEP),
    "justify-content": spec.justifyContent,
    "align-items": spec.alignItems,
  });
  return wrap(spec.action, node);
}

function text(spec) {
  const words = spec.contents?.length ? spec.contents.map((span) => letters(el("span", { text: span.text }), span)) : [spec.text];
  const all = spec.contents?.length ? spec.contents.map((span) => span.text).join("") : spec.text;
  const node = el("p", { class: spec.wrap ? "flex-text wraps" : "flex-text", lang: languageOf(all) }, ...words);
  if (spec.maxLines && spec.wrap) style(node, { "-webkit-line-clamp": String(spec.maxLines) }).classList.add("clamped");
  letters(node, spec);
  style(node, { "text-align": ALIGN[spec.align], "align-self": GRAVITY[spec.gravity] });
  return spec.action ? wrap(spec.action, node) : node;
}

function letters(node, spec) {
  return style(node, {
    "font-size": given(spec.size, TEXT),
    "font-weight": spec.weight === "bold" ? "700" : undefined,
    "font-style": spec.style,
    "text-decoration": spec.decoration,
    color: spec.color,
  });
}

function button(spec) {
  const kind = spec.style ?? "link";
  const node = pressable(spec.action, { class: `flex-button ${kind} ${spec.height ?? "md"}` }, spec.action.label ?? "");
  return style(node, { [kind === "link" ? "color" : "background-color"]: spec.color, "align-self": GRAVITY[spec.gravity] });
}

function image(spec) {
  const ratio = (spec.aspectRatio ?? "1:1").replace(":", " / ");
  const size = spec.size === "full" ? "100%" : length(spec.size ?? "md", IMAGE);
  const picture = el("img", { src: spec.url, alt: spec.action ? actionName(spec.action) : "", loading: "lazy" });
  style(picture, { "aspect-ratio": ratio, "object-fit": spec.aspectMode === "cover" ? "cover" : "contain" });
  const node = wrap(spec.action, el("div", { class: "flex-image" }, picture));
  return style(node, { width: size, "background-color": spec.backgroundColor, "align-self": ALIGN[spec.align] });
}

function icon(spec) {
  const size = length(spec.size ?? "md", TEXT);
  return style(el("img", { class: "flex-icon", src: spec.url, alt: "" }), { height: size, width: size });
}

function separator(spec) {
  return style(el("div", { class: "flex-separator", role: "presentation" }), { "background-color": spec.color });
}

function filler() {
  return el("div", { class: "flex-filler" });
}

function video(spec) {
  return el("video", { class: "flex-video", controls: true, poster: spec.previewUrl, src: spec.url, preload: "none" });
}

/** A part that can be pressed as a whole; parts with buttons inside stay as they are, since buttons cannot nest. */
function wrap(action, node) {
  if (!action || node.querySelector("button, a")) return node;
  const cover = pressable(action, { class: "flex-cover", "aria-label": node.textContent.trim() ? null : actionName(action) });
  cover.append(node);
  return cover;
}
