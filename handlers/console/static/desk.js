// The desk by the keyboard: j, k and the arrows go from event to event, 1
// confirms, 2 and 3 open the reason and then send it, space picks. Without this
// file every act is a plain form's.
"use strict";

const events = [...document.querySelectorAll("[data-event]")];
const at = () => events.indexOf(document.activeElement?.closest("[data-event]"));
const go = (n) => {
  const one = events[Math.max(0, Math.min(n, events.length - 1))];
  one?.focus();
  one?.scrollIntoView({ block: "nearest" });
};

const keys = {
  j: () => go(at() + 1), ArrowDown: () => go(at() + 1),
  k: () => go(at() - 1), ArrowUp: () => go(at() - 1),
  1: (one) => press(one, "1"), 2: (one) => reason(one, "2"), 3: (one) => reason(one, "3"),
  " ": (one) => one.querySelector("[data-pick]")?.click(),
};

function press(one, key) {
  one.querySelector(`[data-key="${key}"]`)?.click();
}

function reason(one, key) {
  const details = one.querySelector("details");
  if (!details) return;
  details.open = true;
  const words = details.querySelector("[name=reason]");
  if (words.value.trim()) press(one, key);
  else words.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select, button, a, summary") && event.target.type !== "checkbox") return;
  const act = keys[event.key];
  const one = events[at()];
  if (!act || (!one && !/^(j|k|Arrow)/.test(event.key))) return;
  if (event.target.type === "checkbox" && event.key === " ") return;
  event.preventDefault();
  act(one);
});

const all = document.querySelector("[data-all]");
if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const one of document.querySelectorAll("[data-pick]")) one.checked = true;
  });
}

// After an act the next event is where the last one was.
const next = document.getElementById(location.hash.slice(1));
if (next?.dataset.event !== undefined) next.focus();
else if (location.search.includes("done=") && events.length) events[0].focus();
