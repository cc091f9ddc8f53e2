// Action objects become links or buttons. Whoever draws the phone says what a press does (`setPresser`).

import { el, outside } from "./dom.js";

let presser = () => {};

/** `handler(action)` is called for every action that a press carries out here. */
export function setPresser(handler) {
  presser = handler;
}

/** A link or a button for an action; `name` is what is read out when nothing else stands in it. */
export function pressable(action, properties = {}, ...children) {
  if (action.type === "uri") {
    if (/^(https?|tel):/.test(action.uri)) {
      const link = outside(action.uri, undefined, { ...properties, onclick: () => presser(action) });
      link.append(...children);
      return link;
    }
    return el("span", { ...properties, title: "この電話では開けません" }, ...children);
  }
  return el("button", { type: "button", ...properties, onclick: () => presser(action) }, ...children);
}

/** A name for a place that shows no text of its own, such as an area of a rich menu. */
export function actionName(action) {
  return action.label || action.displayText || action.text || action.uri || action.richMenuAliasId || "ボタン";
}
