// Where one is in the lesson: ticks appear as steps are finished, each name leads to its step.
function render({ model, el }) {
  const list = h("ol", { class: "ek-steps" });
  const view = h("nav", { class: "ek-view ek-bare ek-steps-view", "aria-label": model.get("label") }, list);
  el.append(view);
  const goTo = (name) => (event) => {
    const place = document.querySelector(`[id="step-${name}"]`) || document.querySelector(`[data-view="${name}"]`);
    if (!place) return;
    event.preventDefault();
    place.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const show = () => {
    const done = model.get("done");
    const now = model.get("steps").find((step) => !done.includes(step.name));
    list.replaceChildren(...model.get("steps").map((step) => {
      const state = done.includes(step.name) ? "done" : step === now ? "now" : "";
      return h("li", { class: state, "aria-current": state === "now" ? "step" : null }, h("a", { href: `#step-${step.name}`, onclick: goTo(step.name) }, step.title));
    }));
  };
  show();
  model.on("change:done", show);
  return () => model.off("change:done", show);
}

export default { render };
