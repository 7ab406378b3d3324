// Draws the report's charts beside its tables, and steers its grid. Every number is in a table too, so that nothing
// is lost with scripts off.
import { axisX, axisY, barX, dot, gridX, gridY, link, plot, pointer, ruleX, text, tip } from "@observablehq/plot";

const data = JSON.parse(document.getElementById("chart-data").textContent);
const ink = "var(--ink)";
const quiet = "var(--quiet)";
const look = { fontSize: "12px", color: "inherit", background: "transparent", overflow: "visible" };
const rowHeight = 20;

/** `count` significant digits, no exponent: 3.0, 12, 0.030. */
function digits(value, count = 2) {
  return value.toLocaleString("en", {
    minimumSignificantDigits: count, maximumSignificantDigits: count, useGrouping: false });
}

/** `value` with two digits, or as many as it takes to see that it is not `other`. */
function digitsBeside(value, other) {
  let count = 2;
  while (value !== other && count < 9 && digits(value, count) === digits(other, count)) count += 1;
  return digits(value, count);
}

/** The powers of ten of a logarithmic axis `pixels` long, fewer where their labels would meet. */
function decades([from, to], pixels) {
  const step = Math.ceil((44 * Math.log10(to / from)) / pixels);
  const powers = [];
  for (let power = Math.ceil(Math.log10(from)); power <= Math.log10(to); power += step) powers.push(10 ** power);
  return powers;
}

function element(name, properties = {}, children = []) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function caption(words) {
  return element("figcaption", {}, [words]);
}

/** A legend whose marks look as they do in the chart: [label, SVG inside a 16 x 16 box]. */
function key(entries) {
  const items = entries.map(([label, mark]) => {
    const item = element("li");
    item.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true">${mark}</svg>`;
    item.append(label);
    return item;
  });
  return element("ul", { className: "key" }, items);
}

function square(color) {
  return `<rect x="1" y="2" width="14" height="12" fill="${color}"/>`;
}

/**
 * How a chart with a row a model names its models: left of the rows, or above each row where the chart is too narrow.
 * `dy` is how far a row's marks stand below its middle.
 */
function rowsOf(models, width) {
  const longest = 14 + 6.7 * Math.max(...models.map((each) => each.model.length));
  const above = longest > width * 0.34;
  const named = above
    ? [axisY({ tickSize: 0, label: null, tickFormat: () => "", fill: ink }),
       text(models, { frameAnchor: "left", y: "model", text: "model", textAnchor: "start", dy: -9, fill: ink,
              stroke: "var(--surface)", strokeWidth: 3 })]
    : [axisY({ tickSize: 0, label: null, fill: ink })];
  return { above, named, dy: above ? 7 : 0, marginLeft: above ? 8 : longest,
           height: models.length * (above ? 2 * rowHeight : rowHeight) + 70 };
}

function memoryChart(width) {
  const { limit_gib: limit, kind } = data.memory;
  const models = [...data.memory.models].sort((a, b) => a.peak - b.peak);
  if (!models.length) return null;
  // Bars are cut soon after the limit, so that the models near it can be told apart.
  const end = limit ? limit * 1.5 : models[models.length - 1].peak;
  const parts = [["weights", "var(--blue)"], ["kv", "var(--orange)"], ["other", "var(--grey)"]];
  const bars = models.flatMap((each) => {
    let from = 0;
    return parts.map(([part, color]) => {
      const bar = { model: each.model, from: Math.min(from, end), to: Math.min(from + each[part], end), color };
      from += each[part];
      return bar;
    });
  });
  const rows = rowsOf(models, width);
  const narrow = width < 560;
  const said = (each) => {
    const over = limit !== null && each.peak > limit;
    const needs = `${over ? digitsBeside(each.peak, limit) : digits(each.peak)} GiB`;
    return over && !narrow ? `${needs}, does not fit` : needs;
  };
  const chart = plot({
    width, marginLeft: rows.marginLeft, marginRight: narrow ? 70 : 150, marginTop: 30, marginBottom: 40,
    height: rows.height, style: look,
    ariaLabel: "Bar chart: the memory each model needs, by part, against the memory that may be used",
    x: { domain: [0, end] },
    y: { domain: models.map((each) => each.model), padding: 0.25 },
    marks: [
      gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: Math.max(3, width / 140) }),
      axisX({ fill: quiet, stroke: quiet, label: "GiB", ticks: Math.max(3, width / 140) }),
      rows.named,
      barX(bars, { x1: "from", x2: "to", y: "model", fill: "color", insetTop: 2 * rows.dy }),
      text(models, {
        x: (each) => Math.min(each.peak, end), y: "model", text: said, textAnchor: "start", dx: 5, dy: rows.dy,
        fill: ink, stroke: "var(--surface)", strokeWidth: 3,
      }),
      limit ? ruleX([limit], { stroke: "var(--red)", strokeWidth: 2, strokeDasharray: "6 3" }) : null,
      limit
        ? text([limit], {
            x: limit, frameAnchor: "top", dy: -16, fill: "var(--red)", fontWeight: 600,
            text: () => `limit ${digits(limit)} GiB (${kind})`,
          })
        : null,
    ],
  });
  const words = limit
    ? "The memory that each model needs in its format, the smallest first. Bars far beyond the limit are cut; the numbers are not."
    : "The memory that each model needs in its format, the smallest first. The limit is missing, because the size of the memory could not be read.";
  return [
    caption(words),
    key([["weights", square("var(--blue)")], ["KV cache", square("var(--orange)")],
         ["workspace and runtime", square("var(--grey)")]]),
    chart,
  ];
}

function speedChart(width) {
  const { runs, well } = data.speed;
  const models = [...data.speed.models].sort((a, b) => b.mid - a.mid);
  if (!models.length) return null;
  const rows = rowsOf(models, width);
  const narrow = width < 560;
  const fits = models.filter((each) => each.fits);
  const not = models.filter((each) => !each.fits);
  const interval = { x1: "low", x2: "high", y1: "model", y2: "model", strokeWidth: 3, strokeLinecap: "round", dy: rows.dy };
  const said = (each) =>
    narrow ? digits(each.mid) : `${digits(each.mid)} (${digits(each.low)} to ${digits(each.high)})`;
  const lines = runs === well
    ? [[runs, `${runs}: asked for`, "start"]]
    : [[runs, `${runs}: runs`, "end"], [well, `${well}: runs well`, "start"]];
  const domain = [Math.min(runs / 2, ...models.map((each) => each.low)) * 0.9,
                  Math.max(well * 2, ...models.map((each) => each.high)) * 1.1];
  const powers = decades(domain, width * 0.5);
  const chart = plot({
    width, marginLeft: rows.marginLeft, marginRight: narrow ? 44 : 165, marginTop: 30, marginBottom: 40,
    height: rows.height, style: look,
    ariaLabel: "Chart: decode speed of each chat model with its interval, in tokens per second",
    x: { type: "log", domain },
    y: { type: "point", domain: models.map((each) => each.model), padding: 0.6 },
    marks: [
      gridX(powers, { stroke: "var(--line)", strokeOpacity: 1 }),
      gridY({ stroke: "var(--line)", strokeOpacity: 0.6, dy: rows.dy }),
      axisX(powers, { fill: quiet, stroke: quiet, label: "tokens/s (logarithmic)", tickFormat: String }),
      rows.named,
      ruleX(lines, { x: (line) => line[0], stroke: quiet, strokeDasharray: "5 3" }),
      lines.map(([at, words, textAnchor]) =>
        text([words], { x: at, frameAnchor: "top", dy: -16, dx: textAnchor === "end" ? 3 : -3, fill: ink, textAnchor })),
      link(fits, { ...interval, stroke: "var(--teal)" }),
      link(not, { ...interval, stroke: "var(--grey)", strokeWidth: 1.5 }),
      dot(fits, { x: "mid", y: "model", r: 4.5, dy: rows.dy, fill: "var(--teal)" }),
      dot(not, { x: "mid", y: "model", r: 4, dy: rows.dy, fill: "var(--surface)", stroke: "var(--grey)", strokeWidth: 1.5 }),
      text(models, { x: "high", y: "model", text: said, textAnchor: "start", dx: 8, dy: rows.dy, fill: ink,
                     stroke: "var(--surface)", strokeWidth: 3 }),
    ],
  });
  return [
    caption("Tokens per second of each chat model in its format, the fastest first: the middle, and the interval that should hold the true speed 4 times in 5."),
    key([
      ["fits in memory", '<path d="M0 8H16" stroke="var(--teal)" stroke-width="3"/><circle cx="8" cy="8" r="5" fill="var(--teal)"/>'],
      ["does not fit: the speed that it would reach if it did", '<path d="M0 8H16" stroke="var(--grey)" stroke-width="1.5"/><circle cx="8" cy="8" r="4.5" fill="var(--surface)" stroke="var(--grey)" stroke-width="1.5"/>'],
    ]),
    chart,
  ];
}

const groups = [
  ["decode (matrix x vector)", "var(--blue)", "circle", '<circle cx="8" cy="8" r="5" fill="var(--blue)"/>'],
  ["prefill (matrix x matrix)", "var(--orange)", "square", '<rect x="3.5" y="3.5" width="9" height="9" fill="var(--orange)"/>'],
  ["attention", "var(--purple)", "triangle", '<path d="M8 2L14 13H2Z" fill="var(--purple)"/>'],
  ["other", "var(--grey)", "diamond", '<path d="M8 2L13 8L8 14L3 8Z" fill="var(--grey)"/>'],
];
const dashes = { fp32: "none", bf16: "7 4", fp16: "7 4", int8: "2 3", "matrix units": "12 3 2 3" };

/** Operations a second with a unit: "1.2 Top/s". */
function rate(value, say = digits) {
  const [divisor, unit] = value >= 1e12 ? [1e12, "Top/s"] : value >= 1e9 ? [1e9, "Gop/s"] : [1e6, "Mop/s"];
  return `${say(value / divisor)} ${unit}`;
}

/** The same for a power of ten: "10 Gop/s", "0.1 Mop/s". */
function wholeRate(value) {
  return rate(value, (number) => String(Number(number.toPrecision(1))));
}

function rooflineChart(roof, width) {
  const { points, peaks, bytes_per_s: bandwidth } = roof;
  const shown = points.map((point) => ({ ...point, look: groups.find(([name]) => name === point.group) ?? groups[3] }));
  const top = Math.max(...peaks.map((peak) => peak.ops_per_s), ...points.map((point) => point.ops_per_s));
  const ridges = bandwidth ? peaks.map((peak) => peak.ops_per_s / bandwidth) : [1];
  const left = Math.min(0.1, ...points.map((point) => point.intensity)) / 1.5;
  const right = Math.max(...ridges, ...points.map((point) => point.intensity)) * 6;
  const bottom = Math.min(top / 1e3, ...points.map((point) => point.ops_per_s)) / 2;
  const [across, up] = [[left, right], [bottom, top * 2]];
  const widest = Math.max(...peaks.map((peak) => peak.ops_per_s), 0);
  const slope = bandwidth && widest
    ? [{ x1: Math.max(left, bottom / bandwidth), y1: Math.max(bandwidth * left, bottom),
         x2: widest / bandwidth, y2: widest }]
    : [];
  const flat = peaks.map((peak) => ({ ...peak, from: bandwidth ? peak.ops_per_s / bandwidth : left }));
  // A label stands above its line, or below it where the next peak is too near, or that one's own label stands between.
  const ordered = [...flat].sort((a, b) => a.ops_per_s - b.ops_per_s);
  const below = (peak) => {
    const next = ordered[ordered.indexOf(peak) + 1];
    const apart = next ? next.ops_per_s / peak.ops_per_s : Infinity;
    return apart < 1.8 || (apart < 2.6 && below(next));
  };
  const label = (peak) => `${peak.name} ${rate(peak.ops_per_s)}`;
  const labels = (chosen, dy) =>
    text(chosen, { x: right, y: "ops_per_s", text: label, textAnchor: "end", dy, fill: ink, fontWeight: 600,
                   stroke: "var(--surface)", strokeWidth: 3 });
  const chart = plot({
    width, height: Math.max(320, Math.min(480, width * 0.75)), marginLeft: 74, marginBottom: 44, marginTop: 24,
    marginRight: 16, style: look,
    ariaLabel: `Roofline chart: operations per second of every kernel on ${roof.on}, against memory bandwidth and arithmetic peaks`,
    x: { type: "log", domain: across },
    y: { type: "log", domain: up },
    symbol: { type: "identity" },
    marks: [
      gridX(decades(across, width - 90), { stroke: "var(--line)", strokeOpacity: 1 }),
      gridY(decades(up, 300), { stroke: "var(--line)", strokeOpacity: 1 }),
      axisX(decades(across, width - 90), { fill: quiet, stroke: quiet, tickFormat: String, label: "operations for each byte moved" }),
      axisY(decades(up, 300), { fill: quiet, stroke: quiet, tickFormat: wholeRate, label: "operations a second" }),
      link(slope, { x1: "x1", y1: "y1", x2: "x2", y2: "y2", stroke: ink, strokeWidth: 2 }),
      flat.map((peak) => link([peak], { x1: "from", x2: right, y1: "ops_per_s", y2: "ops_per_s", stroke: ink,
                                         strokeWidth: 2, strokeDasharray: dashes[peak.name] })),
      groups.map(([name, color, symbol]) =>
        dot(shown.filter((point) => point.look[0] === name),
            { x: "intensity", y: "ops_per_s", symbol: () => symbol, r: 3.6, fill: color, fillOpacity: 0.75,
              stroke: "var(--surface)", strokeWidth: 0.6 })),
      labels(flat.filter((peak) => !below(peak)), -9),
      labels(flat.filter(below), 10),
      tip(shown, pointer({
        x: "intensity", y: "ops_per_s", fill: "var(--surface)", stroke: quiet, lineWidth: 26,
        title: (point) => [point.kernel, point.problem, rate(point.ops_per_s),
                           point.fraction === null ? "" : `${Math.round(point.fraction * 100)}% of its roofline`]
                            .filter(Boolean).join("\n"),
      })),
    ],
  });
  const heading = roof.on +
    (bandwidth ? `, ${digits(bandwidth / 1e9)} GB/s` : ", bandwidth not measured");
  return element("div", {}, [element("h3", {}, [heading]), chart]);
}

function rooflineCharts(width) {
  const roofs = data.rooflines.filter((roof) => roof.points.length || roof.peaks.length);
  if (!roofs.length) return null;
  const each = roofs.length > 1 && width >= 912 ? (width - 16) / 2 : width;
  const present = groups.filter(([name]) => roofs.some((roof) => roof.points.some((point) => point.group === name)));
  return [
    caption("Every measured kernel; both scales are logarithmic. The int8 peak limits quantized formats, the bf16 peak limits bf16, and the fp32 peak limits f32 and f16." +
      (roofs.some((roof) => roof.gpu) ? " On a GPU, a kernel's name ends in the arithmetic whose peak limits it." : "")),
    key(present.map(([name, , , mark]) => [name, mark])),
    element("div", { className: "pair" }, roofs.map((roof) => rooflineChart(roof, each))),
  ];
}

const charts = { memory: memoryChart, speed: speedChart, rooflines: rooflineCharts };

/** Draws a figure anew for its width; one that has nothing to show stays hidden, its sentence shown. */
function draw(figure) {
  figure.hidden = false;
  const width = Math.floor(figure.clientWidth);
  if (figure.drawnWidth === width) return;
  const parts = charts[figure.dataset.chart](width);
  figure.hidden = !parts;
  const sentence = figure.parentElement.querySelector(".without");
  if (!parts) {
    sentence.textContent = "There is nothing to draw, because nothing was measured.";
    return;
  }
  sentence.hidden = true;
  figure.drawnWidth = width;
  figure.replaceChildren(...parts);
}

const figures = [...document.querySelectorAll("figure[data-chart]")];
figures.forEach(draw);
let waiting = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(() => figures.forEach(draw));
});

/** Puts the words of a grid cell beside it: below, or above where there is no room below. */
function placeWords(cell) {
  const words = cell.querySelector(".words");
  const at = cell.getBoundingClientRect();
  const room = document.documentElement;
  Object.assign(words.style, { right: "auto", bottom: "auto", margin: "0" });
  const { width, height } = words.getBoundingClientRect();
  const left = Math.min(Math.max(at.left, 8), room.clientWidth - width - 8);
  const below = at.bottom + 4 + height <= room.clientHeight;
  Object.assign(words.style, { left: `${left}px`, top: `${below ? at.bottom + 4 : at.top - 4 - height}px` });
}

/** With scripts, the grid is one stop of the Tab key, and the arrow keys, Home and End move between its cells. */
function steerGrid(table) {
  const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("td")]);
  const cells = rows.flat();
  if (!cells.length) return;
  table.setAttribute("role", "grid");
  for (const cell of cells) cell.tabIndex = -1;
  let current = cells[0];
  current.tabIndex = 0;
  table.addEventListener("focusin", ({ target }) => {
    if (target.tagName !== "TD") return;
    current.tabIndex = -1;
    current = target;
    current.tabIndex = 0;
    // A cell below the first column, which stays in place while the frame scrolls, is brought out.
    const hidden = target.parentElement.cells[0].getBoundingClientRect().right - target.getBoundingClientRect().left;
    if (hidden > 0) table.parentElement.scrollLeft -= hidden;
    placeWords(target);
  });
  table.addEventListener("mouseover", ({ target }) => {
    const cell = target.closest("td");
    if (cell) placeWords(cell);
  });
  const replace = () => document.activeElement === current && placeWords(current);
  table.parentElement.addEventListener("scroll", replace);
  addEventListener("scroll", replace);
  table.addEventListener("keydown", (event) => {
    const y = rows.findIndex((row) => row.includes(event.target));
    if (y < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const x = rows[y].indexOf(event.target);
    const next = { ArrowLeft: [x - 1, y], ArrowRight: [x + 1, y], ArrowUp: [x, y - 1], ArrowDown: [x, y + 1],
                   Home: [0, y], End: [rows[y].length - 1, y] }[event.key];
    if (event.key === "Escape") event.target.blur();
    if (!next) return;
    event.preventDefault();
    rows[next[1]]?.[next[0]]?.focus();
  });
}

document.querySelectorAll("table.grid").forEach(steerGrid);
