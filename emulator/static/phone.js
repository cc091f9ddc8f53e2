// The phone: which resident holds it, what arrives, and what a press does.

import { pressable, setPresser } from "./actions.js";
import { act, readTalk, sendFile } from "./api.js";
import { fillIn, pickFile, pickPlace, setUpComposer } from "./composer.js";
import { el } from "./dom.js";
import { openMenu, setUpMenu, showMenu } from "./richmenu.js";
import { Talk } from "./talk.js";

const POLL_MS = 1000;
const POLL_SOON_MS = 200;
const POLL_HIDDEN_MS = 5000;
const $ = (id) => document.getElementById(id);

let user = "";
let version = "";
let following = true;
let timer = 0;
let looks = 0;
let disconnected = false;
const city = $("account").textContent;
const talk = new Talk($("log"), city, (messageId) => send("unsend", { messageId }));

async function look() {
  clearTimeout(timer);
  const mine = ++looks;
  let pause = document.hidden ? POLL_HIDDEN_MS : POLL_MS;
  try {
    const news = await readTalk(user, version);
    if (mine !== looks) return; // somebody looked again meanwhile, or took another phone
    if (disconnected) say("");
    disconnected = false;
    if (news) {
      show(news);
      if (news.loading || news.messages.at(-1)?.state === "sending") pause = POLL_SOON_MS;
    }
  } catch (error) {
    if (mine !== looks) return;
    disconnected = true;
    say(`電話がつながりません。つなぎ直しています。${error.message}`);
  }
  timer = setTimeout(look, pause);
}

function show(news) {
  version = news.version;
  following = news.following;
  talk.show(news.messages);
  $("typing").textContent = news.loading ? `${city}が返事を書いています` : "";
  $("typing").classList.toggle("moving", news.loading);
  $("block").textContent = following ? "ブロック" : "ブロックを解除";
  showMenu(following ? news.menu : null);
  showChips(news.messages.at(-1));
}

/** Quick replies belong to the last message only. */
function showChips(last) {
  const items = last?.sender === "city" ? last.message.quickReply?.items ?? [] : [];
  const key = JSON.stringify([last?.id, items]);
  const chips = $("chips");
  if (chips.dataset.key === key) return;
  chips.dataset.key = key;
  chips.hidden = items.length === 0;
  chips.replaceChildren(...items.map(({ action }) => pressable(action, { class: "chip" }, action.label)));
}

async function attempt(work) {
  try {
    await work();
    say("");
    clearTimeout(timer);
    timer = setTimeout(look, 0);
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

const send = (what, body) => attempt(() => act(user, what, body));
const upload = (file) => attempt(() => sendFile(user, file));

function say(words) {
  if ($("notice").textContent !== words) $("notice").textContent = words;
}

async function press(action) {
  if (action.type === "datetimepicker") return pickDate(action);
  if (action.type === "camera" || action.type === "cameraRoll") return pickFile();
  if (action.type === "location") return pickPlace();
  if (action.type === "clipboard") return copy(action.clipboardText);
  // The link opens by itself; LINE only counts it.
  if (action.type === "uri") return act(user, "press", { action }).catch(() => undefined);
  await send("press", { action });
  if (action.inputOption === "openKeyboard") fillIn(action.fillInText);
  if (action.inputOption === "openRichMenu") openMenu(true);
  if (action.inputOption === "closeRichMenu") openMenu(false);
  return undefined;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say("コピーしました。");
  } catch {
    fillIn(text);
  }
}

function pickDate(action) {
  const input = $("date-input");
  input.type = action.mode === "datetime" ? "datetime-local" : action.mode;
  for (const name of ["min", "max"]) {
    if (action[name]) input.setAttribute(name, action[name]);
    else input.removeAttribute(name);
  }
  input.value = action.initial ?? "";
  $("date-label").textContent = action.label ?? "日時";
  const dialog = $("date-dialog");
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "send" && input.value) send("press", { action, params: { [action.mode]: input.value } });
  }, { once: true });
  dialog.returnValue = "";
  dialog.showModal();
}

function hold(userId) {
  user = userId;
  version = "";
  talk.clear();
  showMenu(null);
  showChips(undefined);
  $("typing").textContent = "";
  $("resident").value = userId;
  for (const button of document.querySelectorAll("[data-user]")) {
    if (button.dataset.user === userId) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  history.replaceState(null, "", `#${userId}`);
  look();
}

function start() {
  setPresser(press);
  setUpMenu();
  setUpComposer(send, upload);
  $("block").addEventListener("click", () => send(following ? "block" : "follow"));
  $("resident").addEventListener("change", () => hold($("resident").value));
  $("residents").addEventListener("click", (event) => {
    const button = event.target.closest("[data-user]");
    if (button) hold(button.dataset.user);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) look();
  });
  const known = [...$("resident").options].map((option) => option.value);
  const asked = location.hash.slice(1);
  if (known.length === 0) $("log").replaceChildren(el("p", { text: "電話がまだありません。" }));
  else hold(known.includes(asked) ? asked : known[0]);
}

start();
