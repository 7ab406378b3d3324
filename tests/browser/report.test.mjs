// node report.test.mjs MADE_REPORT NPM_FOLDER [PICTURES]: opens a made report in headless Chromium and holds it to
// what it promises. Exits 0 when all holds, 1 when not, 77 when Chromium is missing. PICTURES: a folder for
// screenshots.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [madeReport, npmFolder, pictures] = process.argv.slice(2);

function chromiumPath() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    for (const name of names) {
      try {
        accessSync(path.join(folder, name), constants.X_OK);
        return path.join(folder, name);
      } catch {
        // not there: the next one
      }
    }
  }
  return null;
}

const executablePath = chromiumPath();
if (!executablePath) {
  console.log("skipped: Chromium was not found (Debian package: chromium)");
  process.exit(77);
}
const { chromium } = createRequire(path.join(path.resolve(npmFolder), "package.json"))("playwright-core");

const folder = mkdtempSync(path.join(tmpdir(), "weighin-browser-"));
const file = path.join(folder, "report.html");
execFileSync(madeReport, [file], { stdio: "inherit" });
const url = pathToFileURL(file).href;
const gpuFile = path.join(folder, "gpu.html");
execFileSync(madeReport, [gpuFile, "gpu"], { stdio: "inherit" });

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"],
});

/** Opens the report; everything it asks for and complains of is noted. */
async function open(options, address = url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  const requests = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address, { waitUntil: "load" });
  await page.waitForTimeout(200);
  return { page, complaints, requests, close: () => context.close() };
}

async function picture(page, name) {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
}

/** The least contrast of text with what is behind it, over the page's own elements (WCAG 2.1, 1.4.3). */
function leastContrast() {
  const channel = (value) => (value <= 0.03928 * 255 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = numbers(getComputedStyle(each).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  let least = { ratio: 99, text: "" };
  for (const element of document.querySelectorAll("h1,h2,h3,p,li,th,td,td b,td span,small,caption,a,summary,strong")) {
    if (!element.checkVisibility?.() || !element.textContent.trim()) continue;
    const [one, other] = [luminance(numbers(getComputedStyle(element).color)), luminance(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < least.ratio) least = { ratio, text: `${element.tagName}: ${element.textContent.trim().slice(0, 60)}` };
  }
  return least;
}

/**
 * What is wrong with the page's layout, as sentences: text over other text, text that is cut, and a page that scrolls
 * sideways. A line of text counts as a box as high as its font, because the boxes that browsers give are higher than
 * the letters. What a scrolling frame holds is compared at its scrolled place with what else the frame holds, and with
 * all else where the frame shows it.
 */
function layoutFaults() {
  const tolerance = 1;  // px: positions are rounded
  const root = document.documentElement;
  const faults = [];
  if (root.scrollWidth > root.clientWidth) faults.push(`the page is ${root.scrollWidth} px wide, its window ${root.clientWidth} px`);
  const meet = (one, other) => ({ left: Math.max(one.left, other.left), right: Math.min(one.right, other.right),
                                  top: Math.max(one.top, other.top), bottom: Math.min(one.bottom, other.bottom) });
  const empty = (box) => box.right <= box.left || box.bottom <= box.top;
  /** Text that is there for assistive programs, or until it has the focus, and is not painted. */
  const unpainted = (element) => element.closest(".skip") || element.closest(".words")?.matches("td:not(:hover, :focus) > *");
  /** The ancestors that cut or scroll what they hold, the nearest first, with their inner boxes. */
  const clipsOf = (element) => {
    const clips = [];
    for (let each = element; each && each !== root && each !== document.body; each = each.parentElement) {
      const { position, overflowX, overflowY } = getComputedStyle(each);
      if (overflowX !== "visible" || overflowY !== "visible") {
        const box = each.getBoundingClientRect();
        const left = box.left + each.clientLeft, top = box.top + each.clientTop;
        clips.push({ element: each, x: overflowX, y: overflowY,
                     box: { left, top, right: left + each.clientWidth, bottom: top + each.clientHeight },
                     all: { left: left - each.scrollLeft, top: top - each.scrollTop,
                            right: left - each.scrollLeft + each.scrollWidth, bottom: top - each.scrollTop + each.scrollHeight } });
      }
      if (position === "fixed") break;
    }
    return clips.filter(({ element: each }) => !(each instanceof SVGElement && getComputedStyle(each).overflow === "visible"));
  };
  const clipsKnown = new Map();
  const words = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || ["SCRIPT", "STYLE", "TITLE"].includes(parent.tagName.toUpperCase())) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || unpainted(parent)) continue;
    if (!clipsKnown.has(parent)) clipsKnown.set(parent, clipsOf(parent));
    const clips = clipsKnown.get(parent);
    const style = getComputedStyle(parent);
    const scale = parent instanceof SVGElement ? parent.getScreenCTM().a : 1;
    const high = parseFloat(style.fontSize) * scale;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      if (right - left < tolerance) continue;
      const flat = style.writingMode === "horizontal-tb";
      const spare = flat ? Math.max(0, bottom - top - high) / 2 : 0;
      let box = { left, right, top: top + spare, bottom: bottom - spare };
      const word = { text: node.data.trim().slice(0, 40), place: box, frame: null };
      for (const { element: each, x, y, box: inner, all } of clips) {
        const holds = { left: x === "visible" ? -Infinity : (x === "hidden" || x === "clip" ? inner : all).left,
                        right: x === "visible" ? Infinity : (x === "hidden" || x === "clip" ? inner : all).right,
                        top: y === "visible" ? -Infinity : (y === "hidden" || y === "clip" ? inner : all).top,
                        bottom: y === "visible" ? Infinity : (y === "hidden" || y === "clip" ? inner : all).bottom };
        if (box.left < holds.left - tolerance || box.right > holds.right + tolerance ||
            box.top < holds.top - tolerance || box.bottom > holds.bottom + tolerance)
          faults.push(`"${word.text}" is cut by ${each.tagName.toLowerCase()}.${each.className}`);
        word.frame ??= each;
        box = meet(box, inner);
      }
      word.shown = box;
      if (!empty(box) && (box.left < -tolerance || box.right > root.clientWidth + tolerance))
        faults.push(`"${word.text}" is cut by the window`);
      words.push(word);
    }
  }
  /** Pairs whose boxes lie over each other, by a sweep from top to bottom. */
  const overlaps = (boxes, among) => {
    boxes = boxes.filter(({ box }) => !empty(box)).sort((a, b) => a.box.top - b.box.top);
    boxes.forEach((one, i) => {
      for (let k = i + 1; k < boxes.length && boxes[k].box.top < one.box.bottom - tolerance; ++k) {
        const both = meet(one.box, boxes[k].box);
        if (both.right - both.left > tolerance && both.bottom - both.top > tolerance && among(one.word, boxes[k].word))
          faults.push(`"${one.word.text}" and "${boxes[k].word.text}" lie over each other`);
      }
    });
  };
  for (const frame of new Set(words.map((word) => word.frame)))
    overlaps(words.filter((word) => word.frame === frame).map((word) => ({ word, box: word.place })), () => true);
  overlaps(words.map((word) => ({ word, box: word.shown })), (one, other) => one.frame !== other.frame);
  return { faults, count: words.length };
}

const tests = {
  async "draws its charts, silently and without the network"() {
    const { page, complaints, requests, close } = await open({});
    assert.deepEqual(complaints, []);
    assert.deepEqual(requests.filter((request) => request !== url && !request.startsWith("data:")), []);
    for (const [chart, count] of [["memory", 1], ["speed", 1], ["rooflines", 2]]) {
      const drawn = page.locator(`figure[data-chart=${chart}] svg[role=img], figure[data-chart=${chart}] svg[aria-label]`);
      assert.equal(await drawn.count(), count, chart);
      assert.ok((await drawn.first().getAttribute("aria-label")).length > 20, `${chart} says what it is`);
    }
    const models = await page.locator("#models > .scroll tbody tr").count();
    const bars = await page.locator("figure[data-chart=memory] g[aria-label=bar] rect").count();
    assert.ok(bars > models, "a bar for each part of each model's memory");
    const measured = await page.evaluate(() => JSON.parse(document.getElementById("chart-data").textContent).rooflines
      .reduce((sum, roof) => sum + roof.points.length, 0));
    assert.ok(measured > 100);
    assert.equal(await page.locator("figure[data-chart=rooflines] g[aria-label=dot] path").count(), measured,
                 "every kernel is on a roofline");
    assert.equal(await page.locator(".without:visible").count(), 0);
    await picture(page, "light");
    await close();
  },

  async "shows a GPU's roofline beside the CPU's"() {
    const { page, complaints, close } = await open({}, pathToFileURL(gpuFile).href);
    assert.deepEqual(complaints, []);
    const headings = await page.locator("figure[data-chart=rooflines] h3").allInnerTexts();
    assert.equal(headings.length, 3, headings.join("; "));
    assert.match(headings[2], /^Made GPU 8 GB, 400 GB\/s/);
    const labels = await page.locator("figure[data-chart=rooflines] .pair > div").nth(2).locator("text").allTextContents();
    for (const peak of ["fp32", "fp16", "matrix units", "int8"])
      assert.ok(labels.some((label) => label.startsWith(`${peak} `)), `${peak} among ${labels.join("; ")}`);
    await picture(page, "gpu");
    await close();
  },

  async "is drawn anew when the window changes"() {
    const { page, complaints, close } = await open({});
    const width = () => page.locator("figure[data-chart=speed] > svg").evaluate((svg) => svg.getBoundingClientRect().width);
    const before = await width();
    await page.setViewportSize({ width: 600, height: 900 });
    await page.waitForTimeout(300);
    assert.ok((await width()) < before);
    assert.deepEqual(complaints, []);
    await close();
  },

  async "can be read with scripts off"() {
    const { page, requests, close } = await open({ javaScriptEnabled: false });
    assert.equal(requests.length, 1);
    assert.match(await page.locator("h1").innerText(), /made-laptop-0123 runs/);
    assert.ok((await page.locator(".grid tbody tr").count()) >= 15);
    for (const cell of await page.locator(".grid td b").allInnerTexts())
      assert.match(cell, /^(runs well|runs|slow|does not fit|not measured|unknown)(, borderline)?$/);
    assert.ok((await page.locator("#kernels tbody tr").count()) > 100);
    assert.equal(await page.locator("figure:visible").count(), 0, "no empty frames");
    assert.equal(await page.locator(".without:visible").count(), 3, "and it is said where the numbers are");
    await picture(page, "no-script");
    await close();
  },

  async "has no text over other text and none that is cut, at any width, on screen and on paper"() {
    for (const address of [url, pathToFileURL(gpuFile).href]) {
      for (const [width, media] of [[400, "screen"], [800, "screen"], [1100, "screen"], [1600, "screen"], [720, "print"]]) {
        for (const javaScriptEnabled of address === url ? [true, false] : [true]) {
          const { page, close } = await open({ viewport: { width, height: 900 }, javaScriptEnabled }, address);
          await page.emulateMedia({ media });
          await page.evaluate(() => {
            for (const each of document.querySelectorAll("details")) each.open = true;
            // All measurements are laid out alike; some hundreds tell as much as thousands.
            for (const row of document.querySelectorAll("#kernels tbody tr:nth-child(n+200)")) row.remove();
          });
          const { faults, count } = await page.evaluate(layoutFaults);
          const shortened = await page.locator("svg text", { hasText: "…" }).count();
          assert.equal(shortened, 0, "names are whole");
          assert.ok(count > 2000, `only ${count} lines of text were found`);
          assert.deepEqual(faults.slice(0, 20), [], `${faults.length} faults at ${width} px, ${media}, scripts ${javaScriptEnabled ? "on" : "off"}`);
          await close();
        }
      }
    }
  },

  async "would not pass with text over other text, cut text or a wide page"() {
    const { page, close } = await open({});
    for (const [style, fault] of [[".sentence { margin-bottom: -2rem }", /lie over each other/],
                                  ["h1 { overflow: hidden; max-height: .6em }", /is cut by h1/],
                                  [".sentence { margin-left: -12rem; }", /is cut by the window/],
                                  [".grid td { max-width: 1rem; }.grid { table-layout: fixed; width: 20rem; min-width: 0 !important; }", /lie over each other/],
                                  ["footer { width: 3000px; max-width: none; }", /the page is 3\d{3} px wide/]]) {
      const added = await page.addStyleTag({ content: style });
      const { faults } = await page.evaluate(layoutFaults);
      assert.ok(faults.some((each) => fault.test(each)), `${style}: ${faults.slice(0, 3).join("; ")}`);
      await added.evaluate((element) => element.remove());
    }
    await close();
  },

  async "shows a number and a sign in each cell of the grid, and the verdict in words on hover and focus"() {
    for (const [width, javaScriptEnabled] of [[400, true], [400, false], [1100, true], [1100, false]]) {
      const { page, close } = await open({ viewport: { width, height: 900 }, javaScriptEnabled, reducedMotion: "reduce" });
      const cells = page.locator(".grid tbody td");
      const glances = await page.locator(".grid .glance").allInnerTexts();
      assert.equal(glances.length, await cells.count());
      for (const glance of glances) assert.match(glance.trim(), /^[●◐○×?] \d[\d.]*[kM]?$/);
      const signs = new Map();
      for (const cell of await cells.evaluateAll((all) => all.map((each) => ({
        sign: each.querySelector("i").textContent, answer: each.querySelector("b").textContent.replace(", borderline", "") }))))
        signs.set(cell.sign, (signs.get(cell.sign) ?? new Set()).add(cell.answer));
      for (const [sign, answers] of signs) assert.equal(answers.size, 1, `${sign}: ${[...answers].join(", ")}`);
      assert.ok(signs.size >= 3, "the made machine has good and bad answers");
      const columns = await page.locator(".grid thead tr:last-child th").count();
      for (const cell of [cells.first(), cells.nth(columns - 1), cells.nth(columns * 7 + 5), cells.last()]) {
        const words = cell.locator(".words");
        for (const bring of [() => cell.hover(), () => cell.focus()]) {
          await bring();
          await page.waitForTimeout(50);
          const box = await words.boundingBox();
          assert.ok(box.width > 80 && box.height > 30, "the words are shown");
          assert.ok(box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= 900, JSON.stringify(box));
          const top = await words.locator("b").evaluate((b) => {
            const { left, top: y, width: w, height } = b.getBoundingClientRect();
            b.closest(".words").style.pointerEvents = "auto";
            const found = document.elementFromPoint(left + w / 2, y + height / 2);
            b.closest(".words").style.pointerEvents = "";
            return b.contains(found) ? "" : `${found?.outerHTML.slice(0, 200)} lies over ${b.outerHTML}`;
          });
          assert.equal(top, "", `${width} px, scripts ${javaScriptEnabled ? "on" : "off"}`);
          await page.mouse.move(2, 2);
          await page.evaluate(() => document.activeElement.blur());
        }
        assert.ok((await words.boundingBox()).width <= 1, "and hidden afterwards");
      }
      await close();
    }
  },

  async "names the verdict of each cell to assistive programs"() {
    const { page, close } = await open({});
    const client = await page.context().newCDPSession(page);
    const { nodes } = await client.send("Accessibility.getFullAXTree");
    const names = nodes.filter((node) => node.role?.value === "gridcell").map((node) => node.name?.value ?? "");
    assert.equal(names.length, await page.locator(".grid tbody td").count());
    for (const name of names) {
      assert.match(name, /^(runs well|runs|slow|does not fit|not measured|unknown)(, borderline)? \S/);
      assert.doesNotMatch(name, /[●◐○×]/, "the sign is not read out");
    }
    await close();
  },

  async "moves between the grid's cells by keys"() {
    const { page, close } = await open({ viewport: { width: 800, height: 900 } });
    const at = () => page.evaluate(() => {
      const cell = document.activeElement.closest(".grid td");
      return cell && [cell.parentElement.rowIndex, cell.cellIndex];
    });
    assert.equal(await page.locator(".grid td[tabindex='0']").count(), 1, "one stop of the Tab key");
    await page.locator(".scroll.wide").focus();
    await page.keyboard.press("Tab");
    const [row, column] = await at();
    for (const [key, expected] of [["ArrowRight", [row, column + 1]], ["ArrowDown", [row + 1, column + 1]],
                                   ["ArrowLeft", [row + 1, column]], ["ArrowLeft", [row + 1, column]],
                                   ["ArrowUp", [row, column]]]) {
      await page.keyboard.press(key);
      assert.deepEqual(await at(), expected, key);
    }
    await page.keyboard.press("End");
    const end = await page.evaluate(() => {
      const cell = document.activeElement.getBoundingClientRect();
      const frame = document.activeElement.closest(".scroll").getBoundingClientRect();
      return cell.left >= frame.left && cell.right <= frame.right + 1;
    });
    assert.ok(end, "the focused cell is scrolled into its frame");
    await page.keyboard.press("Home");
    const home = await page.evaluate(() => document.activeElement.getBoundingClientRect().left >=
      document.activeElement.parentElement.cells[0].getBoundingClientRect().right - 1);
    assert.ok(home, "and not below the column that stays");
    await close();
  },

  async "fits a narrow screen"() {
    const { page, complaints, close } = await open({ viewport: { width: 400, height: 800 } });
    const { scroll, client } = await page.evaluate(() =>
      ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
    assert.ok(scroll <= client, `${scroll} px of content in ${client} px`);
    assert.deepEqual(complaints, []);
    await picture(page, "narrow");
    await close();
  },

  async "is dark where darkness is asked for, and legible in both"() {
    const backs = [];
    for (const colorScheme of ["light", "dark"]) {
      const { page, close } = await open({ colorScheme });
      backs.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      const least = await page.evaluate(leastContrast);
      assert.ok(least.ratio >= 4.5, `${colorScheme}: contrast ${least.ratio.toFixed(2)} of ${least.text}`);
      if (colorScheme === "dark") await picture(page, "dark");
      await close();
    }
    assert.notEqual(backs[0], backs[1]);
  },

  async "has the marks that assistive programs go by"() {
    const { page, close } = await open({});
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    assert.equal(await page.locator("h1").count(), 1);
    assert.equal(await page.locator("table:not(:has(caption))").count(), 0, "every table has a caption");
    assert.equal(await page.locator("th:not([scope])").count(), 0, "every heading cell says what it heads");
    const levels = await page.locator("h1,h2,h3").evaluateAll((all) => all.map((each) => Number(each.tagName[1])));
    levels.reduce((above, level) => (assert.ok(level <= above + 1, "no heading level is left out"), level), 0);
    await close();
  },
};

let failed = 0;
try {
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok: the report ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: the report ${name}\n${error.stack}`);
    }
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
