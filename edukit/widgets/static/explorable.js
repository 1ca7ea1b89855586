// The page of every explorable: it moves sliders, by mouse, finger or keys, and shows what Python answers. Only the latest state is ever asked about.
const PATIENCE_MS = 4000;

function askLatest(model, answered) {
  let waiting = 0, number = 0, timer = null, next = null, patience = PATIENCE_MS;
  const ask = () => {
    const asked = next;
    next = null; waiting = ++number;
    clearTimeout(timer);
    timer = setTimeout(() => { patience *= 2; next ??= asked; ask(); }, patience); // a question may get lost while the page connects
    model.send({ do: "look", number: waiting, ...asked });
  };
  model.on("msg:custom", (message, buffers) => {
    if (message.number !== waiting) return;
    waiting = 0; patience = PATIENCE_MS;
    clearTimeout(timer);
    answered(message, buffers[0]);
    if (next) ask();
  });
  model.on("change:error", () => { if (model.get("error").message && waiting) { waiting = 0; clearTimeout(timer); if (next) ask(); } });
  return (state, choice) => { next = { state: { ...state }, choice }; if (!waiting) ask(); };
}

// Python sends pictures as PNG; they are drawn in the order in which they were asked for.
async function paint(canvas, png) {
  const picture = await createImageBitmap(new Blob([png], { type: "image/png" }));
  if (canvas.width !== picture.width || canvas.height !== picture.height) [canvas.width, canvas.height] = [picture.width, picture.height];
  canvas.getContext("2d").drawImage(picture, 0, 0);
}

function drawPlot(plot, marks, label) {
  const left = 46, right = 314, top = 8, bottom = 70;
  const [x0, x1, xUnit] = plot.x, [y0, y1, yUnit] = plot.y;
  const x = (value) => left + ((value - x0) / (x1 - x0)) * (right - left), y = (value) => bottom - ((value - y0) / (y1 - y0)) * (bottom - top);
  const short = (value) => String(Number(value.toPrecision(3)));
  const lines = [y0, (y0 + y1) / 2, y1].map((v) => `<line class="grid" x1="${left}" x2="${right}" y1="${y(v)}" y2="${y(v)}"/><text x="${left - 6}" y="${y(v) + 4}" text-anchor="end">${short(v)}${yUnit}</text>`);
  const ticks = plot.ticks.map((v) => `<text x="${x(v)}" y="88" text-anchor="middle">${short(v)}${xUnit}</text>`);
  const dots = marks.map(([at, value, good]) => `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" style="fill:var(${good ? "--ek-good" : "--ek-bad"})"/>`);
  return `<svg class="ek-chart ek-trace" viewBox="0 0 340 94" role="img" aria-label="${label}">${lines.join("")}${ticks.join("")}${dots.join("")}</svg>`;
}

// Dragging across the whole stage, or an arrow key, moves the two sliders that the explorable names.
function dragging(canvas, sliders, state, moved) {
  let from = null;
  const move = (slider, value) => {
    if (slider) state[slider.name] = Math.max(slider.low, Math.min(slider.high, Math.round(value / slider.step) * slider.step));
  };
  const span = (slider) => slider.high - slider.low;
  const [across, down] = sliders;
  canvas.addEventListener("pointerdown", (event) => { from = { event, ...state }; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    if (across) move(across, from[across.name] + (span(across) * (event.clientX - from.event.clientX)) / canvas.clientWidth);
    if (down) move(down, from[down.name] + (span(down) * (event.clientY - from.event.clientY)) / canvas.clientHeight);
    moved();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { from = null; });
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [across, -3], ArrowRight: [across, 3], ArrowUp: [down, -3], ArrowDown: [down, 3] }[event.key];
    if (!step || !step[0]) return;
    event.preventDefault();
    move(step[0], state[step[0].name] + step[1] * step[0].step);
    moved();
  });
}

function drawSlider(slider, stem, state, moved) {
  const output = h("output", { for: `${stem}-${slider.name}` });
  const input = h("input", { id: `${stem}-${slider.name}`, type: "range", min: slider.low, max: slider.high, step: slider.step,
    oninput: () => { state[slider.name] = Number(input.value); moved(); } });
  const show = () => {
    input.value = state[slider.name];
    output.textContent = slider.names[state[slider.name]] ?? `${state[slider.name]}${slider.unit}`;
    input.setAttribute("aria-valuetext", output.textContent);
  };
  return { show, field: h("div", { class: "ek-field", "data-setting": slider.name }, h("label", { for: input.id }, slider.label, " ", output), input) };
}

function render({ model, el }) {
  const { kind, words, sliders, challenges, drag, plot } = model.get("shape"), choices = model.get("choices");
  const stem = freshId(kind), start = Object.fromEntries(sliders.map((slider) => [slider.name, slider.start])), state = { ...start };
  let choice = model.get("first");

  const canvas = h("canvas", { width: 224, height: 224, tabindex: drag.length ? "0" : null, role: "img", "aria-label": words.canvas, "aria-describedby": `${stem}-said` });
  const verdict = h("div", { class: "ek-verdict", id: `${stem}-said`, "aria-live": "polite" });
  const body = h("div", { class: "ek-answers" }), goals = h("ul", { class: "ek-list" }), graph = h("div", {}), wrong = h("div", { class: "ek-wrong" });
  const fields = sliders.map((slider) => drawSlider(slider, stem, state, () => moved()));
  const picks = choices.map((one, i) => h("button", { type: "button", class: "ek-pick", "data-value": i, "aria-label": one.name, onclick: () => choose(i) },
    h("img", { class: "ek-thumb", src: one.uri, alt: "" })));
  const reset = h("button", { type: "button", class: "ek-quiet", onclick: () => { Object.assign(state, start); moved(); } }, words.reset);

  const showChallenges = (reached, records) => goals.replaceChildren(...challenges.map(({ name, text }) => h("li", {},
    reached.includes(name) ? h("span", { class: "ek-yes", role: "img", "aria-label": words.done }, "✓") : h("span", { "aria-hidden": "true" }, "○"),
    h("span", {}, records[name] ? `${text} ${records[name]}` : text))));
  const ask = askLatest(model, (answer, png) => {
    if (png) paint(canvas, png);
    if (verdict.lastChild?.textContent !== answer.verdict) {
      const sign = answer.right === null ? null : h("span", { class: answer.right ? "ek-good" : "ek-bad", "aria-hidden": "true" }, answer.right ? "✓ " : "✗ ");
      verdict.replaceChildren(...[sign, answer.verdict].filter(Boolean));
    }
    if (body.innerHTML !== answer.body) body.innerHTML = answer.body;
    if (plot) graph.innerHTML = drawPlot(plot, answer.marks, words.plot || "");
    showChallenges(answer.reached, answer.records);
    view.setAttribute("aria-busy", "false");
  });
  const moved = () => { fields.forEach((field) => field.show()); ask(state, choice); };
  const choose = (i) => {
    choice = i;
    picks.forEach((pick, k) => pick.setAttribute("aria-pressed", String(k === i)));
    moved();
  };
  if (drag.length) dragging(canvas, drag.map((name) => sliders.find((slider) => slider.name === name)), state, moved);
  const showError = () => { wrong.replaceChildren(...[errorBox(model.get("error"))].filter(Boolean)); view.setAttribute("aria-busy", "false"); };

  const pill = model.get("pill");
  const view = h("section", { class: "ek-view", "data-view": kind, "aria-busy": "true", "aria-labelledby": `${stem}-title` },
    h("header", { class: "ek-head" }, heading(words.title, { id: `${stem}-title` }), pill ? h("span", { class: "ek-pill" }, pill) : null),
    h("div", { class: "ek-body" },
      h("div", { class: "ek-stage" }, h("div", { class: "ek-canvas" }, canvas, words.hint ? h("p", {}, h("small", {}, words.hint)) : null), verdict, body,
        h("div", { class: "ek-row ek-picks", role: "group", "aria-label": words.choices || null }, ...picks),
        h("div", { class: "ek-sliders" }, ...fields.map((field) => field.field))),
      h("div", { class: "ek-two ek-even" }, challenges.length ? h("div", {}, h("b", {}, words.challenges), goals) : null,
        plot ? h("div", {}, h("small", {}, words.plot || ""), graph) : null), wrong),
    h("footer", { class: "ek-foot" }, reset, h("span", { class: "ek-space" }), h("span", {}, words.how || "")));
  el.append(view);
  model.on("change:error", showError);
  if (plot) graph.innerHTML = drawPlot(plot, [], words.plot || "");
  showChallenges([], {});
  if (model.get("error").message) showError();
  // The first question loads the model and OpenCV, 40 MB: it waits until the stage is nearly in sight.
  const sight = new IntersectionObserver((entries) => { if (entries.some((one) => one.isIntersecting)) { sight.disconnect(); choose(choice); } }, { rootMargin: "200px" });
  sight.observe(view);
  return () => model.off("change:error", showError);
}

export default { render };
