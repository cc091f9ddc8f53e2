// A button beside a field that is there to be copied. Without a script, the field is selected and copied by hand.
for (const field of document.querySelectorAll("[data-copy]")) {
  field.addEventListener("focus", () => field.select());
  const button = Object.assign(document.createElement("button"), { type: "button", className: "quiet", textContent: "コピーする" });
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "コピーしました";
    } catch {
      field.focus();
      said.textContent = "選びました。Ctrl+C でコピーしてください";
    }
  });
  const row = document.createElement("span");
  row.className = "row";
  row.append(button, said);
  field.after(row);
}
