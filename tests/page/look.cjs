// Looks at report.html as a browser shows it: at 1280 and 390 pixels, light and dark, and on paper. Fails on a message on
// the console, a request, a page wider than the screen, or a violation that axe-core finds, contrast included.
// Writes a picture of each, to be looked at.
//
//     npm install --no-save --prefix /tmp/page puppeteer-core axe-core
//     NODE_PATH=/tmp/page/node_modules CHROMIUM=/usr/bin/chromium node tests/page/look.cjs REPORT.html PICTURES/
//
// Not part of `cargo test`: it needs Node.js and a browser.
'use strict';
const fs = require('fs');
const path = require('path');
const puppeteer = require('puppeteer-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS = [[1280, 'light'], [1280, 'dark'], [390, 'light'], [390, 'dark']];

async function look(browser, url, width, scheme, picture) {
  const faults = [];
  const page = await browser.newPage();
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  page.on('console', message => faults.push(`console: ${message.text()}`));
  page.on('pageerror', error => faults.push(`error: ${error}`));
  page.on('request', request => {
    if (!/^(file|data):/.test(request.url())) faults.push(`request: ${request.url()}`);
  });
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.goto(url);
  await page.screenshot({ path: picture, fullPage: true });
  if (await wider() > 0) faults.push('the page is wider than the screen');
  // The page forbids every script, the checker's too.
  await page.setBypassCSP(true);
  await page.goto(url);
  await page.evaluate(() => document.querySelectorAll('details').forEach(box => { box.open = true; }));
  if (await wider() > 0) faults.push('with every box open the page is wider than the screen');
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document));
  for (const violation of found.violations) {
    faults.push(`axe ${violation.id} (${violation.impact}): ${violation.nodes.length} times, such as ${violation.nodes[0].html.slice(0, 200)}`);
  }
  // axe cannot tell the contrast of what lies outside a scrolled box or in a drawing; it says so, and this counts it.
  const unsure = found.incomplete.map(one => {
    const why = {};
    for (const node of one.nodes) {
      const key = node.any.map(check => (check.data || {}).messageKey || check.message).join('; ');
      why[key] = (why[key] || 0) + 1;
    }
    return `${one.id} ${JSON.stringify(why)}`;
  });
  console.log(`${width} ${scheme}: ${found.passes.length} rules pass, ${faults.length} faults, axe is unsure of ${unsure.join(', ') || 'nothing'}`);
  await page.close();
  return faults;
}

async function main() {
  const [, , report, pictures = '.'] = process.argv;
  const url = `file://${path.resolve(report)}`;
  fs.mkdirSync(pictures, { recursive: true });
  const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
  const faults = [];
  for (const [width, scheme] of VIEWS) {
    const picture = path.join(pictures, `${width}-${scheme}.png`);
    faults.push(...(await look(browser, url, width, scheme, picture)).map(fault => `${width} ${scheme}: ${fault}`));
  }
  const page = await browser.newPage();
  await page.goto(url);
  await page.pdf({ path: path.join(pictures, 'paper.pdf'), format: 'A4' });
  await browser.close();
  faults.forEach(fault => console.error(fault));
  process.exit(faults.length ? 1 : 0);
}

main();
