// Copying the address and printing. The page is whole without this: the buttons show only where they work.
"use strict";

for (const item of document.querySelectorAll("li.with-js")) {
  item.hidden = false;
}
for (const button of document.querySelectorAll("[data-copy-address]")) {
  button.addEventListener("click", async () => {
    const said = button.parentElement.querySelector(".said");
    try {
      await navigator.clipboard.writeText(button.dataset.copyAddress);
      said.textContent = button.dataset.done;
    } catch {
      // No permission to use the clipboard: the address stands below and can be copied by hand.
      said.textContent = button.dataset.copyAddress;
    }
  });
}
for (const button of document.querySelectorAll("[data-print-page]")) {
  button.addEventListener("click", () => window.print());
}
