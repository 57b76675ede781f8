// Draws the diagram of a task with its present steps lit. Viewer and file are fetched only when the fold is opened.
(() => {
  "use strict";
  const load = (url) => new Promise((done, failed) => {
    if (window.BpmnJS) {
      done();
      return;
    }
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  const draw = async (box) => {
    if (box.dataset.siap) return;
    box.dataset.siap = "ya";
    try {
      await load(box.dataset.penampil);
      const answer = await fetch(box.dataset.diagram);
      if (!answer.ok) throw new Error(String(answer.status));
      box.textContent = "";
      const viewer = new window.BpmnJS({ container: box });
      await viewer.importXML(await answer.text());
      const canvas = viewer.get("canvas");
      const steps = box.dataset.kini.split(" ").filter((step) => viewer.get("elementRegistry").get(step));
      steps.forEach((step) => canvas.addMarker(step, "kini"));
      canvas.zoom("fit-viewport", "auto");
    } catch {
      box.textContent = "Diagram tidak dapat dimuat. Muat ulang halaman untuk mencoba lagi.";
      delete box.dataset.siap;
    }
  };

  document.querySelectorAll("[data-diagram]").forEach((box) => {
    const fold = box.closest("details");
    if (!fold || fold.open) draw(box);
    if (fold) fold.addEventListener("toggle", () => fold.open && draw(box));
  });
})();
