// The demo page: plays one person's chat and shows the packets as they pass.
// The Mini Program's phone is in mini.js.
"use strict";

const $ = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// make builds an element: make("p", {class: "note"}, "text", child).
function make(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value);
  e.append(...children);
  return e;
}

function drawing(box, path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", box);
  svg.setAttribute("aria-hidden", "true");
  for (const [d, fill] of path) {
    const p = document.createElementNS(svg.namespaceURI, "path");
    p.setAttribute("d", d);
    if (fill) p.setAttribute("fill", fill);
    svg.append(p);
  }
  return svg;
}

// ---- time: Shanghai, whatever the browser's own zone

const weekdays = ["日", "一", "二", "三", "四", "五", "六"];
const two = (n) => String(n).padStart(2, "0");

function shanghai(ms) {
  const d = new Date(ms + 8 * 3600e3);
  const month = d.getUTCMonth() + 1;
  return {
    year: d.getUTCFullYear(), month, day: d.getUTCDate(),
    weekday: "星期" + weekdays[d.getUTCDay()],
    quarter: "第" + "一二三四"[Math.floor((month - 1) / 3)] + "季度",
    minute: two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()),
    second: two(d.getUTCHours()) + ":" + two(d.getUTCMinutes()) + ":" + two(d.getUTCSeconds()),
  };
}

let clock = null; // {now, heard}: what the product's clock said, and when we heard it
const productNow = () => clock.now + (performance.now() - clock.heard);

function tick() {
  if (!clock) return;
  const t = shanghai(productNow());
  const text = `${t.year}年${t.month}月${t.day}日 ${t.weekday} ${t.minute}`;
  if ($("now").textContent === text) return;
  $("now").textContent = text;
  $("quarter").textContent = t.quarter;
  for (const time of all(".phone-time")) time.textContent = t.minute;
  for (const stamp of all(".stamp")) stamp.textContent = stampText(Number(stamp.dataset.at));
}

function stampText(at) {
  const t = shanghai(at), now = shanghai(productNow());
  if (t.year !== now.year) return `${t.year}年${t.month}月${t.day}日 ${t.minute}`;
  if (t.month !== now.month || t.day !== now.day) return `${t.month}月${t.day}日 ${t.minute}`;
  return t.minute;
}

// ---- who is played

let me = null; // {openid, name}
let read = ""; // how far the news were read: edition.line.packet
let source = null;

function play(button) {
  me = { openid: button.dataset.openid, name: button.dataset.name };
  for (const b of all(".person")) b.setAttribute("aria-pressed", String(b === button));
  $("who").textContent = [button.dataset.name, button.querySelector(".note")?.textContent].filter(Boolean).join(" · ");
  expand($("change"), false);
  remember("as", me.openid);
  const [edition, , packet] = read.split(".");
  read = edition ? `${edition}.0.${packet}` : "";
  emptyChat();
  listen();
}

// remember writes something into the page's address, which outlives the browser.
function remember(name, value) {
  const address = new URL(location.href);
  if (value) address.searchParams.set(name, value);
  else address.searchParams.delete(name);
  history.replaceState(null, "", address);
}
const remembered = (name) => new URLSearchParams(location.search).get(name) ?? "";

function emptyChat() {
  $("chat").replaceChildren();
  $("chat").setAttribute("aria-busy", "true");
  lastStamp = lastLine = 0;
  pending = [];
  atEnd = true;
  typing(0);
}

// ---- news

function listen() {
  source?.close();
  const opened = source = new EventSource("events?" + new URLSearchParams({ openid: me.openid, since: read }));
  opened.onmessage = (event) => {
    if (opened !== source) return;
    read = event.lastEventId;
    if ($("trouble").dataset.lost) say("");
    take(JSON.parse(event.data));
  };
  opened.onerror = () => {
    if (opened !== source) return;
    say("和演示台断开了，正在重新连接…", true);
    // A browser gives up on an error page; try again ourselves.
    if (opened.readyState === EventSource.CLOSED) setTimeout(() => opened === source && listen(), 2000);
  };
}

function take(news) {
  clock = { now: news.now, heard: performance.now() };
  if (news.anew) {
    emptyChat();
    lastPacket = 0;
    $("packets").replaceChildren();
    newWorld();
  }
  tick();
  const followed = news.following && $("stranger").contains(document.activeElement);
  $("foot").hidden = !news.following;
  $("stranger").hidden = news.following;
  $("unfollow").hidden = !news.following;
  if (followed) $("words").focus();
  showLines(news.lines);
  showPackets(news.packets);
  showUnread(news.newest, news.anew);
}

// showUnread marks who got messages that this window has not shown.
const seenTo = new Map(); // the last line that was shown, by person
function showUnread(newest, anew) {
  if (anew) seenTo.clear();
  const first = seenTo.size === 0;
  seenTo.set(me.openid, newest[me.openid] ?? 0);
  let others = 0;
  for (const b of all(".person")) {
    const last = newest[b.dataset.openid] ?? 0;
    if (first || !seenTo.has(b.dataset.openid)) seenTo.set(b.dataset.openid, last);
    const fresh = last > seenTo.get(b.dataset.openid);
    others += fresh;
    b.querySelector(".fresh")?.remove();
    if (fresh) b.querySelector(".name").append(make("span", { class: "fresh" }, " 新消息"));
  }
  $("fresh").textContent = others ? `另有${others}人有新消息` : "";
}

// A browser keeps few connections to one host: a hidden window gives its own
// back and catches up when it is seen again.
document.addEventListener("visibilitychange", () => {
  if (!me) return;
  if (document.hidden) {
    source?.close();
    source = null;
  } else if (!source) listen();
});

// ---- chat

let lastLine = 0;
let lastStamp = 0;
let pending = []; // what was sent and is not in the chat yet: {kind, text, node}

function showLines(lines) {
  for (const line of lines) {
    if (line.id <= lastLine) continue;
    lastLine = line.id;
    const mine = line.by === "self" ? pending.findIndex((p) => p.kind === line.kind && p.text === line.text) : -1;
    if (mine >= 0) pending.splice(mine, 1)[0].node.remove();
    if (line.at - lastStamp >= 5 * 60e3 || line.at < lastStamp) {
      place(make("p", { class: "stamp", "data-at": line.at }, stampText(line.at)));
      lastStamp = line.at;
    }
    place(lineNode(line));
  }
  $("chat").setAttribute("aria-busy", "false");
  if (atEnd) toEnd();
}

// Who looks at the end of the chat goes on doing so, also when the keys below
// grow; who has scrolled back is left there.
let atEnd = true;
let height = 0; // of the chat when we last looked: a scroll event may come before that of the resize that caused it
function toEnd() {
  $("chat").scrollTop = $("chat").scrollHeight;
  atEnd = true;
}
$("chat").addEventListener("scroll", () => {
  const chat = $("chat");
  if (chat.clientHeight === height) atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
});
new ResizeObserver(() => {
  height = $("chat").clientHeight;
  if (atEnd) toEnd();
}).observe($("chat"));

// place puts a line before what is still pending and the typing dots.
function place(node) {
  $("chat").insertBefore(node, $("chat").querySelector(".pending, .typing"));
}

function lineNode(line) {
  const mine = line.by === "self";
  const notice = mine ? act(line) : line.by === "platform" ? line.text : "";
  if (notice) return make("p", { class: "notice" }, notice);
  const bubble = make("div", { class: "bubble" }, make("span", { class: "unseen" }, mine ? "我：" : "服务号："));
  let kind = "";
  if (line.by === "service") bubble.append(make("span", { class: "tag" }, "客服消息"));
  if (mine && line.kind === "voice") {
    kind = " voice";
    bubble.append("语音 ", drawing("0 0 24 24", [["M8 9.5a3.5 3.5 0 0 1 0 5M11.5 7a7 7 0 0 1 0 10M15 4.5a10.5 10.5 0 0 1 0 15", "none"]]),
      make("span", { class: "heard" }, line.text ? "听出：" + line.text : "没有听出字来"));
  } else if (mine && line.kind === "image") {
    kind = " image";
    bubble.append(make("span", { class: "unseen" }, "一张照片"), photo(line.text));
  } else bubble.append(line.text);
  return make("div", { class: `line ${mine ? "self" : "other"}${kind}` },
    make("span", { class: "avatar", "aria-hidden": "true" }, mine ? [...me.name][0] : "积"), bubble);
}

// act words what a person does that WeChat shows no bubble for.
function act(line) {
  switch (line.kind) {
    case "CLICK": {
      const entry = all("[data-key]").find((b) => b.dataset.key === line.text);
      return `点了菜单“${entry ? entry.textContent.trim() : line.text}”`;
    }
    case "SCAN": return "扫了码";
    case "subscribe": return "关注了服务号";
    case "unsubscribe": return "取消了关注";
  }
  return "";
}

// photo shows a picture by its name, such as yard?n=7, and one without a name as a drawing.
function photo(name) {
  if (name) {
    const [scene, n] = name.split("?");
    return make("img", { src: `photo/${scene}.jpg?${n}`, alt: "", width: 144, height: 108 });
  }
  return drawing("0 0 144 108", [
    ["M0 0h144v108H0z", "#cfe3ef"], ["M0 74l38-34 30 26 26-20 50 40v22H0z", "#7fa37a"],
    ["M0 84h144v24H0z", "#b9a27c"], ["M54 62l20-16 20 16v24H54z", "#f3ede2"], ["M50 64l24-20 24 20-4 4-20-16-20 16z", "#8c4a35"],
    ["M68 70h12v16H68z", "#6b4a33"], ["M116 14a9 9 0 1 0 .1 0z", "#f6d66b"],
  ]);
}

let waiting = 0;
function typing(n) {
  waiting = n;
  const title = $("title");
  title.textContent = n > 0 ? "对方正在输入…" : title.dataset.name;
  all(".typing", $("chat")).forEach((e) => e.remove());
  if (n > 0) {
    $("chat").append(make("div", { class: "line other typing", "aria-hidden": "true" },
      make("span", { class: "avatar" }, "积"),
      make("div", { class: "bubble" }, make("span", { class: "dots" }, make("i", {}), make("i", {}), make("i", {})))));
    toEnd();
  }
}

// send plays an act: it stands in the chat at once, faint until it is there.
async function send(path, kind, text) {
  const sender = me;
  const node = lineNode({ by: "self", kind, text });
  node.classList.add("pending");
  $("chat").append(node);
  const entry = { kind, text, node };
  pending.push(entry);
  typing(waiting + 1);
  const sent = await post(path, { openid: sender.openid, text });
  if (me !== sender) return sent;
  typing(Math.max(waiting - 1, 0));
  if (!sent) {
    pending = pending.filter((p) => p !== entry);
    node.remove();
  }
  return sent;
}

// post returns what was answered, or true where that is nothing, or false after
// it has told why not.
async function post(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (answer.ok) return answer.status === 204 || await answer.json();
    say((await answer.json()).message);
  } catch {
    say("没有连上演示台，请看看它还开着没有。");
  }
  return false;
}

let fading = 0;
function say(text, lost = false) {
  clearTimeout(fading);
  const toast = $("trouble");
  toast.hidden = !text;
  toast.textContent = text;
  if (lost) toast.dataset.lost = "yes";
  else {
    delete toast.dataset.lost;
    fading = setTimeout(() => { toast.hidden = true; }, 6000);
  }
}

// ---- the phone's keys

function expand(button, open) {
  button.setAttribute("aria-expanded", String(open));
  const target = $(button.getAttribute("aria-controls"));
  if (target.id !== "cast") target.hidden = !open;
}

const toggles = all("button[aria-expanded]");
for (const button of toggles) {
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    for (const other of toggles) if (other !== $("change")) expand(other, false);
    expand(button, open);
    if (open && button.id === "to-voice") $("spoken").focus();
  });
}
function closePopups() {
  const open = toggles.filter((b) => b.id !== "change" && b.getAttribute("aria-expanded") === "true");
  open.forEach((b) => expand(b, false));
  return open;
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closePopups()[0]?.focus();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest(".popup, .panel, [aria-expanded]")) {
    for (const b of toggles) if ($(b.getAttribute("aria-controls")).matches(".popup")) expand(b, false);
  }
});

function keyboard(shown) {
  closePopups();
  $("keys").hidden = !shown;
  $("menus").hidden = shown;
  $(shown ? "to-menu" : "to-keys").focus();
}
$("to-menu").addEventListener("click", () => keyboard(false));
$("to-keys").addEventListener("click", () => keyboard(true));

function fieldChanged() {
  const empty = $("words").value.trim() === "";
  $("send").hidden = empty;
  $("to-plus").hidden = !empty;
}
$("words").addEventListener("input", fieldChanged);
$("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = $("words"), text = field.value;
  if (text.trim() === "") return;
  field.value = "";
  fieldChanged();
  field.focus();
  if (!await send("say", "text", text) && field.value === "") {
    field.value = text;
    fieldChanged();
  }
});
for (const chip of all(".chip")) chip.addEventListener("click", () => send("say", "text", chip.dataset.words));
for (const entry of all("[data-key]")) {
  entry.addEventListener("click", () => {
    closePopups()[0]?.focus();
    send("click", "CLICK", entry.dataset.key);
  });
}
$("unheard").addEventListener("change", () => { $("spoken").disabled = $("unheard").checked; });
$("voice").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("unheard").checked ? "" : $("spoken").value.trim();
  if (!text && !$("unheard").checked) {
    say("请写下要说的话，或者选“识别为空”。");
    $("spoken").focus();
    return;
  }
  $("spoken").value = "";
  send("speak", "voice", text);
});
for (const button of all(".send-photo")) {
  button.addEventListener("click", () => {
    closePopups()[0]?.focus();
    send("picture", "image", `${button.dataset.scene}?n=${Math.floor(Math.random() * 2 ** 31)}`);
  });
}
$("follow").addEventListener("click", () => send("follow", "subscribe", ""));
$("unfollow").addEventListener("click", () => {
  closePopups()[0]?.focus();
  send("unfollow", "unsubscribe", "");
});

// ---- the clock

// busy runs something with its buttons locked.
async function busy(buttons, run) {
  if (buttons[0].getAttribute("aria-disabled") === "true") return;
  buttons.forEach((b) => b.setAttribute("aria-disabled", "true"));
  await run();
  buttons.forEach((b) => b.removeAttribute("aria-disabled"));
}
const movers = [...all("[data-move]"), $("reset")];
for (const button of all("[data-move]")) {
  button.addEventListener("click", () => busy(movers, async () => {
    if (!(await post("clock", { to: button.dataset.move }))) return;
    $("done").textContent = "时钟拨好了。";
    clockMoved();
  }));
}
$("reset").addEventListener("click", () => {
  $("sure").returnValue = "no";
  $("sure").showModal();
});
$("sure").addEventListener("close", () => {
  if ($("sure").returnValue !== "yes") return;
  busy(movers, async () => {
    $("done").textContent = "正在重置…";
    if (!await post("reset", {})) return;
    wipe();
    $("done").textContent = "演示重置好了。";
  });
});

// ---- packets

const maxPackets = 300;
const kinds = {
  text: "文字", voice: "语音", image: "图片", tap: "选项", CLICK: "点菜单", SCAN: "扫码",
  subscribe: "关注", unsubscribe: "取消关注", raw: "原样请求",
};
let lastPacket = 0;

function showPackets(packets) {
  const list = $("packets");
  for (const p of packets.slice(-maxPackets)) {
    if (p.id <= lastPacket) continue;
    lastPacket = p.id;
    list.prepend(packetNode(p));
  }
  while (list.children.length > maxPackets) list.lastChild.remove();
  filter();
}

function packetNode(p) {
  const push = p.direction === "push", at = shanghai(p.at);
  const kind = push ? kinds[p.kind] ?? p.kind : "";
  const good = p.status >= 200 && p.status < 300 && !p.note;
  const button = make("button", { type: "button", "aria-expanded": "false", "aria-controls": `packet-${p.id}` },
    make("time", {}, at.second), " ",
    make("span", { class: "arrow" },
      make("span", { "aria-hidden": "true" }, push ? "→" : "←"),
      make("span", { class: "unseen" }, push ? "微信推来 " : "调微信接口 ")),
    make("span", { class: "what" }, ...(kind ? [make("b", {}, kind)] : []), pathNode(p)), " ",
    make("span", { class: "outcome" },
      make("span", { class: good ? "good" : "bad" }, p.status ? String(p.status) : "无回应", p.note && p.status ? " 不合格" : ""), " ",
      make("span", { class: "took" }, tookText(p.took))));
  const detail = make("div", { class: "detail", id: `packet-${p.id}`, hidden: "" });
  button.addEventListener("click", () => open(p, button, detail));
  return make("li", { class: `packet ${p.direction}`, "data-day": `${at.month}月${at.day}日` }, button, detail);
}

// pathNode lets a long path break before its slashes alone.
function pathNode(p) {
  const [head, ...rest] = p.path.split(/(?=\/)/);
  const node = make("span", { class: "mono" }, make("span", {}, `${p.method} ${head}`));
  for (const piece of rest) node.append(make("wbr", {}), make("span", {}, piece));
  return node;
}

function tookText(ms) {
  if (ms >= 1000) return (ms / 1000).toFixed(1) + " 秒";
  if (ms < 0.1) return "<0.1 毫秒";
  return (ms >= 10 ? ms.toFixed(0) : ms.toFixed(1)) + " 毫秒";
}

async function open(p, button, detail) {
  const show = detail.hidden;
  button.setAttribute("aria-expanded", String(show));
  detail.hidden = !show;
  if (!show || detail.hasChildNodes()) return;
  try {
    const answer = await fetch(`packets/${p.id}`);
    const body = await answer.json();
    detail.replaceChildren(...(answer.ok ? contents(body) : [make("p", {}, body.message)]));
  } catch {
    say("没有连上演示台，请看看它还开着没有。");
  }
}

function contents(packet) {
  const nodes = [make("p", { class: "mono" }, `${packet.method} ${packet.url}`)];
  if (packet.note) nodes.push(make("p", { class: "bad" }, packet.note));
  const pre = make("pre", { id: `sheet-${packet.id}`, role: "tabpanel", tabindex: "0" });
  const tabs = packet.parts.map((part, i) =>
    make("button", { type: "button", role: "tab", id: `tab-${packet.id}-${i}`, "aria-controls": pre.id }, part.name));
  let chosen = 0;
  const choose = (i, focus) => {
    chosen = i;
    tabs.forEach((t, n) => {
      t.setAttribute("aria-selected", String(n === i));
      t.tabIndex = n === i ? 0 : -1;
    });
    pre.setAttribute("aria-labelledby", tabs[i].id);
    pre.replaceChildren(...coloured(packet.parts[i].text));
    if (focus) tabs[i].focus();
  };
  tabs.forEach((t, i) => t.addEventListener("click", () => choose(i)));
  const bar = make("div", { class: "tabs", role: "tablist", "aria-label": "这条报文" }, ...tabs);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose((chosen + step + tabs.length) % tabs.length, true);
  });
  const copy = make("button", { type: "button", class: "copy" }, "复制");
  copy.addEventListener("click", () => copyText(pre, copy));
  choose(tabs.length > 2 ? 1 : 0);
  nodes.push(bar, make("div", { class: "sheet" }, pre), copy);
  return nodes;
}

// coloured sets the markup of XML apart from what it holds.
function coloured(text) {
  if (!text) return ["（空）"];
  if (!text.startsWith("<")) return [text];
  return text.split(/(<!\[CDATA\[|\]\]>|<[^!][^>]*>)/).filter(Boolean).map((piece) => {
    if (/^\s+$/.test(piece)) return piece;
    return make("span", { class: /^<|^\]\]>/.test(piece) ? "markup" : "text" }, piece);
  });
}

async function copyText(pre, button) {
  try {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = "复制好了";
  } catch {
    getSelection().selectAllChildren(pre);
    button.textContent = "选中了，请按 Ctrl+C";
  }
  setTimeout(() => { button.textContent = "复制"; }, 3000);
}

// filter hides what is not wanted, and dates the first row of each day but today.
function filter() {
  const now = shanghai(productNow());
  let day = `${now.month}月${now.day}日`;
  const wanted = document.querySelector("[name=filter]:checked").value;
  let seen = 0;
  for (const row of $("packets").children) {
    row.hidden = wanted !== "" && !row.classList.contains(wanted);
    if (row.hidden) continue;
    seen++;
    const time = row.querySelector("time");
    time.querySelector("span")?.remove();
    if (row.dataset.day !== day) time.prepend(make("span", {}, row.dataset.day + " "));
    day = row.dataset.day;
  }
  $("quiet").hidden = seen > 0;
  $("packets").hidden = seen === 0;
}
for (const choice of all("[name=filter]")) choice.addEventListener("change", filter);

// ---- start

const people = all(".person");
for (const button of people) button.addEventListener("click", () => play(button));
const first = people.find((b) => b.dataset.openid === remembered("as")) ?? people[0];
addEventListener("DOMContentLoaded", () => first && play(first)); // after mini.js
setInterval(tick, 1000);
