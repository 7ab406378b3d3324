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
