// The pictures of the page of figures. Every number in them stands in a table of the same page, from which it is read.
(() => {
  "use strict";
  const load = (url) => new Promise((done, failed) => {
    if (window.BpmnJS) return done();
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", done);
    script.addEventListener("error", failed);
    document.head.append(script);
  });

  const heat = async (box) => {
    try {
      const [answer] = await Promise.all([fetch(box.dataset.panas, { credentials: "same-origin" }), load(box.dataset.penampil)]);
      if (!answer.ok) throw new Error(String(answer.status));
      const viewer = new window.BpmnJS({ container: box });
      await viewer.importXML(await answer.text());
      const [canvas, overlays, known] = ["canvas", "overlays", "elementRegistry"].map((name) => viewer.get(name));
      for (const [step, { banyak, lewat, kadar }] of Object.entries(JSON.parse(box.dataset.kotak))) {
        if (!banyak || !known.get(step)) continue;
        canvas.addMarker(step, `panas-${kadar}`);
        const number = document.createElement("div");
        number.className = lewat ? "panas-angka panas-lewat" : "panas-angka";
        number.textContent = lewat ? `${banyak} !` : String(banyak);
        number.title = lewat ? `${banyak} terbuka, ${lewat} lewat batas` : `${banyak} terbuka`;
        // However small the diagram is drawn, the figures stay readable.
        overlays.add(step, { position: { top: -12, left: 0 }, html: number, scale: { min: 1 } });
      }
      canvas.zoom("fit-viewport", "auto");
      box.dataset.siap = "ya";
    } catch {
      box.textContent = "Diagram belum dapat dimuat. Tabel per langkah memuat angka yang sama.";
    }
  };
  const watcher = new IntersectionObserver((seen) => {
    for (const one of seen.filter((each) => each.isIntersecting)) {
      watcher.unobserve(one.target);
      heat(one.target);
    }
  });
  document.querySelectorAll("[data-panas]").forEach((box) => watcher.observe(box));

  if (!window.Chart) return;
  const minutes = (seconds) => Math.round(Number(seconds || 0) / 6) / 10;
  const rows = (selector) => [...document.querySelectorAll(selector)];
  const sets = {
    waktu: () => {
      const steps = rows("[data-langkah]").filter((row) => !("pemohon" in row.dataset) && row.dataset.kerja !== "");
      if (!steps.length) return null;
      return {
        bars: "y",
        labels: steps.map((row) => row.dataset.langkah),
        series: [
          ["Median antre (menit)", steps.map((row) => minutes(row.dataset.antre)), "#7a8ca3"],
          ["Median kerja (menit)", steps.map((row) => minutes(row.dataset.kerja)), "#2f7dd1"],
          ["Norma (menit)", steps.map((row) => minutes(row.dataset.norma)), "#d9730d"],
        ],
      };
    },
    harian: () => {
      const days = rows("#tabel-harian tbody tr");
      const column = (n) => days.map((row) => Number(row.cells[n].textContent));
      return {
        bars: "x",
        labels: days.map((row) => row.cells[0].textContent),
        series: [["Masuk", column(1), "#7a8ca3"], ["Selesai", column(2), "#2f7dd1"]],
      };
    },
  };
  const drawn = [];
  const draw = () => {
    drawn.splice(0).forEach((chart) => chart.destroy());
    const style = getComputedStyle(document.body);
    window.Chart.defaults.locale = "id-ID";
    window.Chart.defaults.color = style.color;
    window.Chart.defaults.borderColor = style.getPropertyValue("--alur-garis");
    window.Chart.defaults.font.family = style.fontFamily;
    document.querySelectorAll("[data-grafik]").forEach((place) => {
      const set = sets[place.dataset.grafik]();
      if (!set) return;
      const canvas = document.createElement("canvas");
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${set.series.map(([name]) => name).join(", ")}. Angka yang sama ada di tabel.`);
      if (set.bars === "y") place.classList.add(set.labels.length > 12 ? "pantau-grafik-tinggi" : "pantau-grafik");
      place.replaceChildren(canvas);
      drawn.push(new window.Chart(canvas, {
        type: "bar",
        data: { labels: set.labels, datasets: set.series.map(([label, data, backgroundColor]) => ({ label, data, backgroundColor })) },
        options: {
          indexAxis: set.bars,
          responsive: true,
          maintainAspectRatio: false,
          animation: false,
          plugins: { legend: { position: "bottom" } },
          scales: { [set.bars === "y" ? "x" : "y"]: { beginAtZero: true, ticks: { precision: 0 } } },
        },
      }));
    });
  };
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
})();
