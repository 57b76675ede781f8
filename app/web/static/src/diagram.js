// Draws the diagram of a procedure and lights where the case is. Without this script the table says the same.
for (const box of document.querySelectorAll("[data-bpmn]")) {
  const viewer = new BpmnJS({ container: box });
  const mark = (canvas, known, ids, name) => {
    for (const id of (ids || "").split(" ").filter((one) => one && known.get(one))) canvas.addMarker(id, name);
  };
  fetch(box.dataset.bpmn, { credentials: "same-origin" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(answer.statusText))))
    .then((xml) => viewer.importXML(xml))
    .then(() => {
      const canvas = viewer.get("canvas");
      const known = viewer.get("elementRegistry");
      mark(canvas, known, box.dataset.lewat, "lewat");
      mark(canvas, known, box.dataset.kini, "kini");
      const show = () => canvas.zoom("fit-viewport", "auto");
      show();
      box.closest("details")?.addEventListener("toggle", show);
    })
    .catch(() => {
      box.classList.add("diagram-gagal");
      box.textContent = "Diagram belum dapat dimuat. Tabel langkah memuat isi yang sama.";
    });
}
