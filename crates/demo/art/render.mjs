// Draws the pictures (NAME.svg → ../images/NAME.jpg) and prints the documents (NAME.html → ../files/NAME.pdf).
// Needed only after a change: `cargo xtask e2e` once for Playwright, then `node crates/demo/art/render.mjs [NAME …]`.
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { chromium } = createRequire(new URL('../../../e2e/', import.meta.url))('@playwright/test');
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const MAX_BYTES = 118_000;

const wanted = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
for (const file of readdirSync(path('.')).sort()) {
  const [name, ending] = file.split('.');
  if (wanted.length && !wanted.includes(name)) continue;
  if (ending === 'svg') {
    await page.goto(`file://${path(file)}`);
    const picture = path(`../images/${name}.jpg`);
    for (let quality = 86; quality >= 50; quality -= 6) {
      await page.screenshot({ path: picture, type: 'jpeg', quality });
      if (statSync(picture).size <= MAX_BYTES) break;
    }
    console.log(picture, statSync(picture).size);
  } else if (ending === 'html') {
    await page.goto(`file://${path(file)}`);
    const document = path(`../files/${name}.pdf`);
    await page.pdf({ path: document, format: 'A4', printBackground: true, preferCSSPageSize: true });
    console.log(document, statSync(document).size);
  }
}
await browser.close();
