// The Mini Program's phone: who holds it, what its camera sees, whether it has a
// signal. The Mini Program runs in a frame and is told by messages.
"use strict";

const frame = $("mini");
let opened = false; // the Mini Program has said that it listens

function tell(said) {
  if (opened) frame.contentWindow.postMessage(said, location.origin);
}

addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== location.origin || event.data?.xf !== "ready") return;
  opened = true;
  $("opening").hidden = true;
  tellTime();
  tellSignal();
  tellSeen();
  tellShot();
  signIn();
});

function openMini() {
  opened = false;
  $("opening").hidden = false;
  frame.contentWindow.location.replace("/m/");
}
$("kill").addEventListener("click", openMini);

// wipe makes it a new phone, with nothing on it.
function wipe() {
  opened = false;
  frame.addEventListener("load", () => {
    const gone = indexedDB.deleteDatabase("xf");
    gone.onsuccess = gone.onerror = openMini;
  }, { once: true });
  frame.contentWindow.location.replace("about:blank");
}

// newWorld is called when the demo has begun anew, or this page has.
function newWorld() {
  loadCards();
  if (opened) signIn();
}

// ---- who holds it

async function signIn() {
  const answer = await post("login", { openid: $("holder").value });
  if (answer) tell({ xf: "login", code: answer.code });
}

// clockMoved is called when the clock has been moved: WeChat checks pictures and
// words of who was in the Mini Program within two hours, and who holds the phone
// still is.
function clockMoved() {
  if (opened) signIn();
}

function noteHolder() {
  $("holder-note").textContent = $("holder").selectedOptions[0]?.dataset.note ?? "";
}
$("holder").addEventListener("change", () => {
  remember("holder", $("holder").value);
  noteHolder();
  signIn();
});

// ---- what is before the camera

let cards = [];
let seen = ""; // what the code before the camera says
const held = () => cards.find((c) => c.number === $("before").value);

async function loadCards() {
  const answer = await get("cards");
  if (!answer) return;
  cards = answer.cards;
  const groups = new Map();
  for (const c of cards) {
    if (!groups.has(c.village)) groups.set(c.village, make("optgroup", { label: c.village }));
    groups.get(c.village).append(make("option", { value: c.number }, `${c.head}家 ${c.home}${c.revoked ? "（已作废）" : ""}`));
  }
  const before = $("before"), screen = before.querySelector("[value=screen]");
  const chosen = before.dataset.chosen ?? remembered("before");
  before.replaceChildren(screen, ...groups.values());
  before.value = chosen;
  if (before.selectedIndex < 0) before.value = cards[0]?.number ?? "screen";
  look();
}

async function get(path) {
  try {
    const answer = await fetch(path);
    if (answer.ok) return await answer.json();
    say((await answer.json()).message);
  } catch {
    say("没有连上演示台，请看看它还开着没有。");
  }
}

function look() {
  const card = held();
  $("before").dataset.chosen = $("before").value;
  $("held").hidden = !card;
  $("screen").hidden = !!card;
  $("revoke").setAttribute("aria-disabled", String(!card || card.revoked));
  if (card) {
    $("held-code").src = `card/${card.number}.png`;
    $("held-village").textContent = card.village;
    $("held-home").textContent = card.home;
    $("held-head").textContent = card.shown;
    $("held-number").textContent = card.number;
    $("held-dead").hidden = !card.revoked;
    seen = card.code;
    tellSeen();
  } else lookAtScreen();
}

async function lookAtScreen() {
  const answer = await get("screen");
  if (!answer || held()) return;
  $("screen").textContent = answer.code ? "镜头对准了电脑上的登录码。" : "电脑上还没有登录码，请先打开管理台。";
  if (seen !== answer.code) {
    seen = answer.code;
    tellSeen();
  }
}

const tellSeen = () => tell({ xf: "card", card: seen });

$("before").addEventListener("change", () => {
  remember("before", $("before").value);
  look();
});
addEventListener("focus", loadCards); // a card may have been printed on the laptop
setInterval(() => { if (!held() && !document.hidden) lookAtScreen(); }, 2000);

$("revoke").addEventListener("click", async () => {
  const card = held();
  if (!card || card.revoked || !await post("revoke", { card: card.number })) return;
  $("done").textContent = "这张卡挂失了。";
  loadCards();
});

// ---- what a photo shows: never the same twice

let shot = "yard";
let shots = Math.floor(Math.random() * 1e6);

function tellShot() {
  for (const b of all("[data-photo]")) b.setAttribute("aria-pressed", String(b.dataset.photo === shot));
  tell({ xf: "photo", url: new URL(`photo/${shot}.jpg?n=${shots}`, location.href).href });
}
for (const button of all("[data-photo]")) {
  button.addEventListener("click", () => {
    shot = button.dataset.photo;
    shots++;
    tellShot();
  });
}

// tellTime lets the phone go by the product's clock, which may show another day
// than this machine's.
function tellTime() {
  frame.contentWindow.Date.now = () => Math.round(clock ? productNow() : Date.now());
}

// ---- the signal

function tellSignal() {
  const off = $("offline").checked;
  $("bars").textContent = off ? "无信号" : "5G";
  tell({ xf: "network", on: !off });
}
$("offline").addEventListener("change", () => {
  remember("offline", $("offline").checked ? "yes" : "");
  tellSignal();
});

// ---- start

$("holder").value = remembered("holder");
if ($("holder").selectedIndex < 0) $("holder").selectedIndex = 0;
$("offline").checked = remembered("offline") !== "";
for (const choice of all("[name=phone]")) {
  choice.checked = choice.value === (remembered("phone") || "chat");
  choice.addEventListener("change", () => remember("phone", choice.value));
}
noteHolder();
tellSignal();
tellShot();
openMini();
