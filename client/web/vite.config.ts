import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm start` serves the API by default (TRADELANE_API_PORT). */
const apiUrl = 'http://127.0.0.1:4400';

/** The dashboard: built into plain files that the API serves; in development served by Vite with the API behind it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  // Everything is a file of its own: the page's Content-Security-Policy allows neither inline code nor data: scripts.
  build: { target: 'es2023', assetsInlineLimit: 0, chunkSizeWarningLimit: 900, reportCompressedSize: false },
  server: { port: 4490, strictPort: true, proxy: { '/api': apiUrl } },
});
