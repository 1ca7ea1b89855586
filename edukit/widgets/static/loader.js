// All that a view brings: it takes the module that all views share from the model that holds it, imports it once, and draws with it.
const modules = (globalThis.edukitFronts ??= new Map());
const load = (front) => {
  const url = URL.createObjectURL(new Blob([front.get("code")], { type: "text/javascript" }));
  return import(url).finally(() => URL.revokeObjectURL(url));
};
async function find(model) {
  for (let tries = 0; ; tries++) { // after a reload of JupyterLab models come back in any order
    try { return await model.widget_manager.get_model(model.get("front")); } catch (error) { if (tries > 40) throw error; }
    await new Promise((done) => setTimeout(done, 250));
  }
}
async function render({ model, el }) {
  const front = await find(model), key = front.get("key");
  if (!modules.has(key)) modules.set(key, load(front).catch((error) => { modules.delete(key); throw error; }));
  return (await modules.get(key)).draw("NAME", { model, el, front });
}
export default { render };
