// Draws any view from its traits: head, settings, body, foot. What happens is decided in Python; here it is only shown and told.
const CHUNK_BYTES = 1_000_000; // below every server's limit for one message

function drawHead(model, ids) {
  const words = model.get("words");
  const toggle = h("button", { type: "button", class: "ek-quiet ek-show-code", "aria-expanded": "false", "aria-controls": ids.code });
  const pills = h("span", { class: "ek-pills" });
  const head = h("header", { class: "ek-head" }, heading(model.get("title"), { id: ids.title }), pills, h("span", { class: "ek-space" }), toggle);
  const pane = h("div", { class: "ek-codepane", id: ids.code, hidden: true });
  let open = false;
  const showCode = () => {
    pane.hidden = !open;
    toggle.hidden = !model.get("code");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = `</> ${open ? words.hide_code : words.show_code}`;
    pane.replaceChildren(h("p", {}, model.get("explain")), h("pre", { class: "ek-code", tabindex: "0" }, h("code", {}, model.get("code"))));
  };
  const showPills = () => pills.replaceChildren(...model.get("pills").map((pill) => h("span", { class: `ek-pill ${pill.kind || ""}` }, pill.text)));
  toggle.addEventListener("click", () => { open = !open; showCode(); });
  return { head, pane, showCode, showPills };
}

function drawControl(setting, value, id, change) {
  if (setting.kind === "select") {
    const options = setting.options.map((option) => h("option", { value: String(option.value), selected: option.value === value }, option.label));
    return h("select", { id, onchange: (event) => change(setting.options[event.target.selectedIndex].value) }, ...options);
  }
  if (setting.kind === "range") {
    const at = Math.max(0, setting.options.findIndex((option) => option.value === value));
    const label = () => setting.options[input.value].label;
    const input = h("input", { id, type: "range", min: 0, max: setting.options.length - 1, step: 1, value: at,
      onchange: () => change(setting.options[input.value].value),
      oninput: () => {
        const field = input.closest(".ek-field"), meaning = field.querySelector(".ek-meaning");
        field.querySelector("output").textContent = label();
        if (meaning) meaning.textContent = setting.options[input.value].meaning;
        input.setAttribute("aria-valuetext", label());
      } });
    input.setAttribute("aria-valuetext", label());
    return input;
  }
  if (setting.kind === "check") return h("input", { id, type: "checkbox", checked: Boolean(value), onchange: (event) => change(event.target.checked) });
  return h("input", { id, type: "text", value: value ?? "", placeholder: setting.placeholder || "", autocomplete: "off", spellcheck: "false",
    onchange: (event) => change(event.target.value) });
}

function drawField(model, setting, ids, state) {
  const { name } = setting, told = model.get("values")[name];
  if (state.sent[name] === told || model.get("error").near === name) delete state.sent[name];
  const value = name in state.sent ? state.sent[name] : told; // an answer to an earlier change must not undo a later one
  const id = ids.field(setting.name);
  const chosen = (setting.options || []).find((option) => option.value === value);
  const control = drawControl(setting, value, id, (next) => { state.sent[name] = next; model.send({ do: "set", name, value: next }); });
  control.disabled = model.get("busy");
  const hint = (chosen && chosen.hint) || setting.hint;
  const small = hint ? h("small", { id: `${id}-hint` }, hint) : null;
  if (small) control.setAttribute("aria-describedby", `${id}-hint`);
  if (setting.kind === "check") {
    return h("div", { class: "ek-field ek-check", "data-setting": setting.name }, h("label", { for: id }, control, h("span", {}, setting.label)), small);
  }
  const now = setting.kind === "range" ? h("output", { for: id }, chosen ? chosen.label : "") : null;
  const meaning = chosen && chosen.meaning ? h("small", { class: "ek-meaning" }, chosen.meaning) : null;
  const field = h("div", { class: "ek-field", "data-setting": setting.name }, h("label", { for: id }, setting.label, " ", now), small, control, meaning);
  if (chosen && chosen.picture) field.append(...drawCards(model, setting, value, id, state));
  return field;
}

// A picture of the chosen option, and all of them as cards that unfold. The pictures are SVG that Python drew.
function drawCards(model, setting, value, id, state) {
  const drawn = (option) => { const box = h("span", { class: "ek-drawn" }); box.innerHTML = option.picture; return box; };
  const card = (option) => h("button", { type: "button", id: `${id}-${option.value}`, class: "ek-choice ek-card", "data-value": option.value, disabled: model.get("busy"),
    "aria-pressed": String(option.value === value), onclick: () => { state.sent[setting.name] = option.value; model.send({ do: "set", name: setting.name, value: option.value }); } },
    drawn(option), h("b", {}, option.label), h("small", {}, option.hint));
  const box = h("div", { class: "ek-cards", tabindex: "-1", onscroll: () => { state.scrolled = box.scrollTop; } }, ...setting.options.map(card));
  const details = h("details", { class: "ek-more", open: state.cards }, h("summary", {}, model.get("words").all_cards), box);
  details.addEventListener("toggle", () => { state.cards = details.open; });
  return [drawn(setting.options.find((option) => option.value === value)), details];
}

function drawDropZone(model, ids, state) {
  const upload = model.get("upload"), many = Boolean(upload.folder);
  if (!upload.label) return null;
  const chooser = (more) => {
    const input = h("input", { type: "file", accept: upload.accept || null, class: "ek-file", ...more });
    input.addEventListener("change", () => { sendFiles(model, [...input.files].map((file) => [file, file.webkitRelativePath || file.name]), state); input.value = ""; });
    return input;
  };
  const zone = h("label", { class: "ek-drop", for: ids.field("file") }, chooser({ id: ids.field("file"), multiple: many }), h("b", {}, upload.label), h("small", {}, upload.hint || ""));
  const hover = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", hover(true));
  zone.addEventListener("dragleave", hover(false));
  zone.addEventListener("drop", async (event) => { hover(false)(event); sendFiles(model, await droppedFiles(event.dataTransfer), state); });
  if (upload.words) return h("div", {}, zone, (state.tools ??= pictureTools(model, state)).element);
  return many ? h("div", {}, zone, h("label", { class: "ek-button ek-choose" }, chooser({ webkitdirectory: true, multiple: true }), upload.folder)) : zone;
}

// Camera and drawing pad beside the drop zone; what they give goes the way of a file. Made once: a camera must survive a change of the settings.
function pictureTools(model, state) {
  const words = model.get("upload").words;
  const give = (data) => data && sendFiles(model, [[new File([data], "picture.jpg", { type: "image/jpeg" }), "picture.jpg"]], state);
  const shot = h("button", { type: "button", hidden: true, "data-do": "shot", onclick: async () => give(await cam.grab()) }, words.shot);
  const taken = h("input", { type: "file", class: "ek-file", accept: "image/*", capture: "environment", "data-do": "own-camera" });
  taken.addEventListener("change", () => { if (taken.files[0]) sendFiles(model, [[taken.files[0], taken.files[0].name]], state); taken.value = ""; });
  const cam = camera(state.el, words, (on) => { shot.hidden = !on; }, { instead: () => [h("label", { class: "ek-button" }, taken, words.phone_camera)] });
  const box = h("div", { class: "ek-camera", hidden: true }, ...cam.parts, shot);
  cam.ask(words.consent_text);
  const element = h("div", {}, h("div", { class: "ek-actions ek-choose" },
    h("button", { type: "button", "data-do": "open-camera", onclick: () => { box.hidden = !box.hidden; if (box.hidden) cam.stop(); } }, words.camera),
    h("button", { type: "button", "data-do": "draw", onclick: () => openDrawingPad(state.el, words, words.draw, [[words.draw_ask, "draw-ask", give, true]]) }, words.draw)), box);
  return { element, stop: cam.stop };
}

// One after the other: the next is sent when Python has taken the one before. Of several, what is no picture, video or archive by its name stays where it is.
async function sendFiles(model, files, state) {
  const upload = model.get("upload"), wanted = upload.folder ? files.filter(([file]) => isMedia(file)) : files.slice(0, 1);
  for (const [place, [file, name]] of wanted.entries()) {
    const left = wanted.length - 1 - place;
    if (file.size > upload.max_bytes) { model.send({ do: "too_large", name, size: file.size, left }); continue; }
    const taken = new Promise((done) => { state.taken = done; });
    const parts = Math.max(1, Math.ceil(file.size / CHUNK_BYTES));
    for (let part = 0; part < parts; part++) {
      const piece = await file.slice(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES).arrayBuffer();
      model.send({ do: "file", name, part, parts, size: file.size, left }, undefined, [new DataView(piece)]);
    }
    if (left) await Promise.race([taken, new Promise((done) => setTimeout(done, 20_000))]);
  }
}

// Python sends a file in parts; the last one makes the browser save it.
function receiveFile(parts, content, buffers) {
  if (!content.download) return;
  if (content.part === 0) parts.length = 0;
  parts.push(buffers[0]);
  if (content.part < content.parts - 1) return;
  const url = URL.createObjectURL(new Blob(parts.splice(0)));
  const link = h("a", { href: url, download: content.download });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function drawSettings(model, ids, state) {
  const all = model.get("settings");
  const rare = all.filter((setting) => setting.rare);
  const words = model.get("words");
  const children = [drawDropZone(model, ids, state), ...all.filter((setting) => !setting.rare).map((setting) => drawField(model, setting, ids, state))];
  if (rare.length) {
    const details = h("details", { class: "ek-more", open: state.more }, h("summary", {}, words.more_settings), ...rare.map((setting) => drawField(model, setting, ids, state)));
    details.addEventListener("toggle", () => { state.more = details.open; });
    children.push(details);
  }
  return children.filter(Boolean);
}

function drawActions(model) {
  return model.get("actions").map((action) => h("button", {
    type: "button", class: action.primary ? "ek-primary" : action.quiet ? "ek-quiet" : "", disabled: Boolean(action.disabled), "data-action": action.name,
    onclick: () => model.send({ do: "act", name: action.name }),
  }, action.label));
}

function render({ model, el }) {
  const stem = freshId("view");
  const ids = { title: `${stem}-title`, code: `${stem}-code`, field: (name) => `${stem}-${name}` };
  const state = { more: false, sent: {}, el };
  const { head, pane, showCode, showPills } = drawHead(model, ids);
  const settings = h("div", { class: "ek-settings" });
  const result = h("div", { class: "ek-result", tabindex: "-1" });
  const middle = h("div", { class: "ek-middle" }, settings, result);
  const wrong = h("div", { class: "ek-wrong" });
  const actions = h("span", { class: "ek-actions" });
  const bar = h("progress", { class: "ek-progress", max: 1 });
  const status = h("span", { class: "ek-status", "aria-live": "polite" });
  const foot = h("footer", { class: "ek-foot" }, actions, bar, status);
  const body = h("div", { class: "ek-body" }, pane, middle, wrong);
  const view = h("section", { class: "ek-view", "aria-labelledby": ids.title, "data-view": model.get("kind") }, head, body, foot);
  el.append(view);

  const showSettings = () => {
    const focused = document.activeElement && settings.contains(document.activeElement) ? document.activeElement.id : null;
    settings.replaceChildren(...drawSettings(model, ids, state));
    middle.classList.toggle("ek-two", settings.querySelector(":scope > .ek-field, :scope > .ek-drop, :scope > div > .ek-drop") !== null); // rare settings alone go below
    settings.hidden = settings.children.length === 0;
    if (state.scrolled) settings.querySelector(".ek-cards")?.scrollTo(0, state.scrolled);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    showError();
  };
  const showBody = () => {
    if (result.innerHTML === model.get("body")) return;
    const at = result.contains(document.activeElement) ? document.activeElement.dataset : {};
    result.innerHTML = model.get("body");
    const again = at.do && [...result.querySelectorAll("[data-do]")].find((one) => one.dataset.do === at.do && one.dataset.value === at.value);
    if (at.do) (again || result).focus({ preventScroll: true }); // what was pressed may be gone: the result takes its place
  };
  const showError = () => {
    view.querySelectorAll(".ek-field .ek-error").forEach((box) => box.remove());
    const error = model.get("error");
    const near = error.near && settings.querySelector(`[data-setting="${error.near}"]`);
    const box = errorBox(error);
    if (near && box) near.append(box);
    wrong.replaceChildren(...(box && !near ? [box] : []));
  };
  let waiting = null; // the pressed button, while there is none that could take its focus
  const showFoot = () => {
    const focused = actions.contains(document.activeElement) ? document.activeElement.dataset.action : document.activeElement === document.body ? waiting : null;
    actions.replaceChildren(...drawActions(model));
    const next = focused && (actions.querySelector(`[data-action="${focused}"]:enabled`) || actions.querySelector("button:enabled"));
    next?.focus({ preventScroll: true });
    waiting = next ? null : focused;
    const share = model.get("share");
    bar.hidden = !model.get("busy");
    if (share < 0) bar.removeAttribute("value"); else bar.value = share;
    bar.setAttribute("aria-label", model.get("status"));
    if (status.textContent !== model.get("status")) status.textContent = model.get("status");
    foot.hidden = !actions.children.length && !model.get("status");
    view.setAttribute("aria-busy", String(model.get("busy")));
  };
  const parts = [];
  model.on("msg:custom", (content, buffers) => { receiveFile(parts, content, buffers); if (content.took) state.taken?.(); });
  result.addEventListener("click", (event) => {
    const target = event.target.closest("[data-do]");
    if (target) model.send({ do: "act", name: target.dataset.do, value: target.dataset.value ?? null });
  });

  const watched = [["change:code change:explain", showCode], ["change:pills", showPills], ["change:settings change:values change:busy change:upload", showSettings],
    ["change:body", showBody], ["change:error", showError], ["change:actions change:share change:status change:busy", showFoot]];
  for (const [events, show] of watched) { show(); model.on(events, show); }
  return () => { state.tools?.stop(); for (const [events, show] of watched) model.off(events, show); };
}

export default { render };
