"use strict";
(() => {
  const read = (id) => {
    const node = document.getElementById(id);
    return node ? JSON.parse(node.textContent) : null;
  };
  document.documentElement.classList.add("js");
  const charts = [];

  // Values under the pointer (or at the scrubber's place) of every curve chart.
  for (const figure of document.querySelectorAll("figure.chart")) {
    const data = read(figure.dataset.source);
    if (!data) continue;
    const plot = figure.querySelector(".plot");
    const cursor = figure.querySelector(".cursor");
    const readout = figure.querySelector(".readout");
    const show = (percent) => {
      const [left, bottom, width, height] = data.box;
      cursor.style.display = "block";
      cursor.style.left = 100 * (left + width * percent / 100) + "%";
      cursor.style.top = 100 * (1 - bottom - height) + "%";
      cursor.style.height = 100 * height + "%";
      const i = Math.round(percent / 100 * (data.n - 1));
      const parts = data.series.map((s) =>
        s.name + " " + s.mean[i].toFixed(1) + " \u00b1 " + s.sd[i].toFixed(1) + " " + data.unit);
      readout.textContent = Math.round(percent) + " % of the stride: " + parts.join(", ");
    };
    plot.addEventListener("pointermove", (event) => {
      const box = plot.getBoundingClientRect();
      const x = ((event.clientX - box.left) / box.width - data.box[0]) / data.box[2];
      if (x >= 0 && x <= 1) show(100 * x);
    });
    charts.push(show);
  }

  // The moving figure: every edge is a line whose ends follow two points.
  const stride = read("stride");
  const range = document.getElementById("phase");
  if (!stride || !range) return;
  const label = document.getElementById("phase-label");
  const button = document.getElementById("play");
  const lines = [];
  for (const svg of document.querySelectorAll("svg[data-view]")) {
    const view = stride.views[svg.dataset.view];
    for (const edge of view.edges) {
      const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
      line.setAttribute("stroke", edge.colour);
      line.setAttribute("stroke-width", edge.width);
      line.setAttribute("stroke-linecap", "round");
      svg.appendChild(line);
      lines.push({ line, a: view.points[edge.from], b: view.points[edge.to] });
    }
  }
  const draw = (i) => {
    for (const { line, a, b } of lines) {
      const hidden = a[i] === null || b[i] === null;
      line.style.display = hidden ? "none" : "";
      if (hidden) continue;
      line.setAttribute("x1", a[i][0]); line.setAttribute("y1", a[i][1]);
      line.setAttribute("x2", b[i][0]); line.setAttribute("y2", b[i][1]);
    }
    const percent = 100 * i / (stride.n - 1);
    label.textContent = Math.round(percent) + " % of the " + stride.side + " stride, " + stride.phases[i];
  };
  range.max = stride.n - 1;
  range.addEventListener("input", () => {
    stop();
    draw(+range.value);
    for (const show of charts) show(100 * range.value / (stride.n - 1));
  });
  let timer = null;
  const stop = () => { clearInterval(timer); timer = null; button.textContent = "Play"; };
  const play = () => {
    // A quarter of real speed: fast enough to see the rhythm, slow enough to see the leg.
    timer = setInterval(() => {
      range.value = (+range.value + 1) % stride.n;
      draw(+range.value);
    }, 4000 * stride.duration_s / stride.n);
    button.textContent = "Pause";
  };
  button.addEventListener("click", () => (timer ? stop() : play()));
  draw(0);
})();
