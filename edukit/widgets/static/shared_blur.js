// Looking through the pictures of a class: a box that is dragged, or moved by the arrow keys, is blurred in the file; a picture is deleted.
function openPictures(el, words, label, tell) {
  const own = { now: {}, box: null, from: null };
  const within = (value) => Math.min(1, Math.max(0, value));
  const button = (text, name, act, kind = "") => h("button", { type: "button", class: kind, "data-do": name, onclick: act }, text);
  const image = h("img", { alt: "", draggable: "false" }), frame = h("i", { hidden: true }), where = h("b", {}), said = h("p", { class: "ek-status", role: "status" });
  const stage = h("div", { class: "ek-blur", tabindex: "0", role: "group", "aria-label": words.blur_keys }, image, frame);
  const ask = (step = 0) => tell({ do: "picture", label, place: (own.now.place ?? -1) + step });
  const blurNow = () => {
    tell({ do: "blur", label, place: own.now.place, name: own.now.name, box: own.box.map((part, i) => part * own.now.size[i % 2]) });
  };
  const blur = button(words.blur, "blur", blurNow, "ek-primary"), gone = button(words.delete_picture, "delete", () => { tell({ do: "delete", name: own.now.name }); ask(); });
  const showBox = () => {
    frame.hidden = blur.disabled = !own.box;
    if (own.box) { const [x1, y1, x2, y2] = own.box.map((part) => 100 * part); frame.style = `left:${x1}%;top:${y1}%;width:${x2 - x1}%;height:${y2 - y1}%`; }
  };
  const at = (event) => { const box = image.getBoundingClientRect(); return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)]; };
  stage.addEventListener("pointerdown", (event) => { event.preventDefault(); stage.focus(); stage.setPointerCapture?.(event.pointerId); own.from = at(event); own.box = null; showBox(); });
  stage.addEventListener("pointermove", (event) => {
    if (!own.from) return;
    const [x, y] = at(event), [u, v] = own.from;
    own.box = Math.max(Math.abs(x - u), Math.abs(y - v)) < 0.01 ? null : [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
    showBox();
  });
  for (const end of ["pointerup", "pointercancel"]) stage.addEventListener(end, () => { own.from = null; });
  stage.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, -0.02], ArrowDown: [0, 0.02] }[event.key];
    if (event.key === "Enter" && own.box) blurNow();
    if (!step) return;
    event.preventDefault();
    const box = own.box ?? [0.35, 0.35, 0.65, 0.65], moved = box.map((part, i) => part + (event.shiftKey && i < 2 ? 0 : step[i % 2]));
    if (moved.every((part) => part === within(part)) && moved[2] - moved[0] > 0.01 && moved[3] - moved[1] > 0.01) own.box = moved;
    own.box ??= box;
    showBox();
  });
  const pad = h("dialog", { class: "ek-pad ek-looking", "aria-label": label, onclose: () => pad.remove() }, where, stage, h("small", {}, words.blur_keys), said, h("div", { class: "ek-wrong" }),
    h("div", { class: "ek-actions" }, blur, button(words.undo, "undo", () => { tell({ do: "undo" }); ask(); }), gone),
    h("div", { class: "ek-actions" }, button(words.look_before, "before", () => ask(-1)), button(words.look_after, "after", () => ask(1)), button(words.look_close, "close", () => pad.close(), "ek-quiet")),
    h("small", {}, words.blur_about));
  const show = (told, data) => {
    if (told.label !== label) return;
    Object.assign(own, { now: told, box: null });
    if (data) image.src = URL.createObjectURL(new Blob([data], { type: "image/webp" }));
    image.onload = () => URL.revokeObjectURL(image.src);
    stage.hidden = gone.hidden = !data;
    where.textContent = data ? `${label} · ${told.place + 1} / ${told.count}` : words.look_none;
    said.textContent = told.said;
    showBox();
  };
  (el.querySelector(".ek-view") || el).append(pad);
  pad.showModal();
  ask();
  return show;
}
