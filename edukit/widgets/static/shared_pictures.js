// Pictures that are taken in the page: a camera with consent before its first frame, and a drawing pad. Both give JPEGs of the middle square.
const SIDE = 224;

function squareOf(source, width, height, mirror = false) {
  const canvas = h("canvas", { width: SIDE, height: SIDE }), draw = canvas.getContext("2d"), side = Math.min(width, height);
  return new Promise((done) => {
    if (!side) return done(null);
    draw.setTransform(mirror ? -1 : 1, 0, 0, 1, mirror ? SIDE : 0, 0);
    draw.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    canvas.toBlob(async (blob) => done(blob && new DataView(await blob.arrayBuffer())), "image/jpeg", 0.9);
  });
}

// changed(on) is called when the camera starts and stops; `parts` are its elements: consent, trouble, picture, buttons. Where it cannot work the page says why, and
// shows what there is instead: `instead(trouble)` are elements, machine(what) switches the camera of the computer that runs Python on and off, if that is this one.
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];
const CAMERA_TROUBLE = { NotAllowedError: "no_refused", SecurityError: "no_refused", NotFoundError: "no_device", OverconstrainedError: "no_device", NotReadableError: "no_busy", AbortError: "no_busy" };

function camera(el, words, changed, { instead = () => [], machine = null } = {}) {
  const own = { stream: null, byMachine: false, trouble: "", facing: "user", mirror: true };
  const button = (label, act, more = {}) => h("button", { type: "button", onclick: act, ...more }, label);
  const video = h("video", { class: "ek-studio-video", autoplay: true, playsinline: true, muted: true, hidden: true });
  const shown = h("canvas", { class: "ek-studio-video", width: 640, height: 480, hidden: true }); // what Python sends of its machine's camera
  const consent = h("div", { class: "ek-box ek-studio-consent" }), trouble = h("div", { class: "ek-box warn", role: "alert", hidden: true });
  const tools = h("div", { class: "ek-actions", hidden: true },
    button(words.flip, () => { own.facing = own.facing === "user" ? "environment" : "user"; own.mirror = own.facing === "user"; start(); }, { "data-do": "flip" }),
    button(words.mirror, () => { own.mirror = !own.mirror; showMirror(); }, { "data-do": "mirror" }), button(words.camera_off, () => stop(), { "data-do": "camera-off" }));
  const showMirror = () => { video.style.transform = shown.style.transform = own.mirror ? "scaleX(-1)" : ""; };
  const say = (key, broken = key.startsWith("no_")) => { // a key of the words, or what Python says itself
    own.trouble = broken ? key : "";
    const offered = own.trouble ? instead() : [];
    if (own.trouble && machine && LOOPBACK.includes(location.hostname)) offered.push(button(words.machine_camera, startMachine, { "data-do": "machine-camera" }));
    trouble.replaceChildren(h("p", {}, words[key] || key), h("div", { class: "ek-actions" }, ...offered));
    trouble.hidden = false;
    changed(false);
  };
  const show = (on) => {
    video.hidden = !own.stream;
    shown.hidden = !own.byMachine;
    tools.hidden = !on;
    consent.hidden = on;
    tools.firstChild.hidden = own.byMachine;
    if (on) [own.trouble, trouble.hidden] = ["", true];
    showMirror();
    changed(on);
  };
  async function start() {
    trouble.hidden = true;
    stop();
    if (!globalThis.isSecureContext) return say("no_insecure");
    if (!navigator.mediaDevices?.getUserMedia) return say("no_other");
    try {
      own.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: own.facing, width: { ideal: 640 }, height: { ideal: 480 } }, audio: false });
    } catch (error) { return say(CAMERA_TROUBLE[error.name] || "no_other"); }
    if (!el.isConnected) return stop();
    own.stream.getVideoTracks()[0].addEventListener("ended", () => { stop(); say("unplugged"); });
    video.srcObject = own.stream;
    video.muted = true;
    await video.play().catch(() => {});
    if (own.stream) show(true);
  }
  function startMachine() {
    stop();
    [own.byMachine, shown.width] = [true, 640]; // the canvas is empty again
    machine("on");
    show(true);
  }
  // A message of Python's: a picture, or that the camera is off and why.
  async function hear({ camera: what, reason }, buffers) {
    if (!own.byMachine) return;
    if (what !== "picture") {
      const worked = shown.dataset.live;
      stop();
      if (reason) say(reason, !worked);
      return;
    }
    const picture = await createImageBitmap(new Blob([buffers[0]], { type: "image/jpeg" }));
    [shown.width, shown.height] = [picture.width, picture.height];
    shown.getContext("2d").drawImage(picture, 0, 0);
    shown.dataset.live = "true";
    machine("taken");
  }
  function stop() {
    if (own.byMachine) machine("off");
    own.stream?.getTracks().forEach((track) => track.stop());
    own.stream = video.srcObject = null;
    own.byMachine = false;
    delete shown.dataset.live;
    show(false);
  }
  const ask = (...told) => consent.replaceChildren(h("b", {}, words.consent), h("p", {}, ...told.flatMap((one) => [one, " "])), h("p", {}, words.consent_people),
    button(words.camera_on, start, { class: "ek-primary", "data-do": "camera" }));
  // The middle square, as it is seen: mirrored where the picture on the screen is.
  const grab = () => (own.byMachine ? squareOf(shown, shown.dataset.live ? shown.width : 0, shown.dataset.live ? shown.height : 0, own.mirror) : squareOf(video, video.videoWidth, video.videoHeight, own.mirror));
  return { get on() { return Boolean(own.stream || own.byMachine); }, get trouble() { return own.trouble; }, parts: [consent, trouble, video, shown, tools], ask, start, stop, grab, hear, say };
}

// Whether most of the pictures that are shown have dark corners: what is drawn beside them is white on black, too.
function onDark(el) {
  const seen = [...el.querySelectorAll(".ek-row img")].filter((one) => one.naturalWidth), small = h("canvas", { width: 4, height: 4 }).getContext("2d", { willReadFrequently: true });
  const dark = seen.filter((one) => {
    small.drawImage(one, 0, 0, 4, 4);
    const pixels = small.getImageData(0, 0, 4, 4).data;
    return [0, 12, 48, 60].every((at) => Math.max(...pixels.slice(at, at + 3)) < 60);
  });
  return dark.length > seen.length / 2;
}

// uses: [label, name, act(picture)] for each button; the first one is the primary one and clears the paper.
function openDrawingPad(el, words, title, uses) {
  const paper = h("canvas", { width: 280, height: 280, class: "ek-paper" }), draw = paper.getContext("2d", { willReadFrequently: true });
  const dark = h("input", { type: "checkbox", checked: onDark(el), onchange: () => clear() }), centre = h("input", { type: "checkbox", checked: true });
  const clear = () => { draw.fillStyle = dark.checked ? "#000" : "#fff"; draw.fillRect(0, 0, 280, 280); };
  let last = null;
  const at = (event) => { const box = paper.getBoundingClientRect(); return [((event.clientX - box.left) * 280) / box.width, ((event.clientY - box.top) * 280) / box.height]; };
  const stroke = (event) => {
    if (!last) return;
    const here = at(event);
    Object.assign(draw, { strokeStyle: dark.checked ? "#fff" : "#000", lineWidth: 16, lineCap: "round" });
    draw.beginPath(); draw.moveTo(...last); draw.lineTo(...here); draw.stroke();
    last = here;
  };
  paper.addEventListener("pointerdown", (event) => { paper.setPointerCapture?.(event.pointerId); last = at(event); stroke(event); });
  paper.addEventListener("pointermove", stroke);
  for (const end of ["pointerup", "pointercancel"]) paper.addEventListener(end, () => { last = null; });
  const centred = () => { // a picture of its own, centred on its ink if wanted
    const pixels = draw.getImageData(0, 0, 280, 280).data, blank = dark.checked ? 0 : 255;
    let [left, top, right, bottom] = [280, 280, -1, -1];
    for (let i = 0; i < 280 * 280; i++) if (Math.abs(pixels[4 * i] - blank) > 40) {
      const x = i % 280, y = (i - x) / 280;
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
    }
    if (right < 0) return null;
    if (!centre.checked) return paper;
    const side = 1.3 * Math.max(right - left, bottom - top, 20), out = h("canvas", { width: 280, height: 280 }), ink = out.getContext("2d");
    ink.fillStyle = dark.checked ? "#000" : "#fff";
    ink.fillRect(0, 0, 280, 280);
    ink.drawImage(paper, (left + right - side) / 2, (top + bottom - side) / 2, side, side, 0, 0, 280, 280);
    return out;
  };
  const give = async (act) => { const found = centred(); const data = found && await squareOf(found, 280, 280); if (data) act(data); return Boolean(data); };
  const buttons = uses.map(([label, name, act, closes], place) => h("button", { type: "button", class: place ? "" : "ek-primary", "data-do": name,
    onclick: async () => { if (!(await give(act))) return; if (closes) pad.close(); else if (!place) clear(); } }, label));
  const pad = h("dialog", { class: "ek-pad", onclose: () => pad.remove() }, h("b", {}, title), paper, h("output", { class: "ek-answer", "aria-live": "polite" }), h("label", { class: "ek-check" }, dark, words.draw_dark), h("label", { class: "ek-check" }, centre, words.draw_centre),
    h("div", { class: "ek-actions" }, ...buttons, h("button", { type: "button", onclick: clear }, words.draw_clear), h("button", { type: "button", class: "ek-quiet", "aria-label": "✕", onclick: () => pad.close() }, "✕")));
  clear();
  (el.querySelector(".ek-view") || el).append(pad);
  pad.showModal();
}
