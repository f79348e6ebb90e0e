// What the pages do beside being read: they open and close their dialogs,
// print, and the door asks whether a phone has confirmed its code.
"use strict";

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  if (target.dataset.open) open(target);
  if ("close" in target.dataset) target.closest("dialog").close();
  if ("print" in target.dataset) window.print();
});

function open(button) {
  const dialog = document.getElementById(button.dataset.open);
  dialog.querySelector("[name=card]").value = button.dataset.card;
  dialog.querySelector("[data-which]").textContent = button.dataset.home + " · " + button.dataset.card;
  dialog.showModal();
}

// A form that is sent is not sent again while the answer is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

for (const form of document.querySelectorAll("form[data-auto]")) form.requestSubmit();

const watch = document.querySelector("[data-watch]")?.dataset.watch;
if (watch) setInterval(look, 1500);

async function look() {
  try {
    const answer = await fetch(watch, { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== "waits") location.replace("/console/door");
  } catch {
    // The network is away; the next look tries again.
  }
}
