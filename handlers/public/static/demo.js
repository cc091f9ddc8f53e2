// Copies a sample question, so that it can be pasted into the phone or the chat.
const copied = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      copied.textContent = `「${button.dataset.copy}」をコピーしました。貼り付けて送ってください。`;
    } catch {
      copied.textContent = "コピーできませんでした。文字を選んで、コピーしてください。";
    }
  });
}
