import { type Browser, chromium } from 'playwright-core';

/** How long the browser and its pages may take for anything; a busy machine needs many times what an idle one does. */
const patienceMs = 90_000;

/**
 * What a test does not look at and every window would compute: the suggestions under the address bar are web pages of
 * their own. Chromium heeds the last `--disable-features` only, so what Playwright turns off and matters here stands in
 * it as well: questions before a page is left, plain HTTP, painting.
 */
const disabledFeatures = [
  ...['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup', 'WebUIOmniboxSimplification'],
  ...['PreloadTopChromeWebUI', 'LensOverlay', 'MediaRouter', 'OptimizationHints', 'NetworkTimeServiceQuerying'],
  ...['AimEnabled', 'PreconnectToSearch', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose'],
  ...['HttpsUpgrades', 'HttpsFirstBalancedModeAutoEnable', 'PaintHolding', 'ThirdPartyStoragePartitioning'],
];

/** Two cores do without an emulated graphics card: pages are drawn by the processes that compute them. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  const args = ['--disable-gpu', `--disable-features=${disabledFeatures.join(',')}`];
  // Chromium refuses to run its sandbox as root, as it is in containers. The pages are our own.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const browser = await chromium.launch({ executablePath, args, timeout: patienceMs });
  browser.on('context', (context) => context.setDefaultTimeout(patienceMs));
  return browser;
}
