// Talks to the emulator. Every path is below the page's own address, so any prefix works.

const base = document.body.dataset.base;

async function answer(response) {
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.message || "送れませんでした。");
  return body;
}

/** What the phone of this resident shows; null when nothing is newer than `since`. */
export async function readTalk(user, since) {
  const query = since ? `?since=${encodeURIComponent(since)}` : "";
  return answer(await fetch(`${base}/${user}/talk${query}`));
}

/** Does something as this resident: text, sticker, location, press, unsend, block, follow. */
export async function act(user, what, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await fetch(`${base}/${user}/${what}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Sends a file as it is. */
export async function sendFile(user, file) {
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const name = encodeURIComponent(file.name);
  return answer(await fetch(`${base}/${user}/file?name=${name}`, { method: "POST", headers, body: file }));
}

/** Where a file that the resident sent can be seen. */
export const contentAddress = (messageId) => `${base}/content/${messageId}`;
