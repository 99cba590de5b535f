import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

// One plain SPA. Relative addresses, because Tauri serves it from its own scheme and the test host from loopback.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  clearScreen: false,
  server: { port: 5173, strictPort: true, host: '127.0.0.1' },
  build: { target: ['es2022', 'safari16', 'chrome110'], outDir: 'dist', emptyOutDir: true, reportCompressedSize: false },
});
