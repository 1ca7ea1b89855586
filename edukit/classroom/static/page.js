// What a lesson page does itself: it takes away the placeholders as the views arrive, and says when the kernel or the server is gone.
(() => {
  const page = window.ek, wait = 4000;
  let leaving = false, lost = 0, status;
  window.voila_heartbeat = window.voila_process = window.voila_finish = () => {};
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });  // the kernel of a page out of the cache is gone

  const show = (id, on) => { const note = document.getElementById(id); if (note && note.hidden === on) note.hidden = !on; };
  const pill = (text, short, good) => {
    const saved = document.getElementById("ek-saved");
    if (!saved || saved.firstElementChild.textContent === text) return;
    [saved.firstElementChild.textContent, saved.lastElementChild.textContent] = [text, short];
    saved.className = "ek-pill " + (good ? "good" : "warn");
  };
  const say = (text) => {
    if (!text) { status?.remove(); status = undefined; return; }
    if (!status) { status = document.createElement("div"); status.className = "ekp-status"; status.setAttribute("role", "status"); document.body.append(status); }
    status.textContent = text;
  };

  // Voila gives every cell a mark when it begins, and takes the mark away when the cell has run.
  const mark = ".voila-skeleton-container";
  let begun = false;
  const settle = () => {
    begun ||= Boolean(document.querySelector(mark));
    if (!begun) return;
    for (const cell of document.querySelectorAll("[cell-index]")) {
      if (!cell.querySelector(mark)) cell.querySelector(".ekp-wait")?.remove();
    }
    if (!document.querySelector(mark)) { say(""); clearTimeout(slow); watcher.disconnect(); document.documentElement.dataset.ready = "true"; setTimeout(complete, wait * 4); }
  };
  // A view that never arrived: the page is loaded again, once by itself, then when the student says so.
  const complete = () => {
    const missing = [...document.querySelectorAll(".ekp-tag-view")].some((cell) => cell.offsetHeight < 12 || cell.querySelector(".jupyter-widgets-error-widget"));
    if (!missing || leaving) { if (!missing) sessionStorage.removeItem(page.alive); return; }
    if (sessionStorage.getItem(page.alive)) { show("ek-missing", true); return; }
    sessionStorage.setItem(page.alive, "again");
    location.reload();
  };
  let watcher, slow;
  document.addEventListener("DOMContentLoaded", () => {
    watcher = new MutationObserver(settle);
    watcher.observe(document.getElementById("rendered_cells"), { childList: true, subtree: true });
    slow = setTimeout(() => { if (status) say(page.slow); }, 15000);
    if (document.querySelector(".ekp-cell-code")) { say(page.loading); settle(); } else { document.documentElement.dataset.ready = "true"; }
  });

  const look = async (kernel) => {
    if (leaving) return;
    let answer;
    try {
      const reply = await fetch(page.alive + kernel, { cache: "no-store", signal: AbortSignal.timeout?.(wait * 2) });
      answer = reply.ok ? await reply.json() : undefined;
    } catch { answer = undefined; }
    if (leaving) return;
    if (!answer) {
      lost += 1;
      if (lost > 1) { show("ek-lost", true); pill(page.offline, page.offline_short, false); }
    } else {
      if (lost > 1 && !answer.alive) { location.reload(); return; } // the server was started anew: all that was done is on its disk
      lost = 0;
      show("ek-lost", false);
      pill(answer.saved_text, answer.saved ? (answer.saved_text.includes("✓") ? page.saved_short : answer.saved_text) : page.not_saved_short, answer.saved);
      if (!answer.alive) { show("ek-ended", true); say(""); return; }  // a kernel that is gone does not come back
    }
    setTimeout(look, answer ? wait : 1500, kernel);  // soon again, so that a short break is over before it is told
  };
  page.started = (kernel) => setTimeout(look, wait, kernel);
})();
