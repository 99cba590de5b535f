// Builds the measured page with the tools of ui/, so that the product is measured as it is built.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const ui = fileURLToPath(new URL('../../ui/', import.meta.url));
const { resolve } = createRequire(`${ui}package.json`);
const { svelte } = await import(pathToFileURL(resolve('@sveltejs/vite-plugin-svelte')).href);

/** What draws our page runs on the product's Svelte; EventCalendar brings its own. */
const productsSvelte = {
  name: 'products-svelte',
  enforce: 'pre',
  resolveId(id, importer) {
    if (/^svelte($|\/)/.test(id) && importer?.startsWith(`${folder}page/`)) return this.resolve(id, `${ui}src/main.ts`, { skipSelf: true });
  },
};

export default {
  root: folder,
  base: './',
  plugins: [productsSvelte, svelte({ configFile: `${ui}svelte.config.js` })],
  build: { target: ['es2022', 'safari16', 'chrome110'], outDir: 'dist', emptyOutDir: true, reportCompressedSize: false, chunkSizeWarningLimit: 2000 },
  logLevel: 'warn',
};
