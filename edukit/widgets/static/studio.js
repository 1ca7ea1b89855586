// The Studio: camera, class cards, drawing pad, live answer. Pictures are taken here; Python keeps them, learns and answers.
const FRAME_MS = 66, LOOK_MS = 33, CLICK_MS = 350, IN_FLIGHT = 2, PART = 1_000_000, BURST = 20, SILENT_MS = 10_000;

function render({ model, el }) {
  const words = model.get("words"), collecting = Boolean(model.get("collecting")); // collecting: nothing is learnt, so nothing answers
  const state = { recording: null, number: 0, waiting: 0, queue: [], looking: false, asked: 0, rest: 0, files: {} };
  const button = (label, act, kind = "", more = {}) => h("button", { type: "button", class: kind, onclick: act, ...more }, label);

  // Talking to Python: at most IN_FLIGHT pictures are on their way; what comes meanwhile waits (files) or is dropped (frames).
  const tell = (content, buffers) => model.send(content, undefined, buffers);
  const sendCounted = (content, buffers) => { if (!state.waiting) state.answered = performance.now(); state.waiting += 1; tell({ ...content, number: ++state.number }, buffers); };
  const next = () => { while (state.queue.length && state.waiting < IN_FLIGHT) sendCounted(...state.queue.shift()); };
  const sendFile = async (file, label, place) => {
    const parts = Math.max(1, Math.ceil(file.size / PART));
    for (let part = 0; part < parts; part++) {
      const piece = await file.slice(part * PART, (part + 1) * PART).arrayBuffer();
      state.queue.push([{ do: "file", name: file.name, label, part, parts, place, size: file.size }, [new DataView(piece)]]);
      next();
    }
  };
  const sendFiles = async (files, label) => {
    const usable = files.filter(isMedia);
    if (!usable.length) status.textContent = words.none_usable;
    for (const [place, file] of usable.entries()) await sendFile(file, label, place);
  };

  const cam = camera(el, words, (on) => { if (!on) state.recording = null; stage.classList.toggle("on", on); showCards(); }, { machine: model.get("machine_camera") ? (what) => tell({ do: "camera", what }) : null });
  const { grab } = cam;

  // Recording: hold (pointer or space bar), or click to start and click to stop.
  const newGroup = () => `burst-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 6)}`;
  async function record(label, limit = Infinity) {
    const mine = { label, group: newGroup(), taken: 0 };
    state.recording = mine;
    showRecording();
    while (state.recording === mine && cam.on && mine.taken < limit) {
      const began = performance.now();
      if (state.waiting && began - state.answered > SILENT_MS) { cam.say("silent"); break; }
      if (state.waiting < IN_FLIGHT) {
        const data = await grab();
        if (data && state.recording === mine) { sendCounted({ do: "frame", label, group: mine.group }, [data]); mine.taken += 1; }
      }
      await new Promise((done) => setTimeout(done, Math.max(5, FRAME_MS - (performance.now() - began))));
    }
    if (state.recording === mine) endRecording();
  }
  const endRecording = () => { state.recording = null; showRecording(); };
  const recordButton = (label) => {
    let began = 0;
    const down = () => { if (state.recording) { began = 0; endRecording(); } else { began = performance.now(); record(label); } };
    const up = () => { if (began && state.recording && performance.now() - began > CLICK_MS) endRecording(); };
    const key = (event) => event.key === " " || event.key === "Enter";
    return h("button", { type: "button", class: "ek-record", "data-record": label, disabled: !cam.on, title: words.record_hint,
      onpointerdown: (event) => { if (event.button) return; event.target.setPointerCapture?.(event.pointerId); down(); }, onpointerup: up, onpointercancel: up,
      onkeydown: (event) => { if (key(event)) { event.preventDefault(); if (!event.repeat) down(); } }, onkeyup: (event) => { if (key(event)) { event.preventDefault(); up(); } },
      oncontextmenu: (event) => event.preventDefault() }, words.record);
  };
  const showRecording = () => cards.querySelectorAll(".ek-record").forEach((one) => {
    const on = state.recording?.label === one.dataset.record;
    one.setAttribute("aria-pressed", String(on));
    one.textContent = on ? words.recording : words.record;
  });
  const countdown = async (event, label) => {
    const target = event.target;
    target.disabled = true;
    for (const left of [3, 2, 1]) { target.textContent = String(left); await new Promise((done) => setTimeout(done, 1000)); }
    target.textContent = words.countdown;
    target.disabled = false;
    if (cam.on && !state.recording) record(label, BURST);
  };

  const openPad = (label) => openDrawingPad(el, words, label, [[words.draw_add, "draw-add", (data) => sendCounted({ do: "frame", label, group: "" }, [data])],
    ...(model.get("trained").classes ? [[words.draw_ask, "draw-ask", look]] : [])]);
  const sayInPad = (text) => el.querySelector(".ek-pad output")?.replaceChildren(text); // the cards and the live answer lie behind it

  // The cards.
  const cards = h("div", { class: "ek-studio-cards" });
  const chooser = (label, text, more) => {
    const input = h("input", { type: "file", class: "ek-file", accept: "image/*,video/*,.zip,.tm", ...more });
    input.addEventListener("change", () => { sendFiles([...input.files], label); input.value = ""; });
    return h("label", { class: "ek-button" }, input, text);
  };
  const ownCamera = (label) => chooser(label, words.phone_camera, { capture: "environment", accept: "image/*", "data-do": "own-camera" });
  function drawCard(card) {
    const { label } = card;
    const name = h("input", { type: "text", value: label, "aria-label": words.name, autocomplete: "off", spellcheck: "false",
      onchange: (event) => { if (event.target.value.trim() && event.target.value !== label) tell({ do: "rename", label, new: event.target.value }); } });
    const rest = h("details", { class: "ek-more" }, h("summary", {}, "…"), button(words.countdown, (event) => countdown(event, label), "", { disabled: !cam.on }),
      chooser(label, words.upload_folder, { webkitdirectory: true, multiple: true }), cam.trouble ? null : ownCamera(label),
      button(words.delete_class, () => tell({ do: "delete_class", label })));
    const box = h("section", { class: "ek-studio-card", "aria-label": label, "data-label": label }, name, h("output", { class: "ek-big" }, String(card.count)),
      h("div", { class: "ek-row" }, ...card.pictures.map((uri) => h("img", { src: uri, alt: "" }))), cam.trouble ? ownCamera(label) : recordButton(label),
      h("div", { class: "ek-actions" }, chooser(label, words.upload, { multiple: true }), button(words.draw, () => openPad(label)),
        button(words.look, () => { state.showPicture = openPictures(el, words, label, (content) => tell({ ...content, number: 0 })); showUndo(); }, "", { "data-do": "look", title: words.look_hint, disabled: !card.count })), rest);
    const over = (on) => (event) => { event.preventDefault(); box.classList.toggle("over", on); };
    box.addEventListener("dragover", over(true));
    box.addEventListener("dragleave", over(false));
    box.addEventListener("drop", (event) => { over(false)(event); droppedFiles(event.dataTransfer).then((found) => sendFiles(found.map(([file]) => file), label)); });
    return box;
  }
  function showCards() {
    const told = model.get("cards"), here = [...cards.querySelectorAll(".ek-studio-card")];
    if (state.recording && here.length === told.length && here.every((box, i) => box.dataset.label === told[i].label)) { // the button under the finger stays
      here.forEach((box, i) => { box.querySelector("output").textContent = told[i].count; box.querySelector("[data-do=look]").disabled = !told[i].count; box.querySelector(".ek-row").replaceChildren(...told[i].pictures.map((uri) => h("img", { src: uri, alt: "" }))); });
    } else {
      const focused = cards.contains(document.activeElement) ? document.activeElement.dataset.record : null;
      cards.replaceChildren(...told.map(drawCard), button(words.add_class, () => tell({ do: "class" }), "ek-studio-add"));
      if (focused) [...cards.querySelectorAll(".ek-record")].find((one) => one.dataset.record === focused)?.focus({ preventScroll: true });
    }
    const few = told.filter((card) => card.count).length < 2;
    train.disabled = few || model.get("busy");
    stop.hidden = !model.get("busy");
    hint.hidden = !few;
    view.setAttribute("aria-busy", String(model.get("busy")));
    const drawn = el.querySelector(".ek-pad b")?.textContent;
    if (drawn) sayInPad(`${drawn} · ${told.find((card) => card.label === drawn)?.count ?? 0}`);
  }

  // Train, answer, keep.
  const hold = h("input", { type: "checkbox" });
  const train = button(words.train, () => { endRecording(); state.bring = !hold.checked; tell({ do: "train", hold_back: hold.checked }); }, "ek-primary", { "data-do": "train" }), stop = button(words.stop, () => tell({ do: "stop" }), "", { "data-do": "stop" }), hint = h("span", { class: "ek-hint" }, words.train_hint);
  const live = h("div", { class: "ek-studio-live" }), whyBox = h("div", { class: "ek-studio-why" }), test = h("div", { class: "ek-studio-test" });
  const keep = h("div", { class: "ek-actions" });
  const pictures = (list, text) => h("span", {}, ...list.map((one) => h("figure", {}, h("img", { src: one.uri, alt: "" }), h("figcaption", {}, one[text]))));
  const look = (data) => { if (model.get("trained").classes) { state.looking = true; state.asked = performance.now(); tell({ do: "look", number: 0 }, [data]); } };
  const showTrained = () => {
    const { classes, test: told } = model.get("trained");
    whyBox.replaceChildren();
    live.replaceChildren(...(classes ? [h("div", { class: "ek-bars" }, ...classes.map((label) => h("div", { class: "ek-bar" }, h("b", {}, label), h("i", {}, h("i", { style: "width:0" })), h("output", {}, "–")))),
      h("p", { class: "ek-answer", "aria-live": "polite" }), h("div", { class: "ek-actions" }, button(words.why, () => tell({ do: "why" }), "", { "data-do": "why", disabled: true }), tryInput()),
    ] : [h("div", { class: "ek-empty" }, h("p", {}, words.live_wait))]));
    test.replaceChildren(...(told?.sentence ? [h("p", { class: "ek-box" }, told.sentence), pictures(told.wrong, "said")] : []));
    showKeep();
    if (state.bring && classes) [state.bring] = [false, live.scrollIntoView({ block: "nearest" })]; // the button is far below; the test's result is beside it
  };
  const tryInput = () => {
    const input = h("input", { type: "file", class: "ek-file", accept: "image/*", "data-do": "try" });
    input.addEventListener("change", async () => { if (input.files[0]) look(new DataView(await input.files[0].arrayBuffer())); input.value = ""; });
    return h("label", { class: "ek-button" }, input, words.try_picture);
  };
  const showAnswer = ({ shares, unknown }) => {
    const best = shares.indexOf(Math.max(...shares)), rows = live.querySelectorAll(".ek-bar");
    rows.forEach((row, i) => {
      row.classList.toggle("best", i === best && !unknown);
      row.querySelector("i > i").style.width = `${(100 * (shares[i] || 0)).toFixed(1)}%`;
      row.querySelector("output").textContent = `${Math.round(100 * (shares[i] || 0))}%`;
    });
    const said = unknown ? words.unknown : model.get("trained").classes?.[best] || "", place = live.querySelector(".ek-answer");
    if (place && place.textContent !== said) place.textContent = said;
    live.querySelector("[data-do=why]")?.removeAttribute("disabled");
    sayInPad(unknown ? said : `${said} ${Math.round(100 * shares[best])}%`);
  };
  const showWhy = (why) => { whyBox.replaceChildren(h("p", {}, h("b", {}, `${why.label} · ${words.why_for}`)), pictures(why.for, "pull"), h("p", {}, h("b", {}, words.why_against)), pictures(why.against, "pull")); whyBox.scrollIntoView({ block: "nearest" }); };
  const showKeep = () => {
    const kept = model.get("kept");
    keep.replaceChildren(...(model.get("trained").classes ? [button(words.keep, () => tell({ do: "keep" }), kept.length ? "" : "ek-primary", { "data-do": "keep", title: words.keep_hint }),
      ...kept.map((one) => button(`⬇ ${one.label}`, () => tell({ do: "download", what: one.what }), "", { "data-download": one.what })),
      kept.length && words.go_on && globalThis.ek?.started ? button(words.go_on, () => tell({ do: "go_on" }), "", { "data-do": "go-on" }) : null].filter(Boolean) : []));
  };
  const receive = ({ download: file, part, parts }, buffers) => {
    const got = part === 0 ? (state.files[file] = []) : state.files[file];
    got.push(buffers[0]);
    if (part < parts - 1) return;
    const url = URL.createObjectURL(new Blob(got));
    h("a", { href: url, download: file }).click();
    delete state.files[file];
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };

  const sets = h("span", { class: "ek-actions" });
  const showSets = () => {
    const { name, others = [], folder } = model.get("sets");
    const ask = () => { const wanted = prompt(words.new_set_ask); if (wanted?.trim()) tell({ do: "set", name: wanted.trim() }); else showSets(); };
    sets.replaceChildren(h("label", {}, `${words.set} `, h("select", { onchange: (event) => (event.target.value ? tell({ do: "set", name: event.target.value }) : ask()) },
      ...[...new Set([name, ...others])].map((one) => h("option", { value: one, selected: one === name }, one)), h("option", { value: "" }, words.new_set))));
    cam.ask(words.consent_text, h("code", {}, folder || ""), words.expires);
  };
  const phone = h("div", { class: "ek-box ek-studio-phone", hidden: true });
  const showPhone = () => {
    const { svg, url, told } = model.get("phone"), code = h("div");
    code.innerHTML = svg || ""; // our own drawing
    phone.replaceChildren(...(told ? [h("p", {}, told), code, url ? h("code", {}, url) : ""] : []));
    phone.hidden = !told;
  };
  const wrong = h("div", { class: "ek-wrong" }), status = h("span", { class: "ek-status", "aria-live": "polite" });
  const stage = h("div", { class: "ek-studio-stage" }, h("div", {}, ...cam.parts.slice(0, -1)), collecting ? null : h("div", {}, h("b", {}, words.live), live)); // stays in sight while the camera is on
  const view = h("section", { class: "ek-view ek-studio", "data-view": model.get("kind"), "aria-label": words.title, "aria-busy": "false" },
    h("header", { class: "ek-head" }, heading(words.title), h("span", { class: "ek-space" }), sets),
    h("div", { class: "ek-body" }, stage, h("div", { class: "ek-actions" }, cam.parts.at(-1), button(words.phone, () => tell({ do: "phone" }), "", { "data-do": "phone" })), phone, whyBox, cards, collecting ? null : h("label", { class: "ek-check" }, hold, words.hold_back), test, wrong),
    h("footer", { class: "ek-foot" }, h("span", { class: "ek-actions" }, train, stop, button(words.undo, () => tell({ do: "undo" }), "", { "data-do": "undo" })), hint, keep, status,
      button(words.delete_all, () => { if (confirm(words.delete_sure)) { cam.stop(); tell({ do: "delete_all" }); } }, "ek-quiet", { "data-do": "delete-all" })));
  el.append(view);

  const showUndo = () => el.querySelectorAll("[data-do=undo]").forEach((one) => { one.disabled = !model.get("undoable"); });
  const looker = setInterval(async () => {
    if (!el.isConnected) { cam.stop(); return; }
    if (!cam.on || state.looking || performance.now() < state.rest || state.recording || document.hidden || el.querySelector(".ek-pad") || !model.get("trained").classes) return;
    const data = await grab();
    if (data) look(data);
  }, LOOK_MS);
  const heard = (content, buffers) => {
    if (content.answer) { // the next look waits as long as this one took: quick alone, and a class of thirty shares the processors
      state.looking = false;
      state.rest = 2 * performance.now() - state.asked;
      showAnswer(content.answer);
    }
    if (content.why) showWhy(content.why);
    if (content.picture) state.showPicture?.(content.picture, buffers[0]);
    if (content.download) receive(content, buffers);
    if (content.go) location.href = `../${content.go}`;
    if (content.camera) cam.hear(content, buffers);
    if (content.failed) endRecording(); // a full disk takes no more: what was recorded is kept
    if (content.took !== undefined) { state.answered = performance.now(); if (content.took) state.waiting = Math.max(0, state.waiting - 1); else state.looking = false; next(); }
  };
  const showError = () => {
    view.querySelectorAll(".ek-wrong").forEach((place) => place.replaceChildren(...[errorBox(model.get("error"))].filter(Boolean)));
    wrong.firstChild?.scrollIntoView({ block: "nearest" }); // the cards may be far above it
  };
  const showStatus = () => { status.textContent = model.get("status"); };
  const watched = [["change:sets", showSets], ["change:cards change:busy", showCards], ["change:trained", showTrained], ["change:kept", showKeep], ["change:phone", showPhone], ["change:undoable", showUndo], ["change:error", showError], ["change:status", showStatus]];
  for (const [events, show] of watched) { show(); model.on(events, show); }
  model.on("msg:custom", heard);
  return () => { clearInterval(looker); cam.stop(); model.off("msg:custom", heard); for (const [events, show] of watched) model.off(events, show); };
}

export default { render };
