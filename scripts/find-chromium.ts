import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const folders = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/google/chrome'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** A Chromium for browser tests: named by CHROMIUM_PATH, on the PATH, where systems put it, or playwright's own. */
export function findChromium(): string | null {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const candidates = [
    process.env.CHROMIUM_PATH ?? '',
    ...[...path, ...folders].flatMap((folder) => names.map((name) => join(folder, name))),
    ...elsewhere,
    chromium.executablePath(),
  ];
  return candidates.find((candidate) => candidate !== '' && existsSync(candidate)) ?? null;
}

/** Whether browser tests shall take a picture of every page and leave them (KEEP_SCREENSHOTS). */
export const keepScreenshots = (): boolean => process.env.KEEP_SCREENSHOTS !== undefined;
