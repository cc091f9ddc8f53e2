// The rich menu: a bar that opens, a picture, and the areas on it.

import { el } from "./dom.js";
import { area } from "./message.js";

const $ = (id) => document.getElementById(id);
const ROOMY_PX = 700; // on a lower screen an open menu would hide the talk
let shown = "";

export function setUpMenu() {
  $("menu-toggle").addEventListener("click", () => openMenu($("menu-body").hidden));
}

/** Opens or closes the picture. */
export function openMenu(open) {
  $("menu-body").hidden = !open;
  $("menu-toggle").setAttribute("aria-expanded", String(open));
}

/** Draws this menu (null: none); a new one that says `selected` opens by itself where there is room. */
export function showMenu(menu) {
  const key = JSON.stringify(menu);
  if (key === shown) return;
  shown = key;
  $("menu").hidden = !menu;
  if (!menu) return;
  $("menu-toggle").textContent = menu.chatBarText;
  const picture = el("img", { src: menu.image, alt: "" });
  $("menu-body").replaceChildren(picture, ...menu.areas.map((one) => area(one.action, one.bounds, menu.size)));
  openMenu(menu.selected && window.innerHeight >= ROOMY_PX);
}
