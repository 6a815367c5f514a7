// Small comforts; every page works without them. Copies an address or a citation, prints, unfolds the filters where there is room.
"use strict";

function copyButton(text, where) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  said.className = "said";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = "Copied";
    } catch {
      said.textContent = "Please copy it by hand";
    }
    setTimeout(() => { said.textContent = ""; }, 3000);
  });
  where.after(button, said);
}

for (const link of document.querySelectorAll("[data-copy]")) {
  copyButton(() => link.href, link);
}
for (const text of document.querySelectorAll("[data-copy-text]")) {
  copyButton(() => text.textContent.trim(), text);
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const fold = document.querySelector(".filter-fold");
if (fold && window.matchMedia("(min-width: 60.01rem)").matches) {
  fold.open = true;
}
