// The typing field and the attachments.

import { el } from "./dom.js";
import { STICKERS } from "./stickers.js";

const $ = (id) => document.getElementById(id);

/** `send(what, body)` carries out an act, `sendFile(file)` sends a file; both return a promise of success. */
export function setUpComposer(send, sendFile) {
  const words = $("words");
  const submit = async () => {
    const text = words.value;
    if (!text.trim()) return;
    words.value = "";
    fit(words);
    if (!(await send("text", { text }))) {
      words.value = text;
      fit(words);
    }
  };
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    words.focus();
  });
  words.addEventListener("input", () => fit(words));
  words.addEventListener("keydown", (event) => {
    // While an input method converts kana, Enter belongs to it; Safari tells so by keyCode 229 only.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  setUpAttachments(send, sendFile);
}

/** Puts words into the typing field, for a button that asks to. */
export function fillIn(text = "") {
  $("words").value = text;
  fit($("words"));
  $("words").focus();
}

function fit(words) {
  words.style.setProperty("height", "auto");
  words.style.setProperty("height", `${Math.min(words.scrollHeight + 2, 140)}px`);
}

function setUpAttachments(send, sendFile) {
  const panel = $("attachments");
  const toggle = (open) => {
    panel.hidden = !open;
    $("attach").setAttribute("aria-expanded", String(open));
  };
  $("attach").addEventListener("click", () => toggle(panel.hidden));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    $("attach").focus();
  });
  $("pick-file").addEventListener("click", pickFile);
  $("file").addEventListener("change", async () => {
    for (const file of $("file").files) await sendFile(file);
    $("file").value = "";
    toggle(false);
  });
  $("pick-place").addEventListener("click", pickPlace);
  $("pick-sticker").addEventListener("click", () => $("sticker-dialog").showModal());
  setUpPlaces(send);
  setUpStickers(send);
}

/** Opens the file chooser (also for camera buttons of quick replies). */
export function pickFile() {
  $("file").click();
}

/** Opens the choice of places (also for location buttons of quick replies). */
export function pickPlace() {
  $("place-dialog").returnValue = "";
  $("place-dialog").showModal();
}

function setUpPlaces(send) {
  $("place").addEventListener("change", () => {
    $("coordinates").hidden = $("place").value !== "";
  });
  $("place-dialog").addEventListener("close", () => {
    if ($("place-dialog").returnValue !== "send") return;
    const [latitude, longitude, title, address] = $("place").value
      ? $("place").value.split(",")
      : [$("latitude").value, $("longitude").value, "", ""];
    send("location", { latitude: Number(latitude), longitude: Number(longitude), title, address });
  });
}

function setUpStickers(send) {
  for (const { packageId, stickerId, face, name, keywords } of STICKERS) {
    $("stickers").append(el("button", {
      type: "submit",
      "aria-label": name,
      text: face,
      onclick: () => send("sticker", { packageId, stickerId, keywords }),
    }));
  }
}
