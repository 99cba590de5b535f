import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

// The gallery shows components with fixtures for eyes and screenshots. It is never built into dist.
export default defineConfig({
  root: fileURLToPath(new URL('./tests/gallery', import.meta.url)),
  base: './',
  plugins: [svelte({ configFile: fileURLToPath(new URL('./svelte.config.js', import.meta.url)) })],
  server: { port: 5174, strictPort: true, host: '127.0.0.1' },
  build: { outDir: fileURLToPath(new URL('../tests/out/gallery', import.meta.url)), emptyOutDir: true, reportCompressedSize: false },
});
