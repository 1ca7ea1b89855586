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

// In the lesson apps the page brings the stylesheet; JupyterLab gets it from the first view.
function bringLook(model) {
  if (document.getElementById("ek-look")) return;
  document.head.append(h("style", { id: "ek-look" }, model.get("look")));
}

let counter = 0;
const freshId = (stem) => `ek-${stem}-${Date.now().toString(36)}-${counter++}`;

function errorBox(error) {
  if (!error || !error.message) return null;
  return h("div", { class: "ek-error", role: "alert" }, h("span", { "aria-hidden": "true" }, "⚠"),
    h("div", {}, h("b", {}, error.message), error.message.includes("\n") ? "\n" : " ", error.remedy || "", " ", error.code ? h("code", {}, error.code) : null));
}
