// The picture that can be moved: drawn here at once, answered by a real model in Python; only the latest state is ever asked about.
const SIDE = 224; // pixels, what the model sees
const START = { x: 0, y: 0, turn: 0, size: 80, dim: 0 };
const SLIDERS = [["turn", -180, 180, 1], ["size", 10, 160, 1], ["dim", 0, 95, 1], ["x", -60, 60, 1], ["y", -60, 60, 1]];
const PATIENCE_MS = 4000;

function paint(context, picture, state) {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SIDE, SIDE);
  context.translate(SIDE / 2 + (state.x / 100) * SIDE, SIDE / 2 + (state.y / 100) * SIDE);
  context.rotate((state.turn * Math.PI) / 180);
  const scale = ((state.size / 100) * SIDE) / Math.max(picture.width, picture.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, (-picture.width * scale) / 2, (-picture.height * scale) / 2, picture.width * scale, picture.height * scale);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = `rgba(0, 0, 0, ${state.dim / 100})`;
  context.fillRect(0, 0, SIDE, SIDE);
}

function askLatest(model, canvas, answered) {
  let waiting = 0, wanted = false, number = 0, timer = null, stateAsked = null, nextState = null, patience = PATIENCE_MS;
  const ask = () => {
    wanted = false; waiting = ++number; stateAsked = nextState;
    clearTimeout(timer);
    timer = setTimeout(() => { patience *= 2; ask(); }, patience); // a question may get lost while the page connects
    canvas.toBlob(async (blob) => model.send({ do: "look", number: waiting }, undefined, [new DataView(await blob.arrayBuffer())]), "image/png");
  };
  model.on("msg:custom", (message) => {
    if (message.number !== waiting) return;
    waiting = 0; patience = PATIENCE_MS;
    clearTimeout(timer);
    answered(message.scores, stateAsked);
    if (wanted) ask();
  });
  return (state) => { nextState = { ...state }; wanted = true; if (!waiting) ask(); };
}

function drawBars(names, scores, truth) {
  const order = scores.map((score, i) => [score, i]).sort((a, b) => b[0] - a[0]);
  const top = order[0][1];
  return names.map((name, i) => h("div", { class: `ek-bar${i === top ? " best" : ""}` }, h("b", {}, name + (i === truth ? " ★" : "")),
    h("i", { "aria-hidden": "true" }, h("i", { style: `width:${(100 * scores[i]).toFixed(1)}%` })), h("output", {}, `${(100 * scores[i]).toFixed(0)}%`)));
}

// How sure the model was of the right answer at every turn that was tried.
function drawTrace(trace, words) {
  const width = 340, left = 46, right = 326, top = 8, bottom = 70;
  const x = (turn) => left + ((turn + 180) / 360) * (right - left), y = (score) => bottom - score * (bottom - top);
  const marks = [...trace.entries()].sort((a, b) => a[0] - b[0]);
  const dots = marks.map(([turn, [score, good]]) => `<circle cx="${x(turn).toFixed(1)}" cy="${y(score).toFixed(1)}" r="3" style="fill:var(${good ? "--ek-good" : "--ek-bad"})"/>`).join("");
  const lines = [0, 0.5, 1].map((s) => `<line class="grid" x1="${left}" x2="${right}" y1="${y(s)}" y2="${y(s)}"/><text x="${left - 6}" y="${y(s) + 4}" text-anchor="end">${100 * s}%</text>`).join("");
  const turns = [-180, -90, 0, 90, 180].map((v) => `<text x="${x(v)}" y="88" text-anchor="middle">${v}°</text>`).join("");
  return `<svg class="ek-chart ek-trace" viewBox="0 0 ${width} 94" role="img" aria-label="${words.trace}">${lines}${turns}${dots}</svg>`;
}

function render({ model, el }) {
  bringLook(model);
  const words = model.get("words"), pictures = model.get("pictures"), names = model.get("names");
  const stem = freshId("move");
  const state = { ...START };
  let chosen = 0, trace = new Map(), smallest = null;
  const done = new Set();

  const canvas = h("canvas", { width: SIDE, height: SIDE, tabindex: "0", role: "img", "aria-label": words.canvas, "aria-describedby": `${stem}-said` });
  const context = canvas.getContext("2d");
  const image = new Image();
  const inputs = {}, outputs = {};
  const show = (name) => { inputs[name].value = state[name]; outputs[name].textContent = state[name] + (name === "turn" ? "°" : "%"); };
  const sliders = SLIDERS.map(([name, min, max, step]) => {
    inputs[name] = h("input", { id: `${stem}-${name}`, type: "range", min, max, step, oninput: () => { state[name] = Number(inputs[name].value); moved(name); } });
    outputs[name] = h("output", { for: `${stem}-${name}` });
    return h("div", { class: "ek-field" }, h("label", { for: `${stem}-${name}` }, words[name], " ", outputs[name]), inputs[name]);
  });
  const verdict = h("div", { class: "ek-verdict", id: `${stem}-said`, "aria-live": "polite" });
  const bars = h("div", { class: "ek-bars" });
  const tasks = h("ul", { class: "ek-list" });
  const graph = h("div", {});
  const wrong = h("div", { class: "ek-wrong" });
  const picks = pictures.map((picture, i) => h("button", { type: "button", class: "ek-pick", "aria-label": picture.name, "aria-pressed": "false", onclick: () => choose(i) },
    h("img", { class: "ek-thumb", src: picture.uri, alt: "" })));
  const reset = h("button", { type: "button", class: "ek-quiet", onclick: () => { Object.assign(state, START); moved(""); } }, words.reset);

  const ask = askLatest(model, canvas, (scores, then) => {
    const truth = pictures[chosen].index, top = scores.indexOf(Math.max(...scores)), right = top === truth;
    bars.replaceChildren(...drawBars(names, scores, truth));
    const said = (right ? words.still : words.fooled).replace("{said}", names[top]).replace("{sure}", `${(100 * scores[top]).toFixed(0)}%`).replace("{truth}", names[truth]);
    if (verdict.textContent !== said) verdict.replaceChildren(h("span", { class: right ? "ek-good" : "ek-bad", "aria-hidden": "true" }, right ? "✓ " : "✗ "), said);
    if (only(then, "turn")) trace.set(then.turn, [scores[truth], right]);
    if (!right && then.turn !== 0) done.add("turn");
    if (right && only(then, "size") && then.size < 60 && (smallest === null || then.size < smallest)) { smallest = then.size; done.add("size"); }
    if (only(then, "dim") && then.dim > 0 && scores[truth] < 0.5) done.add("dim");
    graph.innerHTML = drawTrace(trace, words);
    showTasks();
  });
  const only = (then, name) => Object.keys(START).every((key) => key === name || then[key] === START[key]);
  const showTasks = () => tasks.replaceChildren(...["turn", "size", "dim"].map((name) => h("li", {},
    h("span", { class: done.has(name) ? "ek-yes" : "" }, done.has(name) ? "✓" : "○"),
    h("span", {}, words[`task_${name}`] + (name === "size" && smallest !== null ? ` ${words.record.replace("{size}", smallest)}` : "")))));
  const moved = () => {
    Object.keys(START).forEach(show);
    if (!image.complete || !image.naturalWidth) return;
    paint(context, image, state);
    ask(state);
  };
  const choose = (i) => {
    chosen = i; trace = new Map(); smallest = null;
    Object.assign(state, START);
    picks.forEach((pick, k) => pick.setAttribute("aria-pressed", String(k === i)));
    image.src = pictures[i].uri;
  };
  image.addEventListener("load", () => moved(""));
  dragging(canvas, state, () => moved("x"));
  const showError = () => wrong.replaceChildren(...[errorBox(model.get("error"))].filter(Boolean));
  model.on("change:error", showError);

  el.append(h("section", { class: "ek-view", "data-view": "move", "aria-labelledby": `${stem}-title` },
    h("header", { class: "ek-head" }, h("h3", { id: `${stem}-title` }, words.title), h("span", { class: "ek-pill" }, model.get("pill"))),
    h("div", { class: "ek-body" },
      h("div", { class: "ek-stage" }, h("div", { class: "ek-canvas" }, canvas, h("p", {}, h("small", {}, words.hint))), verdict, bars,
        h("div", { class: "ek-row ek-picks", role: "group", "aria-label": words.pictures }, ...picks), h("div", { class: "ek-sliders" }, ...sliders)),
      h("div", { class: "ek-two ek-even" }, h("div", {}, h("b", {}, words.tasks), tasks), h("div", {}, h("small", {}, words.trace), graph)), wrong),
    h("footer", { class: "ek-foot" }, reset, h("span", { class: "ek-space" }), h("span", {}, words.how))));
  graph.innerHTML = drawTrace(trace, words);
  showTasks();
  showError();
  if (pictures.length) choose(model.get("first"));
  return () => model.off("change:error", showError);
}

function dragging(canvas, state, moved) {
  let from = null;
  const clamp = (value) => Math.max(-60, Math.min(60, Math.round(value)));
  canvas.addEventListener("pointerdown", (event) => { from = { px: event.clientX, py: event.clientY, x: state.x, y: state.y }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    state.x = clamp(from.x + (100 * (event.clientX - from.px)) / canvas.clientWidth);
    state.y = clamp(from.y + (100 * (event.clientY - from.py)) / canvas.clientHeight);
    moved();
  });
  const end = () => { from = null; };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: ["x", -3], ArrowRight: ["x", 3], ArrowUp: ["y", -3], ArrowDown: ["y", 3] }[event.key];
    if (!step) return;
    event.preventDefault();
    state[step[0]] = clamp(state[step[0]] + step[1]);
    moved();
  });
}

export default { render };
