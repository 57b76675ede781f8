// Draws the diagram of a procedure and lights where the case is. Viewer and file are fetched only when the diagram
// comes into view: they weigh more than the page. Without this script the table says the same.
(() => {
  const load = (url) => new Promise((done, failed) => {
    if (window.BpmnJS) return done();
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });
  const fetched = async (url) => {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  };
  const mark = (viewer, ids, name) => {
    const known = viewer.get("elementRegistry");
    for (const id of (ids || "").split(" ").filter((one) => one && known.get(one))) viewer.get("canvas").addMarker(id, name);
  };
  const draw = async (box) => {
    try {
      const [xml] = await Promise.all([fetched(box.dataset.bpmn), load(box.dataset.penampil)]);
      const viewer = new window.BpmnJS({ container: box });
      await viewer.importXML(xml);
      mark(viewer, box.dataset.lewat, "lewat");
      mark(viewer, box.dataset.kini, "kini");
      viewer.get("canvas").zoom("fit-viewport", "auto");
    } catch {
      box.classList.add("diagram-gagal");
      box.textContent = "Diagram belum dapat dimuat. Tabel langkah memuat isi yang sama.";
    }
  };
  const watcher = new IntersectionObserver((seen) => {
    for (const one of seen.filter((each) => each.isIntersecting)) {
      watcher.unobserve(one.target);
      draw(one.target);
    }
  });
  for (const box of document.querySelectorAll("[data-bpmn]")) {
    box.classList.add("diagram-ditunggu");
    watcher.observe(box);
  }
})();
