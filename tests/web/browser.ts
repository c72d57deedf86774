import { type Browser, chromium } from 'playwright-core';

export function launchChromium(executablePath: string): Promise<Browser> {
  // Chromium refuses to run its sandbox as root, as it is in containers. The pages are our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}
