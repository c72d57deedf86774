import { createHttpClient, publicOnlyLookup } from '../connectors/transport/index.ts';
import type { ActivityDeps } from './deps.ts';

/** What the marketplaces known so far take at the most. */
const maxImages = 8;
const maxImageBytes = 5 * 1024 * 1024;

/** Fetches a product's pictures for upload. A picture that cannot be had is left out and logged: the others still go. */
export async function fetchImages(
  deps: ActivityDeps,
  images: readonly { url: string }[],
): Promise<{ bytes: Buffer; fileName: string }[]> {
  const http = createHttpClient({
    connectionId: 'images',
    log: deps.log,
    maxResponseBytes: maxImageBytes,
    ...(deps.allowPrivateTargets ? {} : { lookup: publicOnlyLookup(), publicTargetsOnly: true }),
  });
  try {
    const fetched: { bytes: Buffer; fileName: string }[] = [];
    for (const [index, { url }] of images.slice(0, maxImages).entries()) {
      try {
        const answer = await http.send({ method: 'GET', url, operation: 'image.fetch', effect: false });
        if (answer.status === 200 && answer.bytes && (answer.headers['content-type'] ?? '').startsWith('image/')) {
          fetched.push({ bytes: answer.bytes, fileName: `image-${index + 1}.jpg` });
        } else deps.log.warn({ url, status: answer.status }, 'a picture could not be used');
      } catch (error) {
        deps.log.warn({ url, err: error }, 'a picture could not be fetched');
      }
    }
    return fetched;
  } finally {
    await http.close();
  }
}
