// A scorecard is saved as it is typed: one request at a time, upon the revision that the server knows.
(() => {
  const form = document.getElementById("scorecard");
  const said = document.getElementById("saved");
  const PAUSE_MS = 800;
  let timer = 0;
  let isSaving = false;
  let isStale = false;

  async function save() {
    if (isSaving || isStale) {
      return;
    }
    isSaving = true;
    const typed = new FormData(form);
    try {
      const answer = await fetch(form.dataset.save, {
        method: "POST",
        body: typed,
        headers: { "X-Requested-With": "fetch" },
      });
      const body = await answer.json();
      if (answer.ok) {
        form.elements.base.value = body.revision;
        said.textContent = body.saved;
        said.classList.remove("rounds-wrong");
      } else {
        said.textContent = body.message;
        said.classList.add("rounds-wrong");
        isStale = body.code === "revision_conflict" || body.code === "handed_in";
      }
    } catch {
      said.textContent = said.dataset.offline;
      said.classList.add("rounds-wrong");
      later();
    } finally {
      isSaving = false;
    }
    // What was typed meanwhile is saved next.
    if (!isStale && changed(typed)) {
      later();
    }
  }

  function changed(sent) {
    const now = new FormData(form);
    return [...now].some(([name, value]) => name !== "base" && sent.get(name) !== value);
  }

  function later() {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  }

  form.addEventListener("input", later);
  form.addEventListener("submit", () => window.clearTimeout(timer));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) {
      window.clearTimeout(timer);
      save();
    }
  });
})();
