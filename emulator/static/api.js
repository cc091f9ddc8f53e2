// Talks to the emulator. Every path is below the page's own address, so any prefix works.

const base = document.body.dataset.base;

async function answer(response) {
  if (response.status === 204) return null;
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.message || "送れませんでした。");
  return body;
}

/** A call whose failure is said in Japanese: the browser's own word for it is English. */
async function ask(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Error("サービスが動いているかを、たしかめてください。");
  }
}

/** What the phone of this resident shows; null when nothing is newer than `since`. */
export async function readTalk(user, since) {
  const query = since ? `?since=${encodeURIComponent(since)}` : "";
  return answer(await ask(`${base}/${user}/talk${query}`));
}

/** Does something as this resident: text, sticker, location, press, unsend, block, follow. */
export async function act(user, what, body = {}) {
  const headers = { "Content-Type": "application/json" };
  return answer(await ask(`${base}/${user}/${what}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Sends a file as it is. */
export async function sendFile(user, file) {
  const headers = { "Content-Type": file.type || "application/octet-stream" };
  const name = encodeURIComponent(file.name);
  return answer(await ask(`${base}/${user}/file?name=${name}`, { method: "POST", headers, body: file }));
}

/** Where a file that the resident sent can be seen. */
export const contentAddress = (messageId) => `${base}/content/${messageId}`;
