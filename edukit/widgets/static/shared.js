// What every front end of ours shares: making elements, the stylesheet, talking to Python.
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A view's title. On a page without sections, such as a tool's, it stands right below the page's own title.
const heading = (title, attributes = {}) => h("h3", { ...attributes, "aria-level": document.querySelector("h2") ? null : "2" }, title);

let counter = 0;
const freshId = (stem) => `ek-${stem}-${Date.now().toString(36)}-${counter++}`;

function errorBox(error) {
  if (!error || !error.message) return null;
  return h("div", { class: "ek-error", role: "alert" }, h("span", { "aria-hidden": "true" }, "⚠"),
    h("div", {}, h("b", {}, error.message), error.message.includes("\n") ? "\n" : " ", error.remedy || "", " ", error.code ? h("code", {}, error.code) : null));
}

const isMedia = (file) => /\.(jpe?g|png|webp|bmp|gif|zip|tm|mp4|webm|avi|mov|mkv|m4v)$/i.test(file.name) || file.type.startsWith("image/");

// What was dropped, folders opened, each file with its place: [[file, "photos/cat/1.jpg"], …].
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean), found = [];
  if (!entries.length) return [...transfer.files].map((file) => [file, file.name]);
  const open = async (entry) => {
    if (entry.isFile) return found.push([await new Promise((done, failed) => entry.file(done, failed)), entry.fullPath.slice(1)]);
    const reader = entry.createReader(), read = () => new Promise((done, failed) => reader.readEntries(done, failed));
    for (let some = await read(); some.length; some = await read()) for (const one of some) await open(one);
  };
  for (const entry of entries) await open(entry);
  return found;
}

// In the lesson apps the page brings the stylesheet; JupyterLab gets it with the first view.
function bringLook(front) {
  if (!document.getElementById("ek-look")) document.head.append(h("style", { id: "ek-look" }, front.get("look")));
}

// anywidget gives up a model that was not ready within two seconds: it is drawn, but no message reaches it any more, and nothing tells. (Its handler waits for a
// promise that was rejected, and Jupyter swallows the error.) Such a model gets the handler of all other widgets instead, and asks for what it missed.
async function mend(model, always) {
  const whole = await model.widget_manager.get_model(model.get("own_id"));
  let deaf = false;
  try { await whole._handle_comm_msg({ content: { data: { method: "custom", content: {} } }, buffers: [] }); } catch { deaf = true; }
  if (deaf) {
    whole._handle_comm_msg = Object.getPrototypeOf(whole.constructor.prototype)._handle_comm_msg;
    whole.comm?.on_msg(whole._handle_comm_msg.bind(whole));
  }
  if (deaf || always) whole.comm?.send({ method: "request_state" }, undefined, {}, []);
}

// A zip whose names were guessed is shown before it is taken.
function askFirst(el, { title, lines, note, take, leave }, decide) {
  let taken = false;
  const button = (text, kind, name, act) => h("button", { type: "button", class: kind, "data-do": name, onclick: () => { taken = act; pad.close(); } }, text);
  const pad = h("dialog", { class: "ek-pad ek-looking", "aria-label": title, onclose: () => { pad.remove(); decide(taken); } }, h("b", {}, title), h("ul", {}, ...lines.map((line) => h("li", {}, line))),
    h("small", {}, note), h("div", { class: "ek-actions" }, button(take, "ek-primary", "take", true), button(leave, "", "leave", false)));
  (el.querySelector(".ek-view") || el).append(pad);
  pad.showModal();
}

// Every message bears a number that Python repeats at once. Where it does not, the view mends itself, and then says that nobody answers. In a lesson app
// patience begins when all cells have run: on a slow machine that may take longer than an answer.
const FIRST_PATIENCE_MS = 5000, LONGEST_MS = 60000;

function hearing(model, el, words) {
  let number = 0, tries = 0, timer = null, asked = false, late = false, note = null;
  const inApp = () => Boolean(globalThis.ek?.started);
  const ready = () => (inApp() ? document.documentElement.dataset.ready === "true" : asked); // in a notebook a long cell keeps Python busy: only who asked is told
  const show = () => {
    if (note) return;
    const again = inApp() ? h("button", { type: "button", onclick: () => location.reload() }, words.load_again) : null;
    note = h("div", { class: "ek-error ek-deaf", role: "alert" }, h("span", { "aria-hidden": "true" }, "⚠"), h("div", {}, inApp() ? words.no_answer_app : words.no_answer, " ", again));
    el.append(note);
  };
  const send = (content, callbacks, buffers) => {
    model.send({ ...content, said: ++number }, callbacks, buffers);
    timer ??= setTimeout(missed, Math.min(LONGEST_MS, FIRST_PATIENCE_MS * 2 ** tries));
  };
  const missed = async () => {
    timer = null;
    if (!el.isConnected) return;
    tries = ready() && !late ? 1 : tries + 1;
    if (late) show();
    late = ready();
    await mend(model, true).catch(() => {});
    send({ do: "hello" });
  };
  model.on("msg:custom", (content) => {
    if (content.ask) askFirst(el, content.ask, (take) => send({ do: "decide", about: content.ask.about, take }));
    if (content.heard !== number || !number) return;
    clearTimeout(timer);
    note?.remove();
    [timer, note, tries, asked, late] = [null, null, 0, false, false];
    el.dataset.heard = "true";
  });
  return { ...model, send: (content, callbacks, buffers) => { asked = true; send(content, callbacks, buffers); }, hello: () => send({ do: "hello" }) };
}

const fronts = {};

export async function draw(name, { model, el, front }) {
  bringLook(front);
  await mend(model, false).catch(() => {});
  const heard = hearing(model, el, front.get("words"));
  const ended = fronts[name].render({ model: heard, el });
  heard.hello();
  return ended;
}
