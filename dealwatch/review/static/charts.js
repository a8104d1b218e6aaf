// One small chart a series, bars in one colour: read by their place and height, in grey as well.
const host = document.getElementById("series");

function draw() {
  const { mondays, series } = JSON.parse(host.dataset.weeks);
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--bar").trim();
  const dim = style.getPropertyValue("--dim").trim();
  const grid = style.getPropertyValue("--line").trim();
  const x = mondays.map((day) => Date.parse(`${day}T00:00:00Z`) / 1000);
  const font = "12px system-ui, sans-serif";
  const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const long = new Intl.DateTimeFormat("en-GB", { month: "short", year: "numeric", timeZone: "UTC" });
  const words = (at) => (mondays.length > 60 ? long : short).format(new Date(at * 1000));
  for (const row of host.querySelectorAll(".small-charts")) {
    const figures = [...row.querySelectorAll("figure")];
    const most = Math.max(1, ...figures.flatMap((figure) => series[figure.dataset.series]));
    for (const figure of figures) {
      const plot = figure.querySelector(".plot");
      plot.replaceChildren();
      const numbers = series[figure.dataset.series];
      plot.setAttribute("role", "img");
      plot.setAttribute("aria-label", `${figure.dataset.series.replaceAll("_", " ")} per week: ${numbers.join(", ")}`);
      new uPlot({
        width: plot.clientWidth, height: 120, legend: { show: false }, cursor: { y: false, points: { show: false }, drag: { x: false } },
        padding: [6, 8, 0, 0],
        scales: { x: { time: true, range: [x[0] - 4 * 86400, x.at(-1) + 4 * 86400] }, y: { range: [0, most] } },
        axes: [
          { stroke: dim, font, grid: { show: false }, ticks: { show: false }, size: 22, values: (_, marks) => marks.map(words), splits: () => x.length > 1 ? [x[0], x.at(-1)] : [x[0]] },
          { stroke: dim, font, grid: { stroke: grid, width: 1 }, ticks: { show: false }, size: 34, splits: () => [0, most], values: (_, marks) => marks.map(String) },
        ],
        series: [{}, { stroke: ink, fill: ink, width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.7, 24, 2] }) }],
        hooks: { setCursor: [(chart) => {
          const at = chart.cursor.idx;
          plot.title = at == null ? "" : `week of ${short.format(new Date(x[at] * 1000))}: ${numbers[at]}`;
        }] },
      }, [x, numbers], plot);
    }
  }
}

if (host) {
  draw();
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; draw(); } });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
